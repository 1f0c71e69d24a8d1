"""The inventory gap: how far goods and book were apart when somebody looked, by product, place and week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Label, case, func, select

from base.rows import mine
from base.scope import Scope
from stock import shelves
from stock.levels import HOME
from stock.models import Count, Product
from stock.shelves import Place

WEEKS = 13
MOST = 50  # products of a list


@dataclass(frozen=True, slots=True)
class Gap:
    """Counts that were made, those that agreed, and the units that were missing and too many."""

    counts: int = 0
    agreed: int = 0
    missing: int = 0
    surplus: int = 0
    book: int = 0

    @property
    def units(self) -> int:
        return self.missing + self.surplus

    @property
    def share(self) -> tuple[int, int]:
        """Units that were off, of units the book expected."""
        return self.units, max(self.book, self.units)


def total(scope: Scope, since: datetime) -> Gap:
    """The gap of everything counted since a moment."""
    return _gap(scope.session.execute(select(*_figures()).where(*_counted(scope, since))).one())


def weeks(scope: Scope) -> list[tuple[datetime, Gap]]:
    """The last thirteen spans of seven days, the oldest first; one that nobody counted in is an empty gap."""
    starts, week = _weeks(scope)
    stmt = select(week, *_figures()).where(*_counted(scope, starts[0])).group_by("week")
    found = {row[0]: _gap(row[1:]) for row in scope.session.execute(stmt)}
    return [(start, found.get(n, Gap())) for n, start in enumerate(starts)]


def missing_at_homes(scope: Scope) -> list[tuple[Place, list[int]]]:
    """The units that were missing at each partner's home in the weeks it was counted in, the oldest first."""
    starts, week = _weeks(scope)
    stmt = (
        select(Count.location_id, week, *_figures())
        .where(*_counted(scope, starts[0]))
        .group_by(Count.location_id, "week")
        .order_by(Count.location_id, "week")
    )
    found: dict[int, list[int]] = {}
    for row in scope.session.execute(stmt):
        found.setdefault(row[0], []).append(_gap(row[2:]).missing)
    homes = (place for place in shelves.places(scope).values() if place.kind == HOME)
    return [(place, found[place.id]) for place in homes if place.id in found]


def _weeks(scope: Scope) -> tuple[list[datetime], Label[int]]:
    """When the last thirteen spans of seven days begin, and which of them a count is of."""
    begin = scope.now - timedelta(weeks=WEEKS)
    starts = [begin + timedelta(weeks=n) for n in range(WEEKS)]
    ends = ((Count.at < start + timedelta(weeks=1), n) for n, start in enumerate(starts))
    return starts, case(*ends, else_=WEEKS - 1).label("week")


def by_product(scope: Scope, since: datetime) -> list[tuple[Product, Gap]]:
    """The products that were off most, by units."""
    off = func.sum(func.abs(Count.counted - Count.book))
    stmt = (
        select(Count.product_id, *_figures())
        .where(*_counted(scope, since))
        .group_by(Count.product_id)
        .having(off > 0)
        .order_by(off.desc(), Count.product_id)
        .limit(MOST)
    )
    rows = [(row[0], _gap(row[1:])) for row in scope.session.execute(stmt)]
    named = _products(scope, [product for product, _ in rows])
    return [(named[product], gap) for product, gap in rows]


def by_place(scope: Scope, since: datetime) -> list[tuple[Place, Gap]]:
    """Every place that was counted: the warehouse first, then homes by partner."""
    stmt = select(Count.location_id, *_figures()).where(*_counted(scope, since)).group_by(Count.location_id)
    found = {row[0]: _gap(row[1:]) for row in scope.session.execute(stmt)}
    return [(place, found[id_]) for id_, place in shelves.places(scope).items() if id_ in found]


def _figures() -> tuple[Any, ...]:
    off = Count.counted - Count.book
    return (
        func.count(),
        func.sum(case((off == 0, 1), else_=0)).cast(Integer),
        func.sum(case((off < 0, -off), else_=0)).cast(Integer),
        func.sum(case((off > 0, off), else_=0)).cast(Integer),
        func.sum(Count.book).cast(Integer),
    )


def _counted(scope: Scope, since: datetime) -> tuple[Any, ...]:
    return Count.shop_id == scope.shop_id, Count.at >= since


def _gap(row: Sequence[Any]) -> Gap:
    return Gap(*(int(figure or 0) for figure in row))


def _products(scope: Scope, ids: Sequence[int]) -> dict[int, Product]:
    return {row.id: row for row in scope.session.scalars(mine(scope, Product).where(Product.id.in_(ids)))}
