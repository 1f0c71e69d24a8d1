"""What the owner knows and the days do not say: promotions, feedback, seasons, as shares of the usual."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from stock.demand.season import FLAT, Season

KINDS = ("promotion", "feedback", "season", "other")
SEASON = "season"
USUAL = 100


@dataclass(frozen=True, slots=True)
class Note:
    """Between these days so many percent of the usual are asked for."""

    first: date
    last: date
    percent: int
    kind: str = "other"

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


def factor(notes: Collection[Note], day: date, season: Season = FLAT) -> float:
    """How many times the usual a day brings; of several notes each has its part.

    What the owner says of a season stands in the place of what the years before say.
    """
    here = [note for note in notes if note.covers(day)]
    told = any(note.kind == SEASON for note in here)
    times = 1.0 if told else season.get(day.month, 1.0)
    for note in here:
        times *= note.percent / USUAL
    return times


def ahead(notes: Collection[Note], today: date, days: int, season: Season = FLAT) -> float:
    """How many times the usual the days from tomorrow on bring, on average."""
    if days <= 0 or not (notes or season):
        return 1.0
    return sum(factor(notes, today + timedelta(days=day), season) for day in range(1, days + 1)) / days


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for by day, the days on which nothing was there (`out`), and what is known beside."""

    units: Mapping[date, int]
    notes: Collection[Note] = ()
    out: Collection[date] = ()
    season: Season = field(default_factory=dict)


def usual(asked: Asked, *, first: date, last: date) -> list[float]:
    """The days as they would have been without what notes and season tell, oldest first.

    A day on which nothing was there and nobody asked says nothing and is left out, and so is a day on which a
    note says that nothing could be asked for.
    """
    found = list[float]()
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        units, times = asked.units.get(day, 0), factor(asked.notes, day, asked.season)
        if times > 0 and (units or day not in asked.out):
            found.append(units / times)
    return found
