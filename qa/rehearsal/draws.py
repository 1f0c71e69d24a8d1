"""Draws of a play: decided by its seed alone, so that ids may differ, and checkable like every other draw."""

from collections.abc import Callable
from itertools import count
from random import Random

from base.scope import Scope
from qa.drawing import SeedOf
from qa.reviewers import rules
from qa.sampling.draws import ROLLS, roll

PERCENT = ROLLS // 100


def seeds(seed: str) -> SeedOf:
    """Gives the nth draw of a play its seed: the first of a series whose roll falls as the play rolled."""
    return _series(f"{seed}/draws", roll)


def looks(seed: str) -> SeedOf:
    """So with the draws of second looks, and of known pieces, which are asked for by ids below zero."""
    return _series(f"{seed}/looks", lambda one, of: rules.roll(one, abs(of)))


def _series(name: str, rolled: Callable[[str, int], int]) -> SeedOf:
    random = Random(name)  # noqa: S311 (a play must be repeatable, not secret)

    def seed_of(_scope: Scope, of: int) -> str:
        wanted, head = random.randrange(100), f"{random.getrandbits(96):024x}"
        series = (f"{head}{number:08x}" for number in count())
        return next(one for one in series if rolled(one, of) // PERCENT == wanted)

    return seed_of
