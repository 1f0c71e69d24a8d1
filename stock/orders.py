"""What happens to an order: placed, filled when goods arrive, cancelled, shipped; and who it goes to."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from base import prepared
from base.errors import Invalid, NotFound
from base.prepared import SHOP
from base.rows import one
from base.scope import Scope
from security import audit
from stock import cuts, deadlines, filling, goods, levels, placing, recipients, reservations, steps
from stock.anomalies import screening
from stock.cuts import Cut
from stock.drafts import Draft, Goods, Recipient
from stock.lifecycle import SHIP
from stock.models import Order, OrderLine
from stock.news import OrdersCancelled, OrdersReduced, OrdersShipped, StockArrived
from stock.placing import Placed
from stock.sets import selling

WHY = ("asked", "no_goods", "mistake", "other")


class NoReason(Invalid):
    """Why units are cancelled was not said."""

    code = "stock.no_reason"


class NothingToShip(Invalid):
    """The order has no units left."""

    code = "stock.nothing_to_ship"


class TooMuchCancelled(Invalid):
    """More units are to be cancelled than the line still has; none were. Facts: line_id, left."""

    code = "stock.too_much_cancelled"


def place(scope: Scope, drafts: Sequence[Draft]) -> Placed:
    """Places orders as a form or a generator gives them; numbers the channel had before are passed over.

    Those the stock can fill are ready at once, the others wait as short; what looks wrong is held for the
    owner's word. Products nobody knew are added.
    """
    named = {
        line.sku: Goods(line.sku, line.name or line.sku, line.option) for of in drafts for line in of.lines
    }
    products, new = goods.ensure(scope, list(named.values()))
    written = placing.write(scope, placing.prepared(scope, drafts), products=products)
    known = len(drafts) - len(written)
    held = screening.hold(scope, written, products=products, new=new)
    placed = placing.settle(scope, written, products=sorted(products.values()), known=known, held=held)
    audit.note(scope, "orders.placed", orders=len(written), ready=len(placed.ready), known=known)
    return placed


def fill_waiting(scope: Scope, news: StockArrived) -> None:
    """Goods became free: orders that waited for them are filled, the oldest promise first."""
    filling.fill(scope, news.product_ids)


def cancel(scope: Scope, order_id: int, *, why: str) -> None:
    """Cancels what is left of an order and gives its goods back. Raises NotFound, StepRefused, NoReason."""
    _has_reason(why)
    levels.hold_orders(scope, [order_id])
    _cut(scope, order_id, wanted(scope, order_id), why)


def cancel_lines(scope: Scope, order_id: int, units: Mapping[int, int], *, why: str) -> None:
    """Cancels units by line id; an order of which nothing is left is cancelled whole.

    Of a set whole ones. Raises NotFound, StepRefused, TooMuchCancelled, PartOfSet, NoReason.
    """
    _has_reason(why)
    levels.hold_orders(scope, [order_id])
    steps.waiting(scope, [order_id])
    left = wanted(scope, order_id)
    for line_id, count in units.items():
        if not 0 < count <= left.get(line_id, 0):
            raise TooMuchCancelled(line_id=line_id, left=left.get(line_id, 0))
    selling.check_whole(scope, order_id, units)
    _cut(scope, order_id, units, why)


def _has_reason(why: str) -> None:
    if why not in WHY:
        raise NoReason(field="why")


def ship(scope: Scope, order_id: int) -> None:
    """The parcel leaves: promised goods are issued and the verdict on the promise is frozen.

    Raises NotFound, StepRefused, NothingToShip, OutOfStock; all in the caller's transaction.
    """
    balances = levels.hold_order(scope, order_id)
    rows = prepared.run(scope, _PARCEL, {"order": order_id}).all()
    if not rows:
        raise NotFound
    promise = rows[0]
    verdict, late_s = deadlines.verdict(
        scope, ship_by=promise.ship_by, calendar_version=promise.calendar_version
    )
    steps.take_one(scope, order_id, SHIP, {"shipped_at": scope.now, "verdict": verdict, "late_s": late_s})
    lines = {row.id: row.units for row in rows if row.units}
    if not lines:
        raise NothingToShip
    reservations.consume(scope, order_id=order_id, lines=lines, balances=balances)
    audit.note(scope, "order.shipped", "order", order_id, verdict=verdict, late_s=late_s)
    scope.tell(OrdersShipped((order_id,)))


#: An order's promise beside each of its lines: what a parcel is judged by, and what lies in it.
_PARCEL = (
    select(
        Order.ship_by,
        Order.calendar_version,
        OrderLine.id,
        (OrderLine.quantity - OrderLine.cancelled).label("units"),
    )
    .join(OrderLine, OrderLine.order_id == Order.id)
    .where(Order.shop_id == SHOP, OrderLine.shop_id == SHOP, Order.id == bindparam("order"))
    .order_by(OrderLine.id)
)


def open_recipient(scope: Scope, order_id: int) -> Recipient:
    """The recipient in clear, for a floor that has decided who may look and has journalled it.

    Raises NotFound, Unreadable.
    """
    return recipients.open_(scope, one(scope, Order, order_id))


def glimpse(scope: Scope, orders: Sequence[Order]) -> dict[int, Recipient]:
    """The masked recipients of a list, by order id; never raises for a seal that does not open."""
    return recipients.glimpse(scope, orders)


def wanted(scope: Scope, order_id: int) -> dict[int, int]:
    """Units by line id that are not cancelled. Raises NotFound for an order without lines: another shop's."""
    stmt = select(OrderLine.id, OrderLine.quantity - OrderLine.cancelled)
    lines = scope.session.execute(
        stmt.where(OrderLine.shop_id == scope.shop_id, OrderLine.order_id == order_id).order_by(OrderLine.id)
    ).all()
    if not lines:
        raise NotFound
    return {line: units for line, units in lines if units}


def _cut(scope: Scope, order_id: int, units: Mapping[int, int], why: str) -> None:
    cut = cuts.cut(scope, {order_id: units})
    count, whole = sum(units.values()), bool(cut.cancelled)
    audit.note(scope, "order.cancelled", "order", order_id, units=count, whole=whole, why=why)
    tell(scope, cut)


def tell(scope: Scope, cut: Cut) -> None:
    """Tells what a cut did, and fills what became fillable: by goods given back, or by wanting less."""
    if cut.cancelled:
        scope.tell(OrdersCancelled(cut.cancelled))
    if cut.reduced:
        scope.tell(OrdersReduced(cut.reduced))
    if cut.freed:
        scope.tell(StockArrived(cut.freed))
    if cut.short:
        filling.fill(scope, _products(scope, cut.short))


def _products(scope: Scope, order_ids: Sequence[int]) -> list[int]:
    stmt = select(OrderLine.product_id).where(
        OrderLine.shop_id == scope.shop_id, OrderLine.order_id.in_(order_ids)
    )
    return sorted(set(scope.session.scalars(stmt)))
