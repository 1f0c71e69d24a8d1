"""Items of a procedure in words: what each asks for, and when."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from base.i18n import knows, t
from tasks import documents
from tasks.conditions import MEASURED, OPS, clauses_of
from tasks.items import LANGUAGES
from tasks.media import Media
from tasks.media import read as media_of
from tasks.numbers import decimal_of

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """An item as a page shows it: `asks` are short phrases, `when` is empty for what is always asked."""

    key: str
    type: str
    label: str
    help: str
    required: bool
    severity: str
    asks: tuple[str, ...]
    when: str
    section: str
    media: tuple[Media, ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """A language, and the items of an edition by their keys: conditions name them."""

    locale: str
    items: Mapping[str, Entry]
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def say(self, key: str, **facts: object) -> str:
        return t(self.locale, f"sops.{key}", **facts)

    def words(self, words: Mapping[str, str]) -> str:
        return words.get(self.locale) or words.get("ko", "")

    @property
    def other(self) -> "Speech":
        """The same items in the other language."""
        return replace(self, locale=next(language for language in LANGUAGES if language != self.locale))

    def named(self, key: str) -> str:
        return self.words(self.items[key]["label"]) if key in self.items else key


def said(words: Mapping[str, str] | None, locale: str) -> str:
    """Words in a language; nothing where there are none."""
    return (words or {}).get(locale) or (words or {}).get("ko", "")


def speech(entries: Iterable[Entry], locale: str) -> Speech:
    """How to speak of these items in a language."""
    return Speech(locale, {entry["key"]: entry for entry in entries})


def speech_of(doc: Entry, locale: str) -> Speech:
    """How to speak of a document in a language."""
    sections = {section["key"]: section["title"] for section in doc.get("sections", ())}
    return replace(speech(doc["items"], locale), sections=sections)


def lines(entries: Sequence[Entry], locale: str) -> tuple[Line, ...]:
    """The items of an edition as a page shows them."""
    speaks = speech(entries, locale)
    return tuple(line(entry, speaks) for entry in entries)


def titles(doc: Entry, locale: str) -> dict[str, str]:
    """The headings of a document by their keys."""
    return {one["key"]: said(one["title"], locale) for one in doc.get("sections", ())}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an edition: a heading with its words, or an item with its number."""

    heading: str
    title: str
    line: Line | None
    number: int


def rows(doc: Entry, locale: str) -> tuple[Row, ...]:
    """An edition as one list of headings and items."""
    speaks, found, number = speech_of(doc, locale), list[Row](), 0
    for entry in documents.rows(doc):
        if documents.HEADING in entry:
            found.append(Row(entry[documents.HEADING], speaks.words(entry["title"]), None, 0))
        else:
            number += 1
            found.append(Row("", "", line(entry, speaks), number))
    return tuple(found)


def line(entry: Entry, speaks: Speech) -> Line:
    """One item as a page shows it."""
    return Line(
        key=entry["key"],
        type=entry["type"],
        label=speaks.words(entry["label"]),
        help=speaks.words(entry.get("help", {})),
        required=entry.get("required", True),
        severity=entry.get("severity", "minor"),
        asks=tuple(_asks(entry, speaks)),
        when=condition(entry["when"], speaks) if entry.get("when") else "",
        section=entry.get("section", ""),
        media=media_of(entry.get("media", [])),
    )


def _asks(entry: Entry, speaks: Speech) -> Iterable[str]:
    if entry["type"] == "number":
        yield from _measured(entry, speaks)
    if entry["type"] == "choice":
        yield value_of(speaks, "choices", entry["choices"])
    if entry["type"] == "text":
        yield speaks.say("asks.longest", n=entry.get("longest", 500))
    if entry["type"] == "photo":
        yield speaks.say("asks.least", n=entry.get("least", 1))


