"""What a rule would have ordered, week by week, against the demand that really came (pure).

Every rule starts with the stock it would have ordered up to, sees the days before a review and no others,
and waits the same seeded days for what it ordered at the same review. What is asked for and not there is
lost. Days are calendar days; demand is what was ordered, less what was cancelled.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from math import ceil
from statistics import median

from stock.buying.reorder import (
    WEEK,
    Held,
    Lead,
    Need,
    Terms,
    fill,
    levels,
    need,
    restlessness,
    up_to,
    whole,
)
from stock.cancelling import match
from stock.demand.forecast import ENOUGH, mean, spread
from stock.drafts import Intake
from stock.retail import open_lines

WARM = 40  # days a rule has seen before it decides
LEADS = (4, 5, 6, 7, 7, 8, 9, 10)  # days until goods come, one drawn for each order
LEAD = Lead(7.0, 1.9)  # the same as the rules know it
SLOW = 20  # orders in the first days, at most: what sells slowly

Days = Sequence[int]
Rule = Callable[[Days], int]  # the days so far -> the units to order up to


@dataclass(frozen=True, slots=True)
class Goods:
    """What was asked for of a product each day, and what a unit costs."""

    sku: str
    days: Days
    price: float = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule came to over all products: units asked for and met, stock and money held on average."""

    asked: int
    met: int
    stock: float
    cash: float
    length: int

    @property
    def fill(self) -> float:
        return self.met / self.asked if self.asked else 1.0

    @property
    def cover(self) -> float:
        """Days that the average stock lasts at the demand that came."""
        return self.stock * self.length / self.asked if self.asked else 0.0


def play(goods: Iterable[Goods], rules: Mapping[str, Rule], *, seed: int) -> dict[str, Outcome]:
    """Every rule on every product."""
    sums = {name: [0.0, 0.0, 0.0, 0.0] for name in rules}
    length = 0
    for one in goods:
        length = len(one.days) - WARM
        leads = random.Random(f"{seed}/{one.sku}").choices(LEADS, k=len(one.days))  # noqa: S311 (a seeded play)
        for name, rule in rules.items():
            asked, met, stock = _played(one.days, rule, leads)
            for at, more in enumerate((asked, met, stock / length, stock / length * one.price)):
                sums[name][at] += more
    return {
        name: Outcome(round(asked), round(met), stock, cash, length)
        for name, (asked, met, stock, cash) in sums.items()
    }


def _played(days: Days, rule: Rule, leads: Sequence[int]) -> tuple[int, int, int]:
    on_hand, coming, asked, met, stock = rule(days[:WARM]), dict[int, int](), 0, 0, 0
    for today in range(WARM, len(days)):
        on_hand += coming.pop(today, 0)
        if (today - WARM) % WEEK == 0:
            held = Held(on_hand, sum(coming.values()))
            if ordered := fill(held, rule(days[:today]), Terms()):
                at = today + leads[today]
                coming[at] = coming.get(at, 0) + ordered
        given = min(on_hand, days[today])
        on_hand -= given
        asked, met, stock = asked + days[today], met + given, stock + on_hand
    return asked, met, stock


def known(goods: Iterable[Goods], most: int | None = None) -> list[Goods]:
    """Products with demands enough in the first days, of those with at most so many units there."""
    return [
        one
        for one in goods
        if sum(day > 0 for day in one.days[:WARM]) >= ENOUGH
        and (most is None or sum(one.days[:WARM]) <= most)
    ]


def rules(goods: Iterable[Goods], *, service: float) -> dict[str, Rule]:
    """The house's rule beside those of a shop without it; what is usual is learned from the first days."""
    seen = [found for one in goods if (found := restlessness(one.days[:WARM])) is not None]
    usual = median(seen) if seen else None
    return {
        "dari": lambda days: _house(days, usual, service),
        "month_of_last_week": lambda days: ceil(sum(days[-7:]) / 7 * 30),
        "mean_and_safety": lambda days: _mean(days, service),
        "mean_and_more": lambda days: _mean(days, 0.998),
    }


def _house(days: Days, usual: float | None, service: float) -> int:
    found = need(days, usual)
    return levels(found, LEAD, review=WEEK, service=service).up_to if found else 0


def _mean(days: Days, service: float) -> int:
    """Mean and safety stock as textbooks have it, the lead time taken for sure."""
    plain = Need(mean(days), spread(days))
    return whole(up_to(plain, Lead(LEAD.days), review=WEEK, service=service))


def demand(intake: Intake, zone: tzinfo) -> tuple[list[Goods], list[Goods]]:
    """What a file's orders asked for a day, cancellations taken out: in orders, and in units."""
    taken = Counter[tuple[str, int]]()
    for one in match(intake.cancellations, open_lines(intake.orders)).matched:
        taken[one.ref] += one.quantity
    days = {draft.number: draft.placed_at.astimezone(zone).date() for draft in intake.orders}
    first, length = _span(days.values())
    orders = defaultdict[str, list[int]](lambda: [0] * length)
    units = defaultdict[str, list[int]](lambda: [0] * length)
    prices = dict[str, float]()
    for draft in intake.orders:
        today, seen = (days[draft.number] - first).days, set[str]()
        for at, line in enumerate(draft.lines):
            left = line.quantity - taken[draft.number, at]
            if left <= 0:
                continue
            orders[line.sku][today] += line.sku not in seen
            units[line.sku][today] += left
            prices[line.sku] = float(line.unit_price)
            seen.add(line.sku)
    return _goods(orders, prices), _goods(units, prices)


def _span(days: Iterable[date]) -> tuple[date, int]:
    known = set(days) or {date.min}
    return min(known), (max(known) - min(known)).days + 1


def _goods(days: Mapping[str, Days], prices: Mapping[str, float]) -> list[Goods]:
    return [Goods(sku, days[sku], prices[sku]) for sku in sorted(days)]
