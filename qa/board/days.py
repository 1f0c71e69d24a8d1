"""Days on the shop's wall: the last fortnight as instants, and what a week is compared with (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

FORTNIGHT, WEEK = 14, 7


@dataclass(frozen=True, slots=True)
class Days:
    """Local days up to today; edges are their beginnings and the end of the last, in UTC."""

    days: tuple[date, ...]
    edges: tuple[datetime, ...]

    @property
    def begin(self) -> datetime:
        return self.edges[0]

    @property
    def end(self) -> datetime:
        """The end of today."""
        return self.edges[-1]


def last_days(now: datetime, zone: ZoneInfo, count: int = FORTNIGHT) -> Days:
    """The local days up to the one an instant lies in."""
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(count))]
    edges = [datetime.combine(day, time(), tzinfo=zone) for day in [*days, today + timedelta(days=1)]]
    return Days(tuple(days), tuple(edge.astimezone(UTC) for edge in edges))


@dataclass(frozen=True, slots=True)
class Trend:
    """Hits of n, or an amount of n, day by day; the last seven are this week, the seven before last week."""

    hits: tuple[int, ...]
    counts: tuple[int, ...]

    def week(self, back: int = 0) -> tuple[int, int]:
        """Hits and n of the seven days that end `back` weeks ago."""
        end = len(self.hits) - back * WEEK
        days = slice(max(0, end - WEEK), end)
        return sum(self.hits[days]), sum(self.counts[days])

    @property
    def shares(self) -> list[float | None]:
        """Percent per day; none where there was nothing."""
        return [
            round(100 * hits / n, 1) if n else None for hits, n in zip(self.hits, self.counts, strict=True)
        ]


def trend(rows: Iterable[Sequence[Any]], count: int = FORTNIGHT) -> Trend:
    """A trend from (day's place, hits, n); days without a row are empty."""
    hits, counts = [0] * count, [0] * count
    for place, hit, n in rows:
        hits[place], counts[place] = int(hit), int(n)
    return Trend(tuple(hits), tuple(counts))


def change(now: float, before: float) -> int | None:
    """The change in whole percent; none where there was nothing to compare with."""
    return round(100 * (now - before) / before) if before else None


def backwards(total: int, changes: Sequence[int]) -> list[int]:
    """What a running total was at the end of each day, from today's total and each day's change."""
    levels = []
    for moved in reversed(changes):
        levels.append(total)
        total -= moved
    return levels[::-1]
