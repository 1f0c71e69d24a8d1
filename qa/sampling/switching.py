"""Switching between normal, tightened and reduced inspection, after ISO 2859-1 clauses 9.3 and 9.4.

Not verified against the text of the standard: from a published summary of its rules and from the words of a
program that cites the clauses. One state for each partner and kind of work. Only batches as they were first
handed in count; what was mended never does. Whether production is steady and whether reduced inspection is
agreed to is an owner's decision with a date, never inferred.
"""

from collections import deque
from dataclasses import dataclass, replace

from qa.sampling.iso2859 import NORMAL, REDUCED, TIGHTENED, Single

DISCONTINUED = "discontinued"
BACK_AND_FORTH = 5  # consecutive batches looked at
ENOUGH_SCORE = 30
STRICTER = {0: 0, 1: 0, 2: 1, 3: 2, 5: 3, 7: 5, 10: 7, 14: 10, 21: 14}  # Ac one AQL step tighter, same n
#: Why a state was left, for the words beside it.
TWO_OF_FIVE, FIVE_CLEAN, FIVE_FAILED, SCORED, FAILED_REDUCED, RESUMED = (
    "two_of_five",
    "five_clean",
    "five_failed",
    "scored",
    "failed_reduced",
    "resumed",
)


@dataclass(frozen=True, slots=True)
class Switch:
    """Where a partner's batches of a kind stand; `window`: the latest verdicts in it, oldest first."""

    severity: str = NORMAL
    score: int = 0
    window: tuple[bool, ...] = ()
    tight_rejects: int = 0
    because: str = ""  # what led here; empty at the start


def judged(switch: Switch, plan: Single, wrong: int, *, agreed: bool) -> Switch:
    """The state after a batch in which so many wrong pieces were found.

    Raises ValueError while the work is discontinued: then there is no sampling.
    """
    if switch.severity == DISCONTINUED:
        raise ValueError("discontinued: only a corrective action leads back")
    passed = wrong <= plan.ac
    if switch.severity == REDUCED:
        return switch if passed else Switch(NORMAL, because=FAILED_REDUCED)
    seen = replace(switch, window=tuple(deque((*switch.window, passed), maxlen=BACK_AND_FORTH)))
    if switch.severity == TIGHTENED:
        return _tightened(seen, passed)
    return _normal(replace(seen, score=_score(switch.score, plan, wrong)), agreed=agreed)


def _tightened(seen: Switch, passed: bool) -> Switch:
    rejects = seen.tight_rejects + (not passed)
    if rejects >= BACK_AND_FORTH:
        return Switch(DISCONTINUED, tight_rejects=rejects, because=FIVE_FAILED)
    if len(seen.window) == BACK_AND_FORTH and all(seen.window):
        return Switch(NORMAL, because=FIVE_CLEAN)
    return replace(seen, tight_rejects=rejects)


def _normal(seen: Switch, *, agreed: bool) -> Switch:
    if seen.window.count(False) >= 2:
        return Switch(TIGHTENED, because=TWO_OF_FIVE)
    return lightened(seen) if agreed else seen


def lightened(switch: Switch) -> Switch:
    """Normal inspection is reduced once the score is there; otherwise nothing changes."""
    if switch.severity == NORMAL and switch.score >= ENOUGH_SCORE:
        return Switch(REDUCED, score=switch.score, because=SCORED)
    return switch


def _score(score: int, plan: Single, wrong: int) -> int:
    """The switching score: three where the batch would pass one AQL step tighter too, two with Ac 0 or 1."""
    if wrong > plan.ac or wrong > (STRICTER.get(plan.ac, plan.ac - 1) if plan.ac >= 2 else plan.ac):
        return 0
    return score + (3 if plan.ac >= 2 else 2)


def resumed(switch: Switch) -> Switch:
    """After a corrective action the work goes on under tightened inspection."""
    return Switch(TIGHTENED, because=RESUMED) if switch.severity == DISCONTINUED else switch
