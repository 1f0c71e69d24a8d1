"""Two editions of a procedure compared, item by item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

FIELDS = (
    "type",
    "label",
    "help",
    "required",
    "severity",
    "when",
    "section",
    "unit",
    "min",
    "max",
    "target",
    "tolerance",
)
#: A field at its default says nothing: it may be left out.
DEFAULTS: Mapping[str, Any] = {
    "help": {},
    "required": True,
    "severity": "minor",
    "unit": "",
    "firm": True,
    "longest": 500,
    "least": 1,
    "media": [],
}
MORE_FIELDS = ("firm", "choices", "longest", "least", "media")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: an item added, removed or moved, or one of its fields changed from old to new."""

    kind: Literal["added", "removed", "moved", "changed"]
    item: str
    label: Mapping[str, str]
    field: str = ""
    old: Any = None
    new: Any = None


def diff(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    """What the new edition's items change against the old one's, in the order of the new; removals first."""
    before = {entry["key"]: entry for entry in old}
    after = {entry["key"]: entry for entry in new}
    changes = [Change("removed", key, entry["label"]) for key, entry in before.items() if key not in after]
    moved = _moved([key for key in before if key in after], [key for key in after if key in before])
    for place, (key, entry) in enumerate(after.items(), start=1):
        if key not in before:
            changes.append(Change("added", key, entry["label"], new=place))
            continue
        if key in moved:
            changes.append(Change("moved", key, entry["label"], new=place))
        changes += _fields(key, before[key], entry)
    return tuple(changes)


def _fields(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    return [
        Change("changed", key, new["label"], field, old.get(field), new.get(field))
        for field in FIELDS + MORE_FIELDS
        if old.get(field, DEFAULTS.get(field)) != new.get(field, DEFAULTS.get(field))
    ]


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The fewest items that were carried elsewhere: those outside a longest run that kept its order."""
    places = {key: place for place, key in enumerate(old)}
    runs: list[list[str]] = []  # runs[n]: the longest run ending at new[n]
    for key in new:
        before = [run for run in runs if places[run[-1]] < places[key]]
        runs.append([*_longest(before), key])
    return set(new) - set(_longest(runs))


def _longest(runs: list[list[str]]) -> list[str]:
    return max(runs, key=len, default=list[str]())
