"""Deciding what is held of pictures that several hands described: by attribute, with how sure it is."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks.kinds.tagging.choosing import Chosen, choose
from tasks.kinds.tagging.consensus import estimate
from tasks.kinds.tagging.places import together
from tasks.kinds.tagging.saying import Described, Place
from tasks.kinds.tagging.sayings import Said
from tasks.kinds.tagging.vocabulary import Attribute, Vocabulary

NOTHING, YES, NO = "", "yes", "no"


@dataclass(frozen=True, slots=True)
class Answered:
    """One hand's description of one picture."""

    picture: int
    hand: int
    said: Described


@dataclass(frozen=True, slots=True)
class Held:
    """A tag that is held to be true of a picture, where it is shown if it is, and how sure that is."""

    tag: str
    confidence: float
    at: Place = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What is held of an attribute of a picture; the confidence is that of its least certain part.

    `agreeing` of `answers` hands said exactly this.
    """

    held: tuple[Held, ...]
    confidence: float
    answers: int
    agreeing: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything decided, by picture and attribute; and how each attribute's answers were weighed."""

    decided: Mapping[tuple[int, str], Decided]
    methods: Mapping[str, Chosen]

    def confidence(self, picture: int, attributes: Iterable[Attribute]) -> float:
        """Of the least certain attribute of a picture."""
        return min(self.decided[picture, attribute.key].confidence for attribute in attributes)


def decide(vocabulary: Vocabulary, answers: Sequence[Answered], gold: Mapping[int, Described]) -> Outcome:
    """What is held of every picture that was described; `gold` are descriptions known to be true.

    Who could not make a picture out says nothing about it; where nobody could, nothing is held, with
    confidence 0.
    """
    clear = [one for one in answers if not one.said.unclear]
    pictures = sorted({one.picture for one in answers})
    decided: dict[tuple[int, str], Decided] = {}
    methods: dict[str, Chosen] = {}
    for attribute in vocabulary.attributes:
        weigh = _by_place if attribute.region != "none" else _several if attribute.several else _single
        found, methods[attribute.key] = weigh(attribute, clear, gold)
        for picture in pictures:
            decided[picture, attribute.key] = found.get(picture, Decided((), 0.0, 0, 0))
    return Outcome(decided, methods)


Found = tuple[dict[int, Decided], Chosen]


def _single(attribute: Attribute, answers: Sequence[Answered], gold: Mapping[int, Described]) -> Found:
    """One tag or none: a thing is a picture, an answer its tag."""
    said: list[Said] = [(one.picture, one.hand, _first(one.said.said(attribute))) for one in answers]
    known: dict[Hashable, str] = {picture: _first(true.said(attribute)) for picture, true in gold.items()}
    chosen = choose(said, known)
    verdicts = estimate(chosen.method, said).verdicts()
    found = {}
    for picture, of_it in _by_picture(answers).items():
        verdict = verdicts[picture]
        held = (Held(verdict.answer, verdict.confidence),) if verdict.answer != NOTHING else ()
        found[picture] = _decided(attribute, of_it, held, verdict.confidence)
    return found, chosen


def _several(attribute: Attribute, answers: Sequence[Answered], gold: Mapping[int, Described]) -> Found:
    """Any number of tags: a thing is a tag somebody said of a picture, an answer whether a hand said it."""
    pictures, said = _by_picture(answers), list[Said]()
    named = {picture: _named(attribute, of_it) for picture, of_it in pictures.items()}
    for one in answers:
        mine = one.said.said(attribute)
        said += [((one.picture, tag), one.hand, YES if tag in mine else NO) for tag in named[one.picture]]
    known: dict[Hashable, str] = {
        (picture, tag): YES if tag in true.said(attribute) else NO
        for picture, true in gold.items()
        for tag in named.get(picture, ())
    }
    chosen = choose(said, known)
    verdicts = estimate(chosen.method, said).verdicts()
    found = {}
    for picture, of_it in pictures.items():
        weighed = {tag: verdicts[picture, tag] for tag in named[picture]}
        held = tuple(Held(tag, v.confidence) for tag, v in weighed.items() if v.answer == YES)
        sure = min((verdict.confidence for verdict in weighed.values()), default=1.0)
        found[picture] = _decided(attribute, of_it, held, sure)
    return found, chosen


def _by_place(attribute: Attribute, answers: Sequence[Answered], _gold: Mapping[int, Described]) -> Found:
    """Tags shown on the picture: each place by how many of the hands showed it."""
    found = {}
    for picture, of_it in _by_picture(answers).items():
        shown = [(one.hand, mark) for one in of_it for mark in one.said.marks if mark.of == attribute.key]
        shares = [(seen, seen.hands / len(of_it)) for seen in together(shown)]
        held = tuple(Held(seen.tag, share, seen.at) for seen, share in shares if share > 0.5)
        sure = min((max(share, 1 - share) for _seen, share in shares), default=1.0)
        found[picture] = _decided(attribute, of_it, held, sure)
    return found, Chosen("majority", 0, {})


def _decided(attribute: Attribute, of_it: Sequence[Answered], held: tuple[Held, ...], sure: float) -> Decided:
    tags = {one.tag for one in held}
    agreeing = sum(set(one.said.said(attribute)) == tags for one in of_it)
    return Decided(held, sure, len(of_it), agreeing)


def _by_picture(answers: Sequence[Answered]) -> dict[int, list[Answered]]:
    found: dict[int, list[Answered]] = {}
    for one in answers:
        found.setdefault(one.picture, []).append(one)
    return found


def _named(attribute: Attribute, of_it: Sequence[Answered]) -> list[str]:
    """What anybody said of a picture, in the vocabulary's order."""
    said = {tag for one in of_it for tag in one.said.said(attribute)}
    return [tag.key for tag in attribute.tags if tag.key in said]


def _first(tags: Sequence[str]) -> str:
    return tags[0] if tags else NOTHING
