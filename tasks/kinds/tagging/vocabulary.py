"""A vocabulary: the attributes a picture is described by, their tags with synonyms, one under another."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from base.errors import Invalid
from stock.tag_words import normal

Region = Literal["none", "box", "point"]
REGIONS: tuple[Region, ...] = ("none", "box", "point")
MOST_ATTRIBUTES, MOST_TAGS, MOST_WORDS, LONGEST = 12, 400, 20, 60


class BadVocabulary(Invalid):
    """A vocabulary cannot be read. Facts: attribute, line (0: the attribute itself), why (a code)."""

    code = "kinds.bad_vocabulary"


@dataclass(frozen=True, slots=True)
class Tag:
    """One thing that may be said: its name in both languages, other words for it, and what it is a kind of.

    One that stands `alone` excludes every other tag of its attribute ("none of these").
    """

    key: str
    ko: str
    en: str = ""
    words: tuple[str, ...] = ()
    under: str = ""
    alone: bool = False

    def named(self, locale: str) -> str:
        """The name in a language."""
        return self.en if locale == "en" and self.en else self.ko

    def said(self) -> tuple[str, ...]:
        """Every word for it, as it is compared."""
        return tuple(dict.fromkeys(normal(word) for word in (self.ko, self.en, *self.words) if word))


@dataclass(frozen=True)
class Attribute:
    """What is asked of a picture: one tag or several, needed or not, and whether each is shown on it."""

    key: str
    ko: str
    en: str
    several: bool
    required: bool
    region: Region
    tags: tuple[Tag, ...]

    def named(self, locale: str) -> str:
        """The name in a language."""
        return self.en if locale == "en" and self.en else self.ko

    @cached_property
    def by_key(self) -> Mapping[str, Tag]:
        return {tag.key: tag for tag in self.tags}

    @cached_property
    def by_word(self) -> Mapping[str, Tag]:
        return {word: tag for tag in self.tags for word in tag.said()}

    def find(self, word: str) -> Tag | None:
        """The tag a word stands for: its key, its name or a synonym; None when it is outside."""
        return self.by_key.get(word) or self.by_word.get(normal(word))

    def above(self, key: str) -> Iterator[Tag]:
        """What a tag is a kind of, the nearest first."""
        tag = self.by_key[key]
        while tag.under:
            tag = self.by_key[tag.under]
            yield tag

    def found_by(self, key: str) -> tuple[str, ...]:
        """Every word a tag is found by: its own, and those of whatever stands above."""
        tags = (self.by_key[key], *self.above(key))
        return tuple(dict.fromkeys(word for tag in tags for word in tag.said()))

    def depth(self, key: str) -> int:
        """How many tags stand above."""
        return sum(1 for _tag in self.above(key))


@dataclass(frozen=True)
class Vocabulary:
    """All attributes, in the order they are asked."""

    attributes: tuple[Attribute, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Attribute]:
        return {attribute.key: attribute for attribute in self.attributes}


def parse(doc: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary as it was stored by `plain`."""
    return Vocabulary(tuple(_attribute(raw) for raw in doc["attributes"]))


def _attribute(raw: Mapping[str, Any]) -> Attribute:
    tags = tuple(Tag(**(tag | {"words": tuple(tag.get("words", ()))})) for tag in raw["tags"])
    return Attribute(**(dict(raw) | {"tags": tags}))


@lru_cache(maxsize=64)
def from_text(text: str) -> Vocabulary:
    """The vocabulary from the JSON text that a task's facts carry; read once a process."""
    return parse(json.loads(text))


def plain(vocabulary: Vocabulary) -> dict[str, Any]:
    """The vocabulary as it is stored."""
    return {"attributes": [_plain(attribute) for attribute in vocabulary.attributes]}


def _plain(attribute: Attribute) -> dict[str, Any]:
    fields = ("key", "ko", "en", "several", "required", "region")
    tags = [
        {name: getattr(tag, name) for name in ("key", "ko", "en", "under", "alone")}
        | {"words": list(tag.words)}
        for tag in attribute.tags
    ]
    return {name: getattr(attribute, name) for name in fields} | {"tags": tags}


def check(attributes: Sequence[Attribute]) -> Vocabulary:
    """The attributes as one vocabulary. Raises BadVocabulary for what would leave an answer in doubt."""
    if not attributes:
        raise BadVocabulary(attribute="", line=0, why="empty")
    if len(attributes) > MOST_ATTRIBUTES:
        raise BadVocabulary(attribute=attributes[-1].ko, line=0, why="too_many")
    names: set[str] = set()
    for attribute in attributes:
        if not attribute.ko or normal(attribute.ko) in names:
            raise BadVocabulary(
                attribute=attribute.ko, line=0, why="named_twice" if attribute.ko else "no_name"
            )
        names.add(normal(attribute.ko))
        _check_tags(attribute)
    return Vocabulary(tuple(attributes))


def _check_tags(attribute: Attribute) -> None:
    if not 1 < len(attribute.tags) <= MOST_TAGS and attribute.region == "none":
        raise BadVocabulary(attribute=attribute.ko, line=0, why="few_tags" if attribute.tags else "no_tags")
    if not attribute.tags:
        raise BadVocabulary(attribute=attribute.ko, line=0, why="no_tags")
    heard: dict[str, str] = {}
    for line, tag in enumerate(attribute.tags, start=1):
        if len(tag.words) > MOST_WORDS or any(len(word) > LONGEST for word in (tag.ko, tag.en, *tag.words)):
            raise BadVocabulary(attribute=attribute.ko, line=line, why="too_long")
        if any(heard.setdefault(word, tag.key) != tag.key for word in tag.said()):
            raise BadVocabulary(attribute=attribute.ko, line=line, why="word_twice")
