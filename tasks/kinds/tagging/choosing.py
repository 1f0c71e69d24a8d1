"""Choosing how to weigh answers: by what each method makes of things whose truth is known."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.kinds.tagging.consensus import METHODS, Estimate, Method, estimate
from tasks.kinds.tagging.sayings import Said

LEAST_GOLD = 10  # below so many known things their accuracy says too little: majority


@dataclass(frozen=True, slots=True)
class Chosen:
    """The method in force, and how many of the known things each method gets right without being told them.

    `known` below LEAST_GOLD: majority, because nothing else is known to be better.
    """

    method: Method
    known: int
    right: Mapping[Method, int]

    @property
    def enough(self) -> bool:
        """Whether so many things are known that the choice means something."""
        return self.known >= LEAST_GOLD

    def plain(self) -> dict[str, Any]:
        """As it is kept with an album."""
        return {"method": self.method, "known": self.known, "right": dict(self.right)}


def choose(answers: Sequence[Said], gold: Mapping[Hashable, str]) -> Chosen:
    """The method that is right about most known things; of equals the simpler."""
    said_of = {thing for thing, _hand, _answer in answers}
    known = {thing: truth for thing, truth in gold.items() if thing in said_of}
    if len(known) < LEAST_GOLD:
        return Chosen("majority", len(known), {})
    right = {method: _right(estimate(method, answers), known) for method in METHODS}
    return Chosen(max(METHODS, key=lambda method: right[method]), len(known), right)


def _right(made: Estimate, known: Mapping[Hashable, str]) -> int:
    return sum(made.verdict(thing).answer == truth for thing, truth in known.items())


def another(*, confidence: float, answers: int, least: int, most: int, enough: float) -> bool:
    """Whether a thing needs one more answer: fewer than wanted, or hands disagree and more may be asked."""
    return answers < least or (confidence < enough and answers < most)
