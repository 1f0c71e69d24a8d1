"""Reads for the page about money: a few numbers about all, and the products behind each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from base.rows import Page, mine, page
from base.scope import Scope
from stock.buying import looking
from stock.buying.models import Outlook
from stock.buying.reads import NONE, named
from stock.buying.standing import AGES, TURNED
from stock.models import Product
from stock.value.costing import said

YEAR = 365
SIZE = 30
#: What each list shows, by the column that ranks it.
LISTS: Mapping[str, Any] = {
    "cash": Outlook.parts,
    "asleep": Outlook.asleep,
    "over": Outlook.over_parts,
    "missed": Outlook.missed_won,
}


@dataclass(frozen=True, slots=True)
class Money:
    """All products together, in won, and by age; `turns` a year, None where that is not known."""

    cash: int
    asleep: int
    over: int
    missed: int
    ages: tuple[tuple[str, int], ...]
    turns: float | None
    unpriced: int

    @property
    def verdict(self) -> str:
        """What stands on top, as the last part of a catalogue key."""
        return next((name for name in ("asleep", "over", "missed") if getattr(self, name)), "fine")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A product in a list, with how it stands."""

    product: Product
    look: Outlook


def money(scope: Scope) -> Money | None:
    """The numbers as they were last rolled up; None before the first time. One statement in any shop."""
    sums = looking.sums(scope)
    if "cash" not in sums:
        return None
    turns = sums["issued"] * YEAR / TURNED / sums["cash"] if sums["cash"] and sums["issued"] else None
    return Money(
        said(sums["cash"]),
        said(sums["asleep"]),
        said(sums["over"]),
        sums["missed"],
        tuple((name, said(sums[name])) for name in AGES),
        turns,
        sums["unpriced"],
    )


def ranked(scope: Scope, what: str, *, after: str = "") -> Page[Ranked]:
    """The products behind a number, the most first. Raises BadCursor."""
    column = LISTS[what]
    stmt = mine(scope, Outlook).where(column > NONE)
    found = page(scope, stmt, by=(column, Outlook.product_id), after=after, size=SIZE)
    goods = named(scope, [look.product_id for look in found.rows])
    return Page([Ranked(goods[look.product_id], look) for look in found.rows], found.next)
