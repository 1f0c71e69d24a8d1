"""Fields of a kind's own: any JSON asked for besides the procedure, and what a machine sees (pure)."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from base.personal import hyphenated_resident_number

PREFIX = "own-"  # of the keys: no item of a procedure can be called so
LONGEST = 64 * 1024  # bytes of one value


@dataclass(frozen=True, slots=True)
class Own:
    """How an own field is read from a form (`typed(item, form)`) and what is wrong with its value.

    `check(item, value, facts)` gives a `checklist.Problem`, None when all is well.
    """

    typed: Callable[[Any, Any], Any]
    check: Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the machine saw before a person does: the words are `kinds.<kind>.finding.<code>`.

    `item` is the key of what it is about, "" for the whole; what holds up stands in the way of handing in.
    """

    code: str
    item: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    holds_up: bool = False


def unfit(value: Any) -> tuple[str, dict[str, Any]] | None:
    """Why no field at all may hold this value: a problem's code and its facts, None when it may."""
    if len(json.dumps(value, ensure_ascii=False).encode()) > LONGEST:
        return "too_big", {"most": LONGEST // 1024}
    return ("resident_number", {}) if any(map(hyphenated_resident_number, texts(value))) else None


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from (str(name), *texts(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
