"""When an item is asked: conditions on earlier answers and on what is known of the task (pure)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from tasks.numbers import decimal_of

Kind = Literal["item", "fact"]
Op = Literal["is", "is_not", "at_least", "at_most"]
OPS: tuple[Op, ...] = ("is", "is_not", "at_least", "at_most")
MEASURED = frozenset({"at_least", "at_most"})
JOINS = ("all", "any")
MOST_CLAUSES, LONGEST_VALUE = 4, 80
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")  # of an item, or of a fact


@dataclass(frozen=True, slots=True)
class Clause:
    """What one earlier answer, or one fact of the task, has to be."""

    kind: Kind
    name: str
    op: Op
    value: bool | int | str | Decimal


@dataclass(frozen=True, slots=True)
class When:
    """A condition: every one of its clauses has to be so, or any of them."""

    join: str
    clauses: tuple[Clause, ...]

    def names(self, kind: Kind) -> tuple[str, ...]:
        """The items, or the facts, it looks at."""
        return tuple(dict.fromkeys(clause.name for clause in self.clauses if clause.kind == kind))


def read(raw: object) -> When:
    """A condition as it is stored: one clause, or {"all": [...]} or {"any": [...]} of up to four.

    Raises ValueError.
    """
    if isinstance(raw, dict) and len(raw) == 1 and (join := next(iter(raw))) in JOINS:
        parts = raw[join]
        if not isinstance(parts, list) or not 2 <= len(parts) <= MOST_CLAUSES:
            raise ValueError("not_a_condition")
        return When(join, tuple(_clause(part) for part in parts))
    return When("all", (_clause(raw),))


def clauses_of(raw: object) -> Iterator[Mapping[str, Any]]:
    """The clauses of a stored condition, whatever they say."""
    if isinstance(raw, dict):
        joined = next((raw[join] for join in JOINS if isinstance(raw.get(join), list)), [raw])
        yield from (clause for clause in joined if isinstance(clause, dict))


def _clause(raw: object) -> Clause:
    entry = raw if isinstance(raw, dict) else {}
    kinds: list[Kind] = [kind for kind in ("item", "fact") if isinstance(entry.get(kind), str)]
    ops = [op for op in OPS if op in entry]
    if (
        len(kinds) != 1
        or len(ops) != 1
        or set(entry) != {kinds[0], ops[0]}
        or not NAME.fullmatch(entry[kinds[0]])
    ):
        raise ValueError("not_a_condition")
    return Clause(kinds[0], entry[kinds[0]], ops[0], _value(ops[0], entry[ops[0]]))


def _value(op: Op, told: object) -> bool | int | str | Decimal:
    if op in MEASURED:
        number = decimal_of(told)
        if number is None:
            raise ValueError("condition_number")
        return number
    if isinstance(told, bool | int) or (isinstance(told, str) and len(told) <= LONGEST_VALUE):
        return told
    raise ValueError("not_a_condition")


def met(when: When, answers: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether a condition holds; `answers` are those of items that are asked themselves."""
    said = (_holds(clause, answers if clause.kind == "item" else facts) for clause in when.clauses)
    return all(said) if when.join == "all" else any(said)


def _holds(clause: Clause, known: Mapping[str, Any]) -> bool:
    """What nobody has said yet, or nobody knows, fulfils nothing."""
    value = known.get(clause.name)
    if value is None or value == "":
        return False
    if clause.op == "is":
        return bool(value == clause.value)
    if clause.op == "is_not":
        return bool(value != clause.value)
    number = decimal_of(value)
    if number is None or not isinstance(clause.value, Decimal):
        return False
    return number >= clause.value if clause.op == "at_least" else number <= clause.value
