"""Reads of orders as pages show them: recipients masked, counts bounded, pages by keyset."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, exists, func, literal, literal_column, select
from sqlalchemy.orm import load_only

from base.rows import Page, mine, page
from base.scope import Scope
from security import privacy, vault
from security.vault import Spot
from stock.lifecycle import CANCELLED, HELD, READY, SHIPPED, SHORT, STATES, WAITING
from stock.models import Order, OrderLine, Product, RecipientIndex
from stock.profiles import PROFILES

OPEN, ALL = "open", "all"
VIEWS = (OPEN, HELD, SHORT, READY, SHIPPED, CANCELLED, ALL)
MOST_COUNTED = 1000
MOST_EXPORTED = 5000
SHOWN_GOODS = 2  # products of an order that a row names
#: Said as literals: a database finds a partial index only where it can read its condition.
IS_WAITING: ColumnElement[bool] = Order.state.in_(
    [literal_column(f"'{state}'", String()) for state in WAITING]
)


@dataclass(frozen=True, slots=True)
class Find:
    """Which orders are wanted: a view, a channel, or a recipient by blind index."""

    view: str = OPEN
    channel: str = ""
    field: str = ""
    token: bytes = b""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list; `goods` are its first products with their units, `more` is how many others."""

    id: int
    number: str
    channel: str
    state: str
    placed_at: datetime
    ship_by: datetime
    shipped_at: datetime | None
    verdict: str
    recipient: str
    goods: tuple[tuple[str, int], ...]
    more: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many orders stand where, each counted to MOST_COUNTED and no further; `late` and `today` wait."""

    held: int
    short: int
    ready: int
    shipped: int
    cancelled: int
    late: int
    today: int

    @property
    def open(self) -> int:
        return min(self.held + self.short + self.ready, MOST_COUNTED)


def orders(scope: Scope, find: Find, *, after: str = "") -> Page[OrderRow]:
    """A page of orders: those that wait by their promise, the others newest first. Raises BadCursor."""
    waits = find.view in (OPEN, *WAITING) and not find.token
    stmt = _found(scope, find).options(load_only(*SHOWN))
    by = (Order.id,) if find.view == ALL or find.token else (Order.ship_by, Order.id)
    found = page(scope, stmt, by=by, after=after, newest_first=not waits)
    return Page(rows=_rows(scope, found.rows), next=found.next)


def counts(scope: Scope, *, zone: ZoneInfo) -> Counts:
    """The counts above the list, in one statement."""
    midnight = tonight(scope.now, zone)
    wanted = (
        *(Order.state == state for state in STATES),
        IS_WAITING & (Order.ship_by < scope.now),
        IS_WAITING & (Order.ship_by >= scope.now) & (Order.ship_by < midnight),
    )
    counted = scope.session.execute(select(*(_bounded(scope, clause) for clause in wanted))).one()
    return Counts(*counted)


def channels(scope: Scope) -> list[str]:
    """The channels this shop has orders from."""
    asked = [
        exists().where(Order.shop_id == scope.shop_id, Order.channel == name).label(f"channel_{at}")
        for at, name in enumerate(PROFILES)
    ]
    there = scope.session.execute(select(*asked)).one()
    return [name for name, is_there in zip(PROFILES, there, strict=True) if is_there]


def numbered(scope: Scope, number: str) -> list[int]:
    """The ids of the orders with this number, whatever the channel."""
    stmt = select(Order.id).where(
        Order.shop_id == scope.shop_id, Order.channel.in_(list(PROFILES)), Order.number == number
    )
    return list(scope.session.scalars(stmt.order_by(Order.id).limit(2)))


def exported(scope: Scope, find: Find) -> Iterator[tuple[Any, ...]]:
    """The lines of the newest orders that fit, for a spreadsheet; nothing of the recipient."""
    ids = _found(scope, find).with_only_columns(Order.id).order_by(Order.id.desc()).limit(MOST_EXPORTED)
    return _lines(scope, Order.id.in_(ids.subquery().select()))


def exported_one(scope: Scope, order_id: int) -> Iterator[tuple[Any, ...]]:
    """The lines of one order, for a spreadsheet."""
    return _lines(scope, Order.id == order_id)


def masked(scope: Scope, order: Order, field: privacy.Kind) -> str:
    """A field of the recipient as anybody with access to the page may see it."""
    at = Spot("orders", f"recipient_{field}", order.uid)
    return privacy.glimpse(scope, at, getattr(order, f"recipient_{field}"), field)


def tonight(now: datetime, zone: ZoneInfo) -> datetime:
    """When the shop's day ends."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=zone).astimezone(UTC)


