"""A workbook we write is read back as it was, and nothing in it is a formula."""

from io import BytesIO
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from base.sheets_xlsx_out import xlsx_bytes

EVIL = [
    "=1+1",
    "+HYPERLINK(1)",
    "@SUM(A1)",
    "-2+3",
    "\t=1",
    "<v>1</v>",
    "]]>&<script>",
    "한글 \U0001f600",
    " blanks ",
]


def test_what_is_written_is_read_back_as_text() -> None:
    rows = [[told, n] for n, told in enumerate(EVIL)] + [["a\x00b\x1fc", 10**9], [None, 0], ["두\n줄", -5]]
    data = xlsx_bytes("일괄/등록", ["이름", "수"], rows)
    assert data == xlsx_bytes("일괄/등록", ["이름", "수"], rows)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    assert book.sheet_names == ["일괄 등록"]
    read = book.get_sheet_by_index(0).to_python()
    assert read[0] == ["이름", "수"]
    assert [row[0] for row in read[1 : len(EVIL) + 1]] == EVIL
    assert read[-3:] == [["abc", 1e9], ["", 0], ["두\n줄", -5]]


def test_no_cell_is_a_formula_and_far_columns_have_their_letters() -> None:
    data = xlsx_bytes("s", [f"={n}" for n in range(704)], [])
    text = ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert ("<f" in text, text.count('t="inlineStr"')) == (False, 704)
    assert ('r="Z1"' in text, 'r="AA1"' in text, 'r="ZZ1"' in text, 'r="AAA1"' in text, 'r="AAB1"' in text) == (
        True, True, True, True, True,
    )  # fmt: skip
