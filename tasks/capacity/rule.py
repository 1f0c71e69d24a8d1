"""How long work that is due will take, with how little that is known, beside what is offered (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from statistics import fmean, stdev

from base.shares import Z95

ENOUGH = 10  # tasks measured of a kind, below which its pace is not known
HOUR = 3600
SMALL = 10 * HOUR  # below this a sum is said with a tenth


@dataclass(frozen=True, slots=True)
class Line:
    """A task that passed: whose hands, which kind, from when to when (seconds), the mending besides."""

    partner_id: int
    kind: str
    from_s: int
    until_s: int
    again_s: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a task of a kind was in hand: of how many, on average, and how far they lie apart."""

    n: int
    mean_s: float
    spread_s: float

    @property
    def minutes(self) -> int:
        return max(1, round(self.mean_s / 60))


@dataclass(frozen=True, slots=True)
class Need:
    """Seconds that the work will take, with the range that holds 19 times of 20; tasks that were left out."""

    likely_s: int = 0
    low_s: int = 0
    high_s: int = 0
    left_out: int = 0
    tasks: Mapping[str, int] = field(default_factory=dict)


def paces(lines: Iterable[Line]) -> dict[str, Pace]:
    """The pace of each kind of which enough was measured; what one pair of hands did at once counts once."""
    took: dict[str, list[int]] = {}
    known: dict[int, int] = {}
    for line in sorted(lines, key=lambda one: (one.partner_id, one.from_s, one.until_s)):
        begin = max(line.from_s, known.get(line.partner_id, line.from_s))
        known[line.partner_id] = max(line.until_s, known.get(line.partner_id, line.until_s))
        took.setdefault(line.kind, []).append(max(0, line.until_s - begin) + line.again_s)
    return {
        kind: Pace(len(spans), fmean(spans), stdev(spans))
        for kind, spans in took.items()
        if len(spans) >= ENOUGH
    }


def need(tasks: Mapping[str, int], known: Mapping[str, Pace]) -> Need:
    """How long so many tasks of each kind will take together.

    The sum of n tasks, of a mean that was taken from m, has a variance of s² (n + n²/m); kinds add.
    """
    told = {kind: (count, known[kind]) for kind, count in tasks.items() if kind in known}
    likely = sum(count * pace.mean_s for count, pace in told.values())
    variance = sum(pace.spread_s**2 * (count + count**2 / pace.n) for count, pace in told.values())
    half = Z95 * sqrt(variance)
    left_out = sum(count for kind, count in tasks.items() if kind not in known)
    return Need(round(likely), round(max(0.0, likely - half)), round(likely + half), left_out, dict(tasks))


def verdict(offered_s: int, of: Need, *, said: int) -> str:
    """Whether what is offered is enough, as a code: nothing, unknown, enough, tight or short.

    Where kinds are left out more is needed than is known: it is never said to be enough then.
    """
    if not sum(of.tasks.values()):
        return "nothing"
    if not said or sum(of.tasks.values()) == of.left_out:
        return "unknown"
    if offered_s < of.low_s:
        return "short"
    return "enough" if offered_s >= of.high_s and not of.left_out else "tight"


def hours(seconds: int) -> str:
    """A sum in hours as it is said: 38, or 3.5 where it is small."""
    if seconds >= SMALL:
        return f"{round(seconds / HOUR):,}"
    return f"{seconds / HOUR:.1f}".removesuffix(".0")
