"""The items of an SOP, read from their stored JSON with a refusal that names item and field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from base.errors import Invalid
from tasks import conditions, media
from tasks.conditions import When
from tasks.media import Media
from tasks.numbers import decimal_of
from tasks.own import Own

Type = Literal["check", "number", "choice", "text", "scan", "photo", "own"]
TYPES = ("check", "number", "choice", "text", "scan", "photo")
SEVERITIES = ("critical", "major", "minor")
LANGUAGES = ("ko", "en")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_ITEMS = 60
LONGEST_LABEL, LONGEST_HELP, LONGEST_TEXT, MOST_CHOICES, MOST_PHOTOS = 120, 500, 2000, 20, 10

#: The fields an item may carry besides those of every item, by type.
COMMON = {"key", "type", "label", "help", "required", "severity", "when", "section", "media"}
OWN = {
    "check": set[str](),
    "number": {"unit", "min", "max", "target", "tolerance", "firm"},
    "choice": {"choices"},
    "text": {"longest"},
    "scan": set[str](),
    "photo": {"least"},
}


class BadItem(Invalid):
    """An SOP item cannot be read. Facts: item (its key or number), field, why (a code)."""

    code = "tasks.bad_item"


Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """What a number should be: known beforehand, or a fact of the task by name; tolerance to both sides.

    One that is not firm may be off: partner and reviewer are told, and nothing is held up.
    """

    value: Decimal | None
    fact: str
    tolerance: Decimal
    firm: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that may be picked."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a procedure; of type "own" a field of the kind's own, and `own` knows how."""

    key: str
    type: Type
    label: Words
    help: Words
    required: bool
    severity: str
    when: When | None = None
    section: str = ""
    media: tuple[Media, ...] = ()
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    target: Target | None = None
    choices: tuple[Choice, ...] = ()
    longest: int = 500
    least: int = 1
    own: Own | None = None

    def named(self, locale: str) -> str:
        """The label in a language."""
        return self.label.get(locale) or self.label["ko"]


def parse(doc: Mapping[str, Any]) -> tuple[Item, ...]:
    """The items of {"items": [...]}. Raises BadItem."""
    raw = doc.get("items")
    if not isinstance(raw, list) or not raw:
        raise BadItem(item=0, field="items", why="empty")
    if len(raw) > MOST_ITEMS:
        raise BadItem(item=len(raw), field="items", why="too_many")
    items = tuple(_Reader(place, entry).item() for place, entry in enumerate(raw, start=1))
    _check_together(items)
    return items


def _check_together(items: tuple[Item, ...]) -> None:
    """Keys stand once, and a condition asks about an item before it."""
    before: set[str] = set()
    for item in items:
        if item.key in before:
            raise BadItem(item=item.key, field="key", why="twice")
        if item.when and set(item.when.names("item")) - before:
            raise BadItem(item=item.key, field="when", why="unknown_item")
        before.add(item.key)


