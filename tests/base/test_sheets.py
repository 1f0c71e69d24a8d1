"""Uploaded tables: encodings, delimiters, row numbers, and what is refused before it can hurt."""

import csv
import gzip
import io
import time
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter

from base import sheets
from base.errors import Invalid
from base.i18n import t
from base.sheet import (
    Bomb,
    CellTooLong,
    EmptySheet,
    FileTooBig,
    Limits,
    Sheet,
    TooManyColumns,
    TooManyRows,
    headed,
)
from base.sheets import Locked, NotATable, OldExcel, read
from base.sheets_csv import BrokenRow, UnknownEncoding, line_count
from base.sheets_out import csv_bytes
from base.sheets_xlsx import BrokenWorkbook

KOREAN = "주문번호,상품명\n1,손맛 머그컵\n"
OPEN = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSE = b"</sheetData></worksheet>"
ENTITY = b'<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'


def workbook(*rows: tuple, top: int = 0, left: int = 0, hidden_first: bool = False) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        if hidden_first:
            book.add_worksheet("hidden").write(0, 0, "nothing to see")
        sheet = book.add_worksheet("orders")
        for at, row in enumerate(rows, top):
            sheet.write_row(at, left, row)
        if hidden_first:
            sheet.activate()
            book.get_worksheet_by_name("hidden").hide()
    return out.getvalue()


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose first sheet is this XML."""
    out, source = io.BytesIO(), zipfile.ZipFile(io.BytesIO(workbook(("a",))))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            is_sheet = part.filename == "xl/worksheets/sheet1.xml"
            target.writestr(part.filename, xml if is_sheet else source.read(part))
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["cp949", "utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_reads_the_same(encoding: str) -> None:
    expected = Sheet(("주문번호", "상품명"), [(2, ("1", "손맛 머그컵"))])
    assert read(KOREAN.encode(encoding), "orders.csv") == expected
    assert read(gzip.compress(KOREAN.encode(encoding)), "orders.csv.gz") == expected


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n",
        "a;b\n1;2\n",
        "a\tb\n1\t2\n",
        "sep=;\na;b\n1;2\n",
        "sep=;\r\na;b\r\n1;2\r\n",
        "a,b\r\n1,2\r\n",
        "a,b\r1,2",
        '"a","b"\n"1","2"',
    ],
)
def test_delimiters_and_line_ends_are_found(text: str) -> None:
    assert read(text.encode(), "x.csv") == Sheet(("a", "b"), [(2, ("1", "2"))])


def test_a_semicolon_file_may_hold_commas() -> None:
    sheet = read(b"name;price\nmug, white;12,000\ncup, navy;9,500\n", "x.csv")
    assert sheet.rows == [(2, ("mug, white", "12,000")), (3, ("cup, navy", "9,500"))]


def test_row_numbers_are_those_of_the_spreadsheet() -> None:
    text = 'a,memo\n1,"two\nlines"\n\n2,x\n , \n3,"a ""b"""\n'
    sheet = read(text.encode(), "x.csv")
    assert sheet.rows == [(2, ("1", "two\nlines")), (4, ("2", "x")), (6, ("3", 'a "b"'))]


def test_the_header_is_the_first_filled_row_and_may_be_moved() -> None:
    sheet = read("\n\n안내: 이 줄은 제목이 아니에요,\na,b\n1,2\n".encode(), "x.csv")
    assert (sheet.header_row, sheet.header[1], len(sheet.rows)) == (3, "", 2)
    assert headed(sheet, 1) == Sheet(("a", "b"), [(5, ("1", "2"))], 4)


def test_xlsx_reads_as_people_see_it() -> None:
    sheet = read(workbook(("번호", "값"), (2026112012345678, 1.5), ("007", True), ("", "=1+1")), "x.xlsx")
    assert sheet == Sheet(
        ("번호", "값"), [(2, ("2026112012345678", "1.5")), (3, ("007", "TRUE")), (4, ("", "=1+1"))]
    )


def test_xlsx_keeps_row_numbers_and_skips_hidden_sheets() -> None:
    sheet = read(workbook(("a", "b"), ("", ""), ("1", "2"), top=3, left=1, hidden_first=True), "x.xlsx")
    assert sheet == Sheet(("", "a", "b"), [(6, ("", "1", "2"))], 4)


def test_xlsx_dates_become_iso() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page, style = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.write(0, 0, "when")
        page.write_number(1, 0, 46346.604166666664, style)
    assert read(out.getvalue(), "x.xlsx").rows == [(2, ("2026-11-20 14:30:00",))]


