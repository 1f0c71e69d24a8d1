"""Draws of a play: decided by its seed alone, so that ids may differ, and checkable like every other draw."""

from itertools import count
from random import Random

from base.scope import Scope
from qa.drawing import SeedOf
from qa.sampling import ROLLS, roll
from security.shops import rules


def seeds(seed: str) -> SeedOf:
    """Gives the nth draw of a play its seed: the first of a series whose roll falls as the play rolled."""
    random = Random(f"{seed}/draws")  # noqa: S311 (a play must be repeatable, not secret)

    def seed_of(scope: Scope, submission_id: int) -> str:
        limit = rules(scope).sample_percent * ROLLS // 100
        wanted, name = random.randrange(ROLLS) < limit, f"{random.getrandbits(96):024x}"
        series = (f"{name}{number:08x}" for number in count())
        return next(one for one in series if (roll(one, submission_id) < limit) == wanted)

    return seed_of
