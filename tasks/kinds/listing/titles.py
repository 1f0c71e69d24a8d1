"""Titles that say the same: a small measure of our own, for finding the near-duplicates of a listing (pure).

The share of the letter pairs of both titles (within words) that also stand in the other one when its blanks
are left out: neither the order of the words nor where people put a blank counts. It is nothing where
something differs that tells goods apart: an amount with its unit, a bare number, a colour, a size, the code
of a model, or a word in the place of another ("오리 육포", "닭 육포"). Two sizes of one mug are two goods.

Whole syllables, not the parts of them: titles are short, and parts make every title look like every other.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tasks.kinds.listing import values

NEAR = 0.7  # between the furthest that say the same and the nearest that do not, in the cases of the tests
TELLING = ("colour", "size")


@dataclass(frozen=True, slots=True)
class Gist:
    """What is compared of a title: its words, the whole without blanks, and what tells goods apart."""

    words: tuple[str, ...]
    whole: str
    telling: frozenset[str]


@lru_cache(maxsize=20_000)
def gist(title: str) -> Gist:
    """What a title comes to."""
    told = unicodedata.normalize("NFKC", title).casefold()
    measured = re.sub(r"(?<=\d),(?=\d)", "", told)
    rest = values.MEASURE.sub(" ", measured)
    words = tuple(dict.fromkeys(map(values.called, re.findall(r"[\w가-힣]+", rest))))
    return Gist(words, "".join(words), frozenset(_telling(measured, rest)))


def likeness(one: str, other: str) -> float:
    """How alike two titles are, 0 to 1; 0 where something that tells goods apart differs."""
    here, there = gist(one), gist(other)
    if here.telling != there.telling or (_foreign(here, there) and _foreign(there, here)):
        return 0.0
    pairs = [(pair, there.whole) for pair in _pairs(here)] + [(pair, here.whole) for pair in _pairs(there)]
    return sum(pair in whole for pair, whole in pairs) / len(pairs) if pairs else 0.0


def _pairs(of: Gist) -> list[str]:
    return [pair for word in of.words for pair in _split(word)]


def _split(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)] or [word]


def _foreign(here: Gist, there: Gist) -> bool:
    """Whether a word of the one has nothing in common with the other."""
    return any(not any(pair in there.whole for pair in _split(word)) for word in here.words)


def nearest(title: str, others: Mapping[int, str]) -> tuple[int, float] | None:
    """Which of the other titles is near, and how; the nearest where several are, None where none is."""
    found = max(((likeness(title, other), id_) for id_, other in others.items()), default=(0.0, 0))
    return (found[1], found[0]) if found[0] >= NEAR else None


def _telling(measured: str, rest: str) -> Iterable[str]:
    yield from (f"{amount.normalize():f} {unit}" for unit, amount in values.measures(measured))
    yield from re.findall(r"(?<![\w])[a-z]+-?\d+[a-z\d]*|\d+(?:\.\d+)?", rest)
    for name in TELLING:
        yield from values.words_in(name, rest)
