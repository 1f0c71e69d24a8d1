"""The brand guide: how names are spelt, which words belong to the brand, how its sentences end (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ANY, POLITE, FORMAL = "any", "haeyo", "hamnida"
TONES = (ANY, POLITE, FORMAL)
MOST, LONGEST = 100, 60  # words of a list, characters of a word
ENDS = re.compile(r"([가-힣]+)\s*[.!?~…]*\s*$")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as the brand writes it, and as others write it."""

    right: str
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """The whole guide. `own` are words this shop forbids anywhere, `unwanted` those that are off its tone."""

    names: tuple[Spelling, ...] = ()
    wanted: tuple[str, ...] = ()
    unwanted: Mapping[str, str] = field(default_factory=dict)  # word: what to write instead, "" is leave out
    own: tuple[str, ...] = ()
    tone: str = ANY


@dataclass(frozen=True, slots=True)
class Slip:
    """Something the guide says otherwise: a code, the text as written, and what may be written instead."""

    code: str  # name, unwanted, tone
    text: str
    instead: str
    start: int


def guide_of(told: Mapping[str, Any]) -> Guide:
    """The guide as it is stored; what is missing is empty."""
    return Guide(
        names=tuple(Spelling(one["right"], tuple(one["wrong"])) for one in told.get("names", [])),
        wanted=tuple(told.get("wanted", [])),
        unwanted=dict(told.get("unwanted", {})),
        own=tuple(told.get("own", [])),
        tone=told.get("tone", ANY),
    )


def stored(guide: Guide) -> dict[str, Any]:
    """The guide as JSON."""
    names = [{"right": one.right, "wrong": list(one.wrong)} for one in guide.names]
    return {
        "names": names,
        "wanted": list(guide.wanted),
        "unwanted": dict(guide.unwanted),
        "own": list(guide.own),
        "tone": guide.tone,
    }


def slips(guide: Guide, text: str, *, sentences: bool = False) -> tuple[Slip, ...]:
    """What the guide says otherwise, by where it stands; of endings only where the text has sentences."""
    found = [*_misspelt(guide, text), *_unwanted(guide, text)]
    if sentences:
        found += _off_tone(guide, text)
    return tuple(sorted(found, key=lambda slip: slip.start))


def wanted_in(guide: Guide, text: str) -> tuple[str, ...]:
    """The wanted words that stand in a text."""
    told = text.casefold()
    return tuple(word for word in guide.wanted if word.casefold() in told)


def _misspelt(guide: Guide, text: str) -> Sequence[Slip]:
    """Wrong spellings that are not a part of the right one standing there."""
    found = []
    for name in guide.names:
        right = [match.span() for match in re.finditer(re.escape(name.right), text)]
        for wrong in name.wrong:
            for match in re.finditer(re.escape(wrong), text, re.IGNORECASE):
                inside = any(start <= match.start() and match.end() <= end for start, end in right)
                if not inside and match.group() != name.right:
                    found.append(Slip("name", match.group(), name.right, match.start()))
    return [slip for slip in found if not any(_within(slip, other) for other in found)]


def _within(slip: Slip, other: Slip) -> bool:
    """Whether a slip is only a part of a longer one."""
    ends = slip.start + len(slip.text) <= other.start + len(other.text)
    return len(slip.text) < len(other.text) and other.start <= slip.start and ends


def _unwanted(guide: Guide, text: str) -> Sequence[Slip]:
    return [
        Slip("unwanted", match.group(), instead, match.start())
        for word, instead in guide.unwanted.items()
        for match in re.finditer(re.escape(word), text, re.IGNORECASE)
    ]


def _off_tone(guide: Guide, text: str) -> Sequence[Slip]:
    """Sentences that end in the other manner: -다 where -요 is asked, and the other way round."""
    if guide.tone == ANY:
        return []
    found, at = [], 0
    for sentence in re.split(r"(?<=[.!?…])\s+|\n+", text):
        at = text.index(sentence, at)
        end = ENDS.search(sentence)
        ending = _manner(end[1]) if end else ""
        if ending and ending != guide.tone:
            found.append(Slip("tone", sentence.strip()[-LONGEST:], "", at))
        at += len(sentence)
    return found


def _manner(word: str) -> str:
    """Which manner a sentence's last word is of, "" where it is a title or a list."""
    if word.endswith(("요", "죠")):
        return POLITE
    return FORMAL if word.endswith(("니다", "니까", "십시오")) else ""
