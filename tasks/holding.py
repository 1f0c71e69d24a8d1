"""Holding: the task in a partner's hands, loaded through who holds it, and for as long as the lease runs."""

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import joinedload

from base import prepared
from base.errors import NotFound, Refused
from base.prepared import SHOP
from base.rows import mine
from base.scope import Scope, remembered
from tasks import dispatch
from tasks.lifecycle import HELD
from tasks.models import LateDraft, Submission, Task


class LeaseEnded(Refused):
    """The time to hold the task is over; what was saved is kept. Facts: task_id, next_id to try instead."""

    code = "tasks.lease_ended"


class HandedIn(Refused):
    """The work is handed in; it can be changed only if it comes back."""

    code = "tasks.handed_in"


def held(scope: Scope, task_id: int) -> Task:
    """The task in the actor's hands, its row locked. Raises NotFound, LeaseEnded, HandedIn."""

    def locked() -> Task | None:
        row = prepared.run(scope, _LOCKED, {"task": task_id}).first()
        return None if row is None else prepared.found(scope, Task, row)

    return _in_hand(scope, remembered(scope, ("held", task_id), locked))


_LOCKED = select(Task.__table__).where(Task.shop_id == SHOP, Task.id == bindparam("task")).with_for_update()


def looked_at(scope: Scope, task_id: int) -> Task:
    """The task in the actor's hands, to be read only. Raises as `held`."""
    asked = mine(scope, Task).where(Task.id == task_id).options(joinedload(Task.revision))
    return _in_hand(scope, scope.session.scalar(asked))


def _in_hand(scope: Scope, task: Task | None) -> Task:
    if task is None:
        raise NotFound
    theirs = task.holder_id == scope.actor.partner_id
    if theirs and task.state in HELD and task.lease_until and task.lease_until > scope.now:
        return task
    if theirs and task.state not in HELD:
        raise HandedIn
    if not theirs and not ever_held(scope, task):
        raise NotFound
    raise LeaseEnded(task_id=task.id, next_id=dispatch.suggest(scope, task.queue))


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
