"""The limited process that parses one workbook: bytes on standard input, rows as JSON lines on the output.

Run as `python -I sheets_child.py ROWS COLUMNS CELL SIZE MEMORY SECONDS`; it imports nothing of the project.
"""

import json
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, TextIOWrapper

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

BROKEN, HUNGRY = 3, 4


def confine(memory: int, seconds: int) -> None:
    """Takes the limits upon this process: address space, CPU, wall clock, no file, no core."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.alarm(2 * seconds)


def text(value: object) -> str:
    """A cell as a person sees it: whole numbers without a point, fifteen digits, ISO dates."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 * 9 else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


def rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first visible sheet that has any, under their numbers in the workbook."""
    # iter_rows counts from the first row of the sheet but from the first filled column
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    for index, meta in enumerate(book.sheets_metadata):
        if meta.visible != SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_index(index)
        if sheet.start is not None:
            left = sheet.start[1]
            return ((n, [""] * left + [*map(text, row)]) for n, row in enumerate(sheet.iter_rows(), 1))
    return iter(())


class Excess(Exception):
    """A row, or all rows together, hold more than is taken."""


@dataclass
class Meter:
    """What is taken of rows, columns, characters of a cell and bytes in all, and what went through."""

    rows: int
    columns: int
    cell: int
    size: int
    passed: int = 0

    def line(self, number: int, row: list[str]) -> str:
        """The row as a JSON line. Raises Excess with what is too much."""
        longest = max(map(len, row))
        for what, amount, limit in (
            ("rows", number, self.rows),
            ("columns", len(row) if any(row[self.columns :]) else 0, self.columns),
            ("cell", longest, self.cell),
            ("size", self.passed, self.size),
        ):
            if amount > limit:
                raise Excess(json.dumps({"refused": what, "row": number, "limit": limit}))
        said = json.dumps([number, row[: self.columns]], ensure_ascii=False)
        self.passed += len(said)
        return said


def write(data: bytes, meter: Meter) -> int:
    """Writes the filled rows; returns the exit code."""
    with TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace") as out:
        try:
            for number, row in rows(data):
                if any(map(str.strip, row)):
                    print(meter.line(number, row), file=out)
        except Excess as too_much:
            print(too_much, file=out)
        except (CalamineError, ValueError):
            return BROKEN
        except MemoryError:
            return HUNGRY
    return 0


def main() -> int:
    """Takes the limits upon itself, reads, writes; returns the exit code."""
    most_rows, columns, cell, size, memory, seconds = map(int, sys.argv[1:7])
    confine(memory, seconds)
    return write(sys.stdin.buffer.read(), Meter(most_rows, columns, cell, size))


if __name__ == "__main__":
    sys.exit(main())
