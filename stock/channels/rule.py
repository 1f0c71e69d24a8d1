"""What of a product a channel may sell, how its stock file is written, and how its codes are typed (pure)."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

MOST_BUFFER = 10_000
LONGEST_CODE = 64
#: What a spreadsheet would take for a formula at the head of a cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Form:
    """How a channel's stock file is written: its encoding, and the heads of its columns.

    The columns are the channel's code of the product, the shop's own, the name, and the units.
    """

    encoding: str
    heads: tuple[str, str, str, str]


FORMS = {
    "smartstore": Form("cp949", ("상품번호", "판매자 상품코드", "상품명", "재고수량")),
    "coupang": Form("utf-8-sig", ("옵션 ID", "업체상품코드", "상품명", "잔여수량(재고)")),
    "cafe24": Form("cp949", ("상품코드", "자체 상품코드", "상품명", "재고수량")),
    "generic": Form("utf-8-sig", ("code", "sku", "name", "stock")),
}
CHANNELS = tuple(FORMS)
OWN_CODES = "generic"  # its code of a product is the SKU where nobody says otherwise


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as a channel's file tells it."""

    code: str
    sku: str
    name: str
    units: int


def sellable(free: int, buffer: int) -> int:
    """Units a channel may sell: what nobody was promised, less what is kept back; never below nothing."""
    return max(0, free - buffer)


def written(channel: str, offers: Iterable[Offer]) -> bytes:
    """The channel's stock file; what its encoding has no letter for becomes a question mark."""
    form, out = FORMS[channel], StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(form.heads)
    writer.writerows((_inert(one.code), _inert(one.sku), _inert(one.name), one.units) for one in offers)
    return out.getvalue().encode(form.encoding, errors="replace")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def typed(text: str) -> tuple[list[tuple[str, str]], list[int]]:
    """Codes as people type them, `code, SKU` a line, and the numbers of the lines that cannot be read."""
    found, wrong = list[tuple[str, str]](), list[int]()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.replace("\t", ",").split(",")]
        if len(parts) == 2 and all(parts) and len(parts[0]) <= LONGEST_CODE:
            found.append((parts[0], parts[1].upper()))
        else:
            wrong.append(number)
    return found, wrong


def doubled(codes: Sequence[tuple[str, str]]) -> list[str]:
    """Codes that are said to be two products."""
    meant: dict[str, set[str]] = {}
    for code, sku in codes:
        meant.setdefault(code, set()).add(sku)
    return sorted(code for code, skus in meant.items() if len(skus) > 1)
