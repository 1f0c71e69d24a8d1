"""A listing as it is written: its fields' answers, what may stand in them, how a version keeps it (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from tasks.kinds.listing import notices, values

TITLE, CATEGORY, PICTURES, PRICE = "own-title", "own-category", "own-pictures", "own-price"
OPTIONS, ATTRIBUTES, DESCRIPTION, NOTICE = "own-options", "own-attributes", "own-description", "own-notice"
#: In the order they are asked.
KEYS = (PICTURES, TITLE, CATEGORY, OPTIONS, ATTRIBUTES, DESCRIPTION, NOTICE, PRICE)
LONGEST = {TITLE: 500, CATEGORY: 200, DESCRIPTION: 20_000}
MOST_OPTIONS, MOST_VALUES, LONGEST_OPTION = 5, 100, 100
MOST_PICTURES, MOST_WON = 20, 2_147_483_647


@dataclass(frozen=True, slots=True)
class Option:
    """Something a customer chooses: its name and its values in order."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything written of a product for one channel; `pictures` are ids of product pictures, in order."""

    title: str = ""
    category: str = ""
    options: tuple[Option, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    description: str = ""
    group: str = ""
    notice: Mapping[str, str] = field(default_factory=dict)
    price: int | None = None
    pictures: tuple[int, ...] = ()

    @property
    def combinations(self) -> int:
        """How many different goods the options make; 0 without options."""
        return prod(len(option.values) for option in self.options) if self.options else 0


def listing(answers: Mapping[str, Any]) -> Listing:
    """What the answers of the fields come to; what is not answered is empty."""
    notice = answers.get(NOTICE) or {}
    return Listing(
        title=answers.get(TITLE) or "",
        category=answers.get(CATEGORY) or "",
        options=tuple(Option(one["name"], tuple(one["values"])) for one in answers.get(OPTIONS) or ()),
        attributes={key: tuple(told) for key, told in (answers.get(ATTRIBUTES) or {}).items()},
        description=answers.get(DESCRIPTION) or "",
        group=notice.get("group", ""),
        notice=dict(notice.get("values", {})),
        price=answers.get(PRICE),
        pictures=tuple(answers.get(PICTURES) or ()),
    )


def stored(written: Listing) -> dict[str, Any]:
    """The listing as a version keeps it: the answers by key, those that say nothing left out."""
    told: dict[str, Any] = {
        TITLE: written.title,
        CATEGORY: written.category,
        OPTIONS: [{"name": one.name, "values": list(one.values)} for one in written.options],
        ATTRIBUTES: {key: list(told) for key, told in written.attributes.items()},
        DESCRIPTION: written.description,
        NOTICE: {"group": written.group, "values": dict(written.notice)} if written.group else {},
        PRICE: written.price,
        PICTURES: list(written.pictures),
    }
    return {key: value for key, value in told.items() if value not in (None, "", [], {})}


def unfit(key: str, value: Any) -> str:
    """Why a field cannot hold this value at all, as a problem's code; "" when it can."""
    if key in LONGEST:
        return _text(value, LONGEST[key])
    return {
        OPTIONS: _options,
        ATTRIBUTES: _attributes,
        NOTICE: _notice,
        PRICE: _price,
        PICTURES: _pictures,
    }[key](value)


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        return "not_this_shape"
    return "far_too_long" if len(value) > longest else ""


def _options(value: Any) -> str:
    fits = isinstance(value, list) and len(value) <= MOST_OPTIONS and all(map(_is_option, value))
    return "" if fits else "not_this_shape"


def _is_option(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and set(one) == {"name", "values"}
        and isinstance(one["values"], list)
        and len(one["values"]) <= MOST_VALUES
        and isinstance(one["name"], str)
        and len(one["name"]) <= LONGEST_OPTION
        and all(isinstance(told, str) and 0 < len(told) <= LONGEST_OPTION for told in one["values"])
    )


def _attributes(value: Any) -> str:
    fits = isinstance(value, dict) and all(
        key in values.attributes() and _are_texts(told, values.LONGEST) for key, told in value.items()
    )
    return "" if fits else "not_this_shape"


def _are_texts(told: Any, longest: int) -> bool:
    return (
        isinstance(told, list)
        and 0 < len(told) <= MOST_VALUES
        and all(isinstance(one, str) and 0 < len(one) <= longest for one in told)
    )


def _notice(value: Any) -> str:
    group = notices.group(str(value.get("group"))) if isinstance(value, dict) else None
    if group is None or set(value) != {"group", "values"} or not isinstance(value["values"], dict):
        return "not_this_shape"
    known = {one.key for one in group.fields}
    told: Sequence[Any] = list(value["values"].values())
    fits = set(value["values"]) <= known and all(
        isinstance(one, str) and len(one) <= notices.LONGEST for one in told
    )
    return "" if fits else "not_this_shape"


def _price(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return "not_won"
    return "" if 0 <= value <= MOST_WON else "not_won"


def _pictures(value: Any) -> str:
    fits = (
        isinstance(value, list)
        and len(value) <= MOST_PICTURES
        and all(isinstance(one, int) and not isinstance(one, bool) and 0 < one < 10**18 for one in value)
        and len(set(value)) == len(value)
    )
    return "" if fits else "not_this_shape"
