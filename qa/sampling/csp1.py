"""Dodge's CSP-1 for a stream of work: all until i in a row were clean, then a fraction, until a defect.

f is the fraction, i the clearing number, p the share of wrong pieces and q = 1 - p. The formulas are the
textbook's; the table that the tests hold is computed from them and may be one below printed tables.
They take for granted that a review finds every defect and that what is found is mended.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt

ALL, SOME = "all", "some"
GOLDEN = (sqrt(5) - 1) / 2
TURNS = 200  # of the golden section: far past the precision of a float
MOST = 100_000  # no plan clears later


@dataclass(frozen=True, slots=True)
class Stream:
    """Where a stream stands: all or some of it is inspected, how many were clean in a row since it began to
    be inspected in full, and how often that has begun.
    """

    phase: str = ALL
    run: int = 0
    turn: int = 0


def inspected(stream: Stream, *, clean: bool, i: int, turn: int) -> Stream:
    """The stream after one inspected piece, drawn in that turn.

    A defect begins a new turn: the next i pieces handed in are all inspected. What was drawn in an earlier
    turn can no longer clear it.
    """
    if not clean:
        return Stream(ALL, 0, stream.turn + 1)
    if stream.phase == SOME or turn != stream.turn:
        return stream
    run = stream.run + 1
    return replace(stream, run=run, phase=SOME if run >= i else ALL)


def fraction_inspected(p: float, *, f: float, i: int) -> float:
    """AFI, the share of the work that is inspected in the long run: f / (f + (1-f) q^i)."""
    return f / (f + (1 - f) * (1 - p) ** i)


def outgoing(p: float, *, f: float, i: int) -> float:
    """AOQ, the share of wrong pieces that goes out in the long run: p (1 - AFI)."""
    passed = (1 - f) * (1 - p) ** i
    return p * passed / (f + passed)


def limit(*, f: float, i: int) -> float:
    """AOQL, the worst AOQ at any p: by golden section, since AOQ rises and then falls."""
    low, high = 0.0, min(1.0, 20 / i)

    def at(p: float) -> float:
        return outgoing(p, f=f, i=i)

    return at(_peak(at, low, high))


def _peak(of: Callable[[float], float], low: float, high: float) -> float:
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    for _ in range(TURNS):
        if of(left) < of(right):
            low, left = left, right
            right = low + GOLDEN * (high - low)
        else:
            high, right = right, left
            left = high - GOLDEN * (high - low)
    return (low + high) / 2


def smallest_i(aoql: float, *, f: float) -> int:
    """The smallest clearing number whose AOQL is at most this. Raises ValueError where there is none."""
    if not (0 < aoql < 1 and 0 < f < 1):
        raise ValueError("aoql, f: between 0 and 1")
    low, high = 0, 1
    while limit(f=f, i=high) > aoql:
        low, high = high, high * 2
        if high > MOST:
            raise ValueError("aoql: too small for any plan")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if limit(f=f, i=middle) <= aoql else (middle, high)
    return high
