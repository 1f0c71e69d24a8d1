"""Barcodes on labels are read from uploaded pictures, of the expected kinds only."""

from io import BytesIO

import pytest
import segno
import zxingcpp
from PIL import Image

from base import images
from tests.pictures import JPEG, encoded


def label(kind: str, text: str) -> Image.Image:
    """A code on a white label."""
    paper = Image.new("L", (900, 700), 255)
    if kind == "QRCode":
        out = BytesIO()
        segno.make(text).save(out, kind="png", scale=8)
        code = Image.open(out).convert("L")
    else:
        made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
        code = Image.fromarray(made.to_image(scale=3))
    paper.paste(code, (150, 150))
    return paper


LABELS = [("QRCode", "dari:lot/한글-7"), ("EAN13", "8801234567893"), ("Code128", "SKU-0042")]


@pytest.mark.parametrize(("kind", "text"), LABELS)
@pytest.mark.parametrize("turned", [0, 15, 90])
def test_codes_on_labels_are_read(kind: str, text: str, turned: int) -> None:
    photo = label(kind, text).rotate(turned, expand=True, fillcolor=255).convert("RGB")
    assert images.decode(encoded(photo)) == [text]


def test_only_the_expected_kinds_are_read() -> None:
    sent = encoded(label("EAN13", "8801234567893"))
    assert images.decode(sent, ["QRCode", "Code128"]) == []


def test_a_picture_without_a_code_has_none() -> None:
    assert images.decode(JPEG) == []
