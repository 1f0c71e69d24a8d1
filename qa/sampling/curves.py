"""What a plan costs and catches before it is chosen: its curve over the share of wrong work, and its sums for
the hands of a shop.

A reviewer does not see everything, so what is found is the share of reviews times what a look sees. That is
also what a plan has to go by. All of it is the long run: the first pieces of a newcomer or an edition, which
are all inspected, come on top. A batch is taken at its full size, under normal inspection.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import comb

from qa.sampling import csp1, recent
from qa.sampling.draws import BATCH, EVERY, RECENT, STREAM, Plan
from qa.sampling.iso2859 import accepts, single

SEES = 0.9  # of what is wrong, what a look finds; not measured here, and the page says so
SEEN_BEFORE = 10  # inspected pieces behind a hand: with so many the sums come out as plays of it do
STEPS = (0, 0.5, 1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30)  # percent of wrong work that a curve is drawn over


@dataclass(frozen=True, slots=True)
class Hand:
    """A partner's part of the work: how many pieces, and the share of them that is wrong."""

    pieces: float
    wrong: float


@dataclass(frozen=True, slots=True)
class Expected:
    """Per hundred pieces how many reviews, per thousand how many wrong ones go out and how many are found."""

    reviews: float
    escapes: float
    found: float


@dataclass(frozen=True, slots=True)
class Point:
    """Of a hundred wrong pieces how many are found, where so many percent are wrong."""

    wrong: float
    found: float


def reviewed(plan: Plan, wrong: float, *, level: float, sees: float = SEES) -> float:
    """The share of a hand's work that is inspected under a plan, where this share of it is wrong."""
    seen = min(1.0, wrong * sees)
    if plan.method == EVERY:
        return 1.0
    if plan.method == STREAM:
        return csp1.fraction_inspected(seen, f=plan.percent / 100, i=plan.clean_n)
    if plan.method == BATCH:
        one = single(plan.size, aql=plan.aql)
        return (one.n + (plan.size - one.n) * (1 - accepts(one, seen))) / plan.size
    if plan.method == RECENT:
        return _by_recent(plan, seen, level)
    return plan.percent / 100


def _by_recent(plan: Plan, seen: float, level: float) -> float:
    """On the average over what a hand's last inspected pieces can have shown."""
    n = SEEN_BEFORE
    shares = (
        comb(n, hits)
        * seen**hits
        * (1 - seen) ** (n - hits)
        * recent.percent(hits, n, level=level, few=plan.percent)
        for hits in range(n + 1)
    )
    return min(1.0, sum(shares) / 100)


def curve(plan: Plan, *, level: float, sees: float = SEES) -> list[Point]:
    """The plan's curve: of what is wrong, how much it finds, the more is wrong."""
    shares = (percent / 100 for percent in STEPS)
    return [Point(one * 100, reviewed(plan, one, level=level, sees=sees) * sees * 100) for one in shares]


def expected(plan: Plan, hands: Iterable[Hand], *, level: float, sees: float = SEES) -> Expected:
    """What a plan costs and catches with these hands; nothing where there is no work."""
    known = [(one, reviewed(plan, one.wrong, level=level, sees=sees)) for one in hands]
    pieces = sum(one.pieces for one, _share in known)
    if not pieces:
        return Expected(0, 0, 0)
    wrong = sum(one.pieces * one.wrong for one, _share in known)
    found = sum(one.pieces * one.wrong * share * sees for one, share in known)
    reviews = sum(one.pieces * share for one, share in known)
    return Expected(100 * reviews / pieces, 1000 * (wrong - found) / pieces, 1000 * found / pieces)
