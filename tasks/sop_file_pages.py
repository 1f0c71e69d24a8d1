"""Pages of the library, and of procedures as files: look, adopt, take out, bring in."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.i18n import t
from base.scope import Scope
from base.web import locale, render, tell
from security.doors import needs, of_files
from security.policy import may
from tasks import sop_carrying, sop_files, sop_library
from tasks.criteria import BadCriterion
from tasks.items import BadItem
from tasks.kinds import known
from tasks.models import SopRevision
from tasks.pages import pages
from tasks.sop_carrying import Brought
from tasks.sop_editor import why_of
from tasks.sop_pages import asked_for, refusal, shelf_page
from tasks.sop_preview import preview_of
from tasks.sop_words import speech_of


@pages.get("/sops/library")
@needs("sop.see")
def sop_library_page(scope: Scope) -> ResponseReturnValue:
    """What the library holds, of the kinds that this house knows."""
    here = known.every(scope)
    books = [book for book in sop_library.books().values() if book.file.kind in here]
    return render(scope, "tasks/sop_library.html", books=books, writes=may(scope.actor.role, "sop.write"))


@pages.get("/sops/library/<string:name>")
@needs("sop.see")
def sop_book(scope: Scope, name: str) -> ResponseReturnValue:
    """A procedure of the library, as a partner meets it and with what it is judged by."""
    book = sop_library.book(name)
    return render(
        scope,
        "tasks/sop_book.html",
        book=book,
        title=book.file.titled(locale()),
        rubric=book.file.rubric,
        speaks=speech_of(book.file.doc, locale()),
        writes=may(scope.actor.role, "sop.write"),
        **preview_of(book.file.doc, locale()),
    )


@pages.post("/sops/library/<string:name>/adopt")
@needs("sop.write")
def adopt_sop_book(scope: Scope, name: str) -> ResponseReturnValue:
    """Makes it a draft of the shop's own, to be changed and published."""
    return _drafted(sop_carrying.bring_in(scope, Brought(sop_library.book(name).file, {})))


@pages.get("/sops/<int:sop_id>/file")
@needs("sop.see")
def sop_file(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """An edition as a file: the one asked for, else the one in use, else the newest."""
    found, revision = asked_for(scope, sop_id)
    response = Response(sop_carrying.file_of(scope, revision), mimetype="application/json")
    name = f"{found.title} {revision.number}.dari-sop.json".replace("/", "-")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _nothing() -> Brought | Refused:
    return sop_files.BadSopFile(why="no_file", about="")


@of_files(_nothing)
def brought(scope: Scope) -> Brought | Refused:
    """The file that was sent, read and its pictures cleaned while nothing is locked; or why it cannot be."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _nothing()
    try:
        return sop_carrying.read(scope, upload.read())
    except Refused as refused:
        return refused


@pages.post("/sops/import")
@needs("sop.write", largest=sop_files.LARGEST + 100_000, prepare=brought)
def import_sop(scope: Scope, prepared: Brought | Refused) -> ResponseReturnValue:
    if isinstance(prepared, Refused):
        return _refused(scope, prepared)
    try:
        return _drafted(sop_carrying.bring_in(scope, prepared, kind=request.form.get("kind", "")))
    except sop_files.BadSopFile as error:
        return _refused(scope, error)


def _refused(scope: Scope, error: Refused) -> ResponseReturnValue:
    """Nothing was kept: the shelf again, with what is wrong where in the file."""
    return shelf_page(scope, error, brought_words=_words(error))


def _words(error: Refused) -> str:
    """What is wrong with the file, where in it, and that nothing was kept."""
    facts = {name: str(value) for name, value in error.facts.items()}
    if isinstance(error, sop_files.BadSopFile):
        why = t(locale(), f"sops.file_why.{facts['why']}", about=facts["about"])
    elif isinstance(error, BadItem):
        place, words = facts["item"], why_of(facts["field"], facts["why"])
        why = t(locale(), "sops.file_item", item=place, field=facts["field"], why=words)
    elif isinstance(error, BadCriterion):
        why = t(locale(), "sops.file_criterion", why=t(locale(), f"sops.criterion_why.{facts['why']}"))
    else:
        why = refusal(error)
    return t(locale(), "sops.file_refused", why=why)


def _drafted(draft: SopRevision) -> ResponseReturnValue:
    tell("ok", "sops.created", title=draft.sop.title)
    return redirect(url_for("tasks.sop_draft", sop_id=draft.sop_id))
