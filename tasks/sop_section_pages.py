"""Pages of a draft's sections, of what it is for, and the pictures its instructions show."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused, Stale
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from security.doors import needs
from tasks import sop_pictures, sops
from tasks.items import LANGUAGES, BadItem
from tasks.pages import pages
from tasks.sop_editor import draft_of, edit, places, trouble_of
from tasks.sop_pages import whole


@pages.post("/sops/<int:sop_id>/draft/purpose")
@needs("sop.write")
def put_sop_purpose(scope: Scope, sop_id: int) -> ResponseReturnValue:
    told = _words("purpose")
    return edit(
        scope, sop_id, lambda id_: sops.set_purpose(scope, id_, purpose=told, version=whole("version"))
    )


@pages.get("/sops/<int:sop_id>/draft/sections/<string:key>")
@needs("sop.write")
def sop_section(scope: Scope, sop_id: int, key: str) -> ResponseReturnValue:
    return _form(scope, sop_id, key)


@pages.post("/sops/<int:sop_id>/draft/sections")
@needs("sop.write")
def put_sop_section(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """Keeps a heading; without a key it is a new one at the end."""
    key, title, version = request.form.get("key", ""), _words("title"), whole("version")
    if not key:
        return edit(
            scope, sop_id, lambda id_: sops.put_section(scope, id_, key="", title=title, version=version)
        )
    try:
        sops.put_section(scope, draft_of(scope, sop_id).id, key=key, title=title, version=version)
    except (BadItem, Stale) as error:
        if wants_json():
            raise
        return _form(scope, sop_id, key, error)
    tell("ok", "sops.section_saved")
    return redirect(url_for("tasks.sop_draft", sop_id=sop_id, _anchor=f"section-{key}"))


def _form(scope: Scope, sop_id: int, key: str, error: Refused | None = None) -> ResponseReturnValue:
    revision = draft_of(scope, sop_id)
    titles = {section["key"]: section["title"] for section in revision.items.get("sections", ())}
    if key not in titles:
        raise NotFound
    told = _words("title") if error else titles[key]
    trouble = trouble_of(error, revision) if error else ""
    return render(
        scope,
        "tasks/sop_section.html",
        error.status if error else 200,
        revision=revision,
        key=key,
        title=told,
        headline=titles[key].get(locale()) or titles[key]["ko"],
        trouble=trouble,
    )


@pages.post("/sops/<int:sop_id>/draft/sections/<string:key>/move")
@needs("sop.write")
def move_sop_section(scope: Scope, sop_id: int, key: str) -> ResponseReturnValue:
    by = places(request.form.get("by", ""))
    return edit(
        scope, sop_id, lambda id_: sops.move_section(scope, id_, key=key, by=by, version=whole("version"))
    )


@pages.post("/sops/<int:sop_id>/draft/sections/<string:key>/remove")
@needs("sop.write")
def remove_sop_section(scope: Scope, sop_id: int, key: str) -> ResponseReturnValue:
    """Takes the heading away; its items join what stands above."""
    return edit(scope, sop_id, lambda id_: sops.remove_section(scope, id_, key=key, version=whole("version")))


@pages.get("/sops/pictures/<string:name>")
@needs("photo.see")
def sop_picture(scope: Scope, name: str) -> ResponseReturnValue:
    """A picture of an instruction; under its name it never changes."""
    response = Response(sop_pictures.jpeg(scope, name), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _words(name: str) -> dict[str, str]:
    return {language: request.form.get(f"{name}_{language}", "").strip() for language in LANGUAGES}
