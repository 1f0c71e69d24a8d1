"""Dates as Korean marketplaces and spreadsheets write them, read in the shop's zone."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from stock.normalise import Unreadable, text

DATE = r"(?P<y>\d{4})\s*[-./년]\s*(?P<m>\d{1,2})\s*[-./월]\s*(?P<d>\d{1,2})\s*[.일]?"
WEEKDAY = r"(?:\s*\(?[월화수목금토일](?:요일)?\)?)?"
HALF = r"오전|오후|AM|PM"
TIME = (
    rf"(?:[\sT]*(?P<half>{HALF})?\s*(?P<H>\d{{1,2}})\s*[:시]\s*(?P<M>\d{{1,2}})\s*분?"
    rf"(?:\s*:?\s*(?P<S>\d{{1,2}})초?(?:\.\d+)?)?\s*(?P<after>{HALF})?)?"
)
ZONE = r"\s*(?P<zone>Z|KST|[+-]\d{2}:?\d{2})?"
WRITTEN = re.compile(DATE + WEEKDAY + TIME + ZONE, re.IGNORECASE)
COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")
SERIAL_START = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar, its 29 February 1900 included


@lru_cache(1 << 16)
def moment(value: str, zone: tzinfo) -> datetime:
    """An instant in UTC; a bare date is its first second. Raises Unreadable(date)."""
    at, _ = _read(text(value), zone)
    return _in_utc(at)


@lru_cache(1 << 12)
def deadline(value: str, zone: tzinfo) -> datetime:
    """An instant in UTC to be done by; a bare date is its last second. Raises Unreadable(date)."""
    at, bare = _read(text(value), zone)
    return _in_utc(at.replace(hour=23, minute=59, second=59) if bare else at)


def _in_utc(at: datetime) -> datetime:
    if not 2000 <= at.year <= 2100:
        raise Unreadable("date")
    return at.astimezone(UTC)


def _read(value: str, zone: tzinfo) -> tuple[datetime, bool]:
    """The date and time of a text, and whether it was a date alone."""
    try:
        if value.isdigit() and len(value) in COMPACT:
            return datetime.strptime(value, COMPACT[len(value)]).replace(tzinfo=zone), len(value) == 8
        if SERIAL.fullmatch(value):
            return _serial(value, zone), "." not in value
        if match := WRITTEN.fullmatch(value):
            return _written(match, zone), match["H"] is None
    except ValueError:
        pass
    raise Unreadable("date")


def _serial(value: str, zone: tzinfo) -> datetime:
    days, _, part = value.partition(".")
    midnight = datetime.combine(SERIAL_START + timedelta(days=int(days)), time(), zone)
    return midnight + timedelta(seconds=round(float(f"0.{part or 0}") * 86400))


def _written(match: re.Match[str], zone: tzinfo) -> datetime:
    clock = time() if match["H"] is None else time(_hour(match), int(match["M"]), int(match["S"] or 0))
    day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    return datetime.combine(day, clock, _offset(match["zone"]) or zone)


def _offset(written: str | None) -> tzinfo | None:
    if not written:
        return None
    word = {"Z": "+00:00", "KST": "+09:00"}.get(written.upper(), written)
    return datetime.strptime(word, "%z").tzinfo


def _hour(match: re.Match[str]) -> int:
    hour, half = int(match["H"]), (match["half"] or match["after"] or "").upper()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise Unreadable("date")
    return hour % 12 + (12 if half in ("오후", "PM") else 0)
