"""Reads of the monthly flow: a month by place and by product, and one product month by month."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from base import calendars
from base.rows import Page, mine, page
from base.scope import Scope
from stock import shelves
from stock.batches import batches
from stock.flow.keeping import SUMS
from stock.flow.models import FlowMonth, FlowSum
from stock.flow.telling import SORTS, Held, month_after
from stock.models import Product
from stock.value.models import RollCursor

SIZE = 30
YEARS = 24  # months of one product shown
AT_ONCE = 500  # products


@dataclass(frozen=True, slots=True)
class Flow:
    """What was there, what came and went by sort with its sign, what is left; units, and parts of a won."""

    opening: Held = Held()  # noqa: RUF009 (frozen)
    sums: Mapping[str, Held] = field(default_factory=dict)
    revalued: int = 0

    @property
    def closing(self) -> Held:
        """What is left: the opening and all that came and went."""
        units = self.opening.units + sum(one.units for one in self.sums.values())
        parts = self.opening.parts + sum(one.parts for one in self.sums.values()) + self.revalued
        return Held(units, parts)

    def sort(self, name: str) -> Held:
        return self.sums.get(name, Held())

    def __add__(self, other: "Flow") -> "Flow":
        both = {
            name: Held(
                self.sort(name).units + other.sort(name).units, self.sort(name).parts + other.sort(name).parts
            )
            for name in SORTS
        }
        opening = Held(self.opening.units + other.opening.units, self.opening.parts + other.opening.parts)
        return Flow(opening, both, self.revalued + other.revalued)


@dataclass(frozen=True, slots=True)
class Goods:
    """A product's month: at each place, and together."""

    product: Product
    places: Mapping[int, Flow]

    @property
    def all(self) -> Flow:
        return sum(self.places.values(), Flow())


def as_of(scope: Scope) -> datetime | None:
    """Until when the movements are told; None before the first time."""
    stmt = select(RollCursor.as_of).where(RollCursor.shop_id == scope.shop_id, RollCursor.movement_id >= 0)
    return scope.session.scalar(stmt)


def months(scope: Scope) -> list[date]:
    """From the first month in which anything moved to the one that is now, the latest first."""
    first = select(func.min(FlowSum.month)).where(FlowSum.shop_id == scope.shop_id)
    now, found = calendars.today(scope).replace(day=1), list[date]()
    begin = scope.session.scalar(first) or now
    while begin <= now:
        found.append(begin)
        begin = month_after(begin)
    return found[::-1]


def places(scope: Scope, month: date) -> dict[int, Flow]:
    """A month of everything, by place: what moved before it is what it began with."""
    sums = [func.sum(getattr(FlowSum, name)) for name in SUMS]
    stmt = select(FlowSum.location_id, (FlowSum.month == month).label("now"), *sums)
    here = stmt.where(FlowSum.shop_id == scope.shop_id, FlowSum.month <= month)
    found = dict[int, Flow]()
    for place, now, *told in scope.session.execute(here.group_by(FlowSum.location_id, "now")):
        flow = _flow(Held(), [int(value) for value in told])
        found[place] = found.get(place, Flow()) + (flow if now else Flow(flow.closing))
    return {
        place: flow for place, flow in found.items() if flow != Flow(Held(), dict.fromkeys(SORTS, Held()))
    }


def goods(
    scope: Scope, month: date, *, place_id: int = 0, text: str = "", after: str = "", size: int = SIZE
) -> Page[Goods]:
    """A page of products by SKU: those of which anything was there or moved. Raises BadCursor."""
    there = exists().where(FlowMonth.product_id == Product.id, *_latest(scope, month, place_id))
    stmt = shelves.matching(scope, text).where(there)
    found = page(scope, stmt, by=(Product.sku,), after=after, size=size, newest_first=False)
    return Page(_goods(scope, month, found.rows, place_id), found.next)


def everything(scope: Scope, month: date) -> Iterator[Goods]:
    """All products of a month by SKU, some at a time."""
    cursor = ""
    while True:
        found = goods(scope, month, after=cursor, size=AT_ONCE)
        yield from found.rows
        if not (cursor := found.next):
            return


def of_product(scope: Scope, product_id: int) -> list[tuple[date, Flow]]:
    """A product's latest months in which anything changed, everywhere together, the latest first."""
    stmt = mine(scope, FlowMonth).where(FlowMonth.product_id == product_id)
    by_month: dict[date, list[FlowMonth]] = {}
    for row in scope.session.scalars(stmt.order_by(FlowMonth.month)):
        by_month.setdefault(row.month, []).append(row)
    found, before = list[tuple[date, Flow]](), Held()
    for month, rows in by_month.items():
        flow = sum((_flow(Held(), _sums(row)) for row in rows), Flow(before))
        found.append((month, flow))
        before = flow.closing
    return found[-YEARS:][::-1]


def _goods(scope: Scope, month: date, products: Sequence[Product], place_id: int) -> list[Goods]:
    at: dict[int, dict[int, Flow]] = {product.id: {} for product in products}
    for some in batches(list(at), AT_ONCE):
        stmt = mine(scope, FlowMonth).where(FlowMonth.product_id.in_(some), *_latest(scope, month, place_id))
        for row in scope.session.scalars(stmt.order_by(FlowMonth.location_id)):
            at[row.product_id][row.location_id] = _of(row, month)
    return [Goods(product, at[product.id]) for product in products]


def _latest(scope: Scope, month: date, place_id: int) -> list[ColumnElement[bool]]:
    """The last row up to a month of a product at a place, if it is of that month or something was left."""
    later = aliased(FlowMonth)
    same = and_(
        later.shop_id == scope.shop_id,
        later.product_id == FlowMonth.product_id,
        later.location_id == FlowMonth.location_id,
        later.month > FlowMonth.month,
        later.month <= month,
    )
    wanted = or_(FlowMonth.month == month, FlowMonth.closing != 0)
    upto = func.coalesce(FlowMonth.month, FlowMonth.month) <= month  # found by the product, not by its month
    found = [FlowMonth.shop_id == scope.shop_id, upto, wanted, ~exists().where(same)]
    return [*found, FlowMonth.location_id == place_id] if place_id else found


def _of(row: FlowMonth, month: date) -> Flow:
    left = Held(row.closing, row.closing_parts)
    if row.month < month:
        return Flow(left)
    moved = _flow(Held(), _sums(row)).closing
    return _flow(Held(left.units - moved.units, left.parts - moved.parts), _sums(row))


def _sums(row: FlowMonth) -> list[int]:
    return [getattr(row, name) for name in SUMS]


def _flow(opening: Held, told: Collection[int]) -> Flow:
    """A flow of sums told in the order of `SUMS`."""
    by_name: dict[str, Any] = dict(zip(SUMS, told, strict=True))
    sums = {name: Held(by_name[name], by_name[f"{name}_parts"]) for name in SORTS}
    return Flow(opening, sums, by_name["revalued"])
