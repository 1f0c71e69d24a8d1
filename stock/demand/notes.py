"""What the owner knows and the days do not say: promotions, feedback, seasons, as shares of the usual."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

KINDS = ("promotion", "feedback", "season", "other")
USUAL = 100


@dataclass(frozen=True, slots=True)
class Note:
    """Between these days so many percent of the usual are asked for."""

    first: date
    last: date
    percent: int

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


def factor(notes: Iterable[Note], day: date) -> float:
    """How many times the usual a day brings; of several notes each has its part."""
    times = 1.0
    for note in notes:
        if note.covers(day):
            times *= note.percent / USUAL
    return times


def ahead(notes: Collection[Note], today: date, days: int) -> float:
    """How many times the usual the days from tomorrow on bring, on average."""
    if not notes or days <= 0:
        return 1.0
    return sum(factor(notes, today + timedelta(days=day)) for day in range(1, days + 1)) / days


def usual(
    asked: Mapping[date, int], notes: Collection[Note], out: Collection[date], *, first: date, last: date
) -> list[float]:
    """The days as they would have been without what the notes tell, oldest first.

    A day on which nothing was there and nobody asked says nothing and is left out (`out`), and so is a day on
    which a note says that nothing could be asked for.
    """
    found = list[float]()
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        units, times = asked.get(day, 0), factor(notes, day)
        if times > 0 and (units or day not in out):
            found.append(units / times)
    return found
