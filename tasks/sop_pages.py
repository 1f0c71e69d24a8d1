"""Pages of procedures: the shelf, one procedure with its editions, two compared, and as a partner sees it."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.i18n import LOCALES, knows, t
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from partners import skills, teams
from security import people
from security.doors import needs
from security.policy import may
from tasks import demands, practice, procedures, rubric_words, sop_words, sops
from tasks.kinds.known import every
from tasks.models import SopRevision
from tasks.pages import pages
from tasks.procedures import Procedure
from tasks.sop_library import books
from tasks.sop_preview import preview_of

ICONS = {
    "check": "check-circle",
    "number": "scale",
    "choice": "list-bullet",
    "text": "pencil-square",
    "scan": "qr-code",
    "photo": "camera",
}


@pages.get("/sops", endpoint="sops")
@needs("sop.see")
def sops_page(scope: Scope) -> ResponseReturnValue:
    return shelf_page(scope)


def shelf_page(scope: Scope, error: Refused | None = None, *, brought_words: str = "") -> ResponseReturnValue:
    """The shelf; after a refusal with what is wrong, at the form or at the file that was sent."""
    facts: dict[str, Any] = {
        "shelf": procedures.shelf(scope),
        "kinds": every(scope),
        "form": request.form,
        "trouble": refusal(error) if error and not brought_words else "",
        "brought_words": brought_words,
        "books": len(books()),
        "writes": may(scope.actor.role, "sop.write"),
    }
    return render(scope, "tasks/sops.html", error.status if error else 200, **facts)


@pages.post("/sops")
@needs("sop.write")
def create_sop(scope: Scope) -> ResponseReturnValue:
    try:
        draft = sops.create(scope, kind=request.form.get("kind", ""), title=request.form.get("title", ""))
    except Invalid as error:
        if wants_json():
            raise
        return shelf_page(scope, error)
    tell("ok", "sops.created", title=draft.sop.title)
    return redirect(url_for("tasks.sop_draft", sop_id=draft.sop_id))


@pages.get("/sops/<int:sop_id>")
@needs("sop.see")
def sop(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """A procedure: the edition asked for, else the one in use, else the newest."""
    found, revision = asked_for(scope, sop_id)
    entries = revision.items["items"]
    return render(
        scope,
        "tasks/sop.html",
        procedure=found,
        revision=revision,
        rows=sop_words.rows(revision.items, locale()),
        purpose=sop_words.said(revision.items.get("purpose"), locale()),
        count=len(entries),
        readers=practice.readers(scope, revision.id),
        icons=ICONS,
        rubric=revision.rubric,
        speaks=sop_words.speech(entries, locale()),
        names=people.names(scope),
        writes=may(scope.actor.role, "sop.write"),
        skills=skills.names(scope),
        teams=teams.names(scope),
        asked=sorted(demands.asked(revision.sop)),
        team_id=revision.sop.team_id,
    )


@pages.get("/sops/<int:sop_id>/preview")
@needs("sop.see")
def preview_sop(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """An edition as a partner meets it, in either language; nothing typed there is kept."""
    found, revision = asked_for(scope, sop_id)
    language = request.args.get("in", "")
    language = language if language in LOCALES else locale()
    return render(
        scope,
        "tasks/sop_preview.html",
        procedure=found,
        revision=revision,
        languages=LOCALES,
        **preview_of(revision.items, language),
    )


@pages.get("/sops/<int:sop_id>/compare")
@needs("sop.see")
def compare_sop(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """Two editions side by side; without a choice, the newest and the one before it."""
    found = procedures.procedure(scope, sop_id)
    numbers = [edition.number for edition in found.editions]
    new = _chosen("new", numbers, numbers[0])
    old = _chosen("old", numbers, next((n for n in numbers if n < new), new))
    before, after = (procedures.edition(scope, sop_id, number) for number in (old, new))
    changes = rubric_words.all_differences(before, after, locale())
    facts: dict[str, Any] = {"procedure": found, "old": old, "new": new, "changes": changes}
    return render(scope, "tasks/sop_compare.html", 200, **facts)


@pages.post("/sops/<int:sop_id>/draft")
@needs("sop.write")
def start_sop_draft(scope: Scope, sop_id: int) -> ResponseReturnValue:
    sops.draft(scope, sop_id)
    return redirect(url_for("tasks.sop_draft", sop_id=sop_id))


@pages.post("/sops/<int:sop_id>/retire")
@needs("sop.write")
def retire_sop(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """Takes the edition in use out of use, if it still is the one that was seen."""
    found = procedures.procedure(scope, sop_id)
    if found.published is None:
        raise NotFound
    sops.retire(scope, found.published.id, version=whole("version"))
    tell("ok", "sops.retired", title=found.title, number=found.published.number)
    return redirect(url_for("tasks.sop", sop_id=sop_id))


def asked_for(scope: Scope, sop_id: int) -> tuple[Procedure, SopRevision]:
    """A procedure and the edition the address names; without one the edition in use, else the newest."""
    found = procedures.procedure(scope, sop_id)
    numbers = [edition.number for edition in found.editions]
    number = _chosen("edition", numbers, (found.published or found.editions[0]).number)
    return found, procedures.edition(scope, sop_id, number)


def _chosen(name: str, numbers: list[int], otherwise: int) -> int:
    raw = request.args.get(name, "")
    if not raw:
        return otherwise
    if not raw.isdecimal() or int(raw[:9]) not in numbers:
        raise NotFound
    return int(raw)


def whole(name: str) -> int:
    """A hidden number of the form; 0, which is no version, for what is none."""
    raw = request.form.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


def refusal(error: Refused) -> str:
    """A refusal in the reader's words."""
    key = f"refused.{error.code}"
    return t(locale(), key if knows(key) else "refused.base.refused", **error.facts)
