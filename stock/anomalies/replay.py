"""A file's orders, one after the other as they came, before a rule that sees the past alone (pure)."""

import random
from bisect import bisect_left, insort
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from stock.anomalies import rule
from stock.anomalies.rule import NOTHING, TWIN, UNITS, Odd, Past
from stock.drafts import Cancellation, Draft

SOON = timedelta(hours=1)  # what its customer takes back within this was entered by mistake
WARM, EVERY = 1_000, 5  # lines before errors are put in, and into which order
#: Errors people make at a keyboard: a number of five digits in the wrong field, and noughts too many.
ERRORS = ("five_digits", "thousandfold", "hundredfold")


@dataclass(frozen=True, slots=True)
class Stopped:
    """An order that was held, why, and after how many minutes its customer took it back; None for never."""

    number: str
    odd: Odd
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file: orders, those stopped, and of each sort of error put in how many were caught."""

    orders: int
    stopped: tuple[Stopped, ...]
    tried: int
    caught: Mapping[str, int]

    @property
    def errors(self) -> int:
        return sum(one.minutes is not None for one in self.stopped)

    @property
    def false_alarms(self) -> int:
        return len(self.stopped) - self.errors

    @property
    def per_thousand(self) -> float:
        return 1000 * self.false_alarms / self.orders if self.orders else 0.0


class Memory:
    """What a shop has sold so far."""

    def __init__(self) -> None:
        self.past: defaultdict[str, Past] = defaultdict(Past)
        self.latest: deque[int] = deque()
        self.by_size: list[int] = []
        self.folded: dict[str, str] = {}

    def odd(self, sku: str, units: int, price: Decimal) -> Odd | None:
        """Why this line would be held, if it would."""
        lines, past = len(self.by_size), self.past[sku]
        beyond = rule.limit(self.by_size[: -rule.place(lines) - 1 : -1], lines)
        if rule.too_many(units, beyond=beyond, past=past):
            return Odd(sku, UNITS, {"units": units, "top": past.top, "beyond": beyond})
        if rule.for_nothing(price, past):
            return Odd(sku, NOTHING, {"lines": past.paid})
        other = self.folded.get(rule.fold(sku), sku)
        return Odd(sku, TWIN, {"other": other}) if other != sku and not past.lines else None

    def learn(self, sku: str, units: int, price: Decimal) -> None:
        """Remembers a line."""
        self.past[sku] = self.past[sku].and_one(units, price)
        self.folded.setdefault(rule.fold(sku), sku)
        self.latest.append(units)
        insort(self.by_size, units)
        if len(self.latest) > rule.RECENT:
            del self.by_size[bisect_left(self.by_size, self.latest.popleft())]


def play(orders: Sequence[Draft], cancellations: Sequence[Cancellation], *, seed: int) -> Outcome:
    """Every order in the order in which they came; the same seed puts in the same errors.

    An order that its customer took back at once teaches nothing; any other is meant, and its size is known.
    """
    chance, memory = random.Random(seed), Memory()  # noqa: S311 (which errors are tried is no secret)
    stopped, tried, caught = list[Stopped](), 0, Counter[str]()
    back = _taken_back(cancellations)
    for order in sorted(orders, key=lambda one: one.placed_at):
        lines = _lines(order)
        if len(memory.latest) >= WARM and chance.randrange(EVERY) == 0:
            tried += 1
            caught.update(_caught(memory, chance, *chance.choice(lines)))
        odd = next((found for line in lines if (found := memory.odd(*line))), None)
        minutes = _minutes(order, odd.sku, back) if odd else None
        if odd:
            stopped.append(Stopped(order.number, odd, minutes))
        for line in lines if minutes is None else ():
            memory.learn(*line)
    return Outcome(len(orders), tuple(stopped), tried, {error: caught[error] for error in ERRORS})


Line = tuple[str, int, Decimal]


def _lines(order: Draft) -> list[Line]:
    units: Counter[str] = Counter()
    price: dict[str, Decimal] = {}
    for line in order.lines:
        units[line.sku] += line.quantity
        price[line.sku] = min(line.unit_price, price.get(line.sku, line.unit_price))
    return [(sku, count, price[sku]) for sku, count in units.items()]


def _caught(memory: Memory, chance: random.Random, sku: str, units: int, price: Decimal) -> list[str]:
    """Which errors on this line would have been held."""
    wrong = dict(zip(ERRORS, (chance.randint(10_000, 99_999), units * 1000, units * 100), strict=True))
    return [error for error, typed in wrong.items() if memory.odd(sku, typed, price)]


def _taken_back(cancellations: Sequence[Cancellation]) -> Mapping[tuple[str, str], list[Cancellation]]:
    found: defaultdict[tuple[str, str], list[Cancellation]] = defaultdict(list)
    for one in cancellations:
        found[one.customer, one.sku].append(one)
    return found


def _minutes(order: Draft, sku: str, back: Mapping[tuple[str, str], Sequence[Cancellation]]) -> int | None:
    """After how many minutes the customer took the product back, if that was soon."""
    waits = [one.at - order.placed_at for one in back.get((order.customer, sku), ()) if order.customer]
    soon = [wait for wait in waits if timedelta(0) <= wait <= SOON]
    return min(soon) // timedelta(minutes=1) if soon else None
