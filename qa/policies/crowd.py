"""Who and what a made-up week is made of: streams of work, and partners who come and go (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAYS, OPEN_H = 5, 9
FRAGILE = "packing.s2"  # asks for a skill


@dataclass(frozen=True, slots=True)
class Stream:
    """Work of one queue: how much comes a day at load 1, in lots of how many, what one takes, when it is due.

    With `cut_off` it is due at the end of that hour: what comes before it today, the rest tomorrow.
    """

    queue: str
    a_day: float
    lot: int
    minutes: float
    due_h: int = 0
    cut_off: int = 0


# fmt: off
STREAMS = (
    #      queue      a day lot min  due in hours, or the order's cut-off
    Stream("packing", 150,   6, 12,  cut_off=7),
    Stream(FRAGILE,    30,   3, 18,  cut_off=7),
    Stream("listing",  12,   4, 40,  due_h=18),
    Stream("tagging",  60,  20, 10,  due_h=27),
)
# fmt: on


@dataclass(slots=True)
class Hand:
    """A made-up partner: when they come and go, their pace and hands, how often they look, what they know."""

    id: int
    comes: float
    goes: float
    pace: float
    hands: int
    looks: float
    skilled: bool
    days: frozenset[int]
    taken: list[tuple[datetime, str]] = field(default_factory=list)
    free_at: datetime = MONDAY
    waits_since: datetime | None = None
    done: int = 0
    there: float = 0.0
    busy: float = 0.0


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A task: its place in its queue, when it came and when it is due."""

    place: datetime
    number: int
    came: datetime
    due: datetime
    minutes: float


def chance(seed: int, name: str) -> Random:
    return Random(f"{seed}/{name}")  # noqa: S311 (a week must be repeatable, not secret)


def work(random: Random, load: float, *, by_promise: bool) -> Iterator[tuple[str, Piece]]:
    """All the week's work as it comes."""
    found = []
    for stream in STREAMS:
        for day in range(DAYS):
            for _ in range(round(load * stream.a_day / stream.lot)):
                came = at_hour(day, random.triangular(0, OPEN_H - 1, 1))
                found += [
                    (came, stream, stream.minutes * random.uniform(0.6, 1.6)) for _ in range(stream.lot)
                ]
    for number, (came, stream, minutes) in enumerate(sorted(found, key=lambda one: one[0])):
        due = _due(came, stream)
        yield stream.queue, Piece(due if by_promise else came, number, came, due, minutes)


def _due(came: datetime, stream: Stream) -> datetime:
    day, hour = divmod((came - MONDAY) / timedelta(hours=1), 24)
    if stream.cut_off:
        return at_hour(int(day) + (0 if hour < stream.cut_off - 2 else 1), stream.cut_off)
    whole, rest = divmod(hour + stream.due_h, OPEN_H)
    return at_hour(int(day) + int(whole), rest)


def people(random: Random, count: int) -> list[Hand]:
    """Some come for the morning, some all day; some look every five minutes, some every forty."""
    return [
        Hand(
            id=number + 1,
            comes=(comes := random.choice([0.0, 0.0, 1.0, 2.0, 4.0])),
            goes=min(OPEN_H, comes + random.choice([3.0, 4.0, 6.0])),
            pace=random.uniform(0.7, 1.5),
            hands=random.choice([1, 1, 3]),
            looks=random.choice([5.0, 10.0, 20.0, 40.0]),
            skilled=number % 3 == 0,
            days=frozenset(random.sample(range(DAYS), k=random.choice([4, 5]))),
        )
        for number in range(count)
    ]


def at_hour(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)
