"""Control charts of shares (p) and of counts per piece (u): a centre, limits and run rules (pure).

Rules, on the worse side alone: `beyond`, one point outside its limit (Western Electric 1956, rule 1;
Nelson 1984, test 1); `two_of_three`, two of three in a row beyond what two standard deviations would be
(Western Electric, rule 2; Nelson, test 5); `nine_above`, nine in a row above the centre (Nelson, test 2).
Nelson's other tests are left out: with few pieces a day they alarm at chance. A point outside on the better
side is `better`, which alarms nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.causes import limits
from qa.causes.limits import Tails

SHARE, RATE = "p", "u"
BEYOND, TWO_OF_THREE, NINE_ABOVE, BETTER = "beyond", "two_of_three", "nine_above", "better"
RULES = (BEYOND, TWO_OF_THREE, NINE_ABOVE)
RUN = 9
#: A centre from less than this says nothing: days with pieces, pieces, and found things.
LEAST_DAYS, LEAST_PIECES, LEAST_FOUND = 8, 50, 3


@dataclass(frozen=True, slots=True)
class Count:
    """A day: pieces looked at, and what was found (bad pieces for a share, things for a rate)."""

    day: date
    n: int
    found: int

    @property
    def value(self) -> float | None:
        return self.found / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Point:
    """A day on the chart with its own limits, as shares or rates, and the rules it breaks."""

    day: date
    n: int
    found: int
    low: float
    high: float
    broken: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        return self.found / self.n

    @property
    def alarms(self) -> bool:
        return any(rule in RULES for rule in self.broken)


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart; without a centre there was too little to know what is usual."""

    kind: str
    centre: float | None
    points: tuple[Point, ...]
    base: Count  # what the centre is of

    @property
    def alarms(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.alarms)


def chart(kind: str, counts: Sequence[Count], *, watched: int) -> Chart:
    """A chart of days; the centre is that of the days before the last `watched`, so that these cannot hide
    themselves in it. Days on which nothing was looked at have no point and break no run.
    """
    before = [one for one in counts[: len(counts) - watched] if one.n]
    base = Count(counts[0].day, sum(one.n for one in before), sum(one.found for one in before))
    there = [one for one in counts if one.n]
    if len(before) < LEAST_DAYS or base.n < LEAST_PIECES or base.found < LEAST_FOUND:
        return Chart(kind, None, tuple(Point(one.day, one.n, one.found, 0, 0) for one in there), base)
    centre = base.found / base.n
    tails = [_tails(kind, one, centre) for one in there]
    points = [
        Point(one.day, one.n, one.found, *_limits(kind, one.n, centre), broken=broken(tails[: at + 1]))
        for at, one in enumerate(there)
    ]
    return Chart(kind, centre, tuple(points), base)


def broken(tails: Sequence[Tails]) -> tuple[str, ...]:
    """The rules that the last of these points breaks, with those before it."""
    last = tails[-1]
    found = {
        BEYOND: last.up < limits.THREE_SIGMA,
        TWO_OF_THREE: last.up < limits.TWO_SIGMA
        and sum(one.up < limits.TWO_SIGMA for one in tails[-3:]) >= 2,
        NINE_ABOVE: len(tails) >= RUN and all(_above(one) for one in tails[-RUN:]),
        BETTER: last.down < limits.THREE_SIGMA,
    }
    return tuple(rule for rule, holds in found.items() if holds)


def _above(point: Tails) -> bool:
    """Above the middle of what is usual: less than half of the chance lies beyond, its own halved (mid-p)."""
    return point.up < point.down


def _tails(kind: str, one: Count, centre: float) -> Tails:
    if kind == SHARE:
        return limits.tails_of_share(one.found, one.n, centre)
    return limits.tails_of_count(one.found, one.n * centre)


def _limits(kind: str, n: int, centre: float) -> tuple[float, float]:
    low, high = limits.share_limits(n, centre) if kind == SHARE else limits.count_limits(n * centre)
    return low / n, high / n
