"""The API of orders: placed, listed, shown, cancelled; recipients go in and never come out."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from base.calls import BadRequest, Listed, RowId, Sent, Told, Units, call, text
from base.scope import Scope
from security.doors import needs
from stock import dossier, normalise, orders, queries
from stock.anomalies import deciding
from stock.api import api
from stock.drafts import Draft, Line, Recipient
from stock.profiles import GENERIC
from stock.queries import Find
from stock.shapes import Price, Sku, impersonal

MOST = 100
YEAR = timedelta(days=366)

State = Literal["held", "short", "ready", "shipped", "cancelled"]


class NewRecipient(Sent):
    """Who gets the parcel; sealed when it is stored, and in no answer of the API."""

    name: Annotated[str, text(80, shortest=1)]
    phone: Annotated[str, text(40, shortest=1)]
    postcode: Annotated[str, text(20)] = ""
    address: Annotated[str, text(300, shortest=1)]
    memo: Annotated[str, text(300), AfterValidator(impersonal)] = ""


class NewLine(Sent):
    """Units of a product; one nobody knew is added under its SKU."""

    sku: Sku
    name: Annotated[str, text(300)] = ""
    units: Units
    price: Price = Decimal(0)


class NewOrder(Sent):
    """An order; without times it is placed now and promised as the shop's rules say."""

    number: Annotated[str, text(64, shortest=1), AfterValidator(normalise.number)]
    placed_at: AwareDatetime | None = None
    ship_by: AwareDatetime | None = None
    recipient: NewRecipient
    lines: Annotated[list[NewLine], Field(min_length=1, max_length=200)]


class NewOrders(Sent):
    """Orders to place, all of them or none."""

    orders: Annotated[list[NewOrder], Field(min_length=1, max_length=MOST)]


class PlacedOrders(Told):
    """The ids of the new orders, those that are ready, those held as odd, and how many were known before."""

    orders: list[int]
    ready: list[int]
    held: list[int]
    known: int


class Goods(Told):
    """Units of a product."""

    sku: str
    units: int


class OrderRow(Told):
    """An order in a list; `goods` are its first products, `more` is how many others."""

    id: int
    number: str
    channel: str
    state: State
    placed_at: datetime
    ship_by: datetime
    shipped_at: datetime | None
    verdict: str
    goods: list[Goods]
    more: int


class Orders(Listed[OrderRow]):
    """A page of orders: those that wait by their promise, others newest first."""


class WhichOrders(Sent):
    """Which orders, and which page."""

    view: Literal["open", "held", "short", "ready", "shipped", "cancelled", "all"] = "open"
    after: Annotated[str, text(400)] = ""


class OrderLine(Told):
    """A line: what was ordered, cancelled and promised; `missing` is what the stock lacks now."""

    id: int
    product_id: int
    sku: str
    name: str
    quantity: int
    cancelled: int
    reserved: int
    missing: int
    price: Decimal


class OrderShown(Told):
    """An order with its lines."""

    id: int
    number: str
    channel: str
    state: State
    placed_at: datetime
    ship_by: datetime
    shipped_at: datetime | None
    verdict: str
    late_s: int
    lines: list[OrderLine]


class CancelledUnits(Sent):
    """Units of a line that are not wanted any more."""

    line_id: RowId
    units: Units


class Cancelling(Sent):
    """What to cancel and why: units by line, or the whole order where none are named."""

    why: Literal["asked", "no_goods", "mistake", "other"]
    lines: Annotated[list[CancelledUnits], Field(default_factory=list, max_length=200)]


@api.get("/orders")
@needs("order.see")
@call(Orders, query=WhichOrders)
def list_orders(scope: Scope, query: WhichOrders) -> object:
    """Lists orders."""
    found = queries.orders(scope, Find(view=query.view), after=query.after)
    return {"rows": [_row(row) for row in found.rows], "next": found.next}


@api.post("/orders")
@needs("order.import")
@call(PlacedOrders, body=NewOrders, status=201)
def place(scope: Scope, body: NewOrders) -> object:
    """Places orders, all or none; numbers that were placed before are passed over."""
    return orders.place(scope, [_draft(scope, at, each) for at, each in enumerate(body.orders)])


@api.get("/orders/<int:order_id>")
@needs("order.see")
@call(OrderShown)
def show_order(scope: Scope, order_id: int) -> object:
    """Shows an order with its lines."""
    return dossier.order(scope, order_id)


@api.post("/orders/<int:order_id>/cancel")
@needs("order.cancel")
@call(OrderShown, body=Cancelling)
def cancel(scope: Scope, order_id: int, body: Cancelling) -> object:
    """Cancels an order or units of it; its goods become free for others."""
    units: dict[int, int] = {}
    for each in body.lines:
        units[each.line_id] = units.get(each.line_id, 0) + each.units
    if units:
        orders.cancel_lines(scope, order_id, units, why=body.why)
    else:
        orders.cancel(scope, order_id, why=body.why)
    return dossier.order(scope, order_id)


@api.post("/orders/<int:order_id>/pass")
@needs("order.pass")
@call(OrderShown)
def let_pass(scope: Scope, order_id: int) -> object:
    """Lets an order pass that was held because it looked wrong: it is meant as it is."""
    deciding.let_pass(scope, order_id)
    return dossier.order(scope, order_id)


def _row(row: queries.OrderRow) -> OrderRow:
    told = {name: getattr(row, name) for name in OrderRow.model_fields if name != "goods"}
    return OrderRow(**told, goods=[Goods(sku=sku, units=units) for sku, units in row.goods])


def _draft(scope: Scope, at: int, each: NewOrder) -> Draft:
    placed_at = each.placed_at or scope.now
    _within(f"/orders/{at}/placed_at", placed_at, scope.now - YEAR, scope.now)
    if each.ship_by is not None:
        _within(f"/orders/{at}/ship_by", each.ship_by, placed_at, scope.now + YEAR)
    lines = tuple(
        Line(line.sku, line.name, "", line.units, line.price, row) for row, line in enumerate(each.lines, 1)
    )
    to = Recipient(**each.recipient.model_dump())
    return Draft(GENERIC.name, each.number, "", placed_at, each.ship_by, to, lines, ())


def _within(where: str, moment: datetime, first: datetime, last: datetime) -> None:
    if not first <= moment <= last:
        raise BadRequest(where=f"{where} (out_of_range)", errors=[{"at": where, "problem": "out_of_range"}])
