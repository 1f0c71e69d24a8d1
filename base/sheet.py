"""What a table file holds once it is read: a header and numbered rows of text, within limits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from base.errors import Invalid

Cells = tuple[str, ...]
Numbered = tuple[int, Cells]


class TooManyRows(Invalid):
    """The table has more rows than are taken at once."""

    code = "base.sheet_rows"


class TooManyColumns(Invalid):
    """A row has more columns than are taken."""

    code = "base.sheet_columns"


class CellTooLong(Invalid):
    """A cell holds more text than a spreadsheet cell can."""

    code = "base.sheet_cell"


class FileTooBig(Invalid):
    """The file, or what it inflates to, is larger than is taken."""

    code = "base.sheet_big"


class Bomb(Invalid):
    """A small file that would inflate, or need work, out of all proportion."""

    code = "base.sheet_bomb"


class EmptySheet(Invalid):
    """There is no row in the file."""

    code = "base.sheet_empty"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken: inflated bytes, inflation ratio, parts of an archive, rows, columns, text of a cell.

    `memory` (bytes of address space) and `seconds` bind the child that parses XLSX.
    """

    size: int = 64 << 20
    ratio: int = 100
    parts: int = 40
    rows: int = 300_000
    columns: int = 100
    cell: int = 32_767
    memory: int = 1 << 30
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: header, and rows under the numbers a spreadsheet shows for them (the first line is 1)."""

    header: Cells
    rows: list[Numbered]
    header_row: int = 1


def gather(rows: Iterable[Numbered], limits: Limits) -> Sheet:
    """A sheet from numbered rows, blank rows left out and the first filled one taken as the header.

    Raises TooManyRows, TooManyColumns, CellTooLong, EmptySheet.
    """
    kept = list(_bounded(rows, limits))
    if not kept:
        raise EmptySheet
    (at, header), *rest = kept
    return Sheet(header, rest, at)


def headed(sheet: Sheet, at: int) -> Sheet:
    """The same sheet with the `at`th filled row after the header taken as the header; 0 changes nothing."""
    if at == 0:
        return sheet
    number, header = sheet.rows[at - 1]
    return replace(sheet, header=header, rows=sheet.rows[at:], header_row=number)


def _bounded(rows: Iterable[Numbered], limits: Limits) -> Iterator[Numbered]:
    for number, cells in rows:
        if not any(map(str.strip, cells)):
            continue
        if number > limits.rows:
            raise TooManyRows(limit=limits.rows)
        if len(cells) > limits.columns and any(cells[limits.columns :]):
            raise TooManyColumns(row=number, limit=limits.columns)
        if sum(map(len, cells)) > limits.cell and any(len(cell) > limits.cell for cell in cells):
            raise CellTooLong(row=number, limit=limits.cell)
        yield number, cells[: limits.columns]
