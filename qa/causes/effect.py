"""Before and after: the difference of two shares with its interval, and what may be said of it (pure)."""

from dataclasses import dataclass
from math import sqrt

from base.shares import Share

BETTER, WORSE, NO_EFFECT, TOO_EARLY = "better", "worse", "none", "too_early"
LEAST = 20  # pieces on either side before anything is said
PATIENCE = 28  # days after which a difference that does not show is none


@dataclass(frozen=True, slots=True)
class Effect:
    """Bad pieces before and after, the difference (after less before) with its interval, and the verdict."""

    before: Share
    after: Share
    low: float
    high: float
    verdict: str

    @property
    def points(self) -> float:
        """Percentage points by which the share grew; negative is better."""
        return 100 * (self.after.value - self.before.value)


def newcombe(one: Share, other: Share) -> tuple[float, float]:
    """The interval, 95 of 100 times, of the share `one` less the share `other`.

    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10: Wilson's intervals [l, u] of both,
    d - sqrt((p1 - l1)^2 + (u2 - p2)^2) to d + sqrt((u1 - p1)^2 + (p2 - l2)^2).
    """
    d = one.value - other.value
    down = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    up = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return max(-1.0, d - down), min(1.0, d + up)


def effect(before: Share, after: Share, *, days: int) -> Effect:
    """What came of a change `days` days ago, from the bad pieces before and after it."""
    low, high = newcombe(after, before) if before.n and after.n else (-1.0, 1.0)
    return Effect(before, after, low, high, _verdict(before, after, low, high, days))


def _verdict(before: Share, after: Share, low: float, high: float, days: int) -> str:
    if min(before.n, after.n) < LEAST:
        return TOO_EARLY
    if high < 0:
        return BETTER
    if low > 0:
        return WORSE
    return NO_EFFECT if days >= PATIENCE else TOO_EARLY
