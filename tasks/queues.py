"""Queues: where open work of a kind waits in a shop; made when its first work is opened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, literal, literal_column, select, union_all

from base import calendars, prepared
from base.once import once
from base.prepared import SHOP
from base.scope import Scope, for_good, remembered
from base.workdays import add
from partners import pay
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


def due_s_of(scope: Scope, name: str) -> int | None:
    """The business seconds a queue's work is due in; None where there is no such queue yet."""
    found: int | None = prepared.run(scope, _DUE, {"queue": name}).scalar()
    return found


_DUE = select(Queue.due_s).where(Queue.shop_id == SHOP, Queue.name == bindparam("queue"))


def due_of(scope: Scope, name: str) -> datetime:
    """When work of a kind opened now is due by the shop's rule for it."""
    due_s = remembered(scope, ("due_s", name), lambda: due_s_of(scope, name) or kind(scope, name).due_s)
    return add(calendars.current(scope), scope.now, due_s)
