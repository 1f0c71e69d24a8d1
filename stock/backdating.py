"""Entering what happened before: a delivery or a loss found out late, dated when it was.

What a later count already saw changes nothing any more; no day since then may fall below zero.
"""

from datetime import datetime

from sqlalchemy import select

from base.errors import Invalid
from base.rows import mine
from base.scope import Scope
from security import audit
from stock import ledger, levels, moves
from stock.ledger import Entry, Impossible
from stock.levels import Change, Shelf
from stock.models import Count, Movement
from stock.moves import ADJUSTMENT, Act
from stock.news import StockArrived

LATE = "late"


class NotYet(Invalid):
    """What is entered late has happened already."""

    code = "stock.not_yet"


class BadBackdate(Invalid):
    """The stock would have been below zero; fact `on` is the day."""

    code = "stock.bad_backdate"


def enter(scope: Scope, *, key: str, shelf: Shelf, units: int, at: datetime) -> None:
    """Books signed units at a moment in the past, once. Raises NotYet, BadBackdate, OutOfStock, NoUnits."""
    if at > scope.now:
        raise NotYet(field="at")
    if not units:
        raise moves.NoUnits(field="quantity")
    levels.opened(scope, [shelf])
    if moves.happened(scope, key):
        return
    booked = _decided(scope, shelf, Entry(at, units))
    change = sum(entry.quantity for entry in booked)
    (levels.spend if change < 0 else levels.post)(scope, {shelf: Change(on_hand=change)})
    for number, entry in enumerate(booked):
        act = Act(f"{key}#{number}" if number else key, ADJUSTMENT, LATE, at=entry.at)
        moves.write(scope, act, [(shelf, entry.quantity)])
    audit.note(scope, "stock.entered_late", "product", shelf[0], units=units, change=change)
    if change > 0 and shelf[1] == levels.location(scope, levels.WAREHOUSE):
        scope.tell(StockArrived((shelf[0],)))


def _decided(scope: Scope, shelf: Shelf, new: Entry) -> list[Entry]:
    here = mine(scope, Movement).where(Movement.product_id == shelf[0], Movement.location_id == shelf[1])
    entries = [
        Entry(row.occurred_at, row.quantity) for row in scope.session.scalars(here.order_by(Movement.id))
    ]
    counts = select(Count.at).where(
        Count.shop_id == scope.shop_id, Count.product_id == shelf[0], Count.location_id == shelf[1]
    )
    try:
        return ledger.backdated(entries, list(scope.session.scalars(counts)), new)
    except Impossible as impossible:
        day = impossible.on.date().isoformat() if impossible.on else ""
        raise BadBackdate(on=day, field="at") from impossible