def _measured(entry: Entry, speaks: Speech) -> Iterable[str]:
    unit = f" {entry['unit']}" if entry.get("unit") else ""
    low, high = _number(entry.get("min")), _number(entry.get("max"))
    if low and high:
        yield f"{low}–{high}{unit}"
    elif low or high:
        yield speaks.say("asks.at_least" if low else "asks.at_most", number=f"{low or high}{unit}")
    if entry.get("target") is not None:
        target = value_of(speaks, "target", entry["target"])
        around = f"{_number(entry.get('tolerance'))}{unit}"
        yield speaks.say(
            "asks.target" if entry.get("firm", True) else "asks.target_soft", target=target, around=around
        )
    if not (low or high or entry.get("target") is not None) and unit:
        yield unit.strip()


def condition(when: Any, speaks: Speech) -> str:
    """A condition as a clause: what has to be so for the item to be asked."""
    if not isinstance(when, dict):
        return str(when)
    joint = speaks.say("when_any" if "any" in when else "when_all")
    return joint.join(_clause(clause, speaks) for clause in clauses_of(when))


def _clause(clause: Entry, speaks: Speech) -> str:
    op = next((op for op in OPS if op in clause), "is")
    name, told = clause.get("fact", ""), clause.get(op)
    if op in MEASURED:
        what = _fact(speaks, clause) if name else speaks.named(clause.get("item", ""))
        return speaks.say(f"measured.{op}", what=what, number="…" if told is None else _number(told) or told)
    if name:
        key = f"fact_is.{name}.{'yes' if told is True else 'no'}"
        spoken = knows(f"sops.{key}") and isinstance(told, bool) and op == "is"
        return speaks.say(key) if spoken else f"{name} {'=' if op == 'is' else '≠'} {told}"
    item = speaks.named(clause.get("item", ""))
    if isinstance(told, bool):
        return speaks.say("item_is.ticked" if told is (op == "is") else "item_is.not_ticked", item=item)
    answer = _choice(clause.get("item", ""), told, speaks)
    return speaks.say("item_is.answered" if op == "is" else "item_is.not_answered", item=item, answer=answer)


def _choice(key: str, value: object, speaks: Speech) -> str:
    for choice in speaks.items.get(key, {}).get("choices", ()):
        if choice["value"] == value:
            return speaks.words(choice["label"])
    return str(value)


def _number(value: object) -> str:
    number = decimal_of(value)
    return "" if number is None else f"{number:,f}"


def value_of(speaks: Speech, field: str, value: Any) -> str:
    """A field's value as people say it; nothing for what is not set."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return speaks.say("yes" if value else "no")
    if field in SPOKEN:
        return SPOKEN[field](value, speaks)
    if isinstance(value, list):
        return choices_of(value, speaks)
    return _fact(speaks, value) if isinstance(value, dict) else _number(value) or str(value)


def media_in_words(one: Media, speaks: Speech) -> str:
    """A picture by the beginning of its hash, a video by its address."""
    return speaks.say("media_picture", name=one.name[:6]) if one.kind == "picture" else one.name


def choices_of(value: Sequence[Entry] | None, speaks: Speech) -> str:
    """The answers that may be picked, in a row."""
    return " / ".join(speaks.words(choice["label"]) for choice in value or ())


def _fact(speaks: Speech, value: Entry) -> str:
    name = str(value.get("fact", ""))
    return speaks.say(f"fact.{name}") if knows(f"sops.fact.{name}") else name


SPOKEN: Mapping[str, Callable[[Any, Speech], str]] = {
    "type": lambda value, speaks: speaks.say(f"type.{value}"),
    "severity": lambda value, speaks: speaks.say(f"severity.{value}"),
    "when": lambda value, speaks: speaks.say("only", when=condition(value, speaks)),
    "section": lambda value, speaks: speaks.words(speaks.sections.get(value, {})) or str(value),
    "media": lambda value, speaks: " / ".join(media_in_words(one, speaks) for one in media_of(value)),
}
