"""Everything the room knows of one order, for its page."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from base.rows import mine, one
from base.scope import Scope
from security import journal
from stock import levels, queries
from stock.levels import WAREHOUSE
from stock.lifecycle import SHORT
from stock.models import Fee, Import, Level, Order, OrderLine, Product, Reservation
from stock.recipients import FIELDS
from stock.reservations import HELD

MOST_TOLD = 40
TOLD = frozenset({"order.cancelled", "order.held", "order.let_pass", "recipient.revealed"})


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of an order; `missing` units are what the warehouse lacks for it."""

    id: int
    product_id: int
    sku: str
    name: str
    quantity: int
    cancelled: int
    reserved: int
    missing: int
    price: Decimal

    @property
    def wanted(self) -> int:
        return self.quantity - self.cancelled


@dataclass(frozen=True, slots=True)
class Charge:
    """Money of an order that is not goods."""

    code: str
    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to an order; `who` is an account, 0 the house."""

    at: datetime
    what: str
    who: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its page shows it; `recipient` is masked."""

    id: int
    number: str
    channel: str
    state: str
    placed_at: datetime
    ship_by: datetime
    shipped_at: datetime | None
    verdict: str
    late_s: int
    recipient: dict[str, str]
    lines: list[LineView]
    fees: list[Charge]
    import_id: int | None
    story: list[Moment]

    @property
    def missing(self) -> list[LineView]:
        return [line for line in self.lines if line.missing]

    @property
    def cancelled_units(self) -> int:
        return sum(line.cancelled for line in self.lines)

    @property
    def units(self) -> int:
        return sum(line.wanted for line in self.lines)

    @property
    def goods_total(self) -> Decimal:
        """What is still ordered, without fees."""
        return sum((line.price * line.wanted for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What is still ordered, fees included."""
        return self.goods_total + sum((fee.amount for fee in self.fees), Decimal(0))


def order(scope: Scope, order_id: int) -> OrderView:
    """The order with its lines, fees and story. Raises NotFound."""
    row = one(scope, Order, order_id)
    return OrderView(
        id=row.id,
        number=row.number,
        channel=row.channel,
        state=row.state,
        placed_at=row.placed_at,
        ship_by=row.ship_by,
        shipped_at=row.shipped_at,
        verdict=row.verdict,
        late_s=row.late_s,
        recipient={name: queries.masked(scope, row, name) for name in FIELDS},
        lines=_lines(scope, row),
        fees=_fees(scope, order_id),
        import_id=row.import_id,
        story=_story(scope, row),
    )


def _lines(scope: Scope, of: Order) -> list[LineView]:
    held = func.coalesce(func.sum(Reservation.quantity), 0)
    mine_held = (Reservation.line_id == OrderLine.id) & (Reservation.state == HELD)
    stmt = (
        select(OrderLine, Product.sku, held)
        .join(Product, Product.id == OrderLine.product_id)
        .join(Reservation, mine_held & (Reservation.shop_id == scope.shop_id), isouter=True)
        .where(OrderLine.shop_id == scope.shop_id, OrderLine.order_id == of.id)
        .group_by(OrderLine.id, Product.sku)
        .order_by(OrderLine.id)
    )
    rows = scope.session.execute(stmt).all()
    free = _free(scope, [line.product_id for line, _, _ in rows]) if of.state == SHORT else {}
    return [_line(line, sku, int(reserved), free) for line, sku, reserved in rows]


def _line(line: OrderLine, sku: str, reserved: int, free: dict[int, int]) -> LineView:
    """One line; it takes its share of what is free before the next line of the same product looks."""
    missing = 0
    if line.product_id in free:
        missing = max(0, line.wanted - free[line.product_id])
        free[line.product_id] -= line.wanted - missing
    return LineView(
        id=line.id,
        product_id=line.product_id,
        sku=sku,
        name=line.name,
        quantity=line.quantity,
        cancelled=line.cancelled,
        reserved=reserved,
        missing=missing,
        price=line.price,
    )


def _free(scope: Scope, products: list[int]) -> dict[int, int]:
    """Units of these products that nobody is promised."""
    place = levels.location(scope, WAREHOUSE)
    stmt = select(Level.product_id, Level.on_hand - Level.reserved).where(
        Level.shop_id == scope.shop_id, Level.location_id == place, Level.product_id.in_(products)
    )
    known = dict(scope.session.execute(stmt).all())
    return {product: max(0, known.get(product, 0)) for product in products}


def _fees(scope: Scope, order_id: int) -> list[Charge]:
    rows = scope.session.scalars(mine(scope, Fee).where(Fee.order_id == order_id).order_by(Fee.id))
    return [Charge(row.code, row.name, row.amount) for row in rows]


def _story(scope: Scope, of: Order) -> list[Moment]:
    """What happened, newest first."""
    moments = [
        Moment(of.placed_at, "placed"),
        *_imported(scope, of),
        *_promised(scope, of),
        *_told(scope, of),
    ]
    if of.shipped_at:
        moments.append(Moment(of.shipped_at, "shipped", facts={"verdict": of.verdict}))
    return sorted(moments, key=lambda moment: moment.at)[::-1]


def _imported(scope: Scope, of: Order) -> list[Moment]:
    if of.import_id is None:
        return []
    file = one(scope, Import, of.import_id)
    return [Moment(file.ended_at or file.at, "imported", file.actor_id)]


def _promised(scope: Scope, of: Order) -> list[Moment]:
    """When its goods were first promised, which is all at once."""
    stmt = (
        select(func.min(Reservation.at))
        .join(OrderLine, OrderLine.id == Reservation.line_id)
        .where(Reservation.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id)
        .where(OrderLine.order_id == of.id)
    )
    at = scope.session.scalar(stmt)
    return [Moment(at, "promised")] if at else []


def _told(scope: Scope, of: Order) -> list[Moment]:
    """The journal's lines about it that say more than the order itself does."""
    lines = journal.lines(scope, subject="order", subject_id=of.id, size=MOST_TOLD).rows
    return [Moment(line.at, line.act, line.actor_id, line.facts) for line in lines if line.act in TOLD]
