"""Working time: open seconds and working days added, taken away and counted on a calendar.

Windows are local, durations are real seconds. A moment that falls exactly on a closing is that closing, not
the next opening; one second more rolls over. Pauses are absolute spans cut from open time; where they overlap
they count once.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from base.hours import BadCalendar, Calendar, Span, merged, spans_on, without

__all__ = [
    "BadCalendar",
    "Calendar",
    "NeverOpen",
    "Span",
    "add",
    "add_days",
    "closing",
    "closing_after",
    "count_days",
    "cut_off",
    "elapsed",
    "is_open",
    "opens_next",
    "same_time_after",
    "sub",
    "works_on",
]

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
BLOCK = 32  # days counted together where a time is long
CENTURY = 36_525  # days looked at before a calendar is called never open
FIRST_DAY, LAST_DAY = date.min.toordinal() + 2, date.max.toordinal() - 2  # room for any zone's offset


class NeverOpen(ValueError):
    """The calendar does not hold the time asked for within a century."""

    def __init__(self) -> None:
        super().__init__("never_open")


def add(calendar: Calendar, start: datetime, seconds: int, pauses: Iterable[Span] = ()) -> datetime:
    """The first instant by which so many open, unpaused seconds have passed since start, in UTC.

    No seconds from a closed moment give the next opening. Raises NeverOpen.
    """
    left = _duration(seconds)
    for begins, ends in _ahead(calendar, _utc(start), pauses):
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    raise NeverOpen


def sub(calendar: Calendar, end: datetime, seconds: int, pauses: Iterable[Span] = ()) -> datetime:
    """The last instant from which so many open, unpaused seconds remain until end, in UTC.

    Raises NeverOpen.
    """
    left = _duration(seconds)
    for begins, ends in _behind(calendar, _utc(end), pauses):
        if ends - begins >= left:
            return ends - left
        left -= ends - begins
    raise NeverOpen


def elapsed(calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Span] = ()) -> int:
    """Whole open, unpaused seconds from start up to end; 0 when end is not after start."""
    start, end = _utc(start), _utc(end)
    if end <= start:
        return 0
    days, cuts = _days(_ordinal(calendar, start) - 1, _ordinal(calendar, end) + 2), _cuts(pauses)
    whole = range(0) if cuts else _whole_blocks(days)
    edges = [days]
    if whole:
        edges = [range(days.start, whole.start * BLOCK), range(whole.stop * BLOCK, days.stop)]
    passed = (
        min(ends, end) - max(begins, start)
        for some in edges
        for begins, ends in _open(calendar, some, cuts)
        if ends > start and begins < end
    )
    return sum(passed, timedelta(seconds=sum(_open_s(calendar, block) for block in whole))) // SECOND


def _whole_blocks(days: range) -> range:
    """The blocks of days that lie wholly between the first two and the last two of a long time."""
    return range(-(-(days.start + 2) // BLOCK), (days.stop - 2) // BLOCK)


@lru_cache(maxsize=4096)
def _open_s(calendar: Calendar, block: int) -> int:
    """Open seconds of a block of days: an old promise is judged without walking through its years again."""
    days = range(block * BLOCK, (block + 1) * BLOCK)
    return sum((ends - begins for begins, ends in _open(calendar, days, [])), timedelta()) // SECOND


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the shop is open at this instant; at its closing it no longer is."""
    at = _utc(at)
    today = _ordinal(calendar, at)
    return any(begins <= at < ends for begins, ends in _open(calendar, _days(today - 1, today + 2), []))


def opens_next(calendar: Calendar, at: datetime) -> datetime:
    """The first open instant from `at` on, `at` itself while open, in UTC; raises NeverOpen."""
    at = _utc(at)
    for begins, ends in _ahead(calendar, at, ()):
        if ends > at:
            return begins
    raise NeverOpen


def works_on(calendar: Calendar, day: date) -> bool:
    """Whether a local date is a working day: open for any time at all."""
    return bool(spans_on(calendar, day))


