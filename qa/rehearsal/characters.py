"""How the made-up people are: their pace, their care, and what they tend to do (pure; numbers are data)."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Hand:
    """A partner's way of working: spans in seconds, its share of the shop's day, chances between 0 and 1.

    `slip` is the chance that one criterion of the rubric is broken, `again` that mending it fails too, and
    `protests` that a verdict is appealed against that is right; one that is wrong always is.
    """

    name: str
    begins: float
    ends: float
    item_s: int
    line_s: int
    photo_s: int
    rest_s: int
    slip: float
    again: float
    forgets: float
    gives_back: float
    vanishes: float
    protests: float = 0.1


@dataclass(frozen=True, slots=True)
class Eye:
    """A reviewer's way of judging: seconds for a look, chances to see what is there and what is not."""

    look_s: int
    sees: float
    imagines: float
    strict: float


# fmt: off
#                   name       from until item line photo rest slip  again forgets gives_back vanishes
CAREFUL  = Hand("careful",    .10, .75,   35,  45,   50,  300, .004, .02,  .02,    .010,      .005)
QUICK    = Hand("quick",       .0, .55,   18,  25,   25,  180, .012, .05,  .06,    .015,      .010)
SLOPPY   = Hand("sloppy",     .20, 1.0,   22,  30,   30,  540, .045, .20,  .15,    .040,      .040)
NEWCOMER = Hand("newcomer",   .10, .65,   60,  80,   75,  600, .025, .08,  .20,    .030,      .020)
# fmt: on
HANDS = (CAREFUL, QUICK, SLOPPY, NEWCOMER)
REVIEWER = Eye(look_s=90, sees=0.92, imagines=0.02, strict=0.12)
MILD = Eye(look_s=70, sees=0.80, imagines=0.01, strict=0.05)
SHARP = Eye(look_s=120, sees=0.97, imagines=0.05, strict=0.20)  # sees what is there, and now and then more
EYES = (REVIEWER, MILD)


def hand_of(place: int) -> Hand:
    """The way of working of the nth partner: every kind is there once before one comes again."""
    return HANDS[place % len(HANDS)]


def happens(chance: float, random: Random) -> bool:
    """Whether something with this chance happens now."""
    return random.random() < chance


def takes(seconds: int, random: Random) -> int:
    """How long something takes this time: around its usual span, never less than a second."""
    return max(1, round(seconds * random.uniform(0.6, 1.5)))


def some(most: int, random: Random, of: Sequence[int]) -> list[int]:
    """Up to so many of these, in their order."""
    return sorted(random.sample(of, k=min(most, len(of))))
