"""Offering and assigning: the owner shows work to chosen partners first, or gives it to one; all may decline.

Neither goes past what dispatch holds to: full hands, a full day, what is not learned, what was objected to.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from base import calendars
from base.errors import Invalid, NotFound, Refused
from base.once import once
from base.rows import changed, mine, one
from base.scope import Scope
from base.workdays import NeverOpen, add, sub
from partners.availability import reads as availability
from partners.models import Partner
from security import audit
from security.shops import rules
from tasks import claiming, dispatch, steps, surveying
from tasks.choosing import barred
from tasks.lifecycle import ASSIGN, CLAIMED, OPEN
from tasks.models import Task, TaskOffer
from tasks.news import TaskAssigned, TaskClaimed, TaskOffered
from tasks.passing import gate

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=7)
MOST_CHOSEN = 50


class NotOpen(Refused):
    """Only work that nobody has is offered or assigned. Facts: state."""

    code = "tasks.not_open"


class Objects(Refused):
    """The partner does not want this kind of work, or let this very task go."""

    code = "tasks.partner_objects"


class Away(Refused):
    """The partner has said days off; they may take work, but are given none. Facts: until."""

    code = "tasks.partner_away"


class BadOffer(Invalid):
    """Work is offered to 1 to 50 partners, for ten minutes to seven days. Facts: field."""

    code = "tasks.bad_offer"


@dataclass(frozen=True, slots=True)
class Shown:
    """An offer as it stands: to whom, until when, and whether they declined."""

    partner_id: int
    until: datetime
    declined_at: datetime | None


def assign(scope: Scope, task_id: int, *, partner_id: int) -> Task:
    """Gives an open task to a partner, for as long as rework is held; they may give it back without cost.

    Raises NotFound, NotOpen, NotActive, NotTrained, Objects, Away, AtCapacity, DayIsFull.
    """
    task = _open(scope, task_id)
    seen = _able(scope, task, partner_id)
    hold = replace(
        claiming.hold_of(scope, seen),
        lease_until=scope.now + timedelta(seconds=rules(scope).rework_lease_s),
        step=ASSIGN,
    )
    _withdraw(scope, task)
    given = steps.seize(scope, task.id, hold)
    if given is None:
        claiming.check_room(scope, seen, hold)
        raise NotOpen(state=OPEN)
    scope.tell(TaskClaimed(given.id, partner_id))
    scope.tell(TaskAssigned(given.id, partner_id))
    return given


def offer(scope: Scope, task_id: int, *, partner_ids: Collection[int], until: datetime) -> None:
    """Shows an open task to chosen partners alone until a deadline, after which it is everybody's again.

    For who has said hours, the time up to it runs in those hours (see `_longer`).
    Raises NotFound, BadOffer, NotOpen, NotActive, NotTrained, Objects, Away.
    """
    if not 1 <= len(set(partner_ids)) <= MOST_CHOSEN:
        raise BadOffer(field="partner_ids")
    if not SHORTEST <= until - scope.now <= LONGEST:
        raise BadOffer(field="until")
    task = _open(scope, task_id)
    for partner_id in sorted(set(partner_ids)):
        _able(scope, task, partner_id)
    _withdraw(scope, task)
    ends = {id_: _longer(scope, task, id_, until) for id_ in sorted(set(partner_ids))}
    for partner_id, end in ends.items():
        _show(scope, task, partner_id, end)
    _hold_back(scope, task, max(ends.values()))
    audit.note(scope, "task.offered", subject="task", subject_id=task.id, count=len(set(partner_ids)))
    scope.tell(TaskOffered(task.id, tuple(sorted(set(partner_ids)))))


def _longer(scope: Scope, task: Task, partner_id: int, until: datetime) -> datetime:
    """How long a partner has to look at an offer: what was meant, counted in the hours they offer.

    Never shorter than meant, and never so long that too little time is left to do the task in.
    """
    offered, shop = availability.calendar_of(scope, partner_id), calendars.current(scope)
    if offered is None:
        return until
    try:
        latest = min(sub(shop, task.due_at, rules(scope).do_s), scope.now + LONGEST)
        return max(until, min(latest, add(offered, scope.now, int((until - scope.now).total_seconds()))))
    except NeverOpen:
        return until


def withdraw(scope: Scope, task_id: int) -> None:
    """Ends an offer: the task is everybody's at once. Raises NotFound."""
    task = one(scope, Task, task_id)
    if _withdraw(scope, task):
        audit.note(scope, "task.offer_ended", subject="task", subject_id=task.id)


