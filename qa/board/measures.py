"""What the board's tiles say, from the tallies: promises kept, work passed at once, goods, won spent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import InstrumentedAttribute

from base import calendars
from base.scope import Scope
from base.shares import Share
from qa.board import promised, targets
from qa.board.days import Days, backwards, change, last_days
from qa.models import CountTally, Tally
from qa.tallies.rules import MOVED, PACE, PAY, PROMISE, QUALITY, SHOP, day_of
from qa.tallies.shelves import PRODUCTS, UNITS, VALUE, ZERO

__all__ = [
    "PROMISE",
    "Amount",
    "Days",
    "Rate",
    "Shelves",
    "Sums",
    "Tiles",
    "fortnight",
    "place",
    "sums",
    "tiles",
]
WEEK = 7


@dataclass(frozen=True, slots=True)
class Sums:
    """A measure day by day."""

    n: tuple[int, ...]
    hits: tuple[int, ...]
    amount: tuple[int, ...]

    def week(self, back: int = 0) -> tuple[int, int, int]:
        """n, hits and amount of the seven days that end `back` weeks ago."""
        end = len(self.n) - back * WEEK
        days = slice(max(0, end - WEEK), end)
        return sum(self.n[days]), sum(self.hits[days]), sum(self.amount[days])


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of this week and of last week, of every day of the fortnight, and what the owner wants."""

    now: Share
    before: Share
    series: list[float | None]
    target: int | None = None

    @property
    def points(self) -> int | None:
        """Percentage points gained on last week; none where either week says too little."""
        if not (self.now.enough and self.before.enough):
            return None
        return round(100 * (self.now.value - self.before.value))

    @property
    def short_of(self) -> int | None:
        """Points missing to the target, 0 where it is met; none where nothing is wanted or known."""
        if self.target is None or not self.now.enough:
            return None
        return max(0, self.target - self.now.percent)


@dataclass(frozen=True, slots=True)
class Amount:
    """Won this week, its change on last week in percent, day by day; what an accepted task cost."""

    now: int
    change: int | None
    series: list[int]
    each: int | None = None
    each_before: int | None = None
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Shelves:
    """What lies on the shelves: what it would sell for, units day by day, products with nothing left."""

    value: int
    units: int
    products: int
    zero: int
    change: int | None
    series: list[int]
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Tiles:
    """The four numbers of the board."""

    promises: Rate
    quality: Rate
    stock: Shelves
    cost: Amount


def tiles(scope: Scope, seen: promised.Horizon) -> Tiles:
    """The four numbers of the board: a row a day and measure, whatever the size of the shop."""
    days = fortnight(scope)
    kept, wanted = sums(scope, days), targets.all_of(scope)
    return Tiles(
        promises=promises(scope, days, kept[PROMISE], seen, wanted.get("promises")),
        quality=_rate(kept[QUALITY].n, kept[QUALITY].hits, wanted.get("quality")),
        stock=_shelves(counts(scope), kept[MOVED], wanted.get("stock")),
        cost=_cost(kept[PAY], wanted.get("cost")),
    )


def fortnight(scope: Scope) -> Days:
    """The last fourteen days on the shop's wall."""
    return last_days(scope.now, calendars.current(scope).zone)


def sums(scope: Scope, days: Days, dim: str = SHOP, dim_id: int = 0) -> Mapping[str, Sums]:
    """Every measure of the shop, or of one partner, procedure or product, on each of these days."""
    columns = (Tally.measure, Tally.day, Tally.n, Tally.hits, Tally.amount)
    here = (Tally.shop_id == scope.shop_id, Tally.dim == dim, Tally.dim_id == dim_id)
    measures = Tally.measure.in_(MEASURES)
    rows = scope.session.execute(
        select(*columns).where(*here, measures, Tally.day >= days.days[0], Tally.day <= days.days[-1])
    )
    found = {(measure, day): tuple(of) for measure, day, *of in rows}
    return {
        measure: _sums([found.get((measure, day), (0, 0, 0)) for day in days.days]) for measure in MEASURES
    }


def _sums(days: list[tuple[int, ...]]) -> Sums:
    n, hits, amount = zip(*days, strict=True)
    return Sums(n, hits, amount)


def promises(scope: Scope, days: Days, kept: Sums, seen: promised.Horizon, target: int | None = None) -> Rate:
    """Of the parcels promised for a day, how many left in time; one that is late and still here did not."""
    late = dict.fromkeys(days.days, 0)
    zone = calendars.current(scope).zone
    for due, n in promised.late_days(scope, seen).items():
        if (day := day_of(due, zone)) in late:
            late[day] += n
    judged = tuple(gone + late[day] for gone, day in zip(kept.amount, days.days, strict=True))
    return _rate(judged, kept.hits, target)


def counts(scope: Scope) -> Mapping[str, int]:
    """The numbers of now: tasks in each state, and the shelves."""
    rows = scope.session.execute(
        select(CountTally.name, CountTally.n).where(CountTally.shop_id == scope.shop_id)
    )
    return {name: n for name, n in rows}  # noqa: C416 (rows are not pairs to the type checker)


def _rate(n: tuple[int, ...], hits: tuple[int, ...], target: int | None) -> Rate:
    of = Sums(n, hits, hits)
    (count, hit, _), (count_before, hit_before, _) = of.week(), of.week(1)
    series = [round(100 * h / c, 1) if c else None for h, c in zip(hits, n, strict=True)]
    return Rate(Share(hit, count), Share(hit_before, count_before), series, target)


def _shelves(here: Mapping[str, int], moved: Sums, target: int | None) -> Shelves:
    series = backwards(here.get(UNITS, 0), moved.amount)
    value, products, zero = (here.get(name, 0) for name in (VALUE, PRODUCTS, ZERO))
    return Shelves(value, series[-1], products, zero, change(series[-1], series[-8]), series, target)


def _cost(paid: Sums, target: int | None) -> Amount:
    (count, _, won), (count_before, _, before) = paid.week(), paid.week(1)
    each = round(won / count) if count else None
    each_before = round(before / count_before) if count_before else None
    return Amount(won, change(won, before), list(paid.amount), each, each_before, target)


def place(column: InstrumentedAttribute[Any], days: Days) -> ColumnElement[int]:
    """Which of the days an instant lies in, counted from 0; what is later counts to the last."""
    return case(*[(column < edge, n) for n, edge in enumerate(days.edges[1:])], else_=len(days.days) - 1)


def since(scope: Scope, days_back: int) -> datetime:
    """The beginning of the local day so many days before today."""
    return last_days(scope.now, calendars.current(scope).zone, days_back + 1).begin


MEASURES = (PROMISE, QUALITY, PAY, PACE, MOVED)
