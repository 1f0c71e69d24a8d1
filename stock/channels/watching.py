"""Telling those outside that free stock changed: all products that did since the last time, in one breath.

Looked at now and then rather than at each movement, so that a busy hour is one message and not a thousand.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from base.clock import anchor
from base.scope import Scope
from stock.channels.models import Channel, FreeTold
from stock.levels import WAREHOUSE
from stock.models import Level, Location
from stock.news import FreeStockChanged
from stock.upserts import upsert

AT_ONCE = 5_000  # products; the rest follows at the next turn


def waits(session: Session, shop_id: int) -> bool:
    """Whether a shop that tells a channel has free stock that differs from what was told."""
    anchor(session, shop_id)
    tells = session.scalar(select(Channel.id).where(Channel.shop_id == shop_id).limit(1))
    return tells is not None and session.execute(_changed(shop_id).limit(1)).first() is not None


def tell(scope: Scope) -> None:
    """Tells which products' free stock changed, and keeps what was told."""
    rows = scope.session.execute(_changed(scope.shop_id).limit(AT_ONCE)).all()
    told = [{"product_id": row.product_id, "units": row.free} for row in rows]
    upsert(scope, FreeTold, told, keys=("shop_id", "product_id"), put=("units",))
    if rows:
        scope.tell(FreeStockChanged(_ids(rows)))


def _ids(rows: Sequence[Any]) -> tuple[int, ...]:
    return tuple(row.product_id for row in rows)


def _changed(shop_id: int) -> Select[*tuple[Any, ...]]:
    """Products whose free units in the warehouse are not those that were told; never told is nothing."""
    free = (Level.on_hand - Level.reserved).label("free")
    told = and_(FreeTold.shop_id == shop_id, FreeTold.product_id == Level.product_id)
    return (
        select(Level.product_id, free)
        .join(Location, Location.id == Level.location_id)
        .join(FreeTold, told, isouter=True)
        .where(Level.shop_id == shop_id, Location.shop_id == shop_id, Location.kind == WAREHOUSE)
        .where(Level.on_hand - Level.reserved != func.coalesce(FreeTold.units, 0))
        .order_by(Level.product_id)
    )
