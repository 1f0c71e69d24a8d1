"""Marking a sample: what was answered beside what is right, item by item (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """An item of a sample: what was said, what is right, whether it was, and why."""

    key: str
    said: Any
    right: Any
    good: bool
    why: str


def mark(
    keys: Sequence[str], gold: Mapping[str, Mapping[str, Any]], answers: Mapping[str, Any]
) -> tuple[Seen, ...]:
    """Every item that has something right about it, in the order of the procedure."""
    return tuple(
        Seen(
            key,
            answers.get(key),
            gold[key]["right"],
            same(answers.get(key), gold[key]["right"]),
            gold[key]["why"],
        )
        for key in keys
        if key in gold
    )


def same(said: Any, right: Any) -> bool:
    """Whether an answer is the right one: an unticked box is a no, numbers by what they are worth."""
    if isinstance(right, bool):
        return bool(said) is right
    if said is None or isinstance(said, bool):
        return False
    if isinstance(said, list) and isinstance(right, list):
        return sorted(map(_plain, said)) == sorted(map(_plain, right))
    worth, wanted = _number(said), _number(right)
    if worth is not None and wanted is not None:
        return worth == wanted
    return _plain(said) == _plain(right)


def _number(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _plain(value: Any) -> str:
    return " ".join(str(value).split()).casefold()


def passed(seen: Sequence[Seen], *, pass_pct: int) -> bool:
    """Whether so many of a hundred were right."""
    return 100 * sum(one.good for one in seen) >= pass_pct * len(seen)
