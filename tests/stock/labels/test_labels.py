"""Labels: what is drawn is what a scanner reads, and a sheet holds as many as were asked for."""

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from stock.labels import drawing
from stock.labels.drawing import Drawing
from tests.cast import ActingAs, Cast, SignedIn
from tests.stock.yard import products

PIECE = re.compile(r"M([0-9.]+) ([0-9.]+)h([0-9.]+)v([0-9.]+)h-[0-9.]+Z")
ZOOM = 4


def scanned(drawn: Drawing) -> tuple[str, str]:
    """What a scanner reads off a drawing: of which sort, and the text."""
    picture = Image.new("L", (drawn.width * ZOOM, drawn.height * ZOOM), 255)
    draw = ImageDraw.Draw(picture)
    for piece in PIECE.findall(drawn.path):
        x, y, width, height = (float(number) * ZOOM for number in piece)
        draw.rectangle((x, y, x + width - 1, y + height - 1), fill=0)
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.format).replace(" ", "").replace("-", ""), found.text


@pytest.mark.parametrize(
    ("code", "sort", "shape"),
    [
        ("8801234567893", "bars", "EAN13"),
        ("96385074", "bars", "EAN8"),
        (
            "8801234567891",
            "bars",
            "Code128",
        ),  # its check digit is wrong: no shop's number, a code like any other
        ("MUG-01", "bars", "Code128"),
        ("머그-01", "qr", "QRCode"),
        ("A" * 25, "qr", "QRCode"),
    ],
)
def test_a_scanner_reads_what_was_drawn(code: str, sort: str, shape: str) -> None:
    drawn = drawing.bars(code)
    assert (drawn.sort, *scanned(drawn)) == (sort, shape, code)
    assert scanned(drawing.qr(code)) == ("QRCode", code)


def test_a_sheet_of_labels(cast: Cast, acting_as: ActingAs, signed_in: SignedIn) -> None:
    with acting_as(cast.haneul) as scope:
        products(scope, "MUG", "CUP")
    haneul = signed_in(cast.haneul)

    def sheet(lines: str, **more: str) -> tuple[int, int]:
        page = haneul.get("/stock/labels", query_string={"lines": lines, **more})
        return page.status_code, page.text.count('class="label-name"')

    assert sheet("") == (200, 0)
    assert sheet("MUG 3\ncup 2") == (200, 5)
    assert sheet("MUG 1", what="qr", size="large") == (200, 1)
    assert [sheet(lines) for lines in ("POT 1", "MUG 0", "MUG 301")] == [(422, 0)] * 3
    assert sheet("MUG 1", what="stripes") == (404, 0)
    assert signed_in(cast.stranger).get("/stock/labels?lines=MUG+1").status_code == 422
    assert signed_in(cast.minji).get("/stock/labels").status_code == 403
