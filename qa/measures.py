"""What the board's tiles say: promises kept, work passed at once, goods on hand, won spent; by day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from base import calendars
from base.scope import Scope
from partners.models import PayLine
from qa.days import Days, Trend, backwards, change, last_days, trend
from qa.models import Inspection
from qa.scoring import ACCEPT
from qa.shares import Share
from stock.deadlines import MET
from stock.lifecycle import SHIPPED, WAITING
from stock.models import Level, Movement, Order


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of this week and of last week, and of every day of the fortnight."""

    now: Share
    before: Share
    series: list[float | None]

    @property
    def points(self) -> int | None:
        """Percentage points gained on last week; none where either week says too little."""
        if not (self.now.enough and self.before.enough):
            return None
        return round(100 * (self.now.value - self.before.value))


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount now, its change on last week in percent, and what it was at every day of the fortnight."""

    now: int
    change: int | None
    series: list[int]
    each: int | None = None


@dataclass(frozen=True, slots=True)
class Tiles:
    """The four numbers of the board."""

    promises: Rate
    quality: Rate
    stock: Amount
    cost: Amount


def tiles(scope: Scope) -> Tiles:
    """The four numbers of the board, one statement each."""
    days = fortnight(scope)
    return Tiles(promises(scope, days), quality(scope, days), stock(scope, days), cost(scope, days))


def fortnight(scope: Scope) -> Days:
    """The last fourteen days on the shop's wall."""
    return last_days(scope.now, calendars.current(scope).zone)


def promises(scope: Scope, days: Days) -> Rate:
    """Of the parcels promised for a day, how many left in time; one that is late and still here did not."""
    day = place(Order.ship_by, days)
    kept = case((Order.verdict == MET, 1), else_=0)
    rows = scope.session.execute(
        select(day, func.sum(kept), func.count())
        .where(
            Order.shop_id == scope.shop_id,
            Order.state.in_([SHIPPED, *WAITING]),
            Order.ship_by >= days.begin,
            Order.ship_by < days.end,
            or_(Order.state == SHIPPED, Order.ship_by < scope.now),
        )
        .group_by(day)
    )
    return _rate(trend(rows))


def quality(scope: Scope, days: Days) -> Rate:
    """Of the first rounds inspected, how many passed at once."""
    day = place(Inspection.judged_at, days)
    rows = scope.session.execute(
        select(day, func.sum(case((Inspection.verdict == ACCEPT, 1), else_=0)), func.count())
        .where(
            Inspection.shop_id == scope.shop_id,
            Inspection.judged_at >= days.begin,
            Inspection.judged_at < days.end,
            Inspection.round == 1,
        )
        .group_by(day)
    )
    return _rate(trend(rows))


def stock(scope: Scope, days: Days) -> Amount:
    """Units on hand everywhere, and what they were at the end of each day."""
    day = place(Movement.recorded_at, days)
    rows = scope.session.execute(
        select(day, func.sum(Movement.quantity), func.count())
        .where(Movement.shop_id == scope.shop_id, Movement.recorded_at >= days.begin)
        .group_by(day)
    )
    here = select(func.coalesce(func.sum(Level.on_hand), 0)).where(Level.shop_id == scope.shop_id)
    series = backwards(int(scope.session.scalar(here) or 0), trend(rows).hits)
    return Amount(series[-1], change(series[-1], series[-8]), series)


def cost(scope: Scope, days: Days) -> Amount:
    """Won accrued this week, for how many tasks, by day."""
    day = place(PayLine.at, days)
    rows = scope.session.execute(
        select(day, func.sum(PayLine.won), func.count())
        .where(PayLine.shop_id == scope.shop_id, PayLine.at >= days.begin, PayLine.at < days.end)
        .group_by(day)
    )
    spent = trend(rows)
    (won, count), (before, _) = spent.week(), spent.week(1)
    return Amount(won, change(won, before), list(spent.hits), round(won / count) if count else None)


def place(column: InstrumentedAttribute[Any], days: Days) -> ColumnElement[int]:
    """Which of the days an instant lies in, counted from 0; what is later counts to the last."""
    return case(*[(column < edge, n) for n, edge in enumerate(days.edges[1:])], else_=len(days.days) - 1)


def _rate(by_day: Trend) -> Rate:
    return Rate(Share(*by_day.week()), Share(*by_day.week(1)), by_day.shares)


def since(scope: Scope, days_back: int) -> datetime:
    """The beginning of the local day so many days before today."""
    return last_days(scope.now, calendars.current(scope).zone, days_back + 1).begin
