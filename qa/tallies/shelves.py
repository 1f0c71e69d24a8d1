"""What lies on the shelves, counted over the products; and units moved day by day."""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select

from base import calendars
from base.scope import Scope
from qa.tallies.rules import MOVED, SHOP, Sheet
from stock import levels
from stock.models import Level, Movement, Product

ZERO, UNITS, VALUE, PRODUCTS = "stock.zero", "stock.units", "stock.value", "stock.products"
#: What a journal line begins with after which something may lie elsewhere or cost something else.
STIR = frozenset({"order", "orders", "stock", "product", "products", "import"})


def counts(scope: Scope) -> Counter[str]:
    """Products, those of which nothing lies in the warehouse, units everywhere, and what they sell for."""
    here = case((Level.location_id == levels.location(scope, levels.WAREHOUSE), Level.on_hand), else_=0)
    on_shelves = (
        select(Level.product_id, func.sum(here).label("here"), func.sum(Level.on_hand).label("units"))
        .where(Level.shop_id == scope.shop_id)
        .group_by(Level.product_id)
        .subquery()
    )
    units = func.coalesce(on_shelves.c.units, 0)
    row = scope.session.execute(
        select(
            func.count(),
            func.sum(case((func.coalesce(on_shelves.c.here, 0) == 0, 1), else_=0)),
            func.sum(units),
            func.sum(units * func.coalesce(Product.price, 0)),
        )
        .select_from(Product)
        .outerjoin(on_shelves, on_shelves.c.product_id == Product.id)
        .where(Product.shop_id == scope.shop_id)
    ).one()
    return Counter({name: int(n or 0) for name, n in zip((PRODUCTS, ZERO, UNITS, VALUE), row, strict=True)})


def moved(scope: Scope, day: date, zone: ZoneInfo) -> int:
    """By how many units the shelves grew on a local day, all places together."""
    begin, end = (datetime.combine(d, time(), tzinfo=zone).astimezone(UTC) for d in (day, day + timedelta(1)))
    stmt = select(func.sum(Movement.quantity)).where(
        Movement.shop_id == scope.shop_id, Movement.recorded_at >= begin, Movement.recorded_at < end
    )
    return int(scope.session.scalar(stmt) or 0)


def stirs(act: str) -> bool:
    """Whether after a journal line of this act something may lie elsewhere."""
    return act.split(".", maxsplit=1)[0] in STIR


def seen(scope: Scope, days: Collection[date]) -> Sheet:
    """The shelves as they are, and what moved on these days; nothing for no days."""
    if not days:
        return Sheet()
    zone = calendars.current(scope).zone
    moves = {(day, MOVED, SHOP, 0): (0, 0, moved(scope, day, zone)) for day in days}
    return Sheet(days=moves, counts=counts(scope))
