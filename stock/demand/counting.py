"""The gate of demand: counted from orders day by day, whole days at a time. Sole writer of the days.

A day that is marked is counted anew from its orders, so it does not matter how often that happens, nor in
which order changes come; counting everything anew gives the same.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from base import calendars
from base.clock import anchor
from base.scope import Scope
from stock.demand.models import DemandDay, DemandMark
from stock.lifecycle import HELD
from stock.models import Order, OrderLine
from stock.upserts import upsert

AT_ONCE = 60  # days
Sums = tuple[int, int, int]  # orders, units, won


def waits(session: Session, shop_id: int) -> bool:
    """Whether a day is marked."""
    anchor(session, shop_id)
    return session.scalar(select(DemandMark.id).where(DemandMark.shop_id == shop_id).limit(1)) is not None


def keep(scope: Scope) -> set[int]:
    """Counts the marked days anew, oldest first, and tells whose demand that may have changed."""
    marks = select(DemandMark.day, DemandMark.n).where(DemandMark.shop_id == scope.shop_id)
    touched = set[int]()
    for day, n in scope.session.execute(marks.order_by(DemandMark.day).limit(AT_ONCE)).all():
        touched |= _anew(scope, day)
        seen = (DemandMark.shop_id == scope.shop_id, DemandMark.day == day, DemandMark.n == n)
        scope.session.execute(delete(DemandMark).where(*seen))
    return touched


def rebuild(scope: Scope) -> None:
    """Counts every day anew from the orders."""
    scope.session.execute(delete(DemandMark).where(DemandMark.shop_id == scope.shop_id))
    scope.session.execute(delete(DemandDay).where(DemandDay.shop_id == scope.shop_id))
    for day in _days(scope):
        _write(scope, day, _counted(scope, day))


def differences(scope: Scope) -> list[str]:
    """Days and products whose demand is not what their orders say; marked days are not looked at."""
    marked = set(scope.session.scalars(select(DemandMark.day).where(DemandMark.shop_id == scope.shop_id)))
    wrong = list[str]()
    days = select(DemandDay.day).where(DemandDay.shop_id == scope.shop_id).distinct()
    kept = set(scope.session.scalars(days))
    for day in sorted((kept | set(_days(scope))) - marked):
        stands, true = _stands(scope, day), _counted(scope, day)
        wrong += [
            f"demand.{day}.{id_}" for id_ in stands.keys() | true.keys() if stands.get(id_) != true.get(id_)
        ]
    return sorted(wrong)


def _anew(scope: Scope, day: date) -> set[int]:
    stands, counted = _stands(scope, day), _counted(scope, day)
    here = (DemandDay.shop_id == scope.shop_id, DemandDay.day == day)
    if gone := stands.keys() - counted.keys():
        scope.session.execute(delete(DemandDay).where(*here, DemandDay.product_id.in_(sorted(gone))))
    changed = {id_: sums for id_, sums in counted.items() if stands.get(id_) != sums}
    _write(scope, day, changed)
    return gone | changed.keys()


def _stands(scope: Scope, day: date) -> dict[int, Sums]:
    columns = select(DemandDay.product_id, DemandDay.orders, DemandDay.units, DemandDay.won)
    here = columns.where(DemandDay.shop_id == scope.shop_id, DemandDay.day == day)
    return {id_: (orders, units, won) for id_, orders, units, won in scope.session.execute(here)}


def _counted(scope: Scope, day: date) -> dict[int, Sums]:
    """Orders, units and won of each product asked for on a local day; held orders may be mistakes."""
    begin, end = local_day(day, calendars.current(scope).zone)
    left = OrderLine.quantity - OrderLine.cancelled
    stmt = (
        select(
            OrderLine.product_id,
            func.count(OrderLine.order_id.distinct()),
            func.sum(left),
            func.sum(left * OrderLine.price),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id, left > 0)
        .where(Order.placed_at >= begin, Order.placed_at < end, Order.state != HELD)
        .group_by(OrderLine.product_id)
    )
    rows = scope.session.execute(stmt)
    return {id_: (int(orders), int(units), round(won)) for id_, orders, units, won in rows}


def _write(scope: Scope, day: date, counted: Mapping[int, Sums]) -> None:
    rows = [
        {"product_id": id_, "day": day, "orders": orders, "units": units, "won": won}
        for id_, (orders, units, won) in sorted(counted.items())
    ]
    upsert(scope, DemandDay, rows, keys=("shop_id", "product_id", "day"), put=("orders", "units", "won"))


def _days(scope: Scope) -> list[date]:
    """The local days on which anything was ordered."""
    zone = calendars.current(scope).zone
    here = select(Order.placed_at).where(Order.shop_id == scope.shop_id).distinct()
    return sorted({at.astimezone(zone).date() for at in scope.session.scalars(here)})


def local_day(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a local day begins and ends."""
    begin, end = (datetime.combine(one, time(), tzinfo=zone) for one in (day, day + timedelta(days=1)))
    return begin.astimezone(UTC), end.astimezone(UTC)


def since_day(column: InstrumentedAttribute[date], since: date) -> ColumnElement[bool]:
    """From a day on, said so that rows are found by their product: by its day alone an engine that knows too
    little of its tables would walk every product's days for each few products.
    """
    return func.coalesce(column, column) >= since


def asked(scope: Scope, products: Collection[int], *, since: date) -> dict[int, dict[date, int]]:
    """Units of these products by day, since a day."""
    found: dict[int, dict[date, int]] = {id_: {} for id_ in products}
    stmt = select(DemandDay.product_id, DemandDay.day, DemandDay.units).where(
        DemandDay.shop_id == scope.shop_id,
        DemandDay.product_id.in_(products),
        since_day(DemandDay.day, since),
    )
    for id_, day, units in scope.session.execute(stmt):
        found[id_][day] = units
    return found


def earned(scope: Scope, products: Collection[int], *, since: date) -> dict[int, tuple[int, int]]:
    """Units of these products asked for since a day, and what they bring in won."""
    stmt = select(DemandDay.product_id, func.sum(DemandDay.units), func.sum(DemandDay.won))
    here = (
        DemandDay.shop_id == scope.shop_id,
        DemandDay.product_id.in_(products),
        since_day(DemandDay.day, since),
    )
    rows = scope.session.execute(stmt.where(*here).group_by(DemandDay.product_id))
    return {id_: (int(units), int(won)) for id_, units, won in rows}


def by_month(scope: Scope, products: Collection[int], *, since: date) -> dict[int, dict[int, int]]:
    """Units of these products by month of the year, since a day."""
    month = extract("month", DemandDay.day)
    stmt = select(DemandDay.product_id, month, func.sum(DemandDay.units))
    here = (
        DemandDay.shop_id == scope.shop_id,
        DemandDay.product_id.in_(products),
        since_day(DemandDay.day, since),
    )
    found: dict[int, dict[int, int]] = {}
    for id_, at, units in scope.session.execute(stmt.where(*here).group_by(DemandDay.product_id, month)):
        found.setdefault(id_, {})[int(at)] = int(units)
    return found


def months(scope: Scope) -> dict[date, int]:
    """Units of everything by month, from the first on."""
    year, month = extract("year", DemandDay.day), extract("month", DemandDay.day)
    stmt = select(year, month, func.sum(DemandDay.units)).where(DemandDay.shop_id == scope.shop_id)
    rows = scope.session.execute(stmt.group_by(year, month))
    return {date(int(in_year), int(at), 1): int(units) for in_year, at, units in rows}