SHOWN = (
    Order.id,
    Order.uid,
    Order.number,
    Order.channel,
    Order.state,
    Order.placed_at,
    Order.ship_by,
    Order.shipped_at,
    Order.verdict,
    Order.recipient_name,
)


def _found(scope: Scope, find: Find) -> Select[Any]:
    stmt: Select[Any] = mine(scope, Order)
    if find.token:
        known = select(RecipientIndex.order_id).where(
            RecipientIndex.shop_id == scope.shop_id,
            RecipientIndex.field == find.field,
            RecipientIndex.token == find.token,
        )
        return stmt.where(Order.id.in_(known))
    if find.view != ALL:
        stmt = stmt.where(IS_WAITING if find.view == OPEN else Order.state == find.view)
    return stmt.where(Order.channel == find.channel) if find.channel else stmt


def _rows(scope: Scope, found: Sequence[Order]) -> list[OrderRow]:
    vault.warm(scope, [order.uid for order in found])
    goods = _goods(scope, [order.id for order in found])
    return [
        OrderRow(
            id=order.id,
            number=order.number,
            channel=order.channel,
            state=order.state,
            placed_at=order.placed_at,
            ship_by=order.ship_by,
            shipped_at=order.shipped_at,
            verdict=order.verdict,
            recipient=masked(scope, order, "name"),
            goods=tuple(goods.get(order.id, {}).items())[:SHOWN_GOODS],
            more=max(0, len(goods.get(order.id, {})) - SHOWN_GOODS),
        )
        for order in found
    ]


def _goods(scope: Scope, order_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Units by SKU of each order, as they were ordered and not cancelled."""
    stmt = (
        select(OrderLine.order_id, Product.sku, OrderLine.quantity, OrderLine.cancelled, Order.state)
        .join(Product, Product.id == OrderLine.product_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.shop_id == scope.shop_id, OrderLine.order_id.in_(list(order_ids)))
        .order_by(OrderLine.id)
    )
    found: dict[int, dict[str, int]] = {}
    for order_id, sku, quantity, cancelled, state in scope.session.execute(stmt):
        units = quantity if state == CANCELLED else quantity - cancelled
        if units:
            of_order = found.setdefault(order_id, {})
            of_order[sku] = of_order.get(sku, 0) + units
    return found


def _bounded(scope: Scope, clause: ColumnElement[bool]) -> Any:
    some = select(literal(1)).where(Order.shop_id == scope.shop_id, clause).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _lines(scope: Scope, clause: ColumnElement[bool]) -> Iterator[tuple[Any, ...]]:
    stmt = (
        select(
            Order.number, Order.channel, Order.state, Order.placed_at, Order.ship_by, Order.shipped_at,
            Product.sku, OrderLine.name, OrderLine.quantity, OrderLine.cancelled, OrderLine.price,
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Order.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id, clause)
        .order_by(Order.id.desc(), OrderLine.id)
    )  # fmt: skip
    for row in scope.session.execute(stmt):
        yield tuple(_plain(cell) for cell in row)


def _plain(cell: object) -> object:
    """Amounts as numbers a spreadsheet adds up."""
    if isinstance(cell, Decimal):
        return int(cell) if cell == int(cell) else float(cell)
    return cell