def decline(scope: Scope, task_id: int) -> None:
    """Says no to an offer, or gives an assigned task back; it counts against nobody. Raises NotFound.

    When all it was shown to have declined, the task is everybody's at once.
    """
    task, partner_id = one(scope, Task, task_id), scope.actor.partner_id
    if task.state == CLAIMED and task.holder_id == partner_id:
        dispatch.release(scope, task.id, reason=dispatch.DECLINED)
        return
    this = (TaskOffer.task_id == task.id, TaskOffer.partner_id == partner_id, TaskOffer.declined_at.is_(None))
    said_no = update(TaskOffer).where(TaskOffer.shop_id == scope.shop_id, *this)
    if changed(scope, said_no.values(declined_at=scope.now)) != 1:
        raise NotFound
    audit.note(scope, "task.offer_declined", subject="task", subject_id=task.id)
    _let_go(scope, task)
    if not any(shown.declined_at is None for shown in shown_to(scope, task.id)):
        _hold_back(scope, task, None)


def shown_to(scope: Scope, task_id: int) -> tuple[Shown, ...]:
    """To whom a task is or was last offered."""
    rows = mine(scope, TaskOffer).where(TaskOffer.task_id == task_id).order_by(TaskOffer.partner_id)
    return tuple(Shown(row.partner_id, row.until, row.declined_at) for row in scope.session.scalars(rows))


def for_me(scope: Scope, *, most: int = 20) -> tuple[Task, ...]:
    """What is offered to the actor and still to be had, the soonest to end first."""
    offered = (
        select(Task)
        .join(TaskOffer, TaskOffer.task_id == Task.id)
        .where(
            Task.shop_id == scope.shop_id,
            Task.state == OPEN,
            Task.offered_until > scope.now,
            TaskOffer.partner_id == scope.actor.partner_id,
            TaskOffer.declined_at.is_(None),
            TaskOffer.until > scope.now,
        )
        .order_by(Task.offered_until, Task.id)
    )
    return tuple(scope.session.scalars(offered.limit(most)))


def outstanding(scope: Scope) -> int:
    """How many tasks are shown to chosen partners alone."""
    held_back = (Task.shop_id == scope.shop_id, Task.state == OPEN, Task.offered_until > scope.now)
    return scope.session.scalar(select(func.count()).select_from(Task).where(*held_back)) or 0


def _open(scope: Scope, task_id: int) -> Task:
    task = scope.session.scalar(mine(scope, Task).where(Task.id == task_id).with_for_update())
    if task is None:
        raise NotFound
    if task.state != OPEN:
        raise NotOpen(state=task.state)
    return task


def _able(scope: Scope, task: Task, partner_id: int) -> surveying.Survey:
    """The partner, whom the task may be given; another team's work may be. Raises as `assign`."""
    one(scope, Partner, partner_id)
    seen = surveying.about_task(scope, task.id, partner_id)
    claiming.check_stands(scope, seen)
    queue = claiming.of_task(seen, task)
    if off := availability.off_until(scope, partner_id):
        raise Away(until=off.isoformat())
    declined = any(shown.partner_id == partner_id and shown.declined_at for shown in shown_to(scope, task.id))
    if declined or task.left_by_id == partner_id:
        raise Objects
    if queue is not None:
        bar = barred(seen.who, replace(queue, state="open", team_id=None))
        claiming.check_fit(bar)
        if bar is not None:
            raise Objects
    return seen


def _show(scope: Scope, task: Task, partner_id: int, until: datetime) -> None:
    row = {"shop_id": scope.shop_id, "task_id": task.id, "partner_id": partner_id, "until": until}
    said = {"offered_by": scope.actor.id, "at": scope.now}
    if once(scope.session, TaskOffer, row | said) is None:
        this = (TaskOffer.shop_id == scope.shop_id, TaskOffer.task_id == task.id)
        again = update(TaskOffer).where(*this, TaskOffer.partner_id == partner_id)
        changed(scope, again.values(until=until, declined_at=None, **said))


def _let_go(scope: Scope, task: Task) -> None:
    """*Next task* does not hand to a partner what they have just declined."""
    this = (Task.shop_id == scope.shop_id, Task.id == task.id, Task.state == OPEN)
    changed(scope, update(Task).where(*this).values(left_by_id=scope.actor.partner_id))


def _withdraw(scope: Scope, task: Task) -> bool:
    """Nobody in particular is shown the task any more; those it was shown to keep no claim on it."""
    this = (TaskOffer.shop_id == scope.shop_id, TaskOffer.task_id == task.id, TaskOffer.until > scope.now)
    ended = changed(scope, update(TaskOffer).where(*this).values(until=scope.now))
    _hold_back(scope, task, None)
    return ended > 0


def _hold_back(scope: Scope, task: Task, until: datetime | None) -> None:
    this = (Task.shop_id == scope.shop_id, Task.id == task.id, Task.state == OPEN)
    changed(scope, update(Task).where(*this).values(offered_until=until))
    gate.opened(scope, task.queue, first=gate.place_of(task))