class _Reader:
    """Reads one entry; holds what a refusal has to name."""

    def __init__(self, place: int, entry: object) -> None:
        self.name: int | str = place
        self.entry: Mapping[str, Any] = entry if isinstance(entry, dict) else {}
        if isinstance(self.entry.get("key"), str):
            self.name = self.entry["key"] or place

    def item(self) -> Item:
        type_ = self.one_of("type", TYPES)
        for field in sorted(set(self.entry) - COMMON - OWN[type_]):
            raise self.bad(field, "unknown")
        key = self.entry.get("key")
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise self.bad("key", "key")
        low, high = self.decimal("min"), self.decimal("max")
        if low is not None and high is not None and low > high:
            raise self.bad("min", "above_max")
        return Item(
            key=key,
            type=type_,  # type: ignore[arg-type]  # one_of has checked it against TYPES
            label=self.words("label", self.entry.get("label"), LONGEST_LABEL, needed=True),
            help=self.words("help", self.entry.get("help", {}), LONGEST_HELP),
            required=self.boolean("required", default=True),
            severity=self.one_of("severity", SEVERITIES, default="minor"),
            when=self.when(),
            section=self.text("section", 40),
            media=self.media(),
            unit=self.text("unit", 12),
            low=low,
            high=high,
            target=self.target(),
            choices=self.choices() if type_ == "choice" else (),
            longest=self.whole("longest", default=500, most=LONGEST_TEXT),
            least=self.whole("least", default=1, most=MOST_PHOTOS),
        )

    def bad(self, field: str, why: str) -> BadItem:
        return BadItem(item=self.name, field=field, why=why)

    def one_of(self, field: str, allowed: tuple[str, ...], default: str = "") -> str:
        value = self.entry.get(field, default)
        if value not in allowed:
            raise self.bad(field, "not_one_of")
        return str(value)

    def boolean(self, field: str, *, default: bool) -> bool:
        value = self.entry.get(field, default)
        if not isinstance(value, bool):
            raise self.bad(field, "not_yes_or_no")
        return value

    def whole(self, field: str, *, default: int, most: int) -> int:
        value = self.entry.get(field, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise self.bad(field, "out_of_range")
        return value

    def text(self, field: str, longest: int) -> str:
        value = self.entry.get(field, "")
        if not isinstance(value, str) or len(value) > longest:
            raise self.bad(field, "not_words")
        return value.strip()

    def decimal(self, field: str) -> Decimal | None:
        return self.as_decimal(field, self.entry.get(field))

    def as_decimal(self, field: str, value: object) -> Decimal | None:
        if value is None:
            return None
        number = decimal_of(value)
        if number is None:
            raise self.bad(field, "not_a_number")
        return number

    def words(self, field: str, value: object, longest: int, *, needed: bool = False) -> Words:
        if not isinstance(value, dict) or set(value) - set(LANGUAGES):
            raise self.bad(field, "not_words")
        said = {language: text.strip() for language, text in value.items() if isinstance(text, str)}
        if len(said) != len(value) or any(len(text) > longest for text in said.values()):
            raise self.bad(field, "not_words")
        if needed and not all(said.get(language) for language in LANGUAGES):
            raise self.bad(field, "language_missing")
        return said

    def when(self) -> When | None:
        raw = self.entry.get("when")
        try:
            return None if raw is None else conditions.read(raw)
        except ValueError as error:
            raise self.bad("when", str(error)) from None

    def media(self) -> tuple[Media, ...]:
        try:
            return media.read(self.entry.get("media", []))
        except ValueError as error:
            raise self.bad("media", str(error)) from None

    def target(self) -> Target | None:
        raw = self.entry.get("target")
        if raw is None:
            return None
        fact = raw.get("fact", "") if isinstance(raw, dict) else ""
        if isinstance(raw, dict) and not (isinstance(fact, str) and set(raw) == {"fact"} and fact):
            raise self.bad("target", "not_a_number")
        value = None if fact else self.as_decimal("target", raw)
        tolerance = self.decimal("tolerance")
        if tolerance is None or tolerance < 0:
            raise self.bad("tolerance", "not_a_number")
        return Target(value, fact, tolerance, self.boolean("firm", default=True))

    def choices(self) -> tuple[Choice, ...]:
        raw = self.entry.get("choices")
        if not isinstance(raw, list) or not 2 <= len(raw) <= MOST_CHOICES:
            raise self.bad("choices", "too_few_or_many")
        found = tuple(self.choice(entry) for entry in raw)
        if len({choice.value for choice in found}) != len(found):
            raise self.bad("choices", "twice")
        return found

    def choice(self, entry: object) -> Choice:
        value = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(value, str) or not KEY.fullmatch(value):
            raise self.bad("choices", "key")
        return Choice(value, self.words("choices", entry.get("label"), LONGEST_LABEL, needed=True))
