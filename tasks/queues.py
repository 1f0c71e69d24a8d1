"""Queues: where open work of a kind waits in a shop; made when its first work is opened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, literal, literal_column, select, union_all, update

from base import calendars, prepared
from base.errors import Invalid, Refused
from base.once import once
from base.prepared import SHOP
from base.rows import changed, mine
from base.scope import Scope, for_good, remembered
from base.workdays import add
from partners import pay
from security import audit
from security.news import ShopOpened
from tasks.kinds.kind import Kind
from tasks.kinds.known import coded, kind
from tasks.models import Queue, Task
from tasks.picks import IS_OPEN

MOST_COUNTED = 1000  # more is only *many*


def begin(scope: Scope, name: str) -> None:
    """Makes the queue of a kind where the shop has none yet, and sets the kind's first price."""
    for_good(scope, ("queue", name), lambda: _begun(scope, kind(scope, name)))


def _begun(scope: Scope, of: Kind) -> bool:
    """Asked once by a process: a queue that stands stays."""
    if due_s_of(scope, of.name) is None:
        row = {"shop_id": scope.shop_id, "name": of.name, "kind": of.name, "state": "open"}
        once(scope.session, Queue, row | {"due_s": of.due_s, "made_at": scope.now})
        pay.first_price(scope, kind=of.name, won=of.first_price)
    return True


def first_prices(scope: Scope, _news: ShopOpened) -> None:
    """Gives a new shop the price every kind starts from."""
    for of in coded().values():
        pay.first_price(scope, kind=of.name, won=of.first_price)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A kind with open work: how many pieces wait (counted to a thousand), and what one pays in won."""

    kind: str
    count: int
    won: int


def waiting(scope: Scope) -> tuple[Waiting, ...]:
    """The kinds whose work is given out and waits, what is promised first of all at the head."""
    names = list(scope.session.scalars(_given_out(scope)))
    if not names:
        return ()
    prices = pay.prices_at(scope, scope.now)
    rows = scope.session.execute(union_all(*(_standing(scope, name) for name in names))).all()
    found = sorted((row for row in rows if row.n), key=lambda row: (row.due_at, row.name))
    return tuple(Waiting(row.name, row.n, prices.get(row.name, 0)) for row in found)


def _given_out(scope: Scope) -> Select[str]:
    """The names of the queues whose work is given out."""
    here = (Queue.shop_id == scope.shop_id, Queue.state == literal_column("'open'"))
    return select(Queue.name).where(*here).order_by(Queue.id)


def _standing(scope: Scope, name: str) -> Select[str, int, datetime]:
    """How many wait in a queue, to a thousand and no further, and when the first of them is due."""
    here = (Task.shop_id == scope.shop_id, Task.queue == name, IS_OPEN)
    some = select(Task.due_at).where(*here).order_by(Task.slot, Task.due_at, Task.id).limit(MOST_COUNTED)
    rows = some.subquery()
    return select(
        literal(name).label("name"), func.count().label("n"), func.min(rows.c.due_at).label("due_at")
    ).select_from(rows)


#: What may be done to a queue: from where, and where it leads.
STEPS = {
    ("open", "pause"): "paused",
    ("paused", "resume"): "open",
    ("open", "retire"): "retired",
    ("paused", "retire"): "retired",
    ("retired", "resume"): "open",
}
SHORTEST_DUE, LONGEST_DUE = 1, 400  # business hours


class QueueRetired(Refused):
    """The kind is out of use: no new work of it is opened."""

    code = "tasks.queue_retired"


class NoSuchTurn(Refused):
    """The kind stands as it does already, or cannot go there. Facts: state, step."""

    code = "tasks.queue_no_such_turn"


class BadDue(Invalid):
    """Work is due in 1 to 400 business hours. Facts: field, low, high."""

    code = "tasks.queue_due"


def queue_of(scope: Scope, name: str) -> Queue | None:
    """A kind's queue; none before its first work."""
    return scope.session.scalar(mine(scope, Queue).where(Queue.name == name))


def states(scope: Scope) -> dict[str, str]:
    """How the shop's queues stand, by name."""
    rows = select(Queue.name, Queue.state).where(Queue.shop_id == scope.shop_id)
    return dict(scope.session.execute(rows).all())


def check_not_retired(scope: Scope, name: str) -> None:
    """Raises QueueRetired."""
    queue = queue_of(scope, name)
    if queue is not None and queue.state == "retired":
        raise QueueRetired


def turn(scope: Scope, name: str, step: str) -> None:
    """Pauses, resumes or retires a kind: its open work is given out or not. Raises NotFound, NoSuchTurn."""
    begin(scope, name)
    queue = queue_of(scope, name)
    assert queue is not None  # begun just now
    seen = queue.state
    if (seen, step) not in STEPS:
        raise NoSuchTurn(state=seen, step=step)
    this = (Queue.shop_id == scope.shop_id, Queue.id == queue.id, Queue.state == seen)
    if changed(scope, update(Queue).where(*this).values(state=STEPS[seen, step])) != 1:
        raise NoSuchTurn(state=seen, step=step)
    audit.note(scope, f"kind.{TURNED[step]}", kind=name)


TURNED = {"pause": "paused", "resume": "resumed", "retire": "retired"}


def set_due(scope: Scope, name: str, *, hours: int) -> None:
    """Sets in how many business hours a kind's work is due from now on. Raises NotFound, BadDue."""
    if not SHORTEST_DUE <= hours <= LONGEST_DUE:
        raise BadDue(field="hours", low=SHORTEST_DUE, high=LONGEST_DUE)
    begin(scope, name)
    this = (Queue.shop_id == scope.shop_id, Queue.name == name)
    changed(scope, update(Queue).where(*this).values(due_s=3600 * hours))
    audit.note(scope, "kind.due_set", kind=name, hours=hours)


def due_s_of(scope: Scope, name: str) -> int | None:
    """The business seconds a queue's work is due in; None where there is no such queue yet."""
    found: int | None = prepared.run(scope, _DUE, {"queue": name}).scalar()
    return found


_DUE = select(Queue.due_s).where(Queue.shop_id == SHOP, Queue.name == bindparam("queue"))


def due_of(scope: Scope, name: str) -> datetime:
    """When work of a kind opened now is due by the shop's rule for it."""
    due_s = remembered(scope, ("due_s", name), lambda: due_s_of(scope, name) or kind(scope, name).due_s)
    return add(calendars.current(scope), scope.now, due_s)
