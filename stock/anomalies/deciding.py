"""The owner's word about an order that is held: it passes as it is; or she cancels it, as any other order."""

from datetime import datetime

from sqlalchemy import select, update

from base.rows import changed, one
from base.scope import Scope
from security import audit
from stock import filling, levels, steps
from stock.anomalies.models import OddLine
from stock.demand import marks
from stock.lifecycle import HELD, PASS
from stock.models import Order, OrderLine
from stock.news import OrdersShort

MOST = 1000  # that are counted; as many or more is said as so many


def let_pass(scope: Scope, order_id: int) -> None:
    """The order is meant as it is: it waits for goods like any other and is filled where they are there.

    Raises NotFound, StepRefused.
    """
    one(scope, Order, order_id)
    levels.hold_orders(scope, [order_id])
    steps.take(scope, [order_id], PASS)
    said = {"passed_by": scope.actor.id, "passed_at": scope.now}
    of_it = (OddLine.shop_id == scope.shop_id, OddLine.order_id == order_id, OddLine.passed_at.is_(None))
    changed(scope, update(OddLine).where(*of_it).values(**said))
    marks.mark(scope, [order_id])
    audit.note(scope, "order.let_pass", "order", order_id)
    goods = select(OrderLine.product_id).where(
        OrderLine.shop_id == scope.shop_id, OrderLine.order_id == order_id
    )
    if order_id not in filling.fill(scope, sorted(set(scope.session.scalars(goods)))):
        scope.tell(OrdersShort((order_id,)))


def waiting(scope: Scope) -> tuple[int, datetime | None]:
    """How many orders are held, and since when the first of them."""
    held = select(Order.placed_at).where(Order.shop_id == scope.shop_id, Order.state == HELD)
    since = list(scope.session.scalars(held.order_by(Order.ship_by, Order.id).limit(MOST)))  # by its index
    return len(since), min(since, default=None)
