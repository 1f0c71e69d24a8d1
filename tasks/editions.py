"""The life of an SOP revision as a table, and the gate that moves it: only a draft may change."""

from typing import Any

from sqlalchemy import update

from base.errors import Refused, Stale
from base.rows import changed
from base.scope import Scope
from security import audit
from tasks.models import SopRevision

DRAFT, SCHEDULED, PUBLISHED, RETIRED = "draft", "scheduled", "published", "retired"
SAVE, SCHEDULE, TAKE_BACK, PUBLISH, RETIRE = "save", "schedule", "take_back", "publish", "retire"
TAKE_EFFECT = "take_effect"

# fmt: off
STEPS = (
    # from      step         to          who
    (DRAFT,     SAVE,        DRAFT,     "owner"),
    (DRAFT,     SCHEDULE,    SCHEDULED, "owner"),   # published, in force from a day to come
    (DRAFT,     PUBLISH,     PUBLISHED, "owner"),   # published, in force at once
    (DRAFT,     RETIRE,      RETIRED,   "owner"),
    (SCHEDULED, TAKE_BACK,   DRAFT,     "owner"),
    (SCHEDULED, TAKE_EFFECT, PUBLISHED, "house"),   # its day has come
    (SCHEDULED, RETIRE,      RETIRED,   "owner"),
    (PUBLISHED, RETIRE,      RETIRED,   "owner"),   # also when the next one takes effect
)
# fmt: on

TO = {(start, step): end for start, step, end, _who in STEPS}
DONE = {
    SAVE: "saved",
    SCHEDULE: "scheduled",
    TAKE_BACK: "taken_back",
    PUBLISH: "published",
    TAKE_EFFECT: "took_effect",
    RETIRE: "retired",
}


class Frozen(Refused):
    """A revision that was published or retired is never changed; make a draft from it."""

    code = "tasks.sop_frozen"


def after(revision: SopRevision, step: str) -> str:
    """The state a step leads to from where a revision is. Raises Frozen."""
    to = TO.get((revision.state, step))
    if to is None:
        raise Frozen(state=revision.state)
    return to


def take(scope: Scope, revision: SopRevision, step: str, *, version: int, **changes: Any) -> None:
    """Moves a revision one step if it still is the version that was seen. Raises Frozen, Stale."""
    to = after(revision, step)
    stmt = (
        update(SopRevision)
        .where(
            SopRevision.id == revision.id,
            SopRevision.shop_id == scope.shop_id,
            SopRevision.state == revision.state,
            SopRevision.version == version,
        )
        .values(state=to, version=version + 1, **changes)
    )
    if changed(scope, stmt) != 1:
        raise Stale(version=revision.version)
    audit.note(scope, f"sop.{DONE[step]}", subject="sop", subject_id=revision.sop_id, number=revision.number)
