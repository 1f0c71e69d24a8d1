"""What pages show of work: read only, no recipient data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    exists,
    func,
    literal,
    literal_column,
    not_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from base import calendars
from base.errors import NotFound
from base.rows import Page, mine, page
from base.scope import Scope
from partners import standings as trust
from partners.models import Partner
from partners.pay import pricing
from stock.models import OrderLine
from tasks import paying, queues, surveying
from tasks.choosing import FOREIGN, Choice, Seen, kind_of
from tasks.kinds import known
from tasks.lifecycle import CANCELLED, ENDED, OPEN, STATES
from tasks.matching import Reason, Work, Worker, why_not_next
from tasks.models import Queue, Task
from tasks.picks import TASKS, offered_to_others
from tasks.queues import MOST_COUNTED, Waiting
from tasks.steps import IS_OPEN, held_by, taken_by
from tasks.surveying import Survey

#: What keeps a queue's work even from somebody who chooses it from the list.
NOT_TO_CHOOSE = FOREIGN | {"kept"}
LIVE = tuple(state for state in STATES if state not in ENDED)


@dataclass(frozen=True, slots=True)
class Offer:
    """A task that may be taken; pieces and lines are those of its order."""

    id: int
    kind: str
    title: str
    note: str
    due_at: datetime
    pieces: int
    kinds: int
    won: int
    why_not: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many tasks are in a state, counted to a thousand, and since when the oldest of them waits."""

    state: str
    count: int
    oldest: datetime | None


def offers(scope: Scope, *, kind: str = "", after: str = "", size: int = 30) -> Page[Offer]:
    """Work of a kind (or as `first_kind` says), first promise first, with what keeps it. Raises NotFound."""
    kind = kind or first_kind(scope)
    if not kind:
        return Page([], "")
    seen = surveying.named(scope, kind)
    trace = surveying.chosen(scope, seen).trace
    worker, bar = _worker(scope, seen), next((one for one in trace if one.code in NOT_TO_CHOOSE), None)
    won = pricing.price_of(scope, known.kind(scope, kind_of(kind)).name, scope.now)
    stmt = mine(scope, Task).where(Task.queue == kind, IS_OPEN, _of_open_queue(scope, kind))
    stmt = stmt.where(not_(offered_to_others(TASKS))).params(partner=seen.id, now=scope.now)
    by = (Task.slot, Task.due_at, Task.id)
    found = page(scope, stmt, by=by, after=after, size=size, newest_first=False)
    counts = pieces(scope, found.rows)
    more = paying.on_top_of(scope, [task.id for task in found.rows])
    rows = [_offer(task, counts, worker, won + more.get(task.id, 0), bar) for task in found.rows]
    return Page(rows, found.next)


def theirs(scope: Scope, choice: Choice, shown: str = "") -> tuple[Waiting, ...]:
    """What the actor may choose from near at hand: learned, of their team; and what is shown."""
    mine = [one.queue for one in choice.trace if one.code not in FOREIGN]
    return queues.waiting_in(scope, [*mine, *([shown] if shown and shown not in mine else [])])


def room(scope: Scope) -> int:
    """For how many more tasks the partner has a free hand. Raises NotFound."""
    own = card(scope)
    return max(0, trust.most_held(scope, own.id) - held_by(scope, own.id))


def first_kind(scope: Scope) -> str:
    """The queue *next task* gives from, else one kept for others; for the owner the first promise's."""
    if scope.actor.partner_id is None:
        return queues.first(scope)
    return shown_first(surveying.choice(scope))


def shown_first(choice: Choice) -> str:
    """The first of a choice, else one that is kept for others; empty where nothing waits."""
    kept = (one.queue for one in choice.trace if one.code == "kept")
    return next(iter((*choice.order, *kept)), "")


def _of_open_queue(scope: Scope, name: str) -> ColumnElement[bool]:
    """Whether work of the queue is given out."""
    return exists().where(Queue.shop_id == scope.shop_id, Queue.name == name, Queue.state == OPEN)


