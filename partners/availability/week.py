"""The hours somebody offers in a week, as they are kept in a row, and what many offers come to (pure).

Minutes of the local day. An hour that is offered binds nobody: it says when work is welcome.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise

from base.hours import END_OF_DAY, WEEKDAYS, Calendar, Windows, spans_on

Week = tuple[Windows, ...]  # Monday first
NONE: Week = ((),) * 7
MOST_WINDOWS = 3  # of a day
MINUTE_S = 60


class BadWeek(ValueError):
    """Hours cannot be read; `day` is which weekday, `why` one of time, order, overlap, many."""

    def __init__(self, day: str, why: str) -> None:
        super().__init__(f"{day}: {why}")
        self.day, self.why = day, why


def read_form(typed: Mapping[str, Sequence[tuple[str, str]]]) -> Week:
    """What was typed for each weekday, as pairs of HH:MM; midnight ends a day as 00:00. Raises BadWeek."""
    return tuple(_day(day, typed.get(day, ())) for day in WEEKDAYS)


def _day(day: str, pairs: Sequence[tuple[str, str]]) -> Windows:
    given = [pair for pair in pairs if pair[0].strip() or pair[1].strip()]
    if len(given) > MOST_WINDOWS:
        raise BadWeek(day, "many")
    windows = sorted((_minute(day, opens), _minute(day, closes) or END_OF_DAY) for opens, closes in given)
    if any(opens >= closes for opens, closes in windows):
        raise BadWeek(day, "order")
    if any(opens < closes for (_, closes), (opens, _) in pairwise(windows)):
        raise BadWeek(day, "overlap")
    return tuple(windows)


def _minute(day: str, text: str) -> int:
    hours, colon, minutes = text.strip().partition(":")
    right = colon and hours.isdecimal() and minutes.isdecimal() and text.isascii()
    if not right or len(hours) > 2 or len(minutes) != 2:
        raise BadWeek(day, "time")
    found = 60 * int(hours) + int(minutes)
    if int(minutes) > 59 or found > END_OF_DAY:
        raise BadWeek(day, "time")
    return found


def written(week: Week) -> str:
    """A week as one text: the same hours are the same text, so that the database can count them."""
    return "|".join(" ".join(f"{opens}-{closes}" for opens, closes in day) for day in week)


def read(text: str) -> Week:
    """What `written` wrote."""
    return tuple(_windows(day) for day in text.split("|")) if text else NONE


def _windows(day: str) -> Windows:
    pairs = (window.partition("-") for window in day.split())
    return tuple((int(opens), int(closes)) for opens, _, closes in pairs)


def clock(minutes: int) -> str:
    """A minute of the day as the form shows it."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def seconds(week: Week) -> int:
    """How long a whole week's offer is."""
    return sum(closes - opens for day in week for opens, closes in day) * MINUTE_S


def calendar(week: Week, tz: str, off: Iterable[date] = ()) -> Calendar:
    """An offer as a calendar; days off are its holidays. Public holidays are the partner's own to take."""
    return Calendar(tz=tz, hours=week, holidays=frozenset(off))


@dataclass(frozen=True, slots=True)
class Supply:
    """Seconds offered from an instant on, as corners of a line that rises with everybody who offers."""

    at: tuple[float, ...]
    sums: tuple[float, ...]  # seconds offered up to each corner
    rates: tuple[int, ...]  # how many offer from there on

    def until(self, moment: datetime) -> int:
        """Whole seconds offered up to a moment."""
        seen = moment.timestamp()
        place = bisect_right(self.at, seen) - 1
        return 0 if place < 0 else round(self.sums[place] + (seen - self.at[place]) * self.rates[place])


def supply(offers: Iterable[tuple[Calendar, int]], *, since: datetime, until: datetime) -> Supply:
    """What so many people with the same hours offer together between two instants.

    A number below zero takes people out again: who is off is counted with their week, then without it.
    """
    turns: dict[float, int] = {since.timestamp(): 0}
    for offered, people in offers:
        for begins, ends in _spans(offered, since, until):
            turns[begins] = turns.get(begins, 0) + people
            turns[ends] = turns.get(ends, 0) - people
    at = tuple(sorted(turns))
    rates = tuple(accumulate(turns[moment] for moment in at))
    risen = (rate * (after - before) for rate, (before, after) in zip(rates, pairwise(at), strict=False))
    return Supply(at, tuple(accumulate(risen, initial=0.0)), rates)


def _spans(offered: Calendar, since: datetime, until: datetime) -> Iterable[tuple[float, float]]:
    day, last = (moment.astimezone(offered.zone).date() for moment in (since, until))
    while day <= last:
        for begins, ends in spans_on(offered, day):
            first, final = max(begins, since), min(ends, until)
            if first < final:
                yield first.timestamp(), final.timestamp()
        day += timedelta(days=1)


def days(first: date, last: date) -> frozenset[date]:
    """Every date from the first to the last."""
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))
