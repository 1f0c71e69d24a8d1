"""Lists of people to invite in a table file: one row, one invitation; what is wrong is named (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from base.personal import resident_number
from base.sheet import Cells, Sheet
from partners.joining.answers import LOGIN

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("이름", "성함", "name"),
    "login": ("이메일", "메일", "e-mail", "email"),
}
LONGEST = 80
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody to invite."""

    row: int
    name: str
    login: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a row: the words are `joining.trouble.<code>`. Row 0 is the file as a whole."""

    row: int
    column: str
    code: str


def read(sheet: Sheet) -> tuple[tuple[Line, ...], tuple[Trouble, ...]]:
    """The people of a list, and everything that is wrong with it."""
    heads = [head.strip().casefold() for head in sheet.header]
    places = {name: _place(heads, called) for name, called in COLUMNS.items()}
    missing = [Trouble(0, name, "no_column") for name, place in places.items() if place is None]
    if missing:
        return (), tuple(missing)
    if not 1 <= len(sheet.rows) <= MOST_ROWS:
        return (), (Trouble(0, "name", "too_many" if sheet.rows else "no_rows"),)
    lines = tuple(_line(row, cells, places) for row, cells in sheet.rows)
    often = Counter(line.login for line in lines)
    return lines, tuple(trouble for line in lines for trouble in _troubles(line, often[line.login]))


def _place(heads: list[str], called: tuple[str, ...]) -> int | None:
    return next((place for place, head in enumerate(heads) if head in called), None)


def _line(row: int, cells: Cells, places: Mapping[str, int | None]) -> Line:
    name, login = (_cell(cells, places[column]) for column in COLUMNS)
    return Line(row, " ".join(name.split()), login.casefold())


def _cell(cells: Cells, place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _troubles(line: Line, often: int) -> Iterable[Trouble]:
    if resident_number(f"{line.name} {line.login}"):
        yield Trouble(line.row, "name", "resident_number")
    if not 1 <= len(line.name) <= LONGEST:
        yield Trouble(line.row, "name", "no_name")
    if not LOGIN.fullmatch(line.login):
        yield Trouble(line.row, "login", "no_login")
    elif often > 1:
        yield Trouble(line.row, "login", "twice")
