"""Lists of work in a table file: one row, one piece; what is wrong is named by row and column (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from base.personal import resident_number
from base.sheet import Cells, Sheet

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("제목", "일감", "할 일", "title"),
    "note": ("메모", "설명", "비고", "note"),
    "sku": ("상품코드", "sku"),
}
LONGEST = {"title": 100, "note": 1000, "sku": 100}
MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what to do, what whoever opens it has to say, and of which product, by its code."""

    number: int
    title: str
    note: str
    sku: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a row: the words are `kinds_page.trouble.<code>`. Row 0 is the file as a whole."""

    row: int
    column: str
    code: str


def read(sheet: Sheet) -> tuple[tuple[Line, ...], tuple[Trouble, ...]]:
    """The rows of a list of work, and everything that is wrong with them."""
    places = _places(sheet.header)
    if "title" not in places:
        return (), (Trouble(0, "title", "no_column"),)
    if not sheet.rows:
        return (), (Trouble(0, "title", "no_rows"),)
    if len(sheet.rows) > MOST_ROWS:
        return (), (Trouble(0, "title", "too_many"),)
    lines = [Line(number, *(_cell(cells, places, name) for name in COLUMNS)) for number, cells in sheet.rows]
    return tuple(lines), tuple(trouble for line in lines for trouble in troubles(line))


def troubles(line: Line) -> Iterable[Trouble]:
    """What is wrong with one row."""
    if not line.title and not line.sku:
        yield Trouble(line.number, "title", "empty")
    for name, longest in LONGEST.items():
        said = getattr(line, name)
        if len(said) > longest:
            yield Trouble(line.number, name, "too_long")
        elif resident_number(said):
            yield Trouble(line.number, name, "resident_number")


def _places(header: Cells) -> dict[str, int]:
    """Where each column stands; the first of those that are called so."""
    heads = [head.strip().lower() for head in header]
    return {
        name: heads.index(known[0])
        for name, called in COLUMNS.items()
        if (known := [head for head in heads if head in called])
    }


def _cell(cells: Cells, places: Mapping[str, int], name: str) -> str:
    at = places.get(name, len(cells))
    return cells[at].strip() if at < len(cells) else ""
