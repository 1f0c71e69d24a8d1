"""Holding: the task in a partner's hands, loaded through who holds it, and for as long as the lease runs."""

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import joinedload

from base import calendars, prepared
from base.errors import NotFound, Refused
from base.prepared import SHOP
from base.scope import Scope, recall, remembered
from tasks import dispatch, steps
from tasks.lifecycle import HELD
from tasks.models import LateDraft, Submission, Task
from tasks.practice import Unread, unread


class LeaseEnded(Refused):
    """The time to hold the task is over; what was saved is kept. Facts: task_id, next_id to try instead."""

    code = "tasks.lease_ended"


class HandedIn(Refused):
    """The work is handed in; it can be changed only if it comes back."""

    code = "tasks.handed_in"


def held(scope: Scope, task_id: int) -> Task:
    """The task in the actor's hands, its row locked. Raises NotFound, LeaseEnded, HandedIn, Unread."""

    def locked() -> Found:
        row = prepared.run(scope, _LOCKED, {"task": task_id}).first()
        if row is None:
            return None
        recall(scope, calendars.NUMBER, row.calendar or 0)  # read in the same breath, for the clocks
        return prepared.found(scope, Task, row), row.unread

    return _read(_in_hand(scope, remembered(scope, steps.ours(task_id), locked)))


def ahead(scope: Scope, task_id: int) -> None:
    """Asks for the task in one breath with what is asked after it, see `prepared.ahead`."""
    prepared.ahead(scope, _LOCKED, {"task": task_id})


Found = tuple[Task, bool] | None  # a task, and whether its holder has still to read its edition

_LOCKED = (
    select(Task.__table__, unread(), calendars.NEWEST.scalar_subquery().label("calendar"))
    .where(Task.shop_id == SHOP, Task.id == bindparam("task"))
    .with_for_update(of=Task)
)


def looked_at(scope: Scope, task_id: int) -> Task:
    """The task in the actor's hands, to be read only. Raises as `held`."""
    return _read(_in_hand(scope, _looked_at(scope, task_id)))


def in_hand(scope: Scope, task_id: int) -> Task:
    """The task in the actor's hands, read or not. Raises NotFound, LeaseEnded, HandedIn."""
    return _in_hand(scope, _looked_at(scope, task_id))[0]


def _looked_at(scope: Scope, task_id: int) -> Found:
    asked = (
        select(Task, unread())
        .where(Task.shop_id == scope.shop_id, Task.id == task_id)
        .options(joinedload(Task.revision))
    )
    row = scope.session.execute(asked).first()
    return None if row is None else (row[0], row[1])


def _in_hand(scope: Scope, found: Found) -> tuple[Task, bool]:
    if found is None:
        raise NotFound
    task, unread_ = found
    theirs = task.holder_id == scope.actor.partner_id
    if theirs and task.state in HELD and task.lease_until and task.lease_until > scope.now:
        return task, unread_
    if theirs and task.state not in HELD:
        raise HandedIn
    if not theirs and not ever_held(scope, task):
        raise NotFound
    raise LeaseEnded(task_id=task.id, next_id=dispatch.suggest(scope, task.queue))


def _read(found: tuple[Task, bool]) -> Task:
    """Nobody works by an edition that replaced another before they have read what it changes."""
    task, unread_ = found
    if unread_:
        raise Unread(task_id=task.id)
    return task


def ever_held(scope: Scope, task: Task) -> bool:
    """Whether the actor has had this task in hand: holds it, let it go, or left work on it."""
    partner_id = scope.actor.partner_id
    if partner_id is None:
        return False
    if partner_id in {task.holder_id, task.left_by_id}:
        return True
    return bool(scope.session.scalar(select(or_(*_traces(task.id, partner_id)))))


def _traces(task_id: int, partner_id: int) -> list[ColumnElement[bool]]:
    return [
        select(table.id).where(table.task_id == task_id, table.partner_id == partner_id).exists()
        for table in (Submission, LateDraft)
    ]
