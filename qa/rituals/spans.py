"""The weeks and months that are looked back on: the last that has ended, and which days are one (pure)."""

from datetime import date, timedelta

WEEK, MONTH = "week", "month"
KINDS = (WEEK, MONTH)


def last_ended(kind: str, today: date) -> tuple[date, date]:
    """First and last day of the latest week (Monday to Sunday) or month that has ended before today."""
    if kind == WEEK:
        monday = today - timedelta(days=today.weekday() + 7)
        return monday, monday + timedelta(days=6)
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


def of(kind: str, first: date) -> tuple[date, date] | None:
    """The week or month that begins on this day; None where none does."""
    if kind == WEEK:
        return (first, first + timedelta(days=6)) if first.weekday() == 0 else None
    if first.day != 1:
        return None
    after = (first + timedelta(days=31)).replace(day=1)
    return first, after - timedelta(days=1)


def before(kind: str, first: date) -> tuple[date, date]:
    """The one before."""
    return last_ended(kind, first)
