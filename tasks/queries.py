"""What pages show of work: read only, no recipient data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, func, literal_column, select, union_all
from sqlalchemy.orm import joinedload

from base.errors import NotFound
from base.rows import Page, mine, page
from base.scope import Scope
from partners import pay
from partners.models import Partner
from stock.models import OrderLine
from tasks.lifecycle import CANCELLED, ENDED, OPEN, STATES
from tasks.matching import Reason, Work, Worker, why_not_next
from tasks.models import Task
from tasks.steps import IS_OPEN, held_by

QUEUE = "packing"
LIVE = tuple(state for state in STATES if state not in ENDED)


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


def offers(scope: Scope, *, after: str = "", size: int = 30) -> Page[Offer]:
    """Work that may be taken, the earliest promise first, each with what keeps it from this partner."""
    partner = card(scope)
    held = held_by(scope, partner.id)
    worker = Worker(partner.id, partner.state, held, partner.capacity)
    won = pay.price_of(scope, QUEUE, scope.now)
    stmt = mine(scope, Task).where(Task.queue == QUEUE, IS_OPEN)
    by = (Task.slot, Task.due_at, Task.id)
    found = page(scope, stmt, by=by, after=after, size=size, newest_first=False)
    counts = pieces(scope, found.rows)
    return Page([_offer(task, counts, worker, won) for task in found.rows], found.next)


def why(scope: Scope, task_id: int) -> tuple[Reason, ...]:
    """Why *next task* does not give this task to the actor; empty when it would. Raises NotFound."""
    partner = card(scope)
    task = scope.session.scalar(mine(scope, Task).where(Task.id == task_id))
    if task is None:
        raise NotFound
    held = held_by(scope, partner.id)
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


def oldest(scope: Scope) -> dict[str, datetime]:
    """Since when the oldest task of each live state waits: one look into an index each, in one statement."""
    first = [
        select(Task.state, Task.opened_at)
        .where(Task.shop_id == scope.shop_id, Task.state == literal_column(f"'{state}'", String()))
        .order_by(Task.opened_at, Task.id)
        .limit(1)
        .subquery()
        for state in LIVE
    ]
    return {state: at for state, at in scope.session.execute(union_all(*(select(one) for one in first)))}  # noqa: C416 (rows are not pairs to the type checker)


def card(scope: Scope) -> Partner:
    """The actor's own card as a partner. Raises NotFound."""
    partner = scope.session.scalar(mine(scope, Partner).where(Partner.id == scope.actor.partner_id))
    if partner is None:
        raise NotFound
    return partner


def pieces(scope: Scope, rows: Sequence[Task]) -> dict[int, tuple[int, int]]:
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


def _offer(task: Task, counts: dict[int, tuple[int, int]], worker: Worker, won: int) -> Offer:
    units, lines = counts.get(task.order_id or 0, (0, 0))
    why_not = why_not_next(worker, Work(task.state, task.holder_id))
    return Offer(task.id, task.title, task.due_at, units, lines, won, why_not)
