"""How the units of a return are sorted on a sheet (pure)."""

from collections.abc import Mapping
from typing import Any

#: The fields of the sheet, and what each says becomes of its units.
FIELDS: Mapping[str, str] = {"own-good": "good", "own-mending": "mending", "own-scrap": "scrap"}
PREFIX = "return:"


def return_of(target: str) -> int | None:
    """The return that a task is about, by its target."""
    number = target.removeprefix(PREFIX)
    return int(number) if target.startswith(PREFIX) and number.isdecimal() else None


def target_of(return_id: int) -> str:
    """The target of a task about a return."""
    return f"{PREFIX}{return_id}"


def units(raw: str) -> int | str | None:
    """Units as people write them; what is no number stays as it was typed, and nothing is nothing."""
    plain = raw.replace(",", "").strip()
    return int(plain) if plain.isdecimal() and len(plain) <= 7 else plain or None


def fates(answers: Mapping[str, Any]) -> dict[str, int]:
    """Units by what becomes of them; a field that is not filled says none."""
    said = {fate: answers.get(key) for key, fate in FIELDS.items()}
    return {fate: count if isinstance(count, int) else 0 for fate, count in said.items()}
