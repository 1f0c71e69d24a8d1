"""Demand a day to come, from the demand of the days so far (pure).

A series is one number a day, oldest first, none below zero. Every rate is one step ahead, in units a day.
Sources: Brown 1956 (SES); Croston 1972; Syntetos and Boylan 2005 (SBA); Teunter, Syntetos and Babai 2011
(TSB). The first interval of Croston's is counted from before the first day.
"""

from collections.abc import Callable, Sequence
from math import sqrt

ALPHA = 0.1
ENOUGH = 3  # demands below which nothing is said
DYING = 2.0  # without a demand for so many of its usual gaps, a product is dying
TSB_SIZE, TSB_CHANCE = 0.1, 0.05
_GOLDEN = (sqrt(5) - 1) / 2

Series = Sequence[float]


def mean(days: Series) -> float:
    """The plain average; 0 of no days."""
    return sum(days) / len(days) if days else 0.0


def spread(days: Series) -> float:
    """The sample standard deviation of a day; 0 of fewer than two."""
    if len(days) < 2:
        return 0.0
    middle = mean(days)
    return sqrt(sum((day - middle) ** 2 for day in days) / (len(days) - 1))


def ses(days: Series, alpha: float = ALPHA) -> float:
    """Simple exponential smoothing: the newest day weighs alpha, the one before a bit less, and so on."""
    if not days:
        return 0.0
    level = float(days[0])
    for day in days[1:]:
        level = alpha * day + (1 - alpha) * level
    return level


def croston(days: Series, alpha: float = ALPHA) -> float:
    """Smoothed size by smoothed interval; days after the last demand change nothing."""
    sizes, gaps = _demands(days)
    return ses(sizes, alpha) / ses(gaps, alpha) if sizes else 0.0


def sba(days: Series, alpha: float = ALPHA) -> float:
    """Croston's rate without its bias upward."""
    return (1 - alpha / 2) * croston(days, alpha)


def tsb(days: Series, size: float = TSB_SIZE, chance: float = TSB_CHANCE) -> float:
    """Smoothed size by smoothed chance of any demand a day: it falls while nobody asks."""
    sizes, _ = _demands(days)
    return ses(sizes, size) * ses([float(day > 0) for day in days], chance) if sizes else 0.0


def croston_fitted(days: Series, low: float = 0.1, high: float = 0.3) -> float:
    """Croston's with the alphas between `low` and `high` that would have erred least, each for its own."""
    sizes, gaps = _demands(days)
    if not sizes:
        return 0.0
    return ses(sizes, _fitted(sizes, low, high)) / ses(gaps, _fitted(gaps, low, high))


def is_enough(days: Series) -> bool:
    """Whether there were demands enough to say anything."""
    return sum(day > 0 for day in days) >= ENOUGH


def is_dying(days: Series) -> bool:
    """Whether the last demand is longer ago than twice the usual gap between two."""
    _, gaps = _demands(days)
    return bool(gaps) and len(days) - sum(gaps) > DYING * len(days) / len(gaps)


def expected(days: Series) -> float:
    """The rate this product goes by: SES, or TSB for what is dying."""
    return tsb(days) if is_dying(days) else ses(days)


#: Ways on offer, by the name the owner's screen and the replay give them.
METHODS: dict[str, Callable[[Series], float]] = {
    "auto": expected,
    "ses": ses,
    "mean": mean,
    "croston": croston,
    "sba": sba,
    "tsb": tsb,
}


def _demands(days: Series) -> tuple[list[float], list[float]]:
    """Sizes of the demands in order, and the days from each to the one before."""
    at = [number for number, day in enumerate(days, 1) if day > 0]
    gaps = [float(now - before) for before, now in zip([0, *at], at, strict=False)]
    return [float(days[number - 1]) for number in at], gaps


def _fitted(values: Series, low: float, high: float) -> float:
    """The alpha of least squared error one step ahead, by golden section."""
    while high - low > 1e-7:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if _errors(values, left) <= _errors(values, right):
            high = right
        else:
            low = left
    return (low + high) / 2


def _errors(values: Series, alpha: float) -> float:
    level, total = values[0], 0.0
    for value in values[1:]:
        total += (value - level) ** 2
        level = alpha * value + (1 - alpha) * level
    return total
