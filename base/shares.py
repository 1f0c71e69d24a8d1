"""Shares that admit how little they know: Wilson's interval, and silence where there are too few."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054  # two-sided 95 %
ENOUGH = 10  # below this many a share says nothing


@dataclass(frozen=True, slots=True)
class Share:
    """Hits of n, with the interval the true share lies in 95 times of 100."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        return self.hits / self.n if self.n else 0.0

    @property
    def enough(self) -> bool:
        """Whether there are enough to say a number at all."""
        return self.n >= ENOUGH

    @property
    def percent(self) -> int:
        return round(self.value * 100)

    @property
    def low(self) -> float:
        return wilson(self.hits, self.n)[0]

    @property
    def high(self) -> float:
        return wilson(self.hits, self.n)[1]


def wilson(hits: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a proportion, clipped to 0..1; of nothing, everything is possible.

    Either may be a fraction, as the effective size of weighted results is.
    Source: Wilson 1927; centre (p + z²/2n) / (1 + z²/n), half-width z √(p(1-p)/n + z²/4n²) / (1 + z²/n).
    Raises ValueError when there are more hits than n.
    """
    if not 0 <= hits <= n:
        raise ValueError("hits: not among n")
    if n == 0:
        return 0.0, 1.0
    p, zz = hits / n, z * z / n
    centre = (p + zz / 2) / (1 + zz)
    half = z * sqrt(p * (1 - p) / n + zz / (4 * n)) / (1 + zz)
    return (0.0 if hits == 0 else max(0.0, centre - half)), (1.0 if hits == n else min(1.0, centre + half))
