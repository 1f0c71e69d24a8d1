"""Items of a procedure in words: what each asks for, and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from base.i18n import knows, t
from tasks.items import LANGUAGES
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


@dataclass(frozen=True, slots=True)
class Speech:
    """A language, and the items of an edition by their keys: conditions name them."""

    locale: str
    items: Mapping[str, Entry]

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


def lines(entries: Sequence[Entry], locale: str) -> tuple[Line, ...]:
    """The items of an edition as a page shows them."""
    speaks = speech(entries, locale)
    return tuple(line(entry, speaks) for entry in entries)


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
    name, told = when.get("fact", ""), when.get("is")
    if "fact" in when:
        key = f"fact_is.{name}.{'yes' if told is True else 'no'}"
        spoken = knows(f"sops.{key}") and isinstance(told, bool)
        return speaks.say(key) if spoken else f"{name} = {told}"
    item = speaks.named(when.get("item", ""))
    if told is True:
        return speaks.say("item_is.ticked", item=item)
    return speaks.say("item_is.answered", item=item, answer=_choice(when.get("item", ""), told, speaks))


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
    if field in {"type", "severity"}:
        return speaks.say(f"{field}.{value}")
    if field == "when":
        return speaks.say("only", when=condition(value, speaks))
    if isinstance(value, list):
        return choices_of(value, speaks)
    return _fact(speaks, value) if isinstance(value, dict) else _number(value) or str(value)


def choices_of(value: Sequence[Entry] | None, speaks: Speech) -> str:
    """The answers that may be picked, in a row."""
    return " / ".join(speaks.words(choice["label"]) for choice in value or ())


def _fact(speaks: Speech, value: Entry) -> str:
    name = str(value.get("fact", ""))
    return speaks.say(f"fact.{name}") if knows(f"sops.fact.{name}") else name
