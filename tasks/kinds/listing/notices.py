"""상품정보제공고시: what has to be told of goods, by group (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tasks.kinds.listing import shelf

LONGEST = 500  # characters of one field
#: Words that send the reader elsewhere: the notice asks for the thing itself.
EVASIVE = re.compile(
    r"(상세|상품|본문)\s*(페이지|설명|정보)?\s*(를|에)?\s*(참조|참고|확인)|see (the )?(page|detail)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to be told."""

    key: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of goods; `claims` says that what heals may not be claimed of them."""

    key: str
    name: Mapping[str, str]
    fields: tuple[Field, ...]
    claims: bool


@cache
def groups() -> Mapping[str, Group]:
    """All groups by key, in the order of the data."""
    return {
        key: Group(
            key,
            {"ko": told["ko"], "en": told["en"]},
            tuple(Field(name, {"ko": ko, "en": en}) for name, ko, en in told["fields"]),
            bool(told.get("claims")),
        )
        for key, told in shelf.read("notices").items()
    }


def group(key: str) -> Group | None:
    """The group of this key, None for one that nobody knows."""
    return groups().get(key)


def missing(group_: Group, values: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields nothing is said in."""
    return tuple(field for field in group_.fields if not values.get(field.key, "").strip())


def evasive(group_: Group, values: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields that only say "see the page"."""
    return tuple(field for field in group_.fields if EVASIVE.search(values.get(field.key, "")))
