"""Pages on which the owner writes what reviewers look for: a draft's criteria, and the points to pass."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused, Stale
from base.i18n import t
from base.images import Picture
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from security.doors import needs
from tasks import criteria, rubrics, sop_pictures, sop_words
from tasks.criteria import BadCriterion
from tasks.items import LANGUAGES, SEVERITIES
from tasks.models import SopRevision
from tasks.pages import pages
from tasks.sop_editor import draft_of
from tasks.sop_item_pages import picture
from tasks.sop_pages import refusal, whole
from tasks.sop_pictures import PICTURE

Fields = Mapping[str, str]
BLANK = {"severity": "minor", "weight": "5"}


@pages.get("/sops/<int:sop_id>/draft/rubric")
@needs("sop.write")
def sop_rubric(scope: Scope, sop_id: int) -> ResponseReturnValue:
    return _rubric(scope, draft_of(scope, sop_id))


@pages.post("/sops/<int:sop_id>/draft/rubric")
@needs("sop.write")
def set_passing(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """The points from which work passes."""
    revision = draft_of(scope, sop_id)
    try:
        rubrics.pass_from(scope, revision.id, points=whole("passing"), version=whole("version"))
    except (BadCriterion, Stale) as error:
        if wants_json():
            raise
        return _rubric(scope, revision, error)
    return _back(sop_id)


@pages.post("/sops/<int:sop_id>/draft/rubric/<string:code>/remove")
@needs("sop.write")
def remove_criterion(scope: Scope, sop_id: int, code: str) -> ResponseReturnValue:
    revision = draft_of(scope, sop_id)
    try:
        rubrics.remove(scope, revision.id, code=code, version=whole("version"))
    except (BadCriterion, Stale) as error:
        if wants_json():
            raise
        return _rubric(scope, revision, error)
    return _back(sop_id)


@pages.get("/sops/<int:sop_id>/draft/rubric/new")
@needs("sop.write")
def new_criterion(scope: Scope, sop_id: int) -> ResponseReturnValue:
    return _form(scope, draft_of(scope, sop_id), BLANK, code="")


@pages.get("/sops/<int:sop_id>/draft/rubric/<string:code>")
@needs("sop.write")
def criterion(scope: Scope, sop_id: int, code: str) -> ResponseReturnValue:
    revision = draft_of(scope, sop_id)
    found = next((one for one in revision.rubric["criteria"] if one["code"] == code), None)
    if found is None:
        raise NotFound
    said = {f"label_{language}": found["label"].get(language, "") for language in LANGUAGES}
    fields = said | {name: str(found.get(name, "")) for name in ("severity", "weight", "item")}
    for name, told in found.get("example", {}).items():
        fields[f"example_{name}"] = told
    return _form(scope, revision, fields, code=code)


@pages.post("/sops/<int:sop_id>/draft/rubric/criteria")
@needs("sop.write", largest=PICTURE, prepare=picture)
def put_criterion(scope: Scope, sop_id: int, prepared: list[Picture]) -> ResponseReturnValue:
    """Keeps a criterion; what was typed stays in the form when it is refused or somebody was quicker."""
    revision, form = draft_of(scope, sop_id), request.form.to_dict()
    if prepared:
        form["example_picture"] = sop_pictures.keep(scope, prepared[0])
    code = form.get("code", "")
    entry = {
        "code": code,
        "item": form.get("item", ""),
        "severity": form.get("severity", ""),
        "weight": whole("weight"),
        "label": {language: form.get(f"label_{language}", "").strip() for language in LANGUAGES},
        **_example(scope, form),
    }
    try:
        rubrics.put(scope, revision.id, entry=entry, version=whole("version"))
    except (BadCriterion, Stale) as error:
        if wants_json():
            raise
        return _form(scope, revision, form, code=code, error=error)
    tell("ok", "sops.criterion_saved")
    return _back(sop_id)


def _example(scope: Scope, form: Fields) -> dict[str, dict[str, str]]:
    """What the form says a defect looks like; nothing where it says nothing."""
    told = {language: form.get(f"example_{language}", "").strip() for language in LANGUAGES}
    kept = sop_pictures.known(scope, [form.get("example_picture", "")])
    told["picture"] = "" if form.get("drop_picture") else next(iter(kept), "")
    found = {name: said for name, said in told.items() if said}
    return {"example": found} if found else {}


def _back(sop_id: int) -> ResponseReturnValue:
    return redirect(url_for("tasks.sop_rubric", sop_id=sop_id))


def _rubric(scope: Scope, revision: SopRevision, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "tasks/rubric.html",
        error.status if error else 200,
        revision=revision,
        passing=request.form.get("passing", "") or criteria.passing(revision.rubric),
        speaks=sop_words.speech(revision.items["items"], locale()),
        trouble=_why(error),
        wrong=error.facts.get("field", "") if error else "",
    )


def _form(
    scope: Scope, revision: SopRevision, fields: Fields, *, code: str, error: Refused | None = None
) -> ResponseReturnValue:
    speaks = sop_words.speech(revision.items["items"], locale())
    facts: dict[str, Any] = {
        "revision": revision,
        "code": code,
        "fields": fields,
        "severities": SEVERITIES,
        "items": [(key, speaks.named(key)) for key in speaks.items],
        "wrong": {error.facts["field"]: _why(error)} if isinstance(error, BadCriterion) else {},
        "trouble": _why(error),
    }
    return render(scope, "tasks/criterion.html", error.status if error else 200, **facts)


def _why(error: Refused | None) -> str:
    """A refusal in words."""
    if isinstance(error, BadCriterion):
        return t(locale(), f"sops.criterion_why.{error.facts['why']}")
    return refusal(error) if error else ""
