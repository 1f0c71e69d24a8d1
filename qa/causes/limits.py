"""Limits of counts that hold for small samples: tails of the binomial and Poisson themselves (pure).

Three standard deviations around a share of two in thirty reach below nothing and alarm far too often above.
So a limit is where the exact tail falls below the chance a normal point has beyond three standard deviations:
"probability limits" (Montgomery, Introduction to Statistical Quality Control, 6th ed., 7.3;
Ryan & Schwertman 1997, Journal of Quality Technology 29).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, fsum, isfinite, lgamma, log, log1p, sqrt

THREE_SIGMA = 0.0013498980316301  # of a normal distribution, beyond three standard deviations on one side
TWO_SIGMA = 0.0227501319481792  # beyond two

Mass = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Tails:
    """How likely as much or more, and as much or less, is where nothing has changed."""

    up: float
    down: float


def binomial(n: int, p: float) -> Mass:
    """The chance of exactly k of n where each is one with chance p. Raises ValueError for no chance."""
    if n < 0 or not 0 <= p <= 1:
        raise ValueError("p: no chance")
    if p in (0, 1):
        return lambda k: float(k == (n if p else 0))
    whole, yes, no = lgamma(n + 1), log(p), log1p(-p)
    return lambda k: exp(whole - lgamma(k + 1) - lgamma(n - k + 1) + k * yes + (n - k) * no)


def poisson(mean: float) -> Mass:
    """The chance of exactly k where so many are expected. Raises ValueError for fewer than none."""
    if not (mean >= 0 and isfinite(mean)):
        raise ValueError("mean: no mean")
    if mean == 0:
        return lambda k: float(k == 0)
    return lambda k: exp(k * log(mean) - mean - lgamma(k + 1))


def tails_of_share(hits: int, n: int, p: float) -> Tails:
    """Both tails of hits of n where the share is p."""
    mass = binomial(n, p)
    return Tails(_sum(mass, hits, n), _sum(mass, 0, hits))


def tails_of_count(hits: int, mean: float) -> Tails:
    """Both tails of a count where so many are expected."""
    mass = poisson(mean)
    return Tails(max(0.0, 1 - _sum(mass, 0, hits - 1)), _sum(mass, 0, hits))


def share_limits(n: int, p: float, tail: float = THREE_SIGMA) -> tuple[int, int]:
    """The fewest and the most of n that are still nothing unusual; beyond them each tail is below `tail`."""
    mass, spread = binomial(n, p), 12 * sqrt(n * p * (1 - p)) + 12
    begin, end = max(0, int(n * p - spread)), min(n, int(n * p + spread))
    return _quantile(mass, tail, begin, end), _quantile(mass, 1 - tail, begin, end)


def count_limits(mean: float, tail: float = THREE_SIGMA) -> tuple[int, int]:
    """The same for a count of which so many are expected."""
    mass, spread = poisson(mean), 12 * sqrt(mean) + 12
    begin, end = max(0, int(mean - spread)), int(mean + spread)
    return _quantile(mass, tail, begin, end), _quantile(mass, 1 - tail, begin, end)


def garwood(count: int, *, tail: float = 0.025) -> tuple[float, float]:
    """The exact interval of a Poisson mean of which `count` were seen (Garwood 1936), by halving."""
    if count < 0:
        raise ValueError("count: fewer than none")
    low = 0.0 if count == 0 else _root(lambda mean: tails_of_count(count, mean).up, tail, count, rising=True)
    return low, _root(lambda mean: tails_of_count(count, mean).down, tail, count, rising=False)


def _sum(mass: Mass, begin: int, end: int) -> float:
    return min(1.0, fsum(mass(k) for k in range(max(0, begin), end + 1)))


def _quantile(mass: Mass, wanted: float, begin: int, end: int) -> int:
    """The least k up to which at least so much of the chance lies."""
    gone = 0.0
    for k in range(begin, end + 1):
        gone += mass(k)
        if gone >= wanted:
            return k
    return end


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
