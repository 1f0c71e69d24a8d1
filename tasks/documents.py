"""A procedure as a document: what it is for, its sections, and the items in them (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks import items
from tasks.items import KEY, LANGUAGES, LONGEST_LABEL, BadItem, Item, Words

Doc = Mapping[str, Any]
Entry = Mapping[str, Any]

FIELDS = ("purpose", "sections", "items")
MOST_SECTIONS, LONGEST_PURPOSE = 12, 500
HEADING = "heading"  # marks a row that is a section's heading


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a procedure under a heading of its own."""

    key: str
    title: Words

    def named(self, locale: str) -> str:
        """The heading in a language."""
        return self.title.get(locale) or self.title["ko"]


@dataclass(frozen=True, slots=True)
class Document:
    """A procedure that can be read: items outside every section come first."""

    purpose: Words
    sections: tuple[Section, ...]
    items: tuple[Item, ...]


def read(doc: Doc) -> Document:
    """The document of {"purpose"?, "sections"?, "items"}. Raises BadItem."""
    for field in sorted(set(doc) - set(FIELDS)):
        raise BadItem(item=0, field=field, why="unknown")
    purpose = _words(doc.get("purpose", {}), LONGEST_PURPOSE, field="purpose", needed=False)
    sections = _sections(doc.get("sections", []))
    found = items.parse(doc)
    _check_order(found, sections)
    return Document(purpose, sections, found)


def parse(doc: Doc) -> tuple[Item, ...]:
    """The items of a document. Raises BadItem."""
    return read(doc).items


def _words(value: object, longest: int, *, field: str, needed: bool) -> Words:
    if not isinstance(value, dict) or set(value) - set(LANGUAGES):
        raise BadItem(item=0, field=field, why="not_words")
    if any(not isinstance(text, str) or len(text) > longest for text in value.values()):
        raise BadItem(item=0, field=field, why="not_words")
    said = {language: text.strip() for language, text in value.items()}
    if (needed or any(said.values())) and not all(said.get(language) for language in LANGUAGES):
        raise BadItem(item=0, field=field, why="language_missing")
    return said


def _sections(raw: object) -> tuple[Section, ...]:
    if not isinstance(raw, list) or len(raw) > MOST_SECTIONS:
        raise BadItem(item=0, field="sections", why="too_many")
    found = tuple(_section(entry) for entry in raw)
    if len({section.key for section in found}) != len(found):
        raise BadItem(item=0, field="sections", why="twice")
    return found


def _section(entry: object) -> Section:
    known = entry if isinstance(entry, dict) else {}
    key = known.get("key")
    if set(known) != {"key", "title"} or not isinstance(key, str) or not KEY.fullmatch(key):
        raise BadItem(item=0, field="sections", why="key")
    return Section(key, _words(known["title"], LONGEST_LABEL, field="sections", needed=True))


def _check_order(found: Sequence[Item], sections: Sequence[Section]) -> None:
    """Items stand by the order of their sections, and in no section that is not there."""
    places = {"": -1} | {section.key: place for place, section in enumerate(sections)}
    before = -1
    for item in found:
        place = places.get(item.section)
        if place is None:
            raise BadItem(item=item.key, field="section", why="unknown_section")
        if place < before:
            raise BadItem(item=item.key, field="section", why="out_of_order")
        before = place


def rows(doc: Doc) -> list[Entry]:
    """The document as one list: every heading above its items; those outside a section come first."""
    entries: Sequence[Entry] = doc["items"]
    found = [entry for entry in entries if not entry.get("section")]
    for section in doc.get("sections", ()):
        found.append({HEADING: section["key"], "title": section["title"]})
        found += [entry for entry in entries if entry.get("section") == section["key"]]
    return found


def from_rows(doc: Doc, listed: Iterable[Entry]) -> dict[str, Any]:
    """The document whose list this is: an item belongs to the heading above it."""
    sections, entries, here = [], [], ""
    for row in listed:
        if HEADING in row:
            here = row[HEADING]
            sections.append({"key": here, "title": row["title"]})
        else:
            plain = {name: value for name, value in row.items() if name != "section"}
            entries.append(plain | ({"section": here} if here else {}))
    kept = {name: value for name, value in doc.items() if name not in {"sections", "items"}}
    return kept | ({"sections": sections} if sections else {}) | {"items": entries}


def place_of(listed: Sequence[Entry], key: str, *, heading: bool = False) -> int:
    """Where an item, or a heading, stands in the list. Raises BadItem."""
    name = HEADING if heading else "key"
    for place, row in enumerate(listed):
        if row.get(name) == key:
            return place
    raise BadItem(item=key, field="key", why="unknown_item")


def free_section(doc: Doc) -> str:
    """A key for a new section."""
    taken = {section["key"] for section in doc.get("sections", ())}
    return next(key for n in range(1, MOST_SECTIONS + 2) if (key := f"part_{n}") not in taken)
