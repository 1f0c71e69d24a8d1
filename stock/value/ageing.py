"""How long goods lie, and how much of them is too much: the oldest are taken to leave first (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from stock.buying.reorder import lasts

#: Days of age: the buckets, each from and to.
BUCKETS: Mapping[str, tuple[int, int]] = {
    "0-30": (0, 30),
    "31-60": (31, 60),
    "61-90": (61, 90),
    "91-180": (91, 180),
    "181+": (181, 10**6),
}
SLEEPS = 90  # days after which money is asleep
#: A mark-down in percent where the stock lasts so many times as long as it should.
MARK_DOWNS = ((8.0, 50), (4.0, 30), (2.0, 15), (1.0, 5))

Received = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Overstock:
    """Days the stock lasts (None: forever), units beyond the target, and the money in them and in all."""

    cover: float | None
    units: float
    cash: Decimal
    cash_total: Decimal


def left(receipts: Iterable[Received], issued: int) -> list[Received]:
    """What is left of receipts, oldest first, when so many units left."""
    found: list[Received] = []
    for day, units in sorted(receipts):
        gone = min(units, issued)
        issued -= gone
        if units > gone:
            found.append((day, units - gone))
    return found


def newest(receipts: Sequence[Received], on_hand: int) -> list[Received]:
    """The same from the other end: the units here are those that came last, oldest first.

    Units older than every receipt given bear no day: they are left out.
    """
    found: list[Received] = []
    for day, units in sorted(receipts, reverse=True):
        here = min(units, on_hand)
        on_hand -= here
        if here > 0:
            found.append((day, here))
    return found[::-1]


def buckets(remaining: Iterable[Received], as_of: date) -> dict[str, int]:
    """Units by how many days they have lain."""
    found = dict.fromkeys(BUCKETS, 0)
    for day, units in remaining:
        found[bucket((as_of - day).days)] += units
    return found


def bucket(days: int) -> str:
    """The bucket of an age; what is dated after today is new."""
    return next(name for name, (_, last) in BUCKETS.items() if days <= last)


def overstock(on_hand: int, rate: float, target: float, cost: Decimal) -> Overstock:
    """What is there beyond so many days of demand; where nobody asks, all of it."""
    beyond = max(0.0, on_hand - rate * target)
    cash = (Decimal(repr(beyond)) * cost).quantize(Decimal("0.01"))
    return Overstock(lasts(on_hand, rate), beyond, cash, on_hand * cost)


def mark_down(cover: float | None, target: float) -> int:
    """Percent to take off the price so that it sells; the most where nobody asks at all."""
    if cover is None:
        return MARK_DOWNS[0][1]
    times = cover / target
    return next((percent for over, percent in MARK_DOWNS if times > over), 0)
