"""What pages show of work: read only, no recipient data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import String, func, literal_column, select
from sqlalchemy.orm import joinedload

from base import calendars
from base.errors import NotFound
from base.rows import Page, mine, page
from base.scope import Scope
from partners import pay
from partners.models import Partner, PayLine
from stock.models import OrderLine
from tasks.lifecycle import CANCELLED, CLAIMED, ENDED, INSPECTION, OPEN, REWORK, STATES, SUBMITTED
from tasks.marks import Mark, marks_of
from tasks.matching import Reason, Work, Worker, why_not_next
from tasks.models import LateDraft, Task
from tasks.steps import IS_HELD, IS_OPEN, held_by

QUEUE = "packing"
RECENT = timedelta(days=1)
LIVE = tuple(state for state in STATES if state not in ENDED)


@dataclass(frozen=True, slots=True)
class Held:
    """A task in a partner's hands; marks are what came back with it."""

    id: int
    title: str
    state: str
    due_at: datetime
    lease_until: datetime
    won: int
    pieces: int
    marks: tuple[Mark, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Unfinished work of a partner on a task that may be taken again."""

    task_id: int
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Today:
    """A partner's day: in hand, sent back, taken away, kept for later, waiting for the reviewer, earned."""

    held: tuple[Held, ...]
    sent_back: tuple[Held, ...]
    cancelled: tuple[str, ...]
    kept: tuple[Kept, ...]
    in_review: int
    accepted: int
    earned: int
    offers: int
    price: int
    capacity: int
    active: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A task that may be taken."""

    id: int
    title: str
    due_at: datetime
    pieces: int
    kinds: int
    won: int
    why_not: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many tasks are in a state, and since when the oldest of them waits."""

    state: str
    count: int
    oldest: datetime | None


def today(scope: Scope) -> Today:
    """The partner's own day. Raises NotFound for an actor without a partner's card."""
    partner = _partner(scope)
    rows = scope.session.scalars(
        mine(scope, Task).where(Task.holder_id == partner.id, IS_HELD).order_by(Task.lease_until, Task.id)
    ).all()
    pieces = _pieces(scope, rows)
    in_hand = [_held(task, pieces) for task in rows]
    since = midnight(scope)
    accepted, earned = scope.session.execute(
        select(func.count(), func.coalesce(func.sum(PayLine.won), 0)).where(
            PayLine.shop_id == scope.shop_id, PayLine.partner_id == partner.id, PayLine.at >= since
        )
    ).one()
    return Today(
        held=tuple(one for one in in_hand if one.state == CLAIMED),
        sent_back=tuple(one for one in in_hand if one.state == REWORK),
        cancelled=_cancelled(scope, partner.id),
        kept=_kept(scope, partner.id),
        in_review=_in_review(scope, partner.id),
        accepted=accepted,
        earned=int(earned),
        offers=_waiting(scope),
        price=pay.price_of(scope, QUEUE, scope.now),
        capacity=partner.capacity,
        active=partner.state == "active",
    )


def offers(scope: Scope, *, after: str = "", size: int = 30) -> Page[Offer]:
    """Work that may be taken, the earliest promise first, each with what keeps it from this partner."""
    partner = _partner(scope)
    held = scope.session.scalar(select(held_by(scope, partner.id))) or 0
    worker = Worker(partner.id, partner.state, held, partner.capacity)
    won = pay.price_of(scope, QUEUE, scope.now)
    stmt = mine(scope, Task).where(Task.queue == QUEUE, IS_OPEN)
    found = page(scope, stmt, by=(Task.due_at, Task.id), after=after, size=size, newest_first=False)
    pieces = _pieces(scope, found.rows)
    return Page([_offer(task, pieces, worker, won) for task in found.rows], found.next)


def why(scope: Scope, task_id: int) -> tuple[Reason, ...]:
    """Why *next task* does not give this task to the actor; empty when it would. Raises NotFound."""
    partner = _partner(scope)
    task = scope.session.scalar(mine(scope, Task).where(Task.id == task_id))
    if task is None:
        raise NotFound
    held = scope.session.scalar(select(held_by(scope, partner.id))) or 0
    ahead = select(func.count()).where(
        Task.shop_id == scope.shop_id,
        Task.queue == task.queue,
        IS_OPEN,
        (Task.due_at < task.due_at) | ((Task.due_at == task.due_at) & (Task.id < task.id)),
        func.coalesce(Task.left_by_id, 0) != partner.id,
    )
    count = scope.session.scalar(ahead) or 0 if task.state == OPEN else 0
    work = Work(task.state, task.holder_id, task.left_by_id, count)
    return why_not_next(Worker(partner.id, partner.state, held, partner.capacity), work)


def done(scope: Scope, *, after: str = "", size: int = 30) -> Page[Task]:
    """What the partner has handed in, newest first."""
    handed_in = (
        mine(scope, Task)
        .where(Task.holder_id == scope.actor.partner_id, Task.submitted_at.is_not(None))
        .where(Task.state.not_in([CANCELLED]))
    )
    return page(scope, handed_in, by=(Task.id,), after=after, size=size)


def tasks(scope: Scope, *, state: str = OPEN, after: str = "", size: int = 50) -> Page[Task]:
    """The shop's tasks in a state: live ones by their promise, ended ones latest first."""
    if state not in STATES:
        raise NotFound
    stmt = mine(scope, Task).options(joinedload(Task.revision))
    if state in ENDED:
        ended = stmt.where(Task.state == state)
        return page(scope, ended, by=(Task.opened_at, Task.id), after=after, size=size)
    live = stmt.where(Task.queue == QUEUE, IS_OPEN) if state == OPEN else stmt.where(Task.state == state)
    return page(scope, live, by=(Task.due_at, Task.id), after=after, size=size, newest_first=False)


def standings(scope: Scope) -> tuple[Standing, ...]:
    """How many tasks are in each live state and the oldest of them, in the order of their life."""
    live = [literal_column(f"'{state}'", String()) for state in LIVE]
    rows = scope.session.execute(
        select(Task.state, func.count(), func.min(Task.opened_at))
        .where(Task.shop_id == scope.shop_id, Task.state.in_(live))
        .group_by(Task.state)
    ).all()
    found = {state: Standing(state, count, oldest) for state, count, oldest in rows}
    return tuple(found.get(state, Standing(state, 0, None)) for state in LIVE)


def midnight(scope: Scope) -> datetime:
    """When the shop's day began, in UTC."""
    zone = calendars.current(scope).zone
    return datetime.combine(scope.now.astimezone(zone).date(), time(), tzinfo=zone).astimezone(UTC)


def _partner(scope: Scope) -> Partner:
    partner = scope.session.scalar(mine(scope, Partner).where(Partner.id == scope.actor.partner_id))
    if partner is None:
        raise NotFound
    return partner


def _pieces(scope: Scope, rows: Sequence[Task]) -> dict[int, tuple[int, int]]:
    """Units and lines of the tasks' orders, by order id."""
    order_ids = [task.order_id for task in rows if task.order_id is not None]
    if not order_ids:
        return {}
    units = func.sum(OrderLine.quantity - OrderLine.cancelled)
    found = scope.session.execute(
        select(OrderLine.order_id, units, func.count())
        .where(
            OrderLine.shop_id == scope.shop_id,
            OrderLine.order_id.in_(order_ids),
            OrderLine.quantity > OrderLine.cancelled,
        )
        .group_by(OrderLine.order_id)
    )
    return {order_id: (int(pieces), lines) for order_id, pieces, lines in found}


def _held(task: Task, pieces: dict[int, tuple[int, int]]) -> Held:
    assert task.lease_until is not None  # a CHECK of the table: what is held is held for a time
    return Held(
        id=task.id,
        title=task.title,
        state=task.state,
        due_at=task.due_at,
        lease_until=task.lease_until,
        won=task.won or 0,
        pieces=pieces.get(task.order_id or 0, (0, 0))[0],
        marks=marks_of(task),
        note=task.failed.get("note", ""),
    )


def _offer(task: Task, pieces: dict[int, tuple[int, int]], worker: Worker, won: int) -> Offer:
    units, lines = pieces.get(task.order_id or 0, (0, 0))
    why_not = why_not_next(worker, Work(task.state, task.holder_id))
    return Offer(task.id, task.title, task.due_at, units, lines, won, why_not)


def _cancelled(scope: Scope, partner_id: int) -> tuple[str, ...]:
    """Titles of work that was cancelled while the partner had it, within a day; among their latest tasks."""
    latest = (
        select(Task.id)
        .where(Task.shop_id == scope.shop_id, Task.holder_id == partner_id)
        .order_by(Task.id.desc())
        .limit(200)
    )
    taken = mine(scope, Task).where(
        Task.id.in_(latest), Task.state == CANCELLED, Task.ended_at >= scope.now - RECENT
    )
    return tuple(task.title for task in scope.session.scalars(taken.order_by(Task.id)))


def _kept(scope: Scope, partner_id: int) -> tuple[Kept, ...]:
    rows = scope.session.execute(
        select(Task.id, Task.title, func.max(LateDraft.at))
        .join(LateDraft, LateDraft.task_id == Task.id)
        .where(LateDraft.shop_id == scope.shop_id, LateDraft.partner_id == partner_id, IS_OPEN)
        .group_by(Task.id, Task.title)
        .order_by(Task.id)
        .limit(5)
    )
    return tuple(Kept(*row) for row in rows)


def _in_review(scope: Scope, partner_id: int) -> int:
    states = [SUBMITTED, INSPECTION]
    stmt = select(func.count()).where(
        Task.shop_id == scope.shop_id, Task.state.in_(states), Task.holder_id == partner_id
    )
    return scope.session.scalar(stmt) or 0


MOST_COUNTED = 1000


def _waiting(scope: Scope) -> int:
    """How many tasks wait; counted up to a thousand, because more is only *many*."""
    some = (
        select(Task.id)
        .where(Task.shop_id == scope.shop_id, Task.queue == QUEUE, IS_OPEN)
        .limit(MOST_COUNTED)
        .subquery()
    )
    return scope.session.scalar(select(func.count()).select_from(some)) or 0