def why(scope: Scope, task_id: int) -> tuple[Reason, ...]:
    """Why *next task* does not give this task to the actor; empty when it would. Raises NotFound."""
    seen = surveying.of(scope, scope.actor.partner_id or 0)
    task = scope.session.scalar(mine(scope, Task).where(Task.id == task_id))
    if task is None:
        raise NotFound
    held_back = Task.id == task.id, offered_to_others(TASKS)
    told = {"partner": seen.id, "now": scope.now}
    work = Work(
        task.state,
        task.holder_id,
        task.left_by_id,
        ahead=_ahead(scope, task, seen.id) if task.state == OPEN else 0,
        queue=_decided(scope, seen, task) if task.state == OPEN else None,
        for_others=scope.session.scalar(select(Task.id).where(*held_back), told) is not None,
    )
    return why_not_next(_worker(scope, seen), work)


def _decided(scope: Scope, seen: Survey, task: Task) -> Seen | None:
    """What the choice makes of a task's queue."""
    trace = surveying.chosen(scope, seen).trace
    return next((one for one in trace if one.queue == task.queue), None)


def _ahead(scope: Scope, task: Task, partner_id: int) -> int:
    """How many of its queue are promised sooner than a task."""
    ahead = select(func.count()).where(
        Task.shop_id == scope.shop_id,
        Task.queue == task.queue,
        IS_OPEN,
        tuple_(Task.slot, Task.due_at, Task.id) < tuple_(task.slot, task.due_at, task.id),
        func.coalesce(Task.left_by_id, 0) != partner_id,
    )
    return scope.session.scalar(ahead) or 0


def _worker(scope: Scope, seen: Survey) -> Worker:
    held = held_by(scope, seen.id)
    if seen.day_limit is None:
        return Worker(seen.id, seen.state, held, seen.capacity)
    taken = taken_by(scope, seen.id, since=calendars.midnight(scope))
    return Worker(seen.id, seen.state, held, seen.capacity, taken, seen.day_limit)


def done(scope: Scope, *, after: str = "", size: int = 30) -> Page[Task]:
    """What the partner has handed in, newest first."""
    handed_in = (
        mine(scope, Task)
        .where(Task.holder_id == scope.actor.partner_id, Task.submitted_at.is_not(None))
        .where(Task.state.not_in([CANCELLED]))
    )
    return page(scope, handed_in, by=(Task.id,), after=after, size=size)


def tasks(scope: Scope, *, state: str = OPEN, kind: str = "", after: str = "", size: int = 50) -> Page[Task]:
    """The shop's tasks in a state: live ones by their promise, ended ones latest first.

    Open ones of every kind together come as they were opened: there may be very many.
    """
    if state not in STATES:
        raise NotFound
    stmt = mine(scope, Task).options(joinedload(Task.revision)).where(Task.state == state)
    if kind:
        of = known.kind(scope, kind_of(kind)).name
        stmt = stmt.where(Task.queue == kind if state == OPEN else Task.kind == of)
    if state in ENDED:
        return page(scope, stmt, by=(Task.opened_at, Task.id), after=after, size=size)
    by = _order(state, kind)
    stmt = stmt.where(IS_OPEN) if state == OPEN else stmt
    return page(scope, stmt, by=by, after=after, size=size, newest_first=False)


def _order(state: str, kind: str) -> tuple[InstrumentedAttribute[Any], ...]:
    """As an index has it where there may be very many."""
    if state == OPEN:
        return (Task.slot, Task.due_at, Task.id) if kind else (Task.opened_at, Task.id)
    return (Task.due_at, Task.id)


def standings(scope: Scope) -> tuple[Standing, ...]:
    """How many tasks are in each live state, to MOST_COUNTED and no further, and the oldest of them.

    In the order of their life.
    """
    rows = scope.session.execute(union_all(*(_standing(scope, state) for state in LIVE)))
    return tuple(Standing(state, count, oldest) for state, count, oldest in rows)


def _standing(scope: Scope, state: str) -> Select[str, int, datetime]:
    here = (Task.shop_id == scope.shop_id, Task.state == literal_column(f"'{state}'", String()))
    first = select(Task.opened_at).where(*here).order_by(Task.opened_at, Task.id).limit(MOST_COUNTED)
    rows = first.subquery()
    return select(literal(state), func.count(), func.min(rows.c.opened_at)).select_from(rows)


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


def _offer(
    task: Task, counts: dict[int, tuple[int, int]], worker: Worker, won: int, bar: Seen | None
) -> Offer:
    units, lines = counts.get(task.order_id or 0, (0, 0))
    why_not = why_not_next(worker, Work(task.state, task.holder_id, queue=bar))
    return Offer(task.id, task.kind, task.title, task.note, task.due_at, units, lines, won, why_not)
