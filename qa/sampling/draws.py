"""Which submissions are inspected, and why: what must be, then what the plan says, by a recorded draw.

A draw is repeatable by anyone who holds its row: HMAC-SHA256 of the submission's id under the recorded seed,
modulo ten thousand, drawn when below the percentage. The percentage follows from the recorded facts.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from qa.sampling import csp1, recent
from qa.sampling.switching import DISCONTINUED

ROLLS = 10_000
REJECTED_FOR = 5  # pieces in a row to be clean after a final no
#: What a plan does with work that nothing else asks to see.
EVERY, FRACTION, STREAM, BATCH = "every", "fraction", "stream", "batch"
RECENT = "standing"  # its first name, by which plans, draws and inspections of the past call it
METHODS = (RECENT, STREAM, BATCH, FRACTION, EVERY)
#: Why work is inspected in full, whatever the plan.
REWORK, NEWCOMER, REVISION = "rework", "newcomer", "revision"
WATCHED, COSTLY, REJECTED, STOPPED = "watched", "costly", "rejected", "stopped"
BELOW, PILOT = "below", "pilot"
BATCH_FAILED = "batch_failed"
#: Every reason that work has ever been inspected for.
REASONS = (
    *METHODS,
    *(REWORK, NEWCOMER, REVISION, WATCHED, COSTLY, REJECTED, STOPPED, BELOW, PILOT, BATCH_FAILED),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of a kind of work is inspected.

    A newcomer's first n; a hand's work under an edition until so many pieces of it were clean; orders from a
    value on (0: none); then as the method says: of `percent` a fraction, for a stream after `clean_n` in a
    row; batches of up to `size` pieces by `aql`, closed after `hours` at the latest.
    """

    newcomer_n: int
    percent: int
    revision_n: int
    method: str = FRACTION
    clean_n: int = 10
    aql: str = "4.0"
    size: int = 20
    hours: int = 2
    over_won: int = 0

    @property
    def terms(self) -> str:
        """What a stream's or a batch's state was reached under; other terms begin anew."""
        if self.method == STREAM:
            return f"{STREAM}/{self.percent}/{self.clean_n}"
        return f"{BATCH}/{self.aql}" if self.method == BATCH else self.method


@dataclass(frozen=True, slots=True)
class Past:
    """What stands behind a submission, as far as a plan asks.

    Its round, how often this hand handed in such work before, and how many pieces of it under this edition
    were clean: inspected, and accepted as they were with nothing found. Of its inspected work of the kind so
    far: how many pieces, how many of them wrong, where the stream or the batches stand, and whether the last
    final no is not yet made up for. The shop's level of wrong pieces; the order's value; whether its goods or
    its customer are watched; whether the hand itself is surely below what the shop wants (partners.standing),
    or in its pilot.
    """

    round: int
    of_kind: int
    clean: int
    phase: str = ""
    turn: int = 0
    hits: int = 0
    n: int = 0
    rejected: bool = False
    level: float = 0.0
    won: int = 0
    watched: bool = False
    below: bool = False
    pilot: bool = False


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
    reason, percent = decided(plan, past)
    return Sample(reason, percent, roll(seed, submission_id))


def decided(plan: Plan, past: Past) -> tuple[str, int]:
    """The rule that a submission falls under, and how many of a hundred such are inspected."""
    reason = why(plan, past)
    if reason == FRACTION:
        return reason, plan.percent
    if reason == STREAM:
        return reason, plan.percent if past.phase == csp1.SOME else 100
    if reason == RECENT:
        return reason, recent.percent(past.hits, past.n, level=past.level, few=plan.percent)
    return reason, 100


def why(plan: Plan, past: Past) -> str:
    """The rule that a submission falls under: what must be seen before what the plan says."""
    asked = (
        (REWORK, past.round > 1),
        (PILOT, past.pilot),
        (NEWCOMER, past.of_kind < plan.newcomer_n),
        (REVISION, past.clean < plan.revision_n),
        (BELOW, past.below and plan.method != BATCH),  # batches switch by rules of their own
        (WATCHED, past.watched),
        (COSTLY, 0 < plan.over_won <= past.won),
        (REJECTED, past.rejected),
        (STOPPED, plan.method == BATCH and past.phase == DISCONTINUED),
    )
    return next((reason for reason, so in asked if so), plan.method)


def roll(seed: str, submission_id: int) -> int:
    """A number from 0 to 9999 that the seed and the id alone decide."""
    return _number(seed, submission_id) % ROLLS


def picked(seed: str, submission_ids: Iterable[int], n: int) -> set[int]:
    """The n submissions of a batch that are inspected: those whose numbers under its seed are lowest."""
    return set(sorted(submission_ids, key=lambda id_: (_number(seed, id_), id_))[:n])


def _number(seed: str, submission_id: int) -> int:
    return int.from_bytes(hmac.digest(seed.encode(), str(submission_id).encode(), "sha256"))
