"""What a hand says of one picture: tags by attribute, places shown on it, or that it cannot be made out.

    {"tags": {"color": ["red"]}, "marks": [{"of": "flaw", "tag": "hole", "at": [120, 80]}], "unclear": false}

Places are whole thousandths of the picture's width and height: x, y of a point; x, y, width, height of a box.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.checklist import Problem
from tasks.kinds.tagging.vocabulary import Attribute, Vocabulary

WHOLE, SMALLEST, MOST_MARKS = 1000, 5, 30
SIDES = {"point": 2, "box": 4}

Place = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A tag at a place."""

    of: str
    tag: str
    at: Place


@dataclass(frozen=True, slots=True)
class Described:
    """A picture as one hand described it; tags are keys, in the vocabulary's order."""

    tags: Mapping[str, tuple[str, ...]]
    marks: tuple[Mark, ...] = ()
    unclear: bool = False

    def said(self, attribute: Attribute) -> tuple[str, ...]:
        """The tags said of an attribute, by chip or by place."""
        if attribute.region == "none":
            return self.tags.get(attribute.key, ())
        shown = {mark.tag for mark in self.marks if mark.of == attribute.key}
        return tuple(tag.key for tag in attribute.tags if tag.key in shown)

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        marks = [{"of": mark.of, "tag": mark.tag, "at": list(mark.at)} for mark in self.marks]
        return {
            "tags": {key: list(tags) for key, tags in self.tags.items()},
            "marks": marks,
            "unclear": self.unclear,
        }


class _Unfit(Exception):
    """What was said cannot stand: the problem."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.problem = Problem(code, facts, stands=False)


def read(vocabulary: Vocabulary, value: Any) -> Described | Problem:
    """What was said, in the vocabulary's own words; a tag makes what stands above it needless.

    A problem where it cannot stand: a word outside the vocabulary, two where one is asked, a place off the
    picture.
    """
    try:
        return _read(vocabulary, value)
    except _Unfit as unfit:
        return unfit.problem


def lacking(vocabulary: Vocabulary, said: Described) -> Problem | None:
    """What still has to be said before the picture is done."""
    if said.unclear:
        return None
    for attribute in vocabulary.attributes:
        if attribute.required and not said.said(attribute):
            return Problem("tag_needed", {"attribute": attribute.ko})
    return None


def _read(vocabulary: Vocabulary, value: Any) -> Described:
    if not isinstance(value, dict) or set(value) - {"tags", "marks", "unclear"}:
        raise _Unfit("not_tags")
    unclear = value.get("unclear", False)
    tags, marks = value.get("tags", {}), value.get("marks", [])
    if not isinstance(unclear, bool) or not isinstance(tags, dict) or not isinstance(marks, list):
        raise _Unfit("not_tags")
    if unclear:
        return Described({}, (), unclear=True)
    if len(marks) > MOST_MARKS:
        raise _Unfit("too_many_marks", most=MOST_MARKS)
    said = {key: _tags(_attribute(vocabulary, key, ("none",)), words) for key, words in tags.items()}
    ordered = {one.key: said[one.key] for one in vocabulary.attributes if said.get(one.key)}
    return Described(ordered, tuple(_mark(vocabulary, mark) for mark in marks))


def _attribute(vocabulary: Vocabulary, key: object, regions: Sequence[str]) -> Attribute:
    found = vocabulary.by_key.get(key) if isinstance(key, str) else None
    if found is None or found.region not in regions:
        raise _Unfit("not_tags")
    return found


def _tags(attribute: Attribute, words: Any) -> tuple[str, ...]:
    if not isinstance(words, list):
        raise _Unfit("not_tags")
    found = {_tag(attribute, word) for word in words}
    found -= {above.key for key in found for above in attribute.above(key)}
    if len(found) > 1 and not attribute.several:
        raise _Unfit("one_tag", attribute=attribute.ko)
    if len(found) > 1 and any(attribute.by_key[key].alone for key in found):
        raise _Unfit("tag_alone", attribute=attribute.ko)
    return tuple(tag.key for tag in attribute.tags if tag.key in found)


def _tag(attribute: Attribute, word: Any) -> str:
    tag = attribute.find(word) if isinstance(word, str) else None
    if tag is None:
        raise _Unfit("outside_vocabulary", attribute=attribute.ko, word=str(word)[:40])
    return tag.key


def _mark(vocabulary: Vocabulary, raw: Any) -> Mark:
    if not isinstance(raw, dict) or set(raw) != {"of", "tag", "at"}:
        raise _Unfit("not_tags")
    attribute = _attribute(vocabulary, raw["of"], ("box", "point"))
    return Mark(attribute.key, _tag(attribute, raw["tag"]), _place(attribute, raw["at"]))


def _place(attribute: Attribute, at: Any) -> Place:
    whole = isinstance(at, list) and all(isinstance(n, int) and not isinstance(n, bool) for n in at)
    if not whole or len(at) != SIDES[attribute.region] or not all(0 <= n <= WHOLE for n in at):
        raise _Unfit("off_picture")
    if attribute.region == "box":
        x, y, width, height = at
        if min(width, height) < SMALLEST or x + width > WHOLE or y + height > WHOLE:
            raise _Unfit("off_picture")
    return tuple(at)
