"""Limits of counts that hold for small samples: tails of the binomial and Poisson themselves (pure).

Three standard deviations around a share of two in thirty reach below nothing and alarm far too often above.
So a limit is where the exact tail falls below the chance a normal point has beyond three standard deviations:
"probability limits" (Montgomery, Introduction to Statistical Quality Control, 6th ed., 7.3;
Ryan & Schwertman 1997, Journal of Quality Technology 29).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, isfinite, lgamma, log, log1p, sqrt

THREE_SIGMA = 0.0013498980316301  # of a normal distribution, beyond three standard deviations on one side
TWO_SIGMA = 0.0227501319481792  # beyond two
TINY = 1e-18  # a term that adds nothing to the sum before it


@dataclass(frozen=True, slots=True)
class Tails:
    """How likely as much or more, and as much or less, is where nothing has changed."""

    up: float
    down: float


@dataclass(frozen=True, slots=True)
class Law:
    """A count that varies by chance: what is expected, how far it strays, and the most it can be.

    `mass` is the chance of exactly k; that of k + 1 is (`first` - `fade` * k) / (k + 1) times that.
    """

    mean: float
    spread: float
    most: float
    mass: Callable[[int], float]
    first: float = 0.0
    fade: float = 0.0


def binomial(n: int, p: float) -> Law:
    """The hits of n where each is one with chance p. Raises ValueError for no chance."""
    if n < 0 or not 0 <= p <= 1:
        raise ValueError("p: no chance")
    if p in (0, 1):
        sure = n if p else 0
        return Law(sure, 0.0, n, lambda k: float(k == sure))
    whole, yes, no, odds = lgamma(n + 1), log(p), log1p(-p), p / (1 - p)
    return Law(
        mean=n * p,
        spread=sqrt(n * p * (1 - p)),
        most=n,
        mass=lambda k: exp(whole - lgamma(k + 1) - lgamma(n - k + 1) + k * yes + (n - k) * no),
        first=n * odds,
        fade=odds,
    )


def poisson(mean: float) -> Law:
    """A count of which so many are expected. Raises ValueError for fewer than none."""
    if not (mean >= 0 and isfinite(mean)):
        raise ValueError("mean: no mean")
    if mean == 0:
        return Law(0, 0.0, inf, lambda k: float(k == 0))
    return Law(
        mean=mean,
        spread=sqrt(mean),
        most=inf,
        mass=lambda k: exp(k * log(mean) - mean - lgamma(k + 1)),
        first=mean,
    )


def tails_of_share(hits: int, n: int, p: float) -> Tails:
    """Both tails of hits of n where the share is p."""
    return _tails(binomial(n, p), hits)


def tails_of_count(hits: int, mean: float) -> Tails:
    """Both tails of a count where so many are expected."""
    return _tails(poisson(mean), hits)


def share_limits(n: int, p: float, tail: float = THREE_SIGMA) -> tuple[int, int]:
    """The fewest and the most of n that are still nothing unusual; beyond them each tail is below `tail`."""
    return _limits(binomial(n, p), tail)


def count_limits(mean: float, tail: float = THREE_SIGMA) -> tuple[int, int]:
    """The same for a count of which so many are expected."""
    return _limits(poisson(mean), tail)


def garwood(count: int, *, tail: float = 0.025) -> tuple[float, float]:
    """The exact interval of a Poisson mean of which `count` were seen (Garwood 1936), by halving."""
    if count < 0:
        raise ValueError("count: fewer than none")
    low = 0.0 if count == 0 else _root(lambda mean: tails_of_count(count, mean).up, tail, count, rising=True)
    return low, _root(lambda mean: tails_of_count(count, mean).down, tail, count, rising=False)


def _limits(law: Law, tail: float) -> tuple[int, int]:
    """From where three standard deviations would put them, a few steps to where the tails are that small.

    Each tail is added up once and then grows or shrinks by a term a step: its terms are the more the more
    there is a day, and a chart has a tail on each side of each day.
    """
    low = max(0, int(law.mean - 3 * law.spread))
    below = _down(law, low - 1)
    while low > 0 and below >= tail:
        low -= 1
        below -= law.mass(low)
    while below + law.mass(low) < tail:
        below += law.mass(low)
        low += 1
    most = max(low, int(min(law.most, law.mean + 3 * law.spread)))
    above = _up(law, most + 1)
    while most > low and above + law.mass(most) <= tail:
        above += law.mass(most)
        most -= 1
    while above > tail:
        most += 1
        above -= law.mass(most)
    return low, most


def _tails(law: Law, k: int) -> Tails:
    """Both tails of a count: the smaller is added up, the other is what is left."""
    exactly = law.mass(k) if 0 <= k <= law.most else 0.0
    if k > law.mean:
        up = _up(law, k)
        return Tails(up, min(1.0, max(0.0, 1 - up + exactly)))
    down = _down(law, k)
    return Tails(min(1.0, max(0.0, 1 - down + exactly)), down)


def _up(law: Law, k: int) -> float:
    """The chance of k or more: the smaller tail is added up, term by term until they add nothing."""
    if k <= law.mean:
        return 1.0 if k <= 0 else max(0.0, 1 - _down(law, k - 1))
    total, term, first, fade = 0.0, law.mass(k) if k <= law.most else 0.0, law.first, law.fade
    while term > total * TINY:
        total += term
        term *= (first - fade * k) / (k + 1)
        k += 1
    return total


def _down(law: Law, k: int) -> float:
    """The chance of k or less, in the same way."""
    if k > law.mean:
        return max(0.0, 1 - _up(law, k + 1))
    total, term, first, fade = 0.0, law.mass(k) if k >= 0 else 0.0, law.first, law.fade
    while term > total * TINY:
        total += term
        k -= 1
        grown = first - fade * k
        term = term * (k + 1) / grown if grown > 0 else 0.0
    return min(1.0, total)


def _root(tail_of: Callable[[float], float], tail: float, count: int, *, rising: bool) -> float:
    """Where a tail that rises or falls with the mean comes to be `tail`."""
    low, high = 0.0, count + 8 * sqrt(count + 1) + 8
    for _ in range(80):
        middle = (low + high) / 2
        if (tail_of(middle) < tail) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2
