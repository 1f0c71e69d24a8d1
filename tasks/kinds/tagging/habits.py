"""Habits: which words a hand takes for one another, told only when there are enough cases to see one (pure).

A case is any picture that was decided, so that a habit tells nothing of any single picture.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from base.shares import Share
from tasks.kinds.tagging.vocabulary import Attribute

ENOUGH, LEAST = 12, 3  # pictures with one of two words on them, and of these how often they were changed over
WORTH = 0.05  # the share that a habit surely exceeds, before it is said
MOST = 5


@dataclass(frozen=True, slots=True)
class Case:
    """A picture as a hand described it and as it was decided, by attribute."""

    said: Mapping[str, Sequence[str]]
    held: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Habit:
    """Two words of an attribute that a hand takes for one another, of how many pictures with either."""

    attribute: str
    words: tuple[str, str]
    share: Share


def habits(attributes: Iterable[Attribute], cases: Sequence[Case]) -> list[Habit]:
    """The habits that can be seen, the surest first; of few cases none."""
    found = [habit for attribute in attributes for habit in _of(attribute, cases)]
    return sorted(found, key=lambda one: (-one.share.low, one.attribute, one.words))[:MOST]


def _of(attribute: Attribute, cases: Sequence[Case]) -> Iterable[Habit]:
    changed: dict[tuple[str, str], int] = {}
    for case in cases:
        said, held = set(case.said.get(attribute.key, ())), set(case.held.get(attribute.key, ()))
        if len(said - held) == len(held - said) == 1:
            one, other = sorted([*(said - held), *(held - said)])
            changed[one, other] = changed.get((one, other), 0) + 1
    for pair, times in changed.items():
        n = sum(bool(set(case.held.get(attribute.key, ())) & set(pair)) for case in cases)
        share = Share(min(times, n), n)
        if n >= ENOUGH and times >= LEAST and share.low > WORTH:
            yield Habit(attribute.key, pair, share)
