"""A code as a picture: the bars of shops where its digits are one of theirs, else Code 128, or QR."""

import re
from dataclasses import dataclass

import zxingcpp

#: Digits that end in a check digit, by how many there are.
RETAIL = {8: zxingcpp.BarcodeFormat.EAN8, 12: zxingcpp.BarcodeFormat.UPCA, 13: zxingcpp.BarcodeFormat.EAN13}
LONGEST_BARS = 24  # characters: longer ones grow too wide for a label
PATH = re.compile(r'<path d="([MmHhVvZz0-9. -]+)"')
SIZE = re.compile(r'<svg width="([0-9]+)" height="([0-9]+)"')


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is black, as a path in a box of this width and height with its quiet zone."""

    sort: str  # bars, qr
    width: int
    height: int
    path: str


def bars(code: str) -> Drawing:
    """A code as bars, or as a QR code where bars cannot say it: letters they do not know, or too many."""
    if not code.isascii() or not code.isprintable() or len(code) > LONGEST_BARS:
        return qr(code)
    retail = RETAIL.get(len(code)) if code.isdigit() else None
    if retail is not None and checks(code):
        return _drawn("bars", code, retail)
    return _drawn("bars", code, zxingcpp.BarcodeFormat.Code128)


def qr(code: str) -> Drawing:
    """A code as a QR code."""
    return _drawn("qr", code, zxingcpp.BarcodeFormat.QRCode)


def checks(digits: str) -> bool:
    """Whether the last of a retail number's digits follows from the others (GS1, modulo 10)."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return total % 10 == 0


def _drawn(sort: str, code: str, shape: zxingcpp.BarcodeFormat) -> Drawing:
    picture = zxingcpp.write_barcode_to_svg(zxingcpp.create_barcode(code, shape))
    path, size = PATH.search(picture), SIZE.search(picture)
    if path is None or size is None:
        raise AssertionError("the library draws one path in a box")
    return Drawing(sort, int(size[1]), int(size[2]), path[1])
