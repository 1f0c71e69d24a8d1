"""The condition of an item as a form: clauses picked in words, with a number where one is wanted."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.conditions import MEASURED, clauses_of
from tasks.numbers import decimal_of

Entry = Mapping[str, Any]

ALWAYS = "always"  # no condition; a word, because a browser takes an empty choice for none made
ROWS = ("when", "when_2", "when_3", "when_4")  # the fields of the clauses; each has a number beside it
JOIN = "when_join"


def typed(fields: Mapping[str, str]) -> dict[str, Any]:
    """What the clauses that were picked make: nothing, one alone, or several joined."""
    found = [clause for row in ROWS if (clause := _clause(fields, row)) is not None]
    if not found:
        return {}
    if len(found) == 1:
        return {"when": found[0]}
    return {"when": {"any" if fields.get(JOIN) == "any" else "all": found}}


def _clause(fields: Mapping[str, str], row: str) -> Any:
    """The clause of a row; what cannot be read stays as it is, for the parser to refuse."""
    raw = fields.get(row, "").strip()
    if raw in {ALWAYS, ""}:
        return None
    try:
        clause = json.loads(raw)
    except ValueError:
        return raw
    asked = [op for op in MEASURED if isinstance(clause, dict) and op in clause]
    return {**clause, asked[0]: _plain(fields.get(f"{row}_n", ""))} if asked else clause


def _plain(text: str) -> int | str:
    number = decimal_of(text)
    if number is None:
        return text.strip()
    return int(number) if number == number.to_integral_value() else f"{number:f}"


def shown(when: object) -> dict[str, str]:
    """The fields that show a stored condition."""
    clauses = list(clauses_of(when)) if isinstance(when, dict) else [when] if when else []
    fields = dict.fromkeys(ROWS, ALWAYS)
    for row, clause in zip(ROWS, clauses, strict=False):
        fields[row] = option(clause)
        number = next((clause[op] for op in MEASURED if isinstance(clause, Mapping) and op in clause), "")
        fields |= {f"{row}_n": str(number)}
    return fields | {JOIN: "any" if isinstance(when, dict) and "any" in when else "all"}


def opened(clause: Any) -> Any:
    """A clause without its number, which stands in a field of its own."""
    if not isinstance(clause, Mapping):
        return clause
    return {**clause, **{op: None for op in MEASURED if op in clause}}


def option(clause: object) -> str:
    """A clause as the value of its option."""
    return json.dumps(opened(clause), sort_keys=True, ensure_ascii=False)


def options(
    entries: Sequence[Entry], *, flags: Sequence[str], numbers: Sequence[str], before: str
) -> list[dict[str, Any]]:
    """What an item may depend on: what is known of the task, and answers to items before it."""
    found: list[dict[str, Any]] = [{"fact": name, "is": told} for name in flags for told in (True, False)]
    found += [{"fact": name, op: None} for name in numbers for op in ("at_least", "at_most")]
    for entry in entries:
        if entry["key"] == before:
            break
        found += _answers(entry)
    return found


def _answers(entry: Entry) -> list[dict[str, Any]]:
    key = entry["key"]
    if entry["type"] == "check":
        return [{"item": key, "is": True}]
    if entry["type"] == "number":
        return [{"item": key, "at_least": None}, {"item": key, "at_most": None}]
    values = [choice["value"] for choice in entry.get("choices", ())]
    ops = ("is",) if len(values) == 2 else ("is", "is_not")
    return [{"item": key, op: value} for value in values for op in ops]
