"""The gate of the monthly flow, told in one breath with the value of each line. Sole writer of its tables."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, literal, select

from base.scope import Scope
from stock.batches import batches
from stock.flow.models import FlowMonth, FlowSum
from stock.flow.telling import SORTS, Held, Row, rows
from stock.upserts import upsert
from stock.value.folding import Month

KEYS = ("shop_id", "product_id", "location_id", "month")
SUMS = (*(name for sort in SORTS for name in (sort, f"{sort}_parts")), "revalued")


@dataclass(frozen=True, slots=True)
class Left:
    """Where a product's goods were at the end of the last month in which anything changed."""

    month: date = date.min
    places: Mapping[int, Held] = field(default_factory=dict)


NOWHERE = Left()


def left(scope: Scope, products: Collection[int]) -> dict[int, Left]:
    """What the months told so far left of these products at each place."""
    months, places = dict[int, date](), defaultdict[int, dict[int, Held]](dict)
    columns = (FlowMonth.product_id, FlowMonth.location_id, FlowMonth.closing, FlowMonth.closing_parts)
    for some in batches(sorted(products)):
        here = (FlowMonth.shop_id == scope.shop_id, FlowMonth.product_id.in_(some))
        pair = (FlowMonth.product_id, FlowMonth.location_id)
        latest = (
            select(*pair, func.max(FlowMonth.month).label("month")).where(*here).group_by(*pair).subquery()
        )
        same = [getattr(latest.c, name) == getattr(FlowMonth, name) for name in KEYS[1:]]
        found = select(*columns, FlowMonth.month).join(latest, same[0] & same[1] & same[2]).where(*here)
        for id_, place, units, parts, month in scope.session.execute(found):
            months[id_] = max(month, months.get(id_, date.min))
            places[id_][place] = Held(units, parts)
    return {id_: Left(months[id_], of) for id_, of in places.items()}


def told(product_id: int, before: Left, months: Mapping[date, Month]) -> list[dict[str, Any]]:
    """A product's rows, as they are kept."""
    return [_row(product_id, row) for row in rows(before.places, months)]


def _row(product_id: int, row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {"product_id": product_id, "location_id": row.place, "month": row.month}
    for sort in SORTS:
        values[sort], values[f"{sort}_parts"] = row.sums.get(sort, (0, 0))
    return values | {
        "revalued": row.revalued,
        "closing": row.closing.units,
        "closing_parts": row.closing.parts,
    }


def write(scope: Scope, told: list[dict[str, Any]]) -> None:
    """Keeps rows: what came and went is added to what the month has, what is left takes its place."""
    upsert(scope, FlowMonth, told, keys=KEYS, grow=SUMS, put=("closing", "closing_parts"))


def months(scope: Scope) -> list[date]:
    """The months in which anything changed."""
    stmt = select(FlowMonth.month).where(FlowMonth.shop_id == scope.shop_id).distinct()
    return sorted(scope.session.scalars(stmt))


def sum_up(scope: Scope, months: Collection[date]) -> None:
    """Sums up all products by place in these months, in one statement."""
    some = sorted(months)
    gone = (FlowSum.shop_id == scope.shop_id, FlowSum.month.in_(some))
    scope.session.execute(delete(FlowSum).where(*gone))
    sums = [func.sum(getattr(FlowMonth, name)) for name in SUMS]
    of = (
        select(literal(scope.shop_id), FlowMonth.month, FlowMonth.location_id, *sums)
        .where(FlowMonth.shop_id == scope.shop_id, FlowMonth.month.in_(some))
        .group_by(FlowMonth.month, FlowMonth.location_id)
    )
    scope.session.execute(insert(FlowSum).from_select(["shop_id", "month", "location_id", *SUMS], of))
