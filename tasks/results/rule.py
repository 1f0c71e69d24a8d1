"""Answers as cells: a column for every item of any edition, each answer in words (pure)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tasks.items import Item
from tasks.numbers import decimal_of

TICKED = "✓"


def columns(editions: Iterable[Sequence[Item]]) -> tuple[Item, ...]:
    """Every item once, as the newest edition that has it says it; editions come the newest first."""
    found: dict[str, Item] = {}
    for items in editions:
        for item in items:
            found.setdefault(item.key, item)
    return tuple(found.values())


def cell(item: Item | None, value: Any, locale: str, *, photos: int = 0) -> object:
    """One answer as a cell: whole numbers as numbers, photos by how many; empty where nothing was said.

    `item` is as the edition has it that the work was done under, none where that did not ask it.
    """
    if item is None:
        return ""
    if item.type == "photo":
        return photos or ""
    return WRITTEN.get(item.type, _text)(item, value, locale)


def _tick(_item: Item, value: Any, _locale: str) -> object:
    return TICKED if value is True else ""


def _number(_item: Item, value: Any, _locale: str) -> object:
    number = decimal_of(value)
    if number is None:
        return ""
    return int(number) if number == number.to_integral_value() else f"{number.normalize():f}"


def _choice(item: Item, value: Any, locale: str) -> object:
    labels = {choice.value: choice.label for choice in item.choices}
    label = labels.get(value, {}) if isinstance(value, str) else {}
    return label.get(locale) or label.get("ko") or _text(item, value, locale)


def _text(_item: Item, value: Any, _locale: str) -> object:
    if isinstance(value, list):
        return ", ".join(str(code) for code in value)
    return value if isinstance(value, str) else ""


WRITTEN: Mapping[str, Callable[[Item, Any, str], object]] = {
    "check": _tick,
    "number": _number,
    "choice": _choice,
}


def row(
    asked: Mapping[str, Item],
    wanted: Sequence[Item],
    answers: Mapping[str, Any],
    photos: Mapping[str, Sequence[int]],
    locale: str,
) -> list[object]:
    """The cells of one piece of work, in the order of the columns."""
    return [
        cell(asked.get(item.key), answers.get(item.key), locale, photos=len(photos.get(item.key, ())))
        for item in wanted
    ]
