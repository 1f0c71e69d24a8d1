"""Which submissions are inspected: all of what is new, all rework, of the rest a fraction by recorded draw.

A draw is repeatable by anyone who holds its row: HMAC-SHA256 of the submission's id under the recorded seed,
modulo ten thousand, drawn when below the percentage.
"""

import hmac
from dataclasses import dataclass

ROLLS = 10_000
NEWCOMER, REVISION, REWORK, FRACTION = "newcomer", "revision", "rework", "fraction"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of a shop's work is inspected: a newcomer's first n, a hand's work under an edition until so
    many pieces of it were clean, and a percentage of the rest.
    """

    newcomer_n: int
    percent: int
    revision_n: int


@dataclass(frozen=True, slots=True)
class Past:
    """What stands behind a submission: its round, how often this hand handed in such work before, and how
    many pieces of it under this edition were clean: inspected, and accepted as they were with nothing found.
    """

    round: int
    of_kind: int
    clean: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Why and with which chance a submission is drawn, the roll, and whether it was."""

    reason: str
    percent: int
    roll: int

    @property
    def drawn(self) -> bool:
        return self.roll < self.percent * 100


def sample(plan: Plan, past: Past, *, seed: str, submission_id: int) -> Sample:
    """Draws a submission, or not."""
    reason = why(plan, past)
    percent = plan.percent if reason == FRACTION else 100
    return Sample(reason, percent, roll(seed, submission_id))


def why(plan: Plan, past: Past) -> str:
    """The rule that a submission falls under."""
    if past.round > 1:
        return REWORK
    if past.of_kind < plan.newcomer_n:
        return NEWCOMER
    return REVISION if past.clean < plan.revision_n else FRACTION


def roll(seed: str, submission_id: int) -> int:
    """A number from 0 to 9999 that the seed and the id alone decide."""
    digest = hmac.digest(seed.encode(), str(submission_id).encode(), "sha256")
    return int.from_bytes(digest) % ROLLS
