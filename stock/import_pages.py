"""Pages about order files: dropped in, looked at, started, watched, and told what came of it."""

import re
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.rows import mine
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import keep_no_copy, needs
from stock import imports, previewing, uploads
from stock.front import pages
from stock.models import Import
from stock.previewing import Picked, Preview
from stock.profiles import PROFILES, Field
from stock.uploads import File

RECENT = 10
BODY = uploads.LARGEST + 64 * 1024  # the file and the form around it
LONGEST_NAME = 40
FIND_OUT = "auto"
MOST_TOLD = 200  # problems and corrections a page lists; the rest is counted
Look = tuple[Preview, File]


class FileMissing(Invalid):
    """No file came with the form."""

    code = "stock.file_missing"


class BadProfileName(Invalid):
    """A profile's name is 1 to 40 characters and not one of the house's own."""

    code = "stock.bad_profile_name"


class NotUnderstood(Invalid):
    """The file has columns or cells that cannot be used; nothing was started. Fact: n."""

    code = "stock.not_understood"


class PreviewGone(NotFound):
    """The file of this preview is no longer kept."""

    code = "stock.preview_gone"


@pages.get("/orders/import")
@needs("order.import")
def import_form(scope: Scope) -> ResponseReturnValue:
    return _form(scope)


def _form(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    recent = mine(scope, Import).order_by(Import.id.desc()).limit(RECENT)
    return render(
        scope,
        "stock/import.html",
        error.status if error else 200,
        recent=list(scope.session.scalars(recent)),
        profiles=list(PROFILES),
        own=previewing.own_profiles(scope),
        chosen=request.form.get("profile", ""),
        error=error,
    )


def received(_scope: Scope) -> File | Refused:
    """The uploaded file, read before the writing scope is opened; a refusal is shown in the form."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return FileMissing(field="file")
    return File(sent.filename[-imports.LONGEST_NAME :], sent.read())


def _kept(scope: Scope) -> str | int | Refused:
    """The token of a file that can be read, or the import that it already is."""
    file = received(scope)
    if isinstance(file, Refused):
        return file
    try:
        previewing.look(scope, file, _chosen())
        token = uploads.keep(scope, data=file.data, name=file.name)
    except Refused as error:
        error.facts.setdefault("field", "file")
        return error
    return uploads.handed_on(scope, token, kind=imports.ORDERS) or token


def _chosen() -> str:
    """The kind of file that was chosen; empty where it is to be found out."""
    name = request.form.get("profile", FIND_OUT)
    return "" if name == FIND_OUT else name


@pages.post("/orders/import")
@needs("order.import", largest=BODY, prepare=_kept)
def import_upload(scope: Scope, prepared: str | int | Refused) -> ResponseReturnValue:
    if isinstance(prepared, Refused):
        if wants_json():
            raise prepared
        return _form(scope, prepared)
    if isinstance(prepared, int):
        tell("info", "stock.import.same")
        return redirect(url_for("stock.import_result", import_id=prepared))
    return redirect(url_for("stock.import_preview", token=prepared, profile=_chosen() or None))


@pages.get("/orders/import/<token>")
@needs("order.import")
def import_preview(scope: Scope, token: str) -> ResponseReturnValue:
    return _preview(scope, token, previewing.look(scope, uploads.opened(scope, token), chosen(request.args)))


def chosen(told: Any) -> Picked | str:
    """The columns or the kind of file that a form or an address names; empty where it is to be found out."""
    return _picked(told) or str(told.get("profile", ""))


def _preview(scope: Scope, token: str, preview: Preview, error: Refused | None = None) -> ResponseReturnValue:
    kind = PROFILES.get(preview.mapping.profile)
    return render(
        scope,
        "stock/import_preview.html",
        error.status if error else 200,
        token=token,
        preview=preview,
        fields=list(Field),
        required=kind.required if kind else (),
        places={of: _places(preview, of) for of in Field},
        profiles=list(PROFILES),
        asked={name: told for name, told in request.args.items() if name != "show"},
        bad_rows=len({problem.row for problem in preview.problems}),
        only_bad=request.args.get("show", "bad") == "bad" and bool(preview.bad) and not preview.missing,
        keep_as=request.form.get("keep_as", ""),
        error=error,
    )


@pages.post("/orders/import/<token>/columns")
@needs("order.import")
def import_columns(scope: Scope, token: str) -> ResponseReturnValue:
    """Looks again under other columns: the choice travels in the address, as positions."""
    keep_no_copy()
    uploads.opened(scope, token)
    form = request.form
    picked: dict[str, Any] = {"profile": form.get("profile", "")}
    if _picked(form):
        picked |= {of.value: form[of.value] for of in Field if form.get(of.value)}
        picked["header"] = form.get("header", "")
    return redirect(url_for("stock.import_preview", token=token, **picked))


def _looked(scope: Scope, token: str) -> Look | None:
    """The file and what it says under the columns of the form; nothing where it has been handed on."""
    try:
        file = uploads.opened(scope, token)
    except NotFound:
        return None
    return previewing.look(scope, file, chosen(request.form)), file


@pages.post("/orders/import/<token>/start")
@needs("order.import", prepare=_looked)
def import_start(scope: Scope, token: str, prepared: Look | None) -> ResponseReturnValue:
    if prepared is None:
        return redirect(url_for("stock.import_result", import_id=_before(scope, token)))
    preview, file = prepared
    try:
        _keep_columns(scope, preview)
    except BadProfileName as error:
        return _preview(scope, token, preview, error)
    if preview.problems:
        return _preview(scope, token, preview, NotUnderstood(n=len(preview.problems)))
    made = imports.receive(scope, kind=imports.ORDERS, data=file.data, name=file.name, chosen=preview.mapping)
    uploads.drop(scope, token)
    return redirect(url_for("stock.import_result", import_id=made))


def _before(scope: Scope, token: str) -> int:
    """The import that a file became. Raises PreviewGone."""
    found = uploads.handed_on(scope, token, kind=imports.ORDERS)
    if found is None:
        raise PreviewGone
    return found


def _picked(told: Any) -> Picked | None:
    """The columns a form or an address names by position; None where it names none, or changes the kind."""
    if told.get("seen", told.get("profile")) != told.get("profile"):
        return None
    places = {
        of: tuple(map(int, text.split(",")))
        for of in Field
        if re.fullmatch(r"\d{1,3}(,\d{1,3}){0,9}", text := told.get(of.value, ""))
    }
    if not places:
        return None
    header = told.get("header", "")
    profile = told.get("profile", "")
    if profile not in PROFILES or not re.fullmatch(r"\d{1,7}", header):
        raise NotFound
    return Picked(profile, int(header), places)


def _places(preview: Preview, of: Field) -> str:
    """The positions of a field's columns, as the form names them."""
    names = preview.mapping.columns.get(of, ())
    return ",".join(str(preview.header.index(name)) for name in names if name in preview.header)


def _keep_columns(scope: Scope, preview: Preview) -> None:
    """Keeps the columns for next time where the form names them."""
    name = " ".join(request.form.get("keep_as", "").split())
    if not name:
        return
    if len(name) > LONGEST_NAME or name in {*PROFILES, FIND_OUT}:
        raise BadProfileName(field="keep_as", limit=LONGEST_NAME)
    imports.save_profile(scope, name, preview.mapping)
