"""One way to write things: what a cell says, as the value it means.

Every function takes the text of a cell and returns a value, or raises Unreadable naming what was expected.
Only texts that are nobody's personal data are remembered between calls.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn

WIDE = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3000: " "}
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)
GROUPED = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,12})"
CURRENCY = r"(?:[₩$£€¥]|KRW|USD|GBP|EUR|JPY|CNY|원정?)?"
SIGN = r"([-+−△▲]?)"
MONEY = re.compile(rf"{SIGN}\s*{CURRENCY}\s*{SIGN}\s*({GROUPED}(?:\.\d{{1,4}})?)\s*{CURRENCY}", re.IGNORECASE)
BRACKETED = re.compile(r"\(([^()]+)\)")
WHOLE = re.compile(rf"([-+−]?{GROUPED})(?:\.0+)?\s*(?:개|ea|pcs?|box|세트|장|매|병|봉)?", re.IGNORECASE)
MOST_MONEY = Decimal(10) ** 11
MOST_UNITS = 1_000_000


class Unreadable(ValueError):
    """A cell does not say what its column should; `expected` is the code of what it should say."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number as people write it and as machines dial it."""

    shown: str
    e164: str


def plain(value: str) -> str:
    """The cell without what only protects it from a spreadsheet: `="0123"`, `'+82`."""
    value = value.strip()
    if wrapped := FORMULA_TEXT.fullmatch(value):
        return wrapped[1].replace('""', '"')
    return value[1:] if value[:1] == "'" and value[1:2] in ("=", "+", "-", "@") else value


def text(value: str) -> str:
    """Ordinary widths, composed Hangul, single blanks, nothing invisible."""
    value = plain(value)
    if not value.isascii():
        value = unicodedata.normalize("NFC", value).translate(WIDE)
    return " ".join((value if value.isprintable() else INVISIBLE.sub("", value)).split())


def filled(value: str) -> str:
    """A text that is there. Raises Unreadable(filled)."""
    return text(value) or _refuse("filled")


def up_to_64(value: str) -> str:
    """A short text: a number, a code."""
    return _short(text(value), 64)


def up_to_300(value: str) -> str:
    """A text of a line or two: a name, an address."""
    return _short(text(value), 300)


def up_to_1000(value: str) -> str:
    """A longer text: a memo."""
    return _short(text(value), 1000)


def _short(value: str, most: int) -> str:
    return value if len(value) <= most else _refuse(f"up_to_{most}")


@lru_cache(1 << 16)
def spelling(value: str) -> str:
    """A product code in the letter case it was written in: compatibility forms folded, blanks collapsed."""
    return _short(unicodedata.normalize("NFKC", filled(value)), 64)


def sku(value: str) -> str:
    """A product code: its spelling in upper case."""
    return spelling(value).upper()


def number(value: str) -> str:
    """An order or line number; one that a spreadsheet rounded (2.02411E+15) is refused."""
    found = _short(filled(value), 64)
    return _refuse("number_as_text") if re.fullmatch(r"\d(\.\d+)?[eE]\+\d+", found) else found


def customer(value: str) -> str:
    """A customer's id in the channel; numbers lose the `.0` that spreadsheets add."""
    return re.sub(r"(?<=\d)\.0$", "", up_to_64(value))


@lru_cache(1 << 16)
def money(value: str) -> Decimal:
    """An amount in its currency's main unit: 12,000원, ₩12,000, £3.39, -3,000, (3,000)."""
    found = BRACKETED.sub(r"-\1", unicodedata.normalize("NFKC", text(value)))
    match = MONEY.fullmatch(found) or _refuse("money")
    amount = Decimal(match[3].replace(",", ""))
    if amount >= MOST_MONEY or (match[1] and match[2]):
        _refuse("money")
    return -amount if amount and (match[1] + match[2]) not in ("", "+") else amount


@lru_cache(1 << 12)
def whole(value: str) -> int:
    """A whole number with its sign: 3, -12, 1,000, 3개, 3.0."""
    match = WHOLE.fullmatch(unicodedata.normalize("NFKC", text(value))) or _refuse("whole")
    found = int(match[1].replace(",", "").replace("−", "-"))
    return found if abs(found) <= MOST_UNITS else _refuse("whole")


def quantity(value: str) -> int:
    """Units of goods: one or more."""
    try:
        found = whole(value)
    except Unreadable:
        found = 0
    return found if found > 0 else _refuse("quantity")


LANDLINE = r"02|0(?:3[1-3]|4[1-4]|5[1-5]|6[1-4])"
NATIONAL = (
    re.compile(r"(010)(\d{4})(\d{4})"),
    re.compile(r"(01[16789])(\d{3,4})(\d{4})"),
    re.compile(rf"({LANDLINE})(\d{{3,4}})(\d{{4}})"),
    re.compile(r"(070)(\d{4})(\d{4})"),
    re.compile(r"(080)(\d{3,4})(\d{4})"),
    re.compile(r"(050[2-8])(\d{3,4})(\d{4})"),
    re.compile(r"(1[568]\d\d)(\d{4})"),
)


def phone(value: str) -> Phone:
    """A Korean number (mobile, area, 050, 070, 080, 15xx; a lost zero comes back) or a foreign one with +."""
    found = unicodedata.normalize("NFKC", text(value))
    if not re.fullmatch(r"\+?[\d\s().\-–]+", found):
        _refuse("phone")
    digits = re.sub(r"\D", "", found)
    if found.startswith("+") and not digits.startswith("82"):
        return Phone(f"+{digits}", f"+{digits}") if 8 <= len(digits) <= 15 else _refuse("phone")
    return _national(re.sub(r"^(?:0082|82)0?", "", digits))


def _national(digits: str) -> Phone:
    matches = (pattern.fullmatch(one) for one in (digits, f"0{digits}") for pattern in NATIONAL)
    found = next(filter(None, matches), None) or _refuse("phone")
    return Phone("-".join(found.groups()), f"+82{found[0].removeprefix('0')}")


def postcode(value: str) -> str:
    """Five digits; a zero lost in front is put back."""
    match = re.fullmatch(r"(?:우\)?|[(\[])?\s*(\d{4,5})\s*[)\]]?", unicodedata.normalize("NFKC", text(value)))
    found = match[1].zfill(5) if match else ""
    return found if "01000" <= found < "64000" else _refuse("postcode")


def _refuse(expected: str) -> NoReturn:
    raise Unreadable(expected)
