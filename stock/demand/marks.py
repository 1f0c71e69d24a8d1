"""Marks of the days whose demand is to be counted anew, written with the change itself."""

from collections.abc import Sequence

from sqlalchemy import select

from base import calendars
from base.scope import Scope
from stock.batches import batches
from stock.demand.models import DemandMark
from stock.models import Order
from stock.upserts import upsert


def mark(scope: Scope, order_ids: Sequence[int]) -> None:
    """These orders were placed, or want less now: their days are to be counted anew."""
    zone, days = calendars.current(scope).zone, set()
    for some in batches(order_ids):
        here = select(Order.placed_at).where(Order.shop_id == scope.shop_id, Order.id.in_(some))
        days |= {at.astimezone(zone).date() for at in scope.session.scalars(here.distinct())}
    rows = [{"day": day, "n": 1} for day in sorted(days)]
    upsert(scope, DemandMark, rows, keys=("shop_id", "day"), grow=("n",))
