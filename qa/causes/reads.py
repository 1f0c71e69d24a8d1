"""The figures of quality from the tallies alone: coming in, going out, what it costs, where it comes from."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from base import calendars
from base.rows import mine
from base.scope import Scope
from base.shares import Share
from qa.board.days import last_days
from qa.board.drill import Window
from qa.causes import control, limits, pareto, prices, subjects
from qa.causes.control import RATE, SHARE, Chart, Count
from qa.causes.models import QualityRate
from qa.causes.pareto import Bar
from qa.models import Tally
from qa.scoring import OTHER
from qa.tallies.rules import (
    AGAIN,
    CODE,
    ESCAPED,
    FOUND,
    HOUR,
    ITEM,
    LOOK,
    OUT,
    PARTNER,
    QUALITY,
    SHOP,
    SKU,
    WHY,
)
from stock.claim_life import REASONS

CHARTED, WATCHED = 42, 7  # days on a chart, and those of them that are compared with the days before
THOUSAND = 1000
#: By what causes are ranked, and the dimension each stands in.
BY: Mapping[str, str] = {"code": CODE, "item": ITEM, "product": SKU, "partner": PARTNER, "hour": HOUR}

Sums = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Escapes among the lines of parcels that left in a span, with the interval of their rate by thousand."""

    lines: int
    escapes: int
    inspected: int  # escapes of work that somebody had looked at
    low: float
    high: float

    @property
    def enough(self) -> bool:
        return self.lines >= THOUSAND // 10

    @property
    def rate(self) -> float:
        """Escapes by thousand lines."""
        return THOUSAND * self.escapes / self.lines if self.lines else 0.0


@dataclass(frozen=True, slots=True)
class Quality:
    """A span in figures: bad pieces at first looks, what was found in them, escapes, and what it all cost."""

    window: Window
    incoming: Share
    found: int
    outgoing: Outgoing
    cost: prices.Cost
    returned: int
    look_s: int


def quality(scope: Scope, window: Window) -> Quality:
    """The shop's figures of a span."""
    sums = totals(scope, window, SHOP, 0)
    seen, passed, _ = sums[QUALITY]
    _looks, _later, seconds = sums[LOOK]
    returned, _, again_s = sums[AGAIN]
    work = prices.Work(seconds - again_s, again_s, returned, sums[ESCAPED][2])
    return Quality(
        window=window,
        incoming=Share(seen - passed, seen),
        found=sums[FOUND][0],
        outgoing=outgoing(sums),
        cost=prices.cost(work, rates(scope)),
        returned=returned,
        look_s=seconds,
    )


def outgoing(sums: Mapping[str, Sums]) -> Outgoing:
    """What left and what of it was wrong, with the exact interval of a count (see limits.garwood)."""
    lines, (escapes, inspected, _won) = sums[OUT][0], sums[ESCAPED]
    low, high = limits.garwood(max(0, escapes)) if lines else (0.0, 0.0)
    per = THOUSAND / lines if lines else 0.0
    return Outgoing(lines, escapes, inspected, low * per, high * per)


def totals(scope: Scope, window: Window, dim: str, dim_id: int) -> Mapping[str, Sums]:
    """Every measure of one dimension over a span."""
    rows = scope.session.execute(
        select(Tally.measure, func.sum(Tally.n), func.sum(Tally.hits), func.sum(Tally.amount))
        .where(Tally.shop_id == scope.shop_id, Tally.dim == dim, Tally.dim_id == dim_id)
        .where(Tally.day >= window.first, Tally.day <= window.last)
        .group_by(Tally.measure)
    )
    found = {measure: (int(n), int(hits), int(amount)) for measure, n, hits, amount in rows}
    return {name: found.get(name, (0, 0, 0)) for name in (QUALITY, FOUND, LOOK, AGAIN, OUT, ESCAPED)}


def charts(scope: Scope, dim: str = SHOP, dim_id: int = 0) -> Mapping[str, Chart]:
    """Bad pieces of those first looked at (p), and things found by piece (u), day by day."""
    days = last_days(scope.now, calendars.current(scope).zone, CHARTED).days
    rows = scope.session.execute(
        select(Tally.measure, Tally.day, Tally.n, Tally.hits)
        .where(Tally.shop_id == scope.shop_id, Tally.dim == dim, Tally.dim_id == dim_id)
        .where(Tally.measure.in_([QUALITY, FOUND]), Tally.day >= days[0], Tally.day <= days[-1])
    )
    kept = {(measure, day): (n, hits) for measure, day, n, hits in rows}
    seen = [(day, kept.get((QUALITY, day), (0, 0)), kept.get((FOUND, day), (0, 0))[0]) for day in days]
    shares = [Count(day, n, n - passed) for day, (n, passed), _things in seen]
    rates_ = [Count(day, n, things) for day, (n, _passed), things in seen]
    return {
        SHARE: control.chart(SHARE, shares, watched=WATCHED),
        RATE: control.chart(RATE, rates_, watched=WATCHED),
    }


def causes(scope: Scope, by: str, window: Window) -> tuple[Bar, ...]:
    """Causes of one sort by how much they made; keys are `dim:id`, or the code or item with its procedure."""
    dim = BY[by]
    stmt = (
        select(Tally.dim, Tally.dim_id, func.sum(Tally.n), func.sum(Tally.hits))
        .where(Tally.shop_id == scope.shop_id, Tally.day >= window.first, Tally.day <= window.last)
        .where(Tally.measure == (QUALITY if by == "hour" else FOUND))
        .group_by(Tally.dim, Tally.dim_id)
    )
    here = Tally.dim.in_([dim + key for key in KEYS[by](scope)]) if by in KEYS else Tally.dim == dim
    counted: Counter[str] = Counter()
    for name, id_, n, hits in scope.session.execute(stmt.where(here)):
        key = name.removeprefix(dim) if dim.endswith(":") else str(id_)
        counted[key] += int(n) - int(hits) if by == "hour" else int(n)
    return pareto.ranked(counted)


def reasons(scope: Scope, window: Window) -> tuple[Bar, ...]:
    """Why customers claimed what was our fault."""
    stmt = (
        select(Tally.dim, func.sum(Tally.n))
        .where(Tally.shop_id == scope.shop_id, Tally.day >= window.first, Tally.day <= window.last)
        .where(Tally.measure == ESCAPED, Tally.dim.in_([WHY + reason for reason in REASONS]))
        .group_by(Tally.dim)
    )
    return pareto.ranked({dim.removeprefix(WHY): int(n) for dim, n in scope.session.execute(stmt)})


def rates(scope: Scope) -> prices.Rates:
    """What the owner says things cost; nothing where she has not said."""
    row = scope.session.scalar(mine(scope, QualityRate))
    return prices.Rates(row.hour, row.piece) if row else prices.Rates()


def behind(scope: Scope, window: Window) -> Window:
    """The part of a span whose parcels have been with customers for two weeks: others may still claim."""
    today = last_days(scope.now, calendars.current(scope).zone, 1).days[0]
    return Window(window.first, min(window.last, today - timedelta(days=14)))


def _codes(scope: Scope) -> Collection[str]:
    return {*subjects.codes(scope, "ko"), OTHER}


def _items(scope: Scope) -> Collection[str]:
    return {*subjects.items(scope, "ko"), ""}


#: What codes and items there have ever been: asked for by name, since each database orders texts in its way.
KEYS: Mapping[str, Callable[[Scope], Collection[str]]] = {"code": _codes, "item": _items}
