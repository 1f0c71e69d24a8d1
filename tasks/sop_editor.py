"""Pages on which a draft is written: item by item, each act checked against the version that was seen."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import calendars
from base.errors import NotFound, Refused, Stale
from base.i18n import knows, t
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from security.doors import needs
from tasks import issuing, procedures, rubric_words, sop_changes, sop_words, sops
from tasks.checklist import BadItem
from tasks.editions import SCHEDULED
from tasks.items import TYPES
from tasks.models import SopRevision
from tasks.pages import pages
from tasks.sop_pages import ICONS, refusal, whole

Entry = Mapping[str, Any]
ONE_PLACE = {"up": -1, "down": 1}


class NoDraft(Refused):
    """The draft was published or put away meanwhile."""

    code = "sops.no_draft"


@pages.get("/sops/<int:sop_id>/draft")
@needs("sop.write")
def sop_draft(scope: Scope, sop_id: int) -> ResponseReturnValue:
    return (
        _editor(scope, sop_id) if _has_draft(scope, sop_id) else redirect(url_for("tasks.sop", sop_id=sop_id))
    )


def _has_draft(scope: Scope, sop_id: int) -> bool:
    return procedures.procedure(scope, sop_id).draft is not None


def _editor(scope: Scope, sop_id: int, error: Refused | None = None) -> ResponseReturnValue:
    revision = draft_of(scope, sop_id)
    facts = _changed(scope, revision) | {
        "rows": sop_words.rows(revision.items, locale()),
        "icons": ICONS,
        "types": TYPES,
        "form": request.form if error else {},
        "trouble": trouble_of(error, revision) if error else "",
    }
    return render(scope, "tasks/sop_draft.html", error.status if error else 200, **facts)


def _changed(scope: Scope, revision: SopRevision) -> dict[str, Any]:
    """What a draft changes against the edition in use, and what is odd about it."""
    found = procedures.procedure(scope, revision.sop_id)
    entries, base = revision.items["items"], found.published
    used = procedures.edition(scope, found.id, base.number) if base else None
    return {
        "procedure": found,
        "revision": revision,
        "base": base,
        "changes": rubric_words.all_differences(used, revision, locale()) if used else (),
        "purpose": revision.items.get("purpose", {}),
        "troubles": sop_changes.troubles(entries, revision.rubric["criteria"], locale()),
    }


@pages.post("/sops/<int:sop_id>/draft/items/<string:key>/move")
@needs("sop.write")
def move_sop_item(scope: Scope, sop_id: int, key: str) -> ResponseReturnValue:
    by = places(request.form.get("by", ""))
    return edit(
        scope,
        sop_id,
        lambda id_: sops.move_item(scope, id_, key=key, by=by, version=whole("version")),
        key,
    )


def places(told: str) -> int:
    """How many places an item goes down: a number, or up and down for one."""
    if told in ONE_PLACE:
        return ONE_PLACE[told]
    if not re.fullmatch(r"-?[0-9]{1,2}", told):
        raise NotFound
    return int(told)


@pages.post("/sops/<int:sop_id>/draft/items/<string:key>/remove")
@needs("sop.write")
def remove_sop_item(scope: Scope, sop_id: int, key: str) -> ResponseReturnValue:
    return edit(scope, sop_id, lambda id_: sops.remove_item(scope, id_, key=key, version=whole("version")))


def edit(scope: Scope, sop_id: int, act: Callable[[int], object], key: str = "") -> ResponseReturnValue:
    """An act on the draft; where it is refused, the editor as it stands now, and why."""
    try:
        act(draft_of(scope, sop_id).id)
    except Refused as error:
        if wants_json() or isinstance(error, (NotFound, NoDraft)):
            raise
        return _editor(scope, sop_id, error)
    return redirect(url_for("tasks.sop_draft", sop_id=sop_id, _anchor=f"item-{key}" if key else None))


@pages.post("/sops/<int:sop_id>/draft/reset")
@needs("sop.write")
def reset_sop_draft(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """Gives the draft the items and the criteria of the edition in use."""
    used = procedures.procedure(scope, sop_id).published
    if used is None:
        raise NotFound
    edition = procedures.edition(scope, sop_id, used.number)
    return edit(scope, sop_id, lambda id_: sops.reset(scope, id_, to=edition, version=whole("version")))


@pages.post("/sops/<int:sop_id>/draft/discard")
@needs("sop.write")
def discard_sop_draft(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """Puts away the draft of a procedure that was never published."""
    if procedures.procedure(scope, sop_id).published is not None:
        raise NotFound
    sops.retire(scope, draft_of(scope, sop_id).id, version=whole("version"))
    tell("ok", "sops.discarded")
    return redirect(url_for("tasks.sops"))


@pages.get("/sops/<int:sop_id>/draft/publish")
@needs("sop.write")
def publish_sop_page(scope: Scope, sop_id: int) -> ResponseReturnValue:
    return (
        _publish(scope, sop_id)
        if _has_draft(scope, sop_id)
        else redirect(url_for("tasks.sop", sop_id=sop_id))
    )


def _publish(scope: Scope, sop_id: int, error: Refused | None = None) -> ResponseReturnValue:
    """What publishing will do, to how much work, before it is done."""
    revision = draft_of(scope, sop_id)
    leader = next(
        (one for one in procedures.shelf(scope) if one.leads and one.kind == revision.sop.kind), None
    )
    facts = _changed(scope, revision) | {
        "staying": procedures.staying(scope, revision.sop.kind),
        "leader": leader if leader and leader.id != sop_id else None,
        "first_day": calendars.today(scope),
        "last_day": calendars.today(scope) + issuing.FARTHEST,
        "on": request.form.get("on", ""),
        "trouble": trouble_of(error, revision) if error else "",
    }
    return render(scope, "tasks/sop_publish.html", error.status if error else 200, **facts)


@pages.post("/sops/<int:sop_id>/draft/publish")
@needs("sop.write")
def publish_sop(scope: Scope, sop_id: int) -> ResponseReturnValue:
    revision = draft_of(scope, sop_id)
    try:
        made = sops.publish(scope, revision.id, version=whole("version"), on=_day(request.form.get("on", "")))
    except (Stale, sops.BadDay) as error:
        if wants_json():
            raise
        return _publish(scope, sop_id, error)
    told = {"title": made.sop.title, "number": made.number}
    if made.state == SCHEDULED and made.effective_at:
        tell("ok", "sops.scheduled", **told, day=calendars.day_of(scope, made.effective_at).isoformat())
    else:
        tell("ok", "sops.published", **told)
    return redirect(url_for("tasks.sop", sop_id=sop_id))


def _day(told: str) -> date | None:
    """The day an edition is to take effect; none for at once. Raises BadDay."""
    if not told:
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise sops.BadDay(field="on") from None


@pages.post("/sops/<int:sop_id>/coming/take-back")
@needs("sop.write")
def take_back_sop(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """Makes the edition that waits for its day a draft again."""
    coming = procedures.procedure(scope, sop_id).coming
    if coming is None:
        raise NotFound
    sops.take_back(scope, coming.id, version=whole("version"))
    tell("ok", "sops.taken_back", number=coming.number)
    return redirect(url_for("tasks.sop_draft", sop_id=sop_id))


def draft_of(scope: Scope, sop_id: int) -> SopRevision:
    """The draft of a procedure. Raises NotFound without such a procedure, NoDraft without a draft."""
    revision = procedures.draft(scope, sop_id)
    if revision is None:
        procedures.procedure(scope, sop_id)
        raise NoDraft
    return revision


def trouble_of(error: Refused, revision: SopRevision) -> str:
    """A refusal in words; one of an item names it as the owner knows it."""
    if not isinstance(error, BadItem):
        return refusal(error)
    speaks = sop_words.speech(revision.items["items"], locale())
    why = why_of(str(error.facts["field"]), str(error.facts["why"]))
    return t(locale(), "sops.bad_item", item=speaks.named(str(error.facts["item"])), why=why)


def why_of(field: str, why: str) -> str:
    """What the parser found wrong with a field, in words."""
    for key in (f"sops.why.{field}_{why}", f"sops.why.{why}"):
        if knows(key):
            return t(locale(), key)
    return t(locale(), "sops.why.other")
