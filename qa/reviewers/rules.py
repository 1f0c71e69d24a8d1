"""What a look is for, when it comes into the queue, and what counts as seeing the same (pure)."""

import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass

SECOND, GOLD, ROUND = "second", "gold", "round"
PURPOSES = (SECOND, GOLD, ROUND)
PLANNED, WAITING, JUDGED, DROPPED = "planned", "waiting", "judged", "dropped"
STATES = (PLANNED, WAITING, JUDGED, DROPPED)
ROLLS = 10_000
#: How long after what caused it a look may come, in seconds: whoever judged knows when they did.
SOONEST, LATEST = 5 * 60, 120 * 60
LATEST_OF_ROUND = 480 * 60  # ten at once would be noticed
WORN_OUT = 8  # reviewers who have seen a known piece, after which it is not given any more
CHANCE = 24  # digits of a seed by which waits and picks are decided; rolls, which anybody may check, by all
TOO_OLD = 45  # days after which its order's number alone would tell


@dataclass(frozen=True, slots=True)
class Opinion:
    """A verdict, and the codes of the defects it names."""

    verdict: str
    codes: frozenset[str]


def opinion(verdict: str, codes: Iterable[str]) -> Opinion:
    """An opinion of a verdict and codes."""
    return Opinion(verdict, frozenset(codes))


def differ(one: Opinion, other: Opinion) -> bool:
    """Whether two opinions are a case to settle: another verdict. Other words for the same end are not."""
    return one.verdict != other.verdict


def roll(seed: str, of: int) -> int:
    """A number from 0 to 9999 that the seed and the id alone decide."""
    return int.from_bytes(hmac.digest(seed.encode(), f"look:{of}".encode(), "sha256")) % ROLLS


def drawn(rolled: int, percent: int) -> bool:
    """Whether a roll is drawn at this share."""
    return rolled < percent * (ROLLS // 100)


def wait_s(seed: str, of: int, *, latest: int = LATEST) -> int:
    """Seconds until a look comes into the queue, between the soonest and the latest, by the seed."""
    digest = hmac.digest(seed[:CHANCE].encode(), f"wait:{of}".encode(), "sha256")
    return SOONEST + int.from_bytes(digest) % (latest - SOONEST)


def within_budget(*, seen: int, judged: int, percent: int) -> bool:
    """Whether a reviewer may get one more known piece today: its share of what they judged is not used up.

    The first of a day may come at once; it would otherwise never come to who judges little.
    """
    return percent > 0 and seen < 1 + judged * percent // 100


def pick(seed: str, ids: Collection[int], *, seen: dict[int, int]) -> int | None:
    """Which of the known pieces is given: of those seen least the one the seed picks; none of none."""
    if not ids:
        return None
    least = min(seen.get(id_, 0) for id_ in ids)
    fresh = sorted(id_ for id_ in ids if seen.get(id_, 0) == least)
    digest = hmac.digest(seed[:CHANCE].encode(), b"pick", "sha256")
    return fresh[int.from_bytes(digest) % len(fresh)]
