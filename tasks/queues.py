"""Queues: where open work of a kind waits in a shop; made when its first work is opened."""

from datetime import datetime

from sqlalchemy import bindparam, select

from base import calendars, prepared
from base.once import once
from base.prepared import SHOP
from base.scope import Scope, for_good, remembered
from base.workdays import add
from partners import pay
from security.news import ShopOpened
from tasks.kinds.kind import Kind
from tasks.kinds.known import coded, kind
from tasks.models import Queue


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


def due_s_of(scope: Scope, name: str) -> int | None:
    """The business seconds a queue's work is due in; None where there is no such queue yet."""
    found: int | None = prepared.run(scope, _DUE, {"queue": name}).scalar()
    return found


_DUE = select(Queue.due_s).where(Queue.shop_id == SHOP, Queue.name == bindparam("queue"))


def due_of(scope: Scope, name: str) -> datetime:
    """When work of a kind opened now is due by the shop's rule for it."""
    due_s = remembered(scope, ("due_s", name), lambda: due_s_of(scope, name) or kind(scope, name).due_s)
    return add(calendars.current(scope), scope.now, due_s)
