"""Keeping people's data out of reports: what looks like a 주민등록번호, and a text's bare shape."""

import re
import unicodedata
from datetime import date

DASH = r"\s?[-‐–—−~]\s?"
HYPHENATED = re.compile(rf"(?<!\d)(\d{{6}}){DASH}([1-8])\d{{6}}(?!\d)")
ANYHOW = re.compile(rf"(?<!\d)(\d{{6}})(?:{DASH}|[\s.])?([1-8])\d{{6}}(?!\d)")
AREA_CODE = re.compile(r"0\d{1,2}(?=\D)")
CONTENT = re.compile(r"[^\s\-().,/+]")
#: Mobile, safe (050x) and internet numbers however they are written; others where they are set apart.
PHONE = re.compile(
    r"(?<![\d-])(?:(?:\+?82[-.\s]?)?0?1[016789][-.\s]?\d{3,4}[-.\s]?\d{4}|0(?:50\d|70)[-.\s]?\d{3,4}[-.\s]?\d{4}"
    r"|0\d{1,2}[-.)\s]\s?\d{3,4}[-.\s]\d{4})(?!\d)"
)
#: A road with its number after a district, an apartment with its door, a lot of an old address.
ADDRESS = re.compile(
    r"[가-힣]{1,5}[시군구]\s+(?:[가-힣0-9.·]{1,12}\s+)?[가-힣0-9.·]{1,12}[로길]\s?\d+|[가-힣]{2,10}(?:대로|번길)\s?\d+"
    r"|\d{1,4}동\s?\d{1,4}호|[가-힣]{1,8}[읍면동리]\s?\d+(?:-\d+)?\s?번지|\b\d+(?:-\d+)?,?\s+[A-Za-z0-9-]+-(?:ro|gil|daero)\b",
    re.IGNORECASE,
)
SUSPECT = re.compile(r"\d{6}\D{0,3}\d{7}")
MOST_SHOWN = 40


def suspect(text: str) -> bool:
    """Whether a closer look is needed: a quick sieve that lets no 주민등록번호 through."""
    return SUSPECT.search(text) is not None


def resident_number(text: str) -> bool:
    """Whether a text people wrote holds what could be a 주민등록번호, with or without the hyphen."""
    return _any_plausible(ANYHOW, text)


def hyphenated_resident_number(text: str) -> bool:
    """The same for codes, where 13 digits in a row may as well be a barcode: only with the hyphen."""
    return _any_plausible(HYPHENATED, text)


def _any_plausible(pattern: re.Pattern[str], text: str) -> bool:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return any(_is_birthday(match[1], int(match[2])) for match in pattern.finditer(text))


def _is_birthday(digits: str, kind: int) -> bool:
    """Whether the first six digits are a day of the century the seventh stands for (1, 2, 5, 6: 1900s)."""
    century = 1900 if kind in (1, 2, 5, 6) else 2000
    year = century + int(digits[:2])
    try:
        date(year, int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return False
    return year < 2050


def phone_number(text: str) -> bool:
    """Whether a text people wrote holds what looks like a telephone number."""
    return PHONE.search(unicodedata.normalize("NFKC", text)) is not None


def address(text: str) -> bool:
    """Whether a text people wrote holds what looks like where somebody lives."""
    return ADDRESS.search(unicodedata.normalize("NFKC", text)) is not None


def shape(value: str) -> str:
    """A text with every letter and digit starred: enough to find it in the file, nothing to learn from it."""
    return CONTENT.sub("*", value.strip()[:MOST_SHOWN])


def phone_shape(value: str) -> str:
    """A phone number's shape with its area code left: 010-****."""
    value = value.strip()
    area = AREA_CODE.match(value)
    return area[0] + shape(value[area.end() :]) if area else shape(value)
