"""What must always hold of work, asked of the whole database in sets."""

from sqlalchemy import Exists, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from base.invariants import Ask, Finding, broken
from base.scope import Scope
from partners.models import Partner
from security.models import AuditEntry
from tasks.clocks import STAGE_OF
from tasks.kinds import known
from tasks.lifecycle import ACCEPTED, CLAIMED, ENDED, HELD, INSPECTION, OPEN, SUBMITTED
from tasks.models import Answer, ClockPause, Queue, SopRevision, StageClock, Submission, Task
from tasks.picks import IS_OPEN


def findings(scope: Scope) -> tuple[Finding, ...]:
    """Every invariant of this room and of its kinds that does not hold; empty when all is well."""
    of_kinds = known.invariants().items()
    in_kinds = [one for name, asked in of_kinds for one in broken(scope, f"kinds.{name}.broken", asked)]
    return (*broken(scope, "tasks", ASKED), *in_kinds)


def _tasks(scope: Scope) -> Select[int]:
    return select(Task.id).where(Task.shop_id == scope.shop_id).order_by(Task.id)


def _held_by_nobody(scope: Scope) -> Select[int]:
    """What is held has a holder, a lease, a fence and a price."""
    bare = or_(Task.holder_id.is_(None), Task.lease_until.is_(None), Task.fence < 1, Task.won.is_(None))
    return _tasks(scope).where(Task.state.in_(HELD), bare)


def _open_but_held(scope: Scope) -> Select[int]:
    held = or_(Task.holder_id.is_not(None), Task.lease_until.is_not(None))
    return _tasks(scope).where(Task.state == OPEN, held)


def _over_capacity(scope: Scope) -> Select[int]:
    """Partners who have more claimed than agreed."""
    return (
        select(Partner.id)
        .join(Task, and_(Task.holder_id == Partner.id, Task.state == CLAIMED))
        .where(Partner.shop_id == scope.shop_id)
        .group_by(Partner.id, Partner.capacity)
        .having(func.count() > Partner.capacity)
        .order_by(Partner.id)
    )


def _not_handed_in(scope: Scope) -> Select[int]:
    """What was judged or waits for it was handed in, in the round it is in.

    What had come back when its verdict fell was accepted as it was handed in before.
    """
    before = and_(Task.state == ACCEPTED, Submission.round == Task.round - 1, _overturned(Task))
    handed_in = exists().where(Submission.task_id == Task.id, or_(Submission.round == Task.round, before))
    return _tasks(scope).where(Task.state.in_([SUBMITTED, INSPECTION, ACCEPTED]), ~handed_in)


def _overturned(of: type[Task]) -> Exists:
    """Work whose verdict fell, and that was accepted then."""
    return exists().where(
        AuditEntry.shop_id == of.shop_id,
        AuditEntry.subject == "task",
        AuditEntry.subject_id == of.id,
        AuditEntry.act == "task.overturned",
    )


def _left_standing(scope: Scope) -> Select[int]:
    """Handed in is a passing state: drawn or accepted in the same transaction."""
    return _tasks(scope).where(Task.state == SUBMITTED)


def _ended_without_time(scope: Scope) -> Select[int]:
    ended = Task.state.in_(ENDED)
    return _tasks(scope).where(
        or_(and_(ended, Task.ended_at.is_(None)), and_(~ended, Task.ended_at.is_not(None)))
    )


def _clock_missing(scope: Scope) -> Select[int]:
    """Over every live task runs the one clock of its stage."""
    right = or_(*(and_(Task.state == state, StageClock.stage == stage) for state, stage in STAGE_OF.items()))
    running = exists().where(StageClock.task_id == Task.id, StageClock.ended_at.is_(None), right)
    return _tasks(scope).where(Task.state.in_(STAGE_OF), ~running)


def _clock_left_running(scope: Scope) -> Select[int]:
    running = exists().where(StageClock.task_id == Task.id, StageClock.ended_at.is_(None))
    return _tasks(scope).where(Task.state.in_(ENDED), running)


def _pause_of_nothing(scope: Scope) -> Select[int]:
    """A pause that lasts belongs to a clock that stands."""
    return (
        select(ClockPause.id)
        .join(StageClock, StageClock.id == ClockPause.clock_id)
        .where(ClockPause.shop_id == scope.shop_id, ClockPause.to_at.is_(None))
        .where(or_(StageClock.paused_at.is_(None), StageClock.ended_at.is_not(None)))
        .order_by(ClockPause.id)
    )


def _replaced_wrongly(scope: Scope) -> Select[int]:
    """A task that takes another's place is about the same and of its kind, and the other was rejected, or had
    come back, before its verdict fell.
    """
    former = aliased(Task)
    same_thing = [
        getattr(former, name).is_not_distinct_from(getattr(Task, name)) for name in ("order_id", "product_id")
    ]
    same = and_(
        *same_thing,
        former.target == Task.target,
        former.slot == Task.slot,
        former.kind == Task.kind,
        or_(former.state == "rejected", and_(former.state == ACCEPTED, _overturned(former))),
    )
    right = exists().where(former.id == Task.replaces_id, same)
    return _tasks(scope).where(Task.replaces_id.is_not(None), ~right)


def _unpublished_procedure(scope: Scope) -> Select[int]:
    """A task is pinned to an edition that was published once."""
    draft = exists().where(SopRevision.id == Task.sop_revision_id, SopRevision.published_at.is_(None))
    return _tasks(scope).where(draft)


def _answers_on_open(scope: Scope) -> Select[int]:
    """An open task starts clean: nobody sees another's unfinished answers."""
    return _tasks(scope).where(Task.state == OPEN, exists().where(Answer.task_id == Task.id))


def _foreign_shop(scope: Scope) -> Select[int]:
    """What belongs to a task belongs to its shop."""
    parts = [
        exists().where(part.task_id == Task.id, part.shop_id != Task.shop_id)
        for part in (Answer, Submission, StageClock)
    ]
    return _tasks(scope).where(or_(*parts))


def _front_too_late(scope: Scope) -> Select[int]:
    """Nothing that is first in a queue is promised sooner than the queue's front."""
    of_it = (Task.shop_id == scope.shop_id, Task.queue == Queue.name, IS_OPEN)
    head = select(Task.due_at).where(*of_it).order_by(Task.slot, Task.due_at, Task.id).limit(1)
    late = head.correlate(Queue).scalar_subquery() < Queue.front
    return select(Queue.id).where(Queue.shop_id == scope.shop_id, late).order_by(Queue.id)


ASKED: dict[str, Ask] = {
    "held_by_nobody": _held_by_nobody,
    "open_but_held": _open_but_held,
    "over_capacity": _over_capacity,
    "not_handed_in": _not_handed_in,
    "left_standing": _left_standing,
    "ended_without_time": _ended_without_time,
    "clock_missing": _clock_missing,
    "clock_left_running": _clock_left_running,
    "pause_of_nothing": _pause_of_nothing,
    "replaced_wrongly": _replaced_wrongly,
    "unpublished_procedure": _unpublished_procedure,
    "answers_on_open": _answers_on_open,
    "foreign_shop": _foreign_shop,
    "front_too_late": _front_too_late,
}
