"""Intervals of shares and of their differences; Wilson's, which the pages show, stands in base.shares.

`alpha` is what is left outside, on both sides together: 0.05 for an interval of 95 %.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from base.shares import wilson
from qa.agreement.beta import quantile

Interval = tuple[float, float]
ALPHA = 0.05


def z_of(alpha: float = ALPHA) -> float:
    """The normal quantile that leaves alpha outside."""
    return NormalDist().inv_cdf(1 - alpha / 2)


def clopper_pearson(hits: int, n: int, alpha: float = ALPHA) -> Interval:
    """The exact interval (Clopper and Pearson 1934): never less sure than it says."""
    low = 0.0 if hits == 0 else quantile(alpha / 2, hits, n - hits + 1)
    high = 1.0 if hits == n else quantile(1 - alpha / 2, hits + 1, n - hits)
    return low, high


def jeffreys(hits: int, n: int, alpha: float = ALPHA) -> Interval:
    """The interval of a beta(½, ½) before anything was seen."""
    a, b = hits + 0.5, n - hits + 0.5
    return quantile(alpha / 2, a, b), quantile(1 - alpha / 2, a, b)


def agresti_coull(hits: int, n: int, alpha: float = ALPHA) -> Interval:
    """Wald's interval around Wilson's centre (Agresti and Coull 1998), clipped to 0..1."""
    z = z_of(alpha)
    more = n + z * z
    centre = (hits + z * z / 2) / more
    half = z * sqrt(centre * (1 - centre) / more)
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Work that may be compared: hits of n of the one, hits of n of the others."""

    hits: int
    n: int
    other_hits: int
    other_n: int

    @property
    def weight(self) -> float:
        """Mantel and Haenszel's: how much the two sides together can tell."""
        return self.n * self.other_n / (self.n + self.other_n) if self.n and self.other_n else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much a share is above another, and the interval the true difference lies in."""

    value: float
    low: float
    high: float
    n: int
    other_n: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves no room for no difference at all."""
        return self.low > 0 or self.high < 0


def difference(strata: Iterable[Stratum], alpha: float = ALPHA) -> Difference | None:
    """The difference of shares within strata of comparable work, weighed as Mantel and Haenszel do.

    None where nothing can be compared. The interval joins each side's Wilson limits (Newcombe 1998, method
    10; over strata by MOVER, Donner and Zou 2012), so that it does not vanish where everything passed.
    """
    told = [one for one in strata if one.weight]
    if not told:
        return None
    z, whole = z_of(alpha), sum(one.weight for one in told)
    value = down = up = 0.0
    for one in told:
        share = one.weight / whole
        p, q = one.hits / one.n, one.other_hits / one.other_n
        (low, high), (other_low, other_high) = (
            wilson(one.hits, one.n, z),
            wilson(one.other_hits, one.other_n, z),
        )
        value += share * (p - q)
        down += share**2 * ((p - low) ** 2 + (other_high - q) ** 2)
        up += share**2 * ((high - p) ** 2 + (q - other_low) ** 2)
    n, other_n = sum(one.n for one in told), sum(one.other_n for one in told)
    return Difference(value, max(-1.0, value - sqrt(down)), min(1.0, value + sqrt(up)), n, other_n)
