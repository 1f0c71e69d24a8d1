"""CSV as shops have it: four encodings, three delimiters, row numbers as a spreadsheet shows them."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from base.errors import Invalid
from base.sheet import Limits, Numbered, Sheet, TooManyRows, gather

DELIMITERS = ",;\t"
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
NOT_MARKS = bytes(set(range(256)) - set(b'"\n\r'))


class UnknownEncoding(Invalid):
    """The text is in none of UTF-8, CP949 and UTF-16 with a mark."""

    code = "base.sheet_encoding"


class BrokenRow(Invalid):
    """A row's quotes do not match, so nobody can say where its cells end."""

    code = "base.sheet_quotes"


def parse(data: bytes, limits: Limits) -> Sheet:
    """The table in the bytes of a CSV file. Raises UnknownEncoding, BrokenRow and what `gather` raises."""
    if line_count(data) > limits.rows + 1:
        raise TooManyRows(limit=limits.rows)
    text = decoded(data)
    delimiter, start = _declared(text)
    return gather(_records(text[start:], delimiter or _delimiter(text)), limits)


def decoded(data: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else CP949. Raises UnknownEncoding."""
    for mark, name in BOMS:
        if data.startswith(mark):
            return _text(data[len(mark) :], name)
    try:
        return _text(data, "utf-8")
    except UnknownEncoding as refusal:
        try:
            return _text(data, "cp949")
        except UnknownEncoding:
            raise refusal from None


def _text(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as broken:
        raise UnknownEncoding(row=data.count(b"\n", 0, broken.start) + 1) from None
    if "\0" in text:
        raise UnknownEncoding(row=text.count("\n", 0, text.index("\0")) + 1)
    return text


def line_count(data: bytes) -> int:
    """How many lines stand outside quotes, counted without parsing: about 1 GB a second.

    Pairs of quotes with no line break between them are dropped first; what stands between the quotes that
    are left is inside a cell. UTF-16 is counted as well, its other bytes being no marks.
    """
    marks = data.translate(None, NOT_MARKS).replace(b'""', b"")
    outside = marks.split(b'"')[::2]
    return max(sum(part.count(end) for part in outside) for end in (b"\n", b"\r"))


def _declared(text: str) -> tuple[str, int]:
    """The delimiter a first line `sep=;` declares and where the table begins: Excel hides that line."""
    if text[:4].lower() == "sep=" and text[5:6] in ("\r", "\n"):
        return text[4], text.index("\n") + 1 if "\n" in text[:8] else 6
    return "", 0


def _delimiter(text: str) -> str:
    """The delimiter under which the first rows agree best on several columns; a comma where none does."""
    return max(DELIMITERS, key=lambda delimiter: _agreement(text, delimiter))


def _agreement(text: str, delimiter: str) -> tuple[bool, float, int]:
    """Over the first twenty rows: is the usual width more than one, what share has it, which is it."""
    rows = csv.reader(StringIO(text[:100_000], newline=""), delimiter=delimiter)
    widths = Counter(len(row) for row in islice(rows, 20) if row)
    width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return width > 1, times / max(1, widths.total()), width


def _records(text: str, delimiter: str) -> Iterator[Numbered]:
    number = 0
    try:
        for number, cells in enumerate(
            csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
        ):
            yield number, tuple(cells)
    except csv.Error as broken:
        raise BrokenRow(row=number + 1) from broken
