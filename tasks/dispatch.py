"""Dispatch: who gets which work, for how long, and how it comes back."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import bindparam, select

from base import calendars, prepared
from base.errors import Invalid, NotFound, Refused
from base.prepared import SHOP
from base.rows import mine, one
from base.scope import Scope, recall
from partners.models import Partner
from security import audit
from security.shops import rules
from tasks import drafts, steps
from tasks.lifecycle import EXPIRE, OPEN, REJECTED, RELEASE, REWORK
from tasks.matching import Worker, bars
from tasks.models import Task
from tasks.news import TaskClaimed, TaskExpired, TaskRejected, TaskReleased
from tasks.opening import cancel, cancel_for_orders, open_packing, reopen
from tasks.picks import ANY
from tasks.steps import Hold

__all__ = [
    "REASONS",
    "AtCapacity",
    "NotActive",
    "NotHeld",
    "NothingOpen",
    "Taken",
    "UnknownReason",
    "cancel",
    "cancel_for_orders",
    "claim",
    "claim_next",
    "expire_due",
    "open_packing",
    "release",
    "renew",
    "reopen",
    "suggest",
]

#: Why a task is given back; the words are `tasks.release_reason.<code>`.
REASONS = ("no_time", "goods_missing", "goods_damaged", "unclear", "mistake", "other")
MOST_AT_ONCE = 200


class NothingOpen(Refused):
    """No work waits in this queue for this partner."""

    code = "tasks.nothing_open"


class NotActive(Refused):
    """The partner's card is paused or closed."""

    code = "tasks.not_active"


class AtCapacity(Refused):
    """The partner holds as many tasks as agreed. Facts: held, capacity."""

    code = "tasks.at_capacity"


class Taken(Refused):
    """Somebody else was first. Facts: next_id, the task to try instead, None when there is none."""

    code = "tasks.taken"


class NotHeld(Refused):
    """The task is not in this partner's hands any more."""

    code = "tasks.not_held"


class UnknownReason(Invalid):
    """A task is given back for one of the known reasons."""

    code = "tasks.unknown_reason"


def claim_next(scope: Scope, queue: str = ANY) -> Task:
    """Gives the partner the open task of a queue, or of any, whose promise comes first, in one statement.

    Raises NotActive, AtCapacity, NothingOpen, NoPrice.
    """
    partner = _partner(scope)
    task = steps.seize_next(scope, queue, _hold(scope, partner))
    if task is None:
        _explain_capacity(scope, partner)
        raise NothingOpen
    scope.tell(TaskClaimed(task.id, partner.id))
    return task


def claim(scope: Scope, task_id: int) -> Task:
    """Gives the partner the task of their choice; one already in their hands is given again.

    Raises NotFound, NotActive, AtCapacity, Taken with the next suggestion.
    """
    partner = _partner(scope)
    wanted = one(scope, Task, task_id)
    if wanted.holder_id == partner.id and wanted.state in {"claimed", REWORK}:
        return wanted
    task = steps.seize(scope, task_id, _hold(scope, partner))
    if task is None:
        _explain_capacity(scope, partner)
        raise Taken(next_id=suggest(scope, wanted.queue))
    if task.fence > 1:
        drafts.restore(scope, task)
    scope.tell(TaskClaimed(task.id, partner.id))
    return task


def suggest(scope: Scope, queue: str) -> int | None:
    """The id of the task *next task* would give now, without taking or holding it."""
    return steps.first_open(scope, queue, not_left_by=scope.actor.partner_id or 0)


def renew(scope: Scope, task: Task) -> None:
    """Extends the lease of a task being worked on once less than half of it is left."""
    ruled = rules(scope)
    seconds = ruled.rework_lease_s if task.state == REWORK else ruled.lease_s
    if task.lease_until and task.lease_until - scope.now < timedelta(seconds=seconds) / 2:
        steps.extend(scope, task, until=scope.now + timedelta(seconds=seconds))


def release(scope: Scope, task_id: int, *, reason: str) -> None:
    """Gives a task back for a reason; what was done so far is kept as a draft.

    Rework given back is rejected and opened anew for others: it is unpaid, and counts against nobody.
    Raises UnknownReason, NotFound, NotHeld.
    """
    if reason not in REASONS:
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


def _partner(scope: Scope) -> Worker:
    """The actor's card, held until the end so that two claims of one partner stand in a row.

    The calendar's number is read in the same breath, for the clocks. Raises NotFound, NotActive.
    """
    card = prepared.run(scope, _CARD, {"partner": scope.actor.partner_id}).first()
    if card is None:
        raise NotFound
    if card.state != "active":
        raise NotActive
    recall(scope, calendars.NUMBER, card.calendar or 0)
    return Worker(card.id, card.state, 0, card.capacity)


_CARD = (
    select(
        Partner.id,
        Partner.state,
        Partner.capacity,
        calendars.NEWEST.scalar_subquery().label("calendar"),
    )
    .where(Partner.shop_id == SHOP, Partner.id == bindparam("partner"))
    .with_for_update(of=Partner)
)


def _hold(scope: Scope, partner: Worker) -> Hold:
    return Hold(
        holder_id=partner.id,
        capacity=partner.capacity,
        lease_until=scope.now + timedelta(seconds=rules(scope).lease_s),
    )


def _explain_capacity(scope: Scope, partner: Worker) -> None:
    held = steps.held_by(scope, partner.id)
    if any(reason.code == "at_capacity" for reason in bars(replace(partner, held=held))):
        raise AtCapacity(held=held, capacity=partner.capacity)
