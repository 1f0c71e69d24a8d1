"""Few causes make most of the trouble: causes by how much they make, with the running share (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass

MOST = 0.8  # of everything: up to here the causes are the vital few


@dataclass(frozen=True, slots=True)
class Bar:
    """A cause: how much it made, the running share with it, and whether it is one of the vital few."""

    key: str
    n: int
    running: float
    vital: bool


def ranked(counts: Mapping[str, int]) -> tuple[Bar, ...]:
    """The causes, most first; of equal ones by name. What made nothing is left away."""
    total, gone, bars = sum(counts.values()), 0, []
    for key, n in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        if n > 0:
            bars.append(Bar(key, n, (gone + n) / total, gone < MOST * total))
            gone += n
    return tuple(bars)
