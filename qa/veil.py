"""What lies between a second judge and the first verdict: nobody who judges blind reads it on any road.

A reviewer never reads how another judged the work, but for earlier rounds of what they judge themselves and
for calibration rounds that ended. It is so for all work alike: what is hidden tells nobody what is looked at
twice. The owner reads everything, but for what lies on their own desk to be judged a second time, or will lie
there: of a round they know it from its beginning. No list of verdicts names it then. Lists of what was
accepted, shipped and paid stay as they are: a shop is run by them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from base.errors import Refused
from base.scope import Scope
from qa.appeals import seconds
from qa.appeals.models import Appeal
from qa.models import Inspection
from qa.reviewers.models import Calibration, Look
from qa.reviewers.offered import meant
from qa.reviewers.rules import PLANNED, ROUND, WAITING
from security.policy import OWNER, REVIEWER
from tasks.models import Submission


class LookFirst(Refused):
    """It lies on the owner's desk to be looked at a second time: blind. Facts: number, on that desk."""

    code = "reviewers.look_first"


class LookSoon(Refused):
    """It is of a round that runs, and comes to the owner's desk within the day: blind."""

    code = "reviewers.look_soon"


@dataclass(frozen=True, slots=True)
class Veil:
    """From when, and from which round, the actor reads nothing of a task; and what they are to judge before.

    `look` is on their desk, or was; `appeal_id` waits for them.
    """

    since: datetime
    round: int
    look: Look | None = None
    appeal_id: int | None = None

    @property
    def leads(self) -> tuple[str, int] | None:
        """Where an owner judges first and reads then: on which desk, and by which number."""
        if self.appeal_id is not None:
            return "appeal", self.appeal_id
        if self.look is None:
            return None
        return ("look", self.look.number) if self.look.number else ("round", self.look.calibration_id or 0)


def over(scope: Scope, task_id: int) -> Veil | None:
    """What veils a task's past from the actor; none where nothing does."""
    if scope.actor.role not in {OWNER, REVIEWER}:
        return None
    return _of_appeal(scope, task_id) or _of_look(scope, task_id)


def _of_appeal(scope: Scope, task_id: int) -> Veil | None:
    asked = (
        select(Appeal.id, Submission.at, Inspection.round)
        .join(Inspection, Inspection.id == Appeal.inspection_id)
        .join(Submission, Submission.id == Inspection.submission_id)
        .where(Appeal.task_id == task_id, *seconds.for_me(scope))
    )
    found = scope.session.execute(asked).first()
    return Veil(found[1], found[2], appeal_id=found[0]) if found else None


def _of_look(scope: Scope, task_id: int) -> Veil | None:
    """A reviewer's look stays as it was on their desk; the owner's only until it is judged."""
    asked = (
        select(Look, Submission.at)
        .join(Submission, Submission.id == Look.submission_id)
        .where(Look.shop_id == scope.shop_id, Look.task_id == task_id, _veils(scope))
        .order_by(Look.round)
        .limit(1)
    )
    found = scope.session.execute(asked).first()
    return Veil(found[1], found[0].round, look=found[0]) if found else None


def _veils(scope: Scope) -> ColumnElement[bool]:
    if scope.actor.role == OWNER:
        return _lies_before(scope)
    coming = and_(Look.state.in_([PLANNED, WAITING]), meant(scope))
    return or_(coming, Look.reviewer_id == scope.actor.id)


def _lies_before(scope: Scope) -> ColumnElement[bool]:
    comes = and_(Look.purpose == ROUND, Look.state == PLANNED)
    return and_(or_(Look.state == WAITING, comes), meant(scope))


def tells(scope: Scope, of: Inspection | Look) -> bool:
    """Whether the actor may read how this was judged."""
    if isinstance(of, Look) or of.state != "judged" or of.reviewer_id == scope.actor.id:
        return True
    here = (Look.shop_id == scope.shop_id, Look.first_id == of.id)
    if scope.actor.role != REVIEWER:
        return not scope.session.scalar(select(exists().where(*here, _lies_before(scope))))
    ended = exists().where(*here, Look.reviewer_id == scope.actor.id, _round_ended())
    return bool(scope.session.scalar(select(ended)))


def _round_ended() -> ColumnElement[bool]:
    closed = select(Calibration.id).where(
        Calibration.id == Look.calibration_id, Calibration.closed_at.is_not(None)
    )
    return and_(Look.purpose == ROUND, closed.exists())


def look_before(scope: Scope, inspection_id: int) -> Look | None:
    """The look that the owner is to judge before reading how this was judged."""
    if scope.actor.role != OWNER:
        return None
    of = (Look.shop_id == scope.shop_id, Look.first_id == inspection_id)
    return scope.session.scalar(select(Look).where(*of, _lies_before(scope)).limit(1))


def check(scope: Scope, inspection_id: int) -> None:
    """Raises LookFirst, LookSoon where the owner is to judge this again before reading how it was judged."""
    look = look_before(scope, inspection_id)
    if look is not None:
        raise LookFirst(number=look.number) if look.number else LookSoon


def unnamed(scope: Scope, inspection_ids: Collection[int]) -> set[int]:
    """Which of these inspections no list of verdicts names to the owner, who is to judge them again."""
    if not inspection_ids or scope.actor.role != OWNER:
        return set()
    of = (Look.shop_id == scope.shop_id, Look.first_id.in_(inspection_ids))
    return set(scope.session.scalars(select(Look.first_id).where(*of, _lies_before(scope))))


def since(scope: Scope, task_id: int) -> datetime | None:
    """From when on a task's record tells nothing; None where nothing veils it."""
    veil = over(scope, task_id)
    return veil.since if veil else None


def unveiled(scope: Scope) -> ColumnElement[bool]:
    """Inspections that the actor has not to look at again: a later round's desk may tell how they went."""
    return ~exists().where(Look.shop_id == scope.shop_id, Look.first_id == Inspection.id, _lies_before(scope))
