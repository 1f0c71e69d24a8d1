"""What each channel asks of a listing, as its data file says (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tasks.kinds.listing import shelf

KEYS = ("smartstore", "coupang", "cafe24")


@dataclass(frozen=True, slots=True)
class Titles:
    """Characters a title may have, how many are advised, which are banned, how often a word may stand."""

    longest: int
    advised: int
    banned: str
    most_repeats: int


@dataclass(frozen=True, slots=True)
class Pictures:
    """How many, how large (pixels of the shorter side), the first one's ratio, its leeway in hundredths."""

    least: int
    most: int
    shortest_side: int
    advised_side: int
    ratio: tuple[int, int]
    ratio_off: int


@dataclass(frozen=True, slots=True)
class Options:
    """How many options, values of one, and combinations; how long a name and a value may be."""

    most_names: int
    most_values: int
    most_combinations: int
    longest_name: int
    longest_value: int
    banned: str


@dataclass(frozen=True, slots=True)
class Prices:
    """Won a thing may cost, in steps."""

    least: int
    most: int
    step: int


@dataclass(frozen=True, slots=True)
class File:
    """The channel's bulk file: its sort, its rows, and its columns as (header, source)."""

    kind: str
    sheet: str
    rows: str
    several: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A place where goods are sold, and what it asks of a listing."""

    key: str
    name: Mapping[str, str]
    title: Titles
    longest_description: int
    pictures: Pictures
    options: Options
    price: Prices
    file: File

    def named(self, locale: str) -> str:
        """What people call it."""
        return self.name[locale]


@cache
def channels() -> Mapping[str, Channel]:
    """All channels by key, in their order."""
    return {key: _channel(key, shelf.read(key)) for key in KEYS}


def channel(key: str) -> Channel | None:
    """The channel of this key, None for one that nobody knows."""
    return channels().get(key)


def _channel(key: str, told: Mapping[str, Any]) -> Channel:
    pictures, file = told["pictures"], told["file"]
    return Channel(
        key=key,
        name={"ko": told["ko"], "en": told["en"]},
        title=Titles(**told["title"]),
        longest_description=told["description"]["longest"],
        pictures=Pictures(**pictures | {"ratio": tuple(pictures["ratio"])}),
        options=Options(**told["options"]),
        price=Prices(**told["price"]),
        file=File(**file | {"columns": tuple((header, source) for header, source in file["columns"])}),
    )
