"""Agreement beyond chance: Krippendorff's alpha, Cohen's and Fleiss' kappa. None where it is undefined.

A coefficient is undefined where its denominator is nothing: everybody always said the same one thing, so
there was nothing to agree about. It is never told as 1.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Literal

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Weighing = Literal["", "linear", "quadratic"]
Table = Sequence[Sequence[float]]
#: What was said of a unit by whoever said anything, in any order, and of how many units.
Patterns = Mapping[tuple[Any, ...], float]


def krippendorff(units: Iterable[Sequence[Any]], level: Level = "nominal") -> float | None:
    """Alpha of units, each the values it was given; None stands for who said nothing.

    Any number of raters. Source: Krippendorff 2011, Computing Krippendorff's alpha-reliability.
    """
    return alpha_of(Counter(pattern(unit) for unit in units), level)


def pattern(values: Iterable[Any]) -> tuple[Any, ...]:
    """A unit as alpha sees it: what was said, whoever said it."""
    return tuple(sorted(value for value in values if value is not None))


def alpha_of(patterns: Patterns, level: Level = "nominal") -> float | None:
    """Alpha of units that are counted by what was said of them; of one value or none they tell nothing."""
    met: defaultdict[tuple[Any, Any], float] = defaultdict(float)
    for said, times in patterns.items():
        for c, k in _pairs(said):
            met[c, k] += times / (len(said) - 1)
    values = sorted({c for c, _k in met})
    totals = {c: sum(met[c, k] for k in values) for c in values}
    n = sum(totals.values())
    apart = _apart(level, values, totals)
    expected = sum(totals[c] * totals[k] * apart(c, k) for c, k in product(values, values))
    if not expected:
        return None
    observed = sum(times * apart(c, k) for (c, k), times in met.items())
    return 1 - (n - 1) * observed / expected


def _pairs(said: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    places = range(len(said))
    return ((said[a], said[b]) for a in places for b in places if a != b)


def _apart(level: Level, values: Sequence[Any], totals: Mapping[Any, float]) -> Callable[[Any, Any], float]:
    """How far two values are from each other, squared."""

    def ordinal(c: Any, k: Any) -> float:
        low, high = sorted((values.index(c), values.index(k)))
        between = sum(totals[value] for value in values[low : high + 1])
        return float((between - (totals[c] + totals[k]) / 2) ** 2)

    def ratio(c: Any, k: Any) -> float:
        return float(((c - k) / (c + k)) ** 2) if c != k else 0.0

    known: dict[Level, Callable[[Any, Any], float]] = {
        "nominal": lambda c, k: float(c != k),
        "ordinal": ordinal,
        "interval": lambda c, k: float((c - k) ** 2),
        "ratio": ratio,
    }
    return known[level]


def cohen(table: Table, weighing: Weighing = "") -> float | None:
    """Kappa of two raters: table[i][j] counts what the first called i and the second j."""
    k = len(table)
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    n, weigh = sum(rows), _weights(k, weighing)
    cells = list(product(range(k), range(k)))
    expected: float = sum(weigh(i, j) * rows[i] * columns[j] for i, j in cells)
    if not expected:
        return None
    observed: float = sum(weigh(i, j) * table[i][j] for i, j in cells)
    return 1 - n * observed / expected


def _weights(k: int, weighing: Weighing) -> Callable[[int, int], float]:
    most = max(k - 1, 1)
    if weighing == "linear":
        return lambda i, j: abs(i - j) / most
    if weighing == "quadratic":
        return lambda i, j: ((i - j) / most) ** 2
    return lambda i, j: float(i != j)


def fleiss(table: Table) -> float | None:
    """Kappa of any raters, as many for each subject: table[i][j] counts who put subject i into category j."""
    n = sum(table[0]) if table else 0
    whole = n * len(table)
    if n < 2:
        return None
    chance: float = sum((sum(column) / whole) ** 2 for column in zip(*table, strict=True))
    if chance == 1:
        return None
    agreed: float = sum((sum(cell * cell for cell in row) - n) / (n * (n - 1)) for row in table) / len(table)
    return (agreed - chance) / (1 - chance)