def add_days(calendar: Calendar, start: date, days: int) -> date:
    """The date so many working days after start; a day off rolls forward first, so 0 from Saturday is Monday.

    Raises NeverOpen.
    """
    if days < 0:
        raise ValueError("days: negative")
    for ordinal in _days(start.toordinal(), start.toordinal() + CENTURY):
        day = date.fromordinal(ordinal)
        if works_on(calendar, day):
            if days == 0:
                return day
            days -= 1
    raise NeverOpen


def same_time_after(calendar: Calendar, start: datetime, days: int) -> datetime:
    """The same time on the wall so many working days after start, in UTC; raises NeverOpen."""
    local = _utc(start).astimezone(calendar.zone)
    day = add_days(calendar, local.date(), days)
    return datetime.combine(day, local.time(), tzinfo=calendar.zone).astimezone(UTC)


def closing_after(calendar: Calendar, start: datetime, days: int) -> datetime:
    """The closing of the day so many working days after start, in UTC; raises NeverOpen."""
    return closing(calendar, add_days(calendar, _utc(start).astimezone(calendar.zone).date(), days))


def count_days(calendar: Calendar, start: date, end: date) -> int:
    """Working days from start up to but not including end; 0 when end is not after start."""
    days = _days(start.toordinal(), end.toordinal())
    return sum(works_on(calendar, date.fromordinal(ordinal)) for ordinal in days)


def closing(calendar: Calendar, day: date) -> datetime:
    """The last closing of a working day, in UTC; raises ValueError on a day off."""
    spans = spans_on(calendar, day)
    if not spans:
        raise ValueError(f"day: closed on {day.isoformat()}")
    return spans[-1][1]


def cut_off(calendar: Calendar, placed: datetime, cutoff: time, days: int) -> datetime:
    """Ship-by of an order: the closing of the day `days` working days after the day it counts from, in UTC.

    Placed before the local cut-off of a working day it counts from that day, else from the next working day.
    A day that has closed takes no more orders whatever its cut-off, or a ship-by would lie before its order.
    Raises NeverOpen.
    """
    local = _utc(placed).astimezone(calendar.zone)
    day = local.date()
    counts = works_on(calendar, day) and local.time() < cutoff and local < closing(calendar, day)
    return closing(calendar, add_days(calendar, day if counts else day + DAY, days))


def _ahead(calendar: Calendar, start: datetime, pauses: Iterable[Span]) -> Iterator[Span]:
    today = _ordinal(calendar, start)
    for begins, ends in _open(calendar, _days(today - 1, today + CENTURY), _cuts(pauses)):
        if ends >= start:
            yield max(begins, start), ends


def _behind(calendar: Calendar, end: datetime, pauses: Iterable[Span]) -> Iterator[Span]:
    today, cuts = _ordinal(calendar, end), _cuts(pauses)
    for ordinal in reversed(_days(today - CENTURY, today + 2)):
        for begins, ends in reversed(without(spans_on(calendar, date.fromordinal(ordinal)), cuts)):
            if begins <= end:
                yield begins, min(ends, end)


def _open(calendar: Calendar, days: range, cuts: list[Span]) -> Iterator[Span]:
    for ordinal in days:
        yield from without(_spans(calendar, ordinal), cuts)


@lru_cache(maxsize=4096)
def _spans(calendar: Calendar, ordinal: int) -> tuple[Span, ...]:
    """The open time of a day: clocks of one day ask for the same few days again and again."""
    return tuple(spans_on(calendar, date.fromordinal(ordinal)))


def _days(first: int, stop: int) -> range:
    return range(max(first, FIRST_DAY), min(stop, LAST_DAY))


def _ordinal(calendar: Calendar, at: datetime) -> int:
    return at.astimezone(calendar.zone).toordinal()


def _cuts(pauses: Iterable[Span]) -> list[Span]:
    spans = [(_utc(start), _utc(end)) for start, end in pauses]
    if any(end < start for start, end in spans):
        raise ValueError("pauses: one ends before it starts")
    return merged(spans)


def _duration(seconds: int) -> timedelta:
    if seconds < 0:
        raise ValueError("seconds: negative")
    return timedelta(seconds=seconds)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("time: without a zone")
    return at.astimezone(UTC)
