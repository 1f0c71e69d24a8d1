"""Counting: what is really there, entered blind, against the book as it stood when the count began."""

from sqlalchemy import ColumnElement, func, insert, select

from base.errors import Invalid, Refused
from base.scope import Scope
from security import audit
from security.alarms import alarm
from stock import ledger, levels, moves, reservations
from stock.ledger import Counted, Impossible
from stock.levels import WAREHOUSE, Change, Shelf
from stock.models import Count, Movement
from stock.news import StockArrived, StockMissing

REASON = "count"


class CountOutdated(Refused):
    """Goods moved or were counted since this count began, so that it no longer tells what is there."""

    code = "stock.count_outdated"


class BadCount(Invalid):
    """A count is a whole number, zero or more."""

    code = "stock.bad_count"


def begin(scope: Scope, shelf: Shelf) -> int:
    """The mark of a count that begins now: it is sent back with what was counted."""
    last = select(func.max(Movement.id)).where(*_on(scope, shelf))
    return scope.session.scalar(last) or 0


def count(scope: Scope, *, shelf: Shelf, counted: int, begun: int) -> Counted:
    """Books a count begun at the mark `begun`; goods moved since stay moved. A count that agrees is kept too.

    Fewer than promised are accepted and flagged: the orders concerned are told, nothing is clipped.
    Raises BadCount, CountOutdated, NotFound.
    """
    result = look(scope, shelf=shelf, counted=counted, begun=begun)
    _write(scope, shelf, counted, result)
    _tell(scope, shelf, result)
    return result


def look(scope: Scope, *, shelf: Shelf, counted: int, begun: int) -> Counted:
    """What a count begun at the mark comes to, unbooked. Raises BadCount, CountOutdated, NotFound."""
    if counted < 0:
        raise BadCount(field="counted")
    balance = levels.opened(scope, [shelf])[shelf]
    book, last = _book(scope, shelf, begun), _last_count(scope, shelf)
    try:
        return ledger.count(balance, counted, book=book, begun=begun, last_count=last)
    except Impossible as impossible:
        raise CountOutdated from impossible


def _on(scope: Scope, shelf: Shelf) -> tuple[ColumnElement[bool], ...]:
    return (
        Movement.shop_id == scope.shop_id,
        Movement.product_id == shelf[0],
        Movement.location_id == shelf[1],
    )


def _book(scope: Scope, shelf: Shelf, begun: int) -> int:
    """The book when the count began: every movement up to its mark."""
    stmt = select(func.sum(Movement.quantity)).where(*_on(scope, shelf), Movement.id <= begun)
    return int(scope.session.scalar(stmt) or 0)  # PostgreSQL sums whole numbers into a numeric


def _last_count(scope: Scope, shelf: Shelf) -> int:
    """The last line that a count wrote here."""
    stmt = select(func.max(Movement.id)).where(*_on(scope, shelf), Movement.reason == REASON)
    return scope.session.scalar(stmt) or 0


def _write(scope: Scope, shelf: Shelf, counted: int, result: Counted) -> None:
    row = {
        "shop_id": scope.shop_id,
        "product_id": shelf[0],
        "location_id": shelf[1],
        "counted": counted,
        "book": result.book,
        "over_reserved": result.over_reserved,
        "actor_id": scope.actor.id,
        "at": scope.now,
    }
    made = scope.session.execute(insert(Count).returning(Count.id), row).scalar_one()
    if result.variance:
        levels.post(scope, {shelf: Change(on_hand=result.variance)})
        act = moves.Act(f"count:{made}", moves.ADJUSTMENT, REASON)
        moves.write(scope, act, [(shelf, result.variance)])
    facts = {"product_id": shelf[0], "location_id": shelf[1], "book": result.book, "counted": counted}
    audit.note(scope, "stock.counted", "count", made, **facts)


def _tell(scope: Scope, shelf: Shelf, result: Counted) -> None:
    product, place = shelf
    if result.over_reserved:
        orders = reservations.orders_on(scope, shelf)
        alarm("stock.over_reserved", product=product, location=place, orders=len(orders))
        scope.tell(StockMissing(product, place, tuple(orders)))
    elif result.variance > 0 and place == levels.location(scope, WAREHOUSE):
        scope.tell(StockArrived((product,)))
