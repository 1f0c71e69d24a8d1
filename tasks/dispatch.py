"""Dispatch: who gets which work, for how long, and how it comes back."""

from datetime import timedelta

from sqlalchemy import select

from base.errors import Invalid, NotFound, Refused
from base.rows import mine
from base.scope import Scope
from security import audit
from security.shops import rules
from tasks import drafts, leases, steps
from tasks.claiming import (
    AtCapacity,
    BadNumber,
    DayIsFull,
    KeptForOthers,
    NotActive,
    NothingOpen,
    NotReady,
    NotTrained,
    NotYourTeam,
    Taken,
    claim,
    claim_next,
    claim_together,
    suggest,
)
from tasks.lifecycle import CLAIMED, EXPIRE, OPEN, REJECTED, RELEASE, REWORK
from tasks.models import Task
from tasks.news import TaskExpired, TaskRejected, TaskReleased
from tasks.opening import cancel, cancel_for_orders, open_packing, reopen

__all__ = [
    "REASONS",
    "AtCapacity",
    "BadNumber",
    "DayIsFull",
    "KeptForOthers",
    "NotActive",
    "NotHeld",
    "NotReady",
    "NotTrained",
    "NotYourTeam",
    "NothingOpen",
    "Taken",
    "UnknownReason",
    "cancel",
    "cancel_for_orders",
    "claim",
    "claim_next",
    "claim_together",
    "expire_due",
    "open_packing",
    "release",
    "release_together",
    "renew",
    "reopen",
    "suggest",
]

#: Why a task is given back; the words are `tasks.release_reason.<code>`.
REASONS = ("no_time", "goods_missing", "goods_damaged", "unclear", "mistake", "other")
DECLINED = "declined"  # what the owner had given; no reason is asked
MOST_AT_ONCE = 200


class NotHeld(Refused):
    """The task is not in this partner's hands any more."""

    code = "tasks.not_held"


class UnknownReason(Invalid):
    """A task is given back for one of the known reasons."""

    code = "tasks.unknown_reason"


def renew(scope: Scope, task: Task) -> None:
    """Extends the lease of a task being worked on, and of those taken with it, once half of it is gone."""
    ruled = rules(scope)
    seconds = ruled.rework_lease_s if task.state == REWORK else ruled.lease_s
    if task.lease_until and task.lease_until - scope.now < timedelta(seconds=seconds) / 2:
        extend = leases.extend if task.batch_id is None else leases.extend_together
        extend(scope, task, until=scope.now + timedelta(seconds=seconds))


def release(scope: Scope, task_id: int, *, reason: str) -> None:
    """Gives a task back for a reason; what was done so far is kept as a draft.

    Rework given back is rejected and opened anew for others: it is unpaid, and counts against nobody.
    Raises UnknownReason, NotFound, NotHeld.
    """
    if reason not in {*REASONS, DECLINED}:
        raise UnknownReason(field="reason")
    task = scope.session.scalar(mine(scope, Task).where(Task.id == task_id).with_for_update())
    if task is None or (task.holder_id != scope.actor.partner_id and task.state != OPEN):
        raise NotFound
    if task.holder_id != scope.actor.partner_id:
        raise NotHeld
    partner_id = task.holder_id
    drafts.put_away(scope, task)
    steps.take(scope, task, RELEASE, fence=task.fence)
    audit.note(scope, "task.release_reason", subject="task", subject_id=task.id, reason=reason)
    scope.tell(TaskReleased(task.id, partner_id or 0, reason))
    _open_for_others(scope.as_house(), task)


def release_together(scope: Scope, batch_id: int, *, reason: str) -> int:
    """Gives back what is left in hand of tasks taken together; how many those were.

    Raises UnknownReason, and NotHeld where nothing of it is in the actor's hands.
    """
    left = select(Task.id).where(
        Task.shop_id == scope.shop_id,
        Task.batch_id == batch_id,
        Task.holder_id == scope.actor.partner_id,
        Task.state == CLAIMED,
    )
    task_ids = list(scope.session.scalars(left.order_by(Task.id)))
    if not task_ids:
        raise NotHeld
    for task_id in task_ids:
        release(scope, task_id, reason=reason)
    return len(task_ids)


def expire_due(scope: Scope) -> int:
    """Takes back work whose lease has ended; periodic. Gives how many there were.

    Claimed work opens again; rework that was not done is rejected and opened anew for others.
    """
    house = scope.as_house()
    due = (
        mine(house, Task)
        .where(steps.IS_HELD, Task.lease_until <= house.now)
        .order_by(Task.lease_until, Task.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    tasks = list(house.session.scalars(due))
    for task in tasks:
        _expire(house, task)
    return len(tasks)


def take_back(scope: Scope, partner_id: int) -> int:
    """Takes back at once all that a partner holds, as if its lease had ended; gives how many there were."""
    house = scope.as_house()
    held = mine(house, Task).where(steps.IS_HELD, Task.holder_id == partner_id)
    tasks = list(house.session.scalars(held.order_by(Task.id).with_for_update()))
    for task in tasks:
        _expire(house, task)
    return len(tasks)


def _expire(house: Scope, task: Task) -> None:
    partner_id = task.holder_id or 0
    drafts.put_away(house, task)
    steps.take(house, task, EXPIRE, fence=task.fence)
    house.tell(TaskExpired(task.id, partner_id))
    _open_for_others(house, task)


def _open_for_others(house: Scope, task: Task) -> None:
    """What was let go in rework has ended: another task takes its place."""
    if task.state == REJECTED:
        reopen(house, task)
        house.tell(TaskRejected(task.id))
