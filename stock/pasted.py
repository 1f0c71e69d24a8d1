"""Goods as people paste them: on each line a product code and a number of units; pure."""

import re
from dataclasses import dataclass

from base.errors import Invalid
from stock import normalise
from stock.normalise import Unreadable

UNITS = r"[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?(?:개|ea)?"
LINE = re.compile(rf"(?P<sku>.*?\S)[\s,;]+(?P<units>{UNITS})", re.IGNORECASE)
MOST_LINES = 500
MOST_SHOWN = 60
LONGEST_LINE = 200


class BadLine(Invalid):
    """A line is not a product code and a number of units; nothing was done. Facts: line, text."""

    code = "stock.bad_line"


class TooManyLines(Invalid):
    """More lines than are taken at once; nothing was done. Fact: limit."""

    code = "stock.too_many_lines"


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a line says."""

    line: int
    sku: str
    units: int


def lines(text: str) -> list[Pasted]:
    """The lines of a pasted text, blank ones left out. Raises BadLine, TooManyLines."""
    told = [(at, line.strip()) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(told) > MOST_LINES:
        raise TooManyLines(field="lines", limit=MOST_LINES)
    return [_read(at, line) for at, line in told]


def _read(at: int, line: str) -> Pasted:
    match = LINE.fullmatch(line) if len(line) <= LONGEST_LINE else None
    if match is None:
        raise _bad(at, line)
    try:
        return Pasted(at, normalise.sku(match["sku"]), normalise.whole(match["units"]))
    except Unreadable as unreadable:
        raise _bad(at, line) from unreadable


def _bad(at: int, line: str) -> BadLine:
    return BadLine(field="lines", line=at, text=line[:MOST_SHOWN])
