"""Words a listing had better not hold: found where they stand, with what may be written instead (pure)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from tasks.kinds.listing import shelf

ANY, TITLE, DESCRIPTION = "any", "title", "description"
CLAIMS = "claims"
OWN = "own"  # why: the shop's own word
BETWEEN = r"[\s·.\-_*~]{0,2}"  # what people put between the letters of a word to hide it


@dataclass(frozen=True, slots=True)
class Word:
    """A word, why it had better not stand there, what makes it harmless. `alone`: as a word by itself."""

    word: str
    why: str
    instead: str = ""
    where: str = ANY
    holds: bool = True
    only_claims: bool = False
    unless: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A word as it was found: the text as written, from and to which character, counted from 0."""

    word: Word
    text: str
    start: int
    end: int


@cache
def known() -> tuple[Word, ...]:
    """The words of the data file."""
    return tuple(
        Word(
            word=told["word"],
            why=why,
            instead=told["instead"],
            where=sort["where"],
            holds=sort["holds"],
            only_claims=sort.get("groups") == CLAIMS,
            unless=tuple(told.get("unless", ())),
            alone=bool(told.get("alone")),
        )
        for why, sort in shelf.read("words").items()
        for told in sort["words"]
    )


def own(words: Iterable[str]) -> tuple[Word, ...]:
    """The shop's own words, wherever they stand."""
    return tuple(Word(word, OWN) for word in words if word.strip())


def find(
    text: str, where: str, *, claims: bool = False, words: Sequence[Word] | None = None
) -> tuple[Hit, ...]:
    """The words that stand in a text of this place, by where they begin; of two that overlap the longer.

    `claims`: the goods are of a group of which nothing may be claimed that heals.
    """
    asked = [
        word
        for word in (known() if words is None else words)
        if word.where in (ANY, where) and (claims or not word.only_claims)
    ]
    hits = sorted((hit for word in asked for hit in _hits(text, word)), key=lambda hit: (hit.start, -hit.end))
    kept: list[Hit] = []
    for hit in hits:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return tuple(kept)


def _hits(text: str, word: Word) -> Iterable[Hit]:
    for match in _pattern(word.word, word.alone).finditer(text):
        if not any(_excused(text, match.start(), match.end(), excuse) for excuse in word.unless):
            yield Hit(word, match.group(), match.start(), match.end())


@cache
def _pattern(word: str, alone: bool) -> re.Pattern[str]:
    """The word with blanks or dots between its letters allowed; its own blanks may be left out."""
    letters = [re.escape(letter) for letter in word if not letter.isspace()]
    latin = word.isascii() and any(letter.isalpha() for letter in word)
    body = "".join(letters) if latin else BETWEEN.join(letters)
    if any(letter.isdigit() for letter in word[:1]):
        body = rf"(?<![\d.,]){body}"
    return re.compile(rf"(?<!\w){body}(?!\w)" if alone or latin else body, re.IGNORECASE)


def _excused(text: str, start: int, end: int, excuse: str) -> bool:
    """Whether what stands around the word makes it harmless: an excuse is `before {} after`."""
    before, _, after = excuse.partition("{}")
    squeezed_before = re.sub(r"\s+", "", text[:start])
    squeezed_after = re.sub(r"\s+", "", text[end:])
    return squeezed_before.endswith(before.strip()) and squeezed_after.startswith(after.strip())
