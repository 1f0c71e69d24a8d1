"""How sure a coefficient of agreement is: its interval, from draws by a recorded seed.

A bootstrap of twenty pairs that all agree can only ever draw twenty pairs that agree, and would call them
certain: it holds the truth in as few as half of the cases. So shares are drawn from what they may be after
the pairs were seen, and one more pair, imagined, of which nothing is known (a Dirichlet distribution; one
pseudo-count over all cells). That holds it in 93 to 96 of 100; tests/qa/test_agreement.py measures both.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from random import Random
from typing import Any

from qa.agreement.coefficients import Level, alpha_of, cohen, pattern

ENOUGH_PAIRS = 20  # below this many a coefficient says nothing
DRAWS = 400
OUTSIDE = 0.025  # of the draws on either side
LEVELS = (
    (0.8, ("ok", "high")),
    (0.6, ("ok", "good")),
    (0.4, ("warn", "fair")),
    (float("-inf"), ("bad", "low")),
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement beyond chance of n things that were judged twice, with the interval of 95 %.

    `value` is None where it is undefined: everybody always said the same one thing. `agreed` counts the
    things of which the same was said. The same seed draws the same interval.
    """

    value: float | None
    low: float
    high: float
    n: int
    agreed: int
    seed: str

    @property
    def enough(self) -> bool:
        """Whether there are enough to say a number at all."""
        return self.n >= ENOUGH_PAIRS

    @property
    def level(self) -> tuple[str, str]:
        """How a number is said: its colour, and the code of its word (bounds of Landis and Koch 1977)."""
        known = round(self.value or 0.0, 2)  # as it is shown: the same number never gets two words
        return next(said for least, said in LEVELS if known >= least)

    @property
    def told(self) -> bool:
        """Whether there is a number to say: enough was judged, and it is defined."""
        return self.enough and self.value is not None


def kappa(
    pairs: Iterable[tuple[Hashable, Hashable]] | Mapping[tuple[Any, Any], int],
    values: Sequence[Any],
    *,
    seed: str,
) -> Agreement:
    """Cohen's kappa of pairs of what one and another said, out of these values; of each, or counted."""
    counted = Counter(pairs)
    cells = list(product(values, values))
    k = len(values)

    def of(weights: Sequence[float]) -> float | None:
        return cohen([weights[i * k : (i + 1) * k] for i in range(k)])

    seen: list[float] = [counted[cell] for cell in cells]
    agreed = sum(times for (a, b), times in counted.items() if a == b)
    return _told(of, seen, int(sum(seen)), agreed, seed)


def alpha(
    units: Iterable[Sequence[Any]] | Mapping[Sequence[Any], int],
    values: Sequence[Any],
    *,
    seed: str,
    level: Level = "nominal",
) -> Agreement:
    """Krippendorff's alpha of units, each what it was given by whoever judged it; of each, or counted."""
    counted: Counter[tuple[Any, ...]] = Counter()
    each = units.items() if isinstance(units, Mapping) else ((unit, 1) for unit in units)
    for unit, times in each:
        if len(known := pattern(unit)) > 1:
            counted[known] += times
    possible: dict[tuple[Any, ...], int] = dict.fromkeys(combinations_with_replacement(sorted(values), 2), 0)
    shapes = list({**possible, **counted})

    def of(weights: Sequence[float]) -> float | None:
        return alpha_of(_weighed(shapes, weights), level)

    seen: list[float] = [counted[shape] for shape in shapes]
    agreed = sum(times for shape, times in counted.items() if len(set(shape)) == 1)
    return _told(of, seen, counted.total(), agreed, seed)


def _weighed(shapes: Sequence[tuple[Any, ...]], weights: Sequence[float]) -> Mapping[tuple[Any, ...], Any]:
    return dict(zip(shapes, weights, strict=True))


def _told(
    of: Callable[[Sequence[float]], float | None], seen: Sequence[float], n: int, agreed: int, seed: str
) -> Agreement:
    value = of(seen)
    if n < ENOUGH_PAIRS or value is None:
        return Agreement(value, -1.0, 1.0, n, agreed, seed)
    low, high = _interval(of, seen, n, Random(seed))  # noqa: S311 (anybody may draw it again)
    return Agreement(value, min(low, value), max(high, value), n, agreed, seed)


def _interval(
    of: Callable[[Sequence[float]], float | None], seen: Sequence[float], n: int, random: Random
) -> tuple[float, float]:
    """The middle 95 % of what the coefficient may be, all draws scaled to the n that were seen."""
    prior, drawn = 1 / len(seen), list[float]()
    for _ in range(DRAWS):
        weights = [random.gammavariate(times + prior, 1.0) for times in seen]
        scale = n / sum(weights)
        if (value := of([weight * scale for weight in weights])) is not None:
            drawn.append(value)
    drawn.sort()
    edge = int(OUTSIDE * len(drawn))
    return (drawn[edge], drawn[-1 - edge]) if drawn else (-1.0, 1.0)
