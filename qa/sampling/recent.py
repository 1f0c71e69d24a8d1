"""Sampling by recent work: what a partner's latest inspected pieces have shown decides how much is inspected.

It is not the partner's standing (partners.standing), which also counts here: whom it puts among the watched
is inspected in full. Standing remembers for months, as trust should. By that memory a hand who was wrong in
forty of a hundred and mended would be inspected in full for nine hundred pieces more; by this one for forty.

The measure is a share of wrong pieces among the inspected ones, and beside it the shop's: all of a partner's
work is inspected where even the lower end of Wilson's interval (one-sided 95 %) lies above the shop's level;
a part where the middle is well above it; of everybody else's a few, so that a change is noticed. The measure
is compared with the shop's own, so that the rule needs no number from an owner who has none. Where there are
too few hands to compare, the level is what can be borne at most: nobody is their own yardstick.
"""

from collections.abc import Iterable

from base.shares import wilson

Z_ONE_SIDED = 1.6448536269514722
ENOUGH = 5  # inspected pieces before anything is read from them
REMEMBERED = 60  # then both counts are halved: what is long past counts for less
WELL_ABOVE = 1.5
HANDS = 5  # of whom enough is known, for their average to be a yardstick
BEARABLE = 0.1
EVERYTHING, A_PART, A_FEW = 100, 20, 2  # percent


def counted(hits: int, n: int, *, clean: bool) -> tuple[int, int]:
    """The counts after one more inspected piece."""
    hits, n = hits + (not clean), n + 1
    return (hits // 2, n // 2) if n >= REMEMBERED else (hits, n)


def middle(hits: int, n: int) -> float:
    """A share that admits how few there are: half a hit of two pieces is added."""
    return (hits + 0.5) / (n + 2)


def level(counts: Iterable[tuple[int, int]]) -> float:
    """The shop's level of wrong pieces, from hits and n of its hands; whoever is known enough counts once."""
    known = [middle(hits, n) for hits, n in counts if n >= ENOUGH]
    average = sum(known) / len(known) if known else BEARABLE
    return average if len(known) >= HANDS else min(average, BEARABLE)


def percent(hits: int, n: int, *, level: float, few: int = A_FEW) -> int:
    """How much of a partner's work is inspected, in a shop with this level of wrong pieces."""
    if n < ENOUGH or wilson(hits, n, Z_ONE_SIDED)[0] > level:
        return EVERYTHING
    return max(few, A_PART if middle(hits, n) > WELL_ABOVE * level else few)
