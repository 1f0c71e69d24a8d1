"""When a pilot has reached its goal: so much inspected work, and the standing's own word about it (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from partners.standing import FLOOR, STEADY, TRUSTED, WATCHED

LEAST, MOST = FLOOR, 100  # below the standing's own floor nothing is said of anybody
LEAST_HELD, MOST_HELD = 1, 10
GOING, SHORT, DOUBTED, REACHED = "going", "short", "doubted", "reached"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pilot is: pieces inspected since it began, of how many, and how it stands."""

    done: int
    goal: int
    stands: str


def progress(stands: Iterable[tuple[int, str]], *, before: int, goal: int) -> Progress:
    """How a pilot stands, by pieces and band in each kind of work.

    It is over when enough was inspected, no kind is watched, and in one at least the standing says more than
    that somebody is new. A watched kind holds it (`doubted`), and so does too little to say (`short`).
    """
    known = tuple(stands)
    done = max(0, sum(n for n, _band in known) - before)
    bands = {band for _n, band in known}
    if WATCHED in bands:
        return Progress(done, goal, DOUBTED)
    if done < goal:
        return Progress(done, goal, GOING)
    return Progress(done, goal, REACHED if bands & {STEADY, TRUSTED} else SHORT)
