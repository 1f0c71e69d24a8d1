"""Reads for the page about money: a few numbers about all, and the products behind each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from base.rows import Page, mine, page
from base.scope import Scope
from stock.buying import looking
from stock.buying.models import Outlook
from stock.buying.reads import NONE, named
from stock.buying.standing import AGES, TURNED
from stock.models import Product
from stock.value import storing
from stock.value.costing import PARTS, said, share
from stock.value.returns import UNKNOWN, YEAR

SIZE = 30
#: What each list shows, by the column that ranks it.
LISTS: Mapping[str, Any] = {
    "cash": Outlook.parts,
    "asleep": Outlook.asleep,
    "over": Outlook.over_parts,
    "missed": Outlook.missed_won,
    "returns": Outlook.returns,
    "storage": Outlook.room,
}
BRINGS, STEADY = "ABC", "XYZ"


@dataclass(frozen=True, slots=True)
class Class:
    """Products that bring as much and are asked for as steadily, and the won in them."""

    name: str
    n: int
    won: int


@dataclass(frozen=True, slots=True)
class Money:
    """All products together, in won, and by age; `turns` and `earns` (a won in goods) a year, where known."""

    cash: int
    asleep: int
    over: int
    missed: int
    ages: tuple[tuple[str, int], ...]
    turns: float | None
    earns: float | None
    margin: int
    storage: int | None
    room: int
    unpriced: int
    classes: tuple[tuple[Class, ...], ...]
    unsure: int

    @property
    def verdict(self) -> str:
        """What stands on top, as the last part of a catalogue key."""
        return next((name for name in ("asleep", "over", "missed") if getattr(self, name)), "fine")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A product in a list, with how it stands and what its room costs a month, where that is known."""

    product: Product
    look: Outlook
    storage: int | None = None

    @property
    def earns(self) -> float | None:
        """Won that a won in it earns a year."""
        return None if self.look.returns == UNKNOWN else self.look.returns / 100


def money(scope: Scope) -> Money | None:
    """The numbers as they were last rolled up; None before the first time. Two statements in any shop."""
    sums = looking.sums(scope)
    if "cash" not in sums:
        return None
    cash, mean, margin = sums["cash"], sums.get("mean", 0), sums.get("margin", 0)
    classes = tuple(tuple(_class(sums, brings + steady) for steady in STEADY) for brings in BRINGS)
    return Money(
        cash=said(cash),
        asleep=said(sums["asleep"]),
        over=said(sums["over"]),
        missed=sums["missed"],
        ages=tuple((name, said(sums[name])) for name in AGES),
        turns=sums["issued"] * YEAR / TURNED / cash if cash and sums["issued"] else None,
        earns=margin * PARTS * YEAR / TURNED / mean if mean else None,
        margin=margin,
        storage=storing.cost(scope),
        room=sums.get("room", 0),
        unpriced=sums["unpriced"],
        classes=classes,
        unsure=sums["products"] - sum(one.n for row in classes for one in row),
    )


def _class(sums: Mapping[str, int], name: str) -> Class:
    return Class(name, sums.get(f"class_{name}", 0), said(sums.get(f"class_{name}_parts", 0)))


def ranked(scope: Scope, what: str, *, after: str = "") -> Page[Ranked]:
    """The products behind a number, the most first, of returns the least. Raises BadCursor."""
    column = LISTS[what]
    where = (Outlook.mean_parts > NONE) & (column != UNKNOWN) if what == "returns" else column > NONE
    return _ranked(scope, where, column, after=after, newest_first=what != "returns")


def of_class(scope: Scope, name: str, *, after: str = "") -> Page[Ranked]:
    """The products of a class, the most money first. Raises BadCursor."""
    where = (Outlook.abc == name[0]) & (Outlook.xyz == name[1])
    return _ranked(scope, where, Outlook.parts, after=after, newest_first=True)


def _ranked(
    scope: Scope, where: ColumnElement[bool], column: Any, *, after: str, newest_first: bool
) -> Page[Ranked]:
    stmt, by = mine(scope, Outlook).where(where), (column, Outlook.product_id)
    found = page(scope, stmt, by=by, after=after, size=SIZE, newest_first=newest_first)
    goods = named(scope, [look.product_id for look in found.rows])
    won, room = storing.cost(scope), looking.sums(scope).get("room", 0)
    rows = [
        Ranked(goods[look.product_id], look, share(won, look.room, room) if won and room else None)
        for look in found.rows
    ]
    return Page(rows, found.next)


def standing_of(scope: Scope, product: Product, look: Outlook) -> Ranked:
    """One product as it stands in the lists."""
    won, room = storing.cost(scope), looking.sums(scope).get("room", 0)
    return Ranked(product, look, share(won, look.room, room) if won and room else None)
