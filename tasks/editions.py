"""The life of an SOP revision as a table, and the gate that moves it: only a draft may change."""

from typing import Any

from sqlalchemy import update

from base.errors import Refused, Stale
from base.rows import changed
from base.scope import Scope
from security import audit
from tasks.models import SopRevision

DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"
SAVE, PUBLISH, RETIRE = "save", "publish", "retire"

# fmt: off
STEPS = (
    # from      step      to
    (DRAFT,     SAVE,     DRAFT),
    (DRAFT,     PUBLISH,  PUBLISHED),
    (DRAFT,     RETIRE,   RETIRED),
    (PUBLISHED, RETIRE,   RETIRED),
)
# fmt: on

TO = {(start, step): end for start, step, end in STEPS}
DONE = {SAVE: "saved", PUBLISH: "published", RETIRE: "retired"}


class Frozen(Refused):
    """A revision that was published or retired is never changed; make a draft from it."""

    code = "tasks.sop_frozen"


def take(scope: Scope, revision: SopRevision, step: str, *, version: int, **changes: Any) -> None:
    """Moves a revision one step if it still is the version that was seen. Raises Frozen, Stale."""
    to = TO.get((revision.state, step))
    if to is None:
        raise Frozen(state=revision.state)
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
