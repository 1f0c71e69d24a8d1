"""How far a partner's work of a kind can be trusted: from what was inspected, never from speed.

Each result is the first verdict about a piece of work: passed as it was handed in, or not. A result is worth
half as much for every half-life between it and the latest one, so that people are seen as they work now; time
without work changes nothing. What the results say is Wilson's interval at their effective size, and a band
changes only where the interval leaves no doubt.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from base.shares import wilson

HALF_LIFE = timedelta(days=60)
FLOOR = 10  # effective results below which nothing is said
SLACK = 0.05  # how far the lower end may slip before trust is lost: one slip after forty good pieces is none

NEW, WATCHED, STEADY, TRUSTED = "new", "watched", "steady", "trusted"
BANDS = (WATCHED, NEW, STEADY, TRUSTED)


@dataclass(frozen=True, slots=True)
class Gate:
    """What a band opens and closes.

    Whether all work is inspected, the most tasks held at once (None: as agreed), and whether the skills that
    are earned in the kind, and with them the work that asks for them, come or go (None: they stay).
    """

    inspect_all: bool
    most_held: int | None
    earns: bool | None


# fmt: off
GATES = {
    #         inspect all  held at most  earns
    WATCHED: Gate(True,    2,            False),
    NEW:     Gate(False,   None,         None),   # newcomers are inspected by the sampling plan's own rule
    STEADY:  Gate(False,   None,         None),
    TRUSTED: Gate(False,   None,         True),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Results:
    """Inspected pieces of one partner and kind: how many, and their weights as of the latest of them."""

    n: int = 0
    weight: float = 0.0
    good: float = 0.0
    squares: float = 0.0
    at: datetime | None = None

    @property
    def size(self) -> float:
        """How many equal results the weighted ones are worth (Kish 1965: squared sum by sum of squares)."""
        return self.weight**2 / self.squares if self.squares else 0.0

    @property
    def missing(self) -> int:
        """How many more results it takes until anything is said."""
        return max(0, FLOOR - round(self.size))

    @property
    def share(self) -> float:
        """The weighted share that passed, 0 to 1; 0 where there is nothing."""
        return min(1.0, self.good / self.weight) if self.weight else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share at the effective size."""
        return wilson(self.share * self.size, self.size)


def add(results: Results, *, passed: bool, at: datetime) -> Results:
    """The results with one more; a later one makes earlier ones lighter, an earlier one comes in light."""
    latest = at if results.at is None else max(results.at, at)
    old = _fading(latest - results.at) if results.at else 1.0
    new = _fading(latest - at)
    return Results(
        n=results.n + 1,
        weight=results.weight * old + new,
        good=results.good * old + (new if passed else 0.0),
        squares=results.squares * old**2 + new**2,
        at=latest,
    )


def mend(results: Results, *, passed: bool, at: datetime) -> Results:
    """The results after the verdict of a piece that was counted at `at` was turned round."""
    turned = _fading(results.at - at) if results.at else 0.0
    good = results.good + (turned if passed else -turned)
    return replace(results, good=min(results.weight, max(0.0, good)))


def band(results: Results, *, wanted: float, before: str = NEW) -> str:
    """Where results put somebody who stood at `before`, when a share of `wanted` (0 to 1) is what is asked.

    Watched only when even the upper end misses what is wanted; trusted only when even the lower end reaches
    it, and then for as long as it stays within the slack.
    """
    if results.missing:
        return NEW
    low, high = results.interval
    if high < wanted:
        return WATCHED
    return TRUSTED if low >= wanted - (SLACK if before == TRUSTED else 0.0) else STEADY


def to_go(results: Results, *, wanted: float, at: datetime, most: int = 200) -> int | None:
    """How many more pieces in a row must pass until trust is reached; None when it is more than `most`."""
    for more in range(most + 1):
        if band(results, wanted=wanted) == TRUSTED:
            return more
        results = add(results, passed=True, at=at)
    return None


def _fading(passed: timedelta) -> float:
    return float(0.5 ** (passed / HALF_LIFE))