SMALL = Limits(size=4096, rows=5, columns=3, cell=10)
REFUSED = [
    ("nothing", b"", EmptySheet),
    ("blank", b" \n,,\n", EmptySheet),
    ("pdf", b"%PDF-1.7 x", NotATable),
    ("html called xls", b"<html><table><tr><td>1</td></tr></table>", NotATable),
    ("old excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, OldExcel),
    (
        "locked",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        Locked,
    ),
    ("zip of something", b"PK\x03\x04" + b"x" * 100, BrokenWorkbook),
    ("cut gzip", gzip.compress(KOREAN.encode())[:-9], NotATable),
    ("gzip and more", gzip.compress(KOREAN.encode()) + b"more", NotATable),
    ("gzip of gzip", gzip.compress(gzip.compress(KOREAN.encode())), NotATable),
    ("latin-1", "a,b\n1,£ 5\n".encode("latin-1"), UnknownEncoding),
    ("nul", b"a,b\n1,\0\n", UnknownEncoding),
    ("utf-16 without a mark", "a,b\n".encode("utf-16-le"), UnknownEncoding),
    ("open quote", b'a,b\n1,"2\n3,4\n', BrokenRow),
    ("text after quote", b'a,b\n1,"2"3\n', BrokenRow),
    ("too big", b"x" * 5000, FileTooBig),
    ("too big when unpacked", workbook(*[(str(at),) for at in range(100)]), FileTooBig),
    ("too many rows", b"a\n" * 6, TooManyRows),
    ("too wide", b"a,b,c,d\n", TooManyColumns),
    ("too long", b"a,b\n1,12345678901\n", CellTooLong),
]


@pytest.mark.parametrize(
    ("data", "refusal"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refusals_have_their_words(data: bytes, refusal: type[Invalid]) -> None:
    with pytest.raises(Invalid) as refused:
        read(data, "orders.csv", SMALL)
    assert type(refused.value) is refusal
    assert refused.value.status == 422
    for locale in ("ko", "en"):
        assert "orders.csv" in t(locale, f"refused.{refused.value.code}", **refused.value.facts)


def test_a_refusal_names_the_row() -> None:
    with pytest.raises(BrokenRow) as refused:
        read(b'a,b\n1,"x\ny"\n2,"3\n', "x.csv")
    assert refused.value.facts == {"row": 3, "file": "x.csv"}


def test_limits_let_the_limit_itself_through() -> None:
    sheet = read(b"a,b,c\n" + b"1,2,1234567890\n" * 4, "x.csv", SMALL)
    assert len(sheet.rows) == 4


def bombs() -> dict[str, tuple[bytes, type[Invalid]]]:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (at, at) for at in (1, 1_048_576))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for at in range(5000):
            archive.writestr(f"part{at}", "")
    return {
        "million rows": (b"1,2\n" * 1_000_000, TooManyRows),
        "million quoted rows": (b'"1","2"\n' * 1_000_000, TooManyRows),
        "gzip of zeros": (gzip.compress(b"0" * 60_000_000), Bomb),
        "xlsx of 60 MB": (
            with_sheet(OPEN + b'<row r="1"><c r="A1"><v>1</v></c></row>' * 1_500_000 + CLOSE),
            Bomb,
        ),
        "far corner": (with_sheet(OPEN + rows.replace(b"A1048576", b"XFD1048576") + CLOSE), Bomb),
        "many parts": (many.getvalue(), Bomb),
    }


def test_bombs_are_refused_at_once() -> None:
    for name, (data, refusal) in bombs().items():
        began = time.process_time()
        with pytest.raises(refusal):
            read(data, name)
        assert time.process_time() - began < 0.1, name


@pytest.mark.parametrize(
    "sheet",
    [
        b"<nonsense",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + OPEN[21:] + ENTITY + CLOSE,
    ],
)
def test_broken_workbooks_are_refused(sheet: bytes) -> None:
    with pytest.raises(BrokenWorkbook):
        read(with_sheet(sheet), "x.xlsx")


def test_a_workbook_that_lies_about_its_size_dies_in_its_child() -> None:
    data = with_sheet(OPEN + b'<row r="1"><c r="A1"><v>1</v></c></row>' * 1_500_000 + CLOSE)
    real = next(part for part in zipfile.ZipFile(io.BytesIO(data)).infolist() if "sheet1" in part.filename)
    liar = data.replace(real.file_size.to_bytes(4, "little"), (50_000).to_bytes(4, "little"))
    limits = Limits(memory=256 << 20, ratio=2000, seconds=5)
    with pytest.raises(Invalid) as refused:
        read(liar, "x.xlsx", limits)
    assert type(refused.value) in (Bomb, BrokenWorkbook)


def test_a_sheet_that_repeats_one_long_text_is_cut_off() -> None:
    data = workbook(*[("x" * 30_000,)] * 60)  # stored once, said sixty times
    with pytest.raises(Bomb):
        read(data, "x.xlsx", Limits(size=1 << 20))


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", 0),
        (b"a\nb\n", 2),
        (b'"a\nb"\n', 1),
        (b'"a""\n""b"\n"c"\n', 2),
        (b"a\r\nb\r\n", 2),
        (b"a\rb\r", 2),
        ("가\n나\n".encode("utf-16"), 2),
    ],
)
def test_lines_outside_quotes_are_counted(data: bytes, lines: int) -> None:
    assert line_count(data) == lines


def test_written_tables_hold_no_formulas() -> None:
    canaries = ["=1+1", "+82", "-1", "@x", "\tx", "\rx", "\nx", "  =1", "＝1+1", 'a;"=1', "plain"]
    data = csv_bytes(["name", "=n"], [[one, -5] for one in canaries] + [[None, Decimal("1.50")]])
    assert data[:3] == b"\xef\xbb\xbf"
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows] == ["name", *(f"'{one}" for one in canaries[:9]), 'a;"=1', "plain", ""]
    assert [row[1] for row in rows] == ["'=n", *["-5"] * 11, "1.50"]


def test_the_name_decides_nothing() -> None:
    assert sheets.read(workbook(("a",), ("1",)), "x.csv").rows == [(2, ("1",))]
    assert sheets.read(b"a,b\n1,2\n", "x.xlsx").rows == [(2, ("1", "2"))]
