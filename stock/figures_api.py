"""The API of what is rolled up of the stock: the money in it, what to order, and the month's flow."""

from datetime import date
from typing import Annotated

from pydantic import Field

from base import calendars
from base.calls import CURSOR, After, Listed, Sent, Told, call, text
from base.errors import NotFound
from base.scope import Scope
from security.doors import needs
from stock import shelves
from stock.api import api
from stock.buying import reads as buying
from stock.buying.standing import FOREVER
from stock.flow import reads as flow
from stock.flow.reads import Flow
from stock.flow.telling import SORTS, Held
from stock.value import reads as value
from stock.value.costing import said

Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class ClassOf(Told):
    """Products by what they bring (A to C) and how steadily (X to Z), and the won in them."""

    name: str
    n: int
    won: int


class StockValue(Told):
    """The money in the stock, in won, as last rolled up; `turns` and `earns` a year, null where unknown."""

    cash: int
    asleep: int
    over: int
    missed: int
    margin: int
    turns: float | None
    earns: float | None
    storage: int | None
    unpriced: int
    classes: list[ClassOf]


class ProposalRow(Told):
    """A product that is best ordered now; `lasts` in days, null where nobody asks for it."""

    product_id: int
    sku: str
    name: str
    units: int
    reason: str
    free: int
    on_order: int
    lasts: int | None
    lead_days: int
    supplier_id: int | None
    weeks: list[int]


class Proposals(Listed[ProposalRow]):
    """A page of what to order, what runs out first on top."""


class UnitsAndWon(Told):
    """Units and whole won."""

    units: int
    won: int


class MonthMoved(Told):
    """What was there, what came and went with its sign, how the value changed by itself, and what is left."""

    opening: UnitsAndWon
    received: UnitsAndWon
    issued: UnitsAndWon
    returned: UnitsAndWon
    adjusted: UnitsAndWon
    moved_in: UnitsAndWon
    moved_out: UnitsAndWon
    revalued: int
    closing: UnitsAndWon


class FlowRow(Told):
    """A product's month."""

    product_id: int
    sku: str
    name: str
    flow: MonthMoved


class FlowPage(Listed[FlowRow]):
    """A month of the stock: everything together, and a page of products by SKU."""

    month: str
    all: MonthMoved


class WhichFlow(Sent):
    """Which month (the one that is now), at which place (everywhere), and which page."""

    month: Month | None = None
    place_id: Annotated[int, Field(ge=0, le=10**18 - 1)] = 0
    after: Annotated[str, text(CURSOR)] = ""


@api.get("/stock/value")
@needs("buying.see")
@call(StockValue)
def stock_value(scope: Scope) -> object:
    """Tells what money is in the stock."""
    found = value.money(scope)
    if found is None:
        raise NotFound
    classes = [ClassOf(name=one.name, n=one.n, won=one.won) for row in found.classes for one in row]
    names = StockValue.model_fields.keys() - {"classes"}
    return StockValue(classes=classes, **{name: getattr(found, name) for name in names})


@api.get("/stock/proposals")
@needs("buying.see")
@call(Proposals, query=After)
def list_proposals(scope: Scope, query: After) -> object:
    """Lists what is best ordered now."""
    found = buying.proposals(scope, after=query.after)
    return {"rows": [_proposal(one) for one in found.rows], "next": found.next}


@api.get("/stock/flow")
@needs("buying.see")
@call(FlowPage, query=WhichFlow)
def stock_flow(scope: Scope, query: WhichFlow) -> object:
    """Tells a month of the stock, product by product."""
    today = calendars.today(scope)
    month = date.fromisoformat(f"{query.month}-01") if query.month else today.replace(day=1)
    if month > today or (query.place_id and query.place_id not in shelves.places(scope)):
        raise NotFound
    by_place = flow.places(scope, month)
    whole = sum((one for at, one in by_place.items() if query.place_id in (0, at)), Flow())
    found = flow.goods(scope, month, place_id=query.place_id, after=query.after)
    rows = [
        FlowRow(product_id=one.product.id, sku=one.product.sku, name=one.product.name, flow=_moved(one.all))
        for one in found.rows
    ]
    return {"month": f"{month:%Y-%m}", "all": _moved(whole), "rows": rows, "next": found.next}


def _proposal(one: buying.Proposal) -> ProposalRow:
    look = one.look
    return ProposalRow(
        product_id=one.product.id,
        sku=one.product.sku,
        name=one.product.name,
        units=look.propose,
        reason=one.reason,
        free=look.free,
        on_order=look.on_order,
        lasts=look.lasts if look.lasts < FOREVER else None,
        lead_days=look.lead_days,
        supplier_id=one.supply.supplier_id if one.supply else None,
        weeks=one.weeks,
    )


def _moved(told: Flow) -> MonthMoved:
    sums = {name: _amount(told.sort(name)) for name in SORTS}
    ends = {"opening": _amount(told.opening), "closing": _amount(told.closing)}
    return MonthMoved(revalued=said(told.revalued), **ends, **sums)


def _amount(held: Held) -> UnitsAndWon:
    return UnitsAndWon(units=held.units, won=said(held.parts))
