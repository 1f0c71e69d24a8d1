"""Opening hours: when a shop is open, as one versioned value read from its stored JSON."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIELDS = frozenset({"tz", "hours", "holidays", "shifts", "breaks", "version"})
END_OF_DAY = 24 * 60

Window = tuple[int, int]  # open and close in local minutes after midnight
Windows = tuple[Window, ...]
Span = tuple[datetime, datetime]  # two instants in UTC: from, up to but not including


class BadCalendar(ValueError):
    """A calendar's JSON cannot be read; `field` says where."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Calendar:
    """One edition of a shop's opening hours, in the local time of `tz`.

    A date's shifts replace its weekday's hours, its breaks are cut out, and a holiday closes the day even
    where the date has a shift: nobody is then held to time on a day that may be off.
    """

    tz: str
    hours: tuple[Windows, ...]  # Monday first
    shifts: Mapping[date, Windows] = field(default_factory=dict, hash=False)
    holidays: frozenset[date] = frozenset()
    breaks: Mapping[date, Windows] = field(default_factory=dict, hash=False)
    version: int = 0

    @classmethod
    def parse(cls, spec: Mapping[str, object]) -> Self:
        """Read {tz, hours, holidays?, shifts?, breaks?, version?}; raises BadCalendar naming the field.

        Windows are [["09:00", "12:00"], …], a close may be "24:00"; holidays are a list of dates, or dates
        with their names.
        """
        if unknown := sorted(set(spec) - FIELDS):
            raise BadCalendar(unknown[0], "unknown field")
        return cls(
            tz=_zone_name(spec.get("tz")),
            hours=_week(spec.get("hours")),
            shifts=_dated("shifts", spec.get("shifts", {})),
            holidays=_holidays(spec.get("holidays", [])),
            breaks=_dated("breaks", spec.get("breaks", {})),
            version=_version(spec.get("version", 0)),
        )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the shop's clock on the wall."""
        return ZoneInfo(self.tz)


def windows_on(calendar: Calendar, day: date) -> Windows:
    """The local windows of a date before breaks; none on a holiday."""
    if day in calendar.holidays:
        return ()
    return calendar.shifts.get(day, calendar.hours[day.weekday()])


def spans_on(calendar: Calendar, day: date) -> list[Span]:
    """The real open time of a local date, breaks cut out: sorted, apart, in UTC.

    An edge the clock skips in spring moves later by the skip, an edge it shows twice in autumn is the first
    one; nothing leaves its own day, so the days of a calendar never overlap.
    """
    windows = windows_on(calendar, day)
    if not windows:
        return []
    zone = calendar.zone
    dawn, dusk = _real(zone, day, (0, END_OF_DAY))
    edges = (_real(zone, day, window) for window in windows)
    inside = merged((max(opens, dawn), min(closes, dusk)) for opens, closes in edges)
    return without(inside, merged(_real(zone, day, pause) for pause in calendar.breaks.get(day, ())))


def merged(spans: Iterable[Span]) -> list[Span]:
    """Sort spans and join those that overlap or touch, so that no second counts twice."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def without(spans: Iterable[Span], cuts: Sequence[Span]) -> list[Span]:
    """What is left of spans when the cuts (merged) are taken out."""
    if not cuts:
        return list(spans)
    left: list[Span] = []
    for start, end in spans:
        rest = start
        for cut_start, cut_end in cuts:
            if rest < cut_start < end:
                left.append((rest, cut_start))
            if cut_start < end:
                rest = max(rest, cut_end)
        if rest < end:
            left.append((rest, end))
    return left


def _real(zone: ZoneInfo, day: date, window: Window) -> Span:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    # Adding to a zoned datetime moves the hands of the wall clock; only then is it turned into an instant.
    opens, closes = (midnight + timedelta(minutes=minutes) for minutes in window)
    return opens.astimezone(UTC), closes.astimezone(UTC)


def _zone_name(name: object) -> str:
    if not isinstance(name, str):
        raise BadCalendar("tz", "expected a zone name such as Asia/Seoul")
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise BadCalendar("tz", f"no such time zone: {name!r}") from error


def _version(version: object) -> int:
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise BadCalendar("version", "expected a whole number from 0")
    return version


def _week(hours: object) -> tuple[Windows, ...]:
    table = _table("hours", hours)
    if unknown := sorted(set(table) - set(WEEKDAYS)):
        raise BadCalendar(f"hours.{unknown[0]}", "expected one of " + ", ".join(WEEKDAYS))
    return tuple(_windows(f"hours.{name}", table.get(name, [])) for name in WEEKDAYS)


def _holidays(days: object) -> frozenset[date]:
    if not isinstance(days, list | tuple | dict):
        raise BadCalendar("holidays", "expected a list of dates, or dates with names")
    return frozenset(_date("holidays", day) for day in days)


def _dated(name: str, days: object) -> dict[date, Windows]:
    table = _table(name, days)
    return {_date(name, day): _windows(f"{name}.{day}", windows) for day, windows in table.items()}


def _table(name: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise BadCalendar(name, "expected an object")
    return value


def _date(name: str, text: object) -> date:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise BadCalendar(name, f"expected a date as YYYY-MM-DD, read {text!r}")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadCalendar(name, f"no such date: {text}") from error


def _windows(name: str, pairs: object) -> Windows:
    if not isinstance(pairs, list | tuple):
        raise BadCalendar(name, "expected a list of [open, close]")
    windows = sorted(_window(f"{name}[{place}]", pair) for place, pair in enumerate(pairs))
    for (_, closes), (opens, _) in pairwise(windows):
        if opens < closes:
            raise BadCalendar(name, "windows overlap")
    return tuple(windows)


def _window(name: str, pair: object) -> Window:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise BadCalendar(name, "expected [open, close]")
    opens, closes = (_minutes(name, text) for text in pair)
    if opens >= closes:
        raise BadCalendar(name, "closes before it opens; split a night at 24:00")
    return opens, closes


def _minutes(name: str, text: object) -> int:
    if not isinstance(text, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", text):
        raise BadCalendar(name, f"expected a time as HH:MM up to 24:00, read {text!r}")
    return int(text[:2]) * 60 + int(text[3:])
