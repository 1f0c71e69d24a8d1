"""Rows of an order file, cell by cell: a value, or a problem that names the place."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from base.personal import (
    MOST_SHOWN,
    hyphenated_resident_number,
    phone_shape,
    resident_number,
    shape,
    suspect,
)
from base.sheet import Cells, Numbered, Sheet
from stock.drafts import Goods, Problem
from stock.normalise import Unreadable, text
from stock.profiles import PERSONAL, Field, Mapping

T = TypeVar("T")
Place = tuple[int, str]
HIDDEN = "******-*******"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands: the positions to try in turn with their column names, and the whole header."""

    places: dict[Field, tuple[Place, ...]]
    header: Cells


@dataclass(frozen=True, slots=True)
class Row:
    """One row under its number, with the list its problems go to."""

    number: int
    cells: Cells
    columns: Columns
    problems: list[Problem]


def columns(sheet: Sheet, mapping: Mapping) -> Columns:
    """The positions of a mapping's columns in a sheet; a column the sheet lacks is left out."""
    at = {name: position for position, name in reversed(list(enumerate(sheet.header)))}
    places = {
        field: tuple((at[name], name) for name in names if name in at)
        for field, names in mapping.columns.items()
    }
    return Columns({field: found for field, found in places.items() if found}, sheet.header)


def row(numbered: Numbered, places: Columns, problems: list[Problem]) -> Row:
    """A row made as wide as its header."""
    number, cells = numbered
    return Row(number, cells + ("",) * (len(places.header) - len(cells)), places, problems)


def cell(of: Row, field: Field) -> tuple[str, str]:
    """What a field's cell holds and its column's name: the first filled one of its columns."""
    places = of.columns.places.get(field, ())
    for at, name in places:
        if of.cells[at].strip():
            return of.cells[at], name
    return "", places[0][1] if places else field.value


def said(of: Row, field: Field) -> str:
    """What all the columns of a field say together."""
    return " ".join(of.cells[at] for at, _ in of.columns.places.get(field, ()))


def required(of: Row, field: Field, parse: Callable[[str], T], otherwise: T) -> T:
    """The value of a cell that must have one; a problem and `otherwise` where it does not."""
    raw, _ = cell(of, field)
    if not raw:
        complain(of, field, "filled")
        return otherwise
    return _parsed(of, field, raw, parse, otherwise)


def optional(of: Row, field: Field, parse: Callable[[str], T], otherwise: T) -> T:
    """The value of a cell, or `otherwise` where it is blank; a problem where it cannot be read."""
    raw, _ = cell(of, field)
    return _parsed(of, field, raw, parse, otherwise) if raw else otherwise


def _parsed(of: Row, field: Field, raw: str, parse: Callable[[str], T], otherwise: T) -> T:
    try:
        return parse(raw)
    except Unreadable as bad:
        complain(of, field, bad.expected)
        return otherwise


def complain(of: Row, field: Field, expected: str) -> None:
    """Notes a problem with a field of the row, its value masked where it is personal."""
    raw, name = cell(of, field)
    of.problems.append(Problem(of.number, name, shown(field, raw), expected))


def shown(field: Field, raw: str) -> str:
    """A value as a report may show it."""
    if field == Field.PHONE:
        return phone_shape(raw)
    return shape(raw) if field in PERSONAL else text(raw)[:MOST_SHOWN]


def is_sound(of: Row) -> bool:
    """Whether the row can be read at all; notes a problem if it is wider than its header or names a resident.

    A row that is too wide is shifted: what stands in its cells is anybody's guess, so none of it is shown.
    """
    if any(of.cells[len(of.columns.header) :]):
        of.problems.append(Problem(of.number, "", "", "row_width"))
        return False
    named = _named(of) if suspect("\n".join(of.cells)) else []
    of.problems.extend(Problem(of.number, name, HIDDEN, "no_resident_number") for name in named)
    return not named


def _named(of: Row) -> list[str]:
    """The columns that hold what looks like a 주민등록번호: what people wrote is looked at more closely."""
    personal = {cell(of, field)[1] for field in PERSONAL if resident_number(cell(of, field)[0])}
    pairs = zip(of.columns.header, of.cells, strict=False)
    return [name for name, raw in pairs if name in personal or hyphenated_resident_number(raw)]


def in_order(problems: Iterable[Problem], header: Cells) -> tuple[Problem, ...]:
    """Problems as one meets them in the file: by row, then from left to right."""
    at = {name: position for position, name in enumerate(header)}
    return tuple(sorted(problems, key=lambda problem: (problem.row, at.get(problem.column, -1))))


def goods(named: Iterable[tuple[str, str, str]]) -> tuple[Goods, ...]:
    """The products of (SKU, name, option) triples in order of SKU, each named as it is most often."""
    counted: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for code, name, option in named:
        counted[code][name, option] += bool(name)
    best = {code: max(names, key=names.__getitem__) for code, names in counted.items()}
    return tuple(Goods(code, name or code, option) for code, (name, option) in sorted(best.items()))


def merged(spellings: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The SKUs of (SKU, spelling) pairs written in more than one letter case, with the spellings."""
    written: defaultdict[str, set[str]] = defaultdict(set)
    for code, spelled in spellings:
        written[code].add(spelled)
    return {code: tuple(sorted(ways)) for code, ways in sorted(written.items()) if len(ways) > 1}
