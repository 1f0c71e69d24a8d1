"""Waiving: a person says that something late does not count, and why."""

from base.errors import Invalid, NotFound
from base.once import once
from base.personal import resident_number
from base.rows import one
from base.scope import Scope
from security import audit
from tasks.clocks import DO, MEND
from tasks.lateness.models import Waiver
from tasks.models import StageClock

LONGEST = 200


class NoReason(Invalid):
    """Whoever waives says why, in words that hold no resident number. Facts: field, most."""

    code = "tasks.waive_why"


def waive(scope: Scope, clock_id: int, *, reason: str) -> int:
    """A late stage does not count; said twice, it stands as first said. Gives whose it was.

    Raises NotFound, NoReason.
    """
    clock = one(scope, StageClock, clock_id)
    if clock.verdict != "breached" or clock.stage not in {DO, MEND}:
        raise NotFound
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= LONGEST or resident_number(reason):
        raise NoReason(field="reason", most=LONGEST)
    row = {"clock_id": clock.id, "reason": reason, "by": scope.actor.id, "at": scope.now}
    if once(scope.session, Waiver, row | {"shop_id": scope.shop_id}) is not None:
        audit.note(scope, "lateness.waived", subject="task", subject_id=clock.task_id, partner=clock.owed_by)
    return clock.owed_by
