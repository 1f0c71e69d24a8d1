"""Draws of a play: decided by its seed alone, so that ids may differ, and checkable like every other draw."""

from itertools import count
from random import Random

from base.scope import Scope
from qa.drawing import SeedOf
from qa.sampling.draws import ROLLS, roll

PERCENT = ROLLS // 100


def seeds(seed: str) -> SeedOf:
    """Gives the nth draw of a play its seed: the first of a series whose roll falls as the play rolled."""
    random = Random(f"{seed}/draws")  # noqa: S311 (a play must be repeatable, not secret)

    def seed_of(_scope: Scope, submission_id: int) -> str:
        wanted, name = random.randrange(100), f"{random.getrandbits(96):024x}"
        series = (f"{name}{number:08x}" for number in count())
        return next(one for one in series if roll(one, submission_id) // PERCENT == wanted)

    return seed_of
