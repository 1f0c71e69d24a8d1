"""The legal minimum wage by year, and what an hour in hand came to (pure).

시간급 최저임금, 고용노동부 고시; binding for employees. For people who are paid for results it is only a
measure of whether a price is fair, and the screens say so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

#: Won an hour from the first of January on; each is laid down in the summer before.
MINIMUM = {
    2020: 8590,
    2021: 8720,
    2022: 9160,
    2023: 9620,
    2024: 9860,
    2025: 10030,
    2026: 10320,
}
HOUR = 3600
ENOUGH_S = 2 * HOUR  # in hand, below which an hour's pay says nothing


@dataclass(frozen=True, slots=True)
class Minimum:
    """The minimum of a day; `year` is that it was laid down for, earlier where the newest is not known."""

    won: int
    year: int


@dataclass(frozen=True, slots=True)
class Hourly:
    """What the work of a month came to by the hour; `won` is none where too little was in hand to say."""

    earned: int
    worked_s: int
    minimum: Minimum

    @property
    def won(self) -> int | None:
        return self.earned * HOUR // self.worked_s if self.worked_s >= ENOUGH_S else None

    @property
    def below(self) -> bool:
        """Whether it is surely known and less than the minimum."""
        return self.won is not None and self.won < self.minimum.won


def minimum_on(day: date) -> Minimum:
    """The minimum wage of a day; before and after what is known here, the nearest that is."""
    year = min(max(day.year, min(MINIMUM)), max(MINIMUM))
    return Minimum(MINIMUM[year], year)


def in_hand(spans: Iterable[tuple[int, int]]) -> int:
    """How many seconds lie in at least one of the spans: several tasks in hand at once count once."""
    total, until = 0, None
    for start, end in sorted(spans):
        begin = start if until is None else max(start, until)
        total += max(0, end - begin)
        until = end if until is None else max(until, end)
    return total
