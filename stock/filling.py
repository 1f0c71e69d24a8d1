"""Filling orders that wait: whole orders only, the oldest promise first."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from base.scope import Scope
from stock import levels, reservations, steps
from stock.batches import batches
from stock.levels import WAREHOUSE
from stock.lifecycle import FILL, SHORT
from stock.models import Level, Order, OrderLine
from stock.news import OrdersReady
from stock.reservations import Ask


def fill(scope: Scope, products: Sequence[int]) -> list[int]:
    """Fills every waiting order that asks for one of these products and lacks nothing; tells OrdersReady.

    The levels are locked first: whoever places, cancels or ships an order of these products waits for us.
    """
    place = levels.location(scope, WAREHOUSE)
    levels.locked(scope, ((product, place) for product in products))
    filling = reservations.reserve(scope, _asks(scope, products, place), place=place)
    steps.take(scope, filling.filled, FILL)
    if filling.filled:
        scope.tell(OrdersReady(tuple(filling.filled)))
    return filling.filled


def _asks(scope: Scope, products: Sequence[int], place: int) -> list[Ask]:
    """What the candidates still want, in the order of their promises."""
    waiting = sorted(
        {id_ for some in batches(products) for id_ in scope.session.scalars(_waiting(scope, some, place))}
    )
    rows = [row for some in batches(waiting) for row in scope.session.execute(_wanted(scope, some))]
    rows.sort(key=lambda row: row[:3])
    return [Ask(*row[2:]) for row in rows]


def _waiting(scope: Scope, products: Sequence[int], place: int) -> Select[int]:
    """Short orders that ask for one of these products and lack none of any: the others need no look."""
    asking = select(OrderLine.order_id).where(
        OrderLine.shop_id == scope.shop_id, OrderLine.product_id.in_(products)
    )
    return select(Order.id).where(
        Order.shop_id == scope.shop_id, Order.state == SHORT, Order.id.in_(asking), ~_lacking(scope, place)
    )


def _lacking(scope: Scope, place: int) -> ColumnElement[bool]:
    line, level = aliased(OrderLine), aliased(Level)
    here = and_(
        level.shop_id == scope.shop_id, level.product_id == line.product_id, level.location_id == place
    )
    free = func.coalesce(level.on_hand - level.reserved, 0)
    return exists(
        select(line.id)
        .join(level, here, isouter=True)
        .where(
            line.shop_id == scope.shop_id, line.order_id == Order.id, line.quantity - line.cancelled > free
        )
    )


def _wanted(scope: Scope, orders: Sequence[int]) -> Select[datetime, datetime, int, int, int, int]:
    return (
        select(
            Order.ship_by,
            Order.placed_at,
            Order.id,
            OrderLine.id,
            OrderLine.product_id,
            OrderLine.quantity - OrderLine.cancelled,
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id, Order.id.in_(orders))
        .where(OrderLine.quantity > OrderLine.cancelled)
        .order_by(Order.ship_by, Order.placed_at, Order.id, OrderLine.id)
    )
