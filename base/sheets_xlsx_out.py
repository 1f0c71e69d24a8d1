"""Writing a table as a workbook of one sheet: texts are kept as texts, so that no cell is ever a formula."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import chain
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST = 32_767  # characters of a cell
NAME = re.compile(r"[\[\]:*?/\\]")
MADE = (1980, 1, 1, 0, 0, 0)  # the same table is the same file

PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def xlsx_bytes(sheet: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The workbook: numbers as numbers, everything else as text in the cell itself, never computed.

    Rows are packed as they come, so that a long table is never there in full.
    """
    name = quoteattr(NAME.sub(" ", sheet)[:31] or "1")
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name={name} sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for path, text in (PARTS | {"xl/workbook.xml": book}).items():
            archive.writestr(_part(path), HEAD + text)
        with archive.open(_part("xl/worksheets/sheet1.xml"), "w") as part:
            part.write(f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for nth, cells in enumerate(chain((header,), rows), start=1):
                part.write(_row(nth, cells).encode())
            part.write(b"</sheetData></worksheet>")
    return out.getvalue()


def _part(path: str) -> ZipInfo:
    part = ZipInfo(path, MADE)
    part.compress_type = ZIP_DEFLATED
    return part


def _row(nth: int, cells: Sequence[object]) -> str:
    return f'<row r="{nth}">{"".join(_cells(nth, cells))}</row>'


def _cells(nth: int, cells: Sequence[object]) -> Iterator[str]:
    for at, cell in enumerate(cells):
        place = f"{_column(at)}{nth}"
        if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
            yield f'<c r="{place}"><v>{cell}</v></c>'
        elif cell not in (None, ""):
            text = escape(NOT_XML.sub("", str(cell))[:LONGEST])
            yield f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _column(at: int) -> str:
    """The letters of a column counted from 0: A, B, … Z, AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
