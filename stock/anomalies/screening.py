"""Holding what is odd among orders that were just placed, before anything is promised to them.

Called with all orders of a form or file at once; asks a bounded number of statements whatever their number,
and none where nothing in them is large, free or new.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, select

from base import prepared
from base.scope import Scope
from security import audit
from stock import steps
from stock.anomalies import rule
from stock.anomalies.models import OddLine
from stock.anomalies.rule import NOTHING, TWIN, UNITS, Odd, Past
from stock.batches import batches
from stock.lifecycle import HELD, HOLD
from stock.models import Order, OrderLine, Product
from stock.placing import Prepared

MOST_NEW = 5_000  # SKUs at once that are compared with all others; more are a shop's first file


@dataclass(frozen=True, slots=True)
class Asked:
    """What one order asks of one product, all lines together; its price is the lowest."""

    order_id: int
    sku: str
    units: int
    price: Decimal


def hold(
    scope: Scope, orders: Mapping[int, Prepared], *, products: Mapping[str, int], new: Collection[str]
) -> tuple[int, ...]:
    """Holds those of these short orders that look wrong, and returns them; `new` SKUs came with them."""
    asked = [one for order_id, order in orders.items() for one in _asked(order_id, order)]
    found = {
        **_far_too_many(scope, asked, products),
        **_for_nothing(scope, asked, products),
        **_twins(scope, asked, new),
    }
    stopped = sorted({order_id for order_id, _why, _sku in found})
    if not stopped:
        return ()
    steps.take(scope, stopped, HOLD)
    _write(scope, found, products)
    for order_id in stopped:
        reasons = [why for of, why, _sku in found if of == order_id]
        audit.note(scope, "order.held", "order", order_id, why=reasons[0])
    return tuple(stopped)


Found = dict[tuple[int, str, str], Odd]  # by order, why and SKU


def _asked(order_id: int, order: Prepared) -> list[Asked]:
    units: Counter[str] = Counter()
    price: dict[str, Decimal] = {}
    for line in order.draft.lines:
        units[line.sku] += line.quantity
        price[line.sku] = min(line.unit_price, price.get(line.sku, line.unit_price))
    return [Asked(order_id, sku, count, price[sku]) for sku, count in units.items()]


def _far_too_many(scope: Scope, asked: Sequence[Asked], products: Mapping[str, int]) -> Found:
    large = [one for one in asked if one.units > rule.LEAST]
    if not large:
        return {}
    beyond = _limits(_recent(scope), {one.order_id for one in large})
    large = [one for one in large if one.units > beyond[one.order_id]]
    past = _past(scope, large, asked, products)
    return _moderate(
        asked,
        {
            (one.order_id, UNITS, one.sku): Odd(
                one.sku,
                UNITS,
                {"units": one.units, "top": past[one.sku].top, "beyond": beyond[one.order_id]},
            )
            for one in large
            if rule.too_many(one.units, beyond=beyond[one.order_id], past=past[one.sku])
        },
    )


def _limits(recent: Sequence[tuple[int, int]], order_ids: Collection[int]) -> dict[int, int]:
    """The shop's limit for each of these orders: by all lines but its own."""
    own = Counter(of for _units, of in recent)
    found: dict[int, int] = {}
    for order_id in order_ids:
        others = len(recent) - own[order_id]
        first = recent[: rule.place(others) + own[order_id]]
        found[order_id] = rule.limit([units for units, of in first if of != order_id], others)
    return found


def _for_nothing(scope: Scope, asked: Sequence[Asked], products: Mapping[str, int]) -> Found:
    free = [one for one in asked if one.price == 0]
    if not free or not rule.in_moderation(len(asked), len(free)):
        return {}
    past = _past(scope, free, asked, products)
    return {
        (one.order_id, NOTHING, one.sku): Odd(one.sku, NOTHING, {"lines": past[one.sku].paid})
        for one in free
        if rule.for_nothing(one.price, past[one.sku])
    }


def _twins(scope: Scope, asked: Sequence[Asked], new: Collection[str]) -> Found:
    """Orders for a product that came into being with them although one stands of nearly the same SKU."""
    if not 0 < len(new) <= MOST_NEW:
        return {}
    every = scope.session.scalars(select(Product.sku).where(Product.shop_id == scope.shop_id))
    other = rule.twins(new, set(every) - set(new))
    orders = Counter(one.sku for one in asked if one.sku in other)
    return _moderate(
        asked,
        {
            (one.order_id, TWIN, one.sku): Odd(one.sku, TWIN, {"other": other[one.sku]})
            for one in asked
            if one.sku in other and orders[one.sku] <= rule.MOST_OF_TWIN
        },
    )


def _moderate(asked: Sequence[Asked], found: Found) -> Found:
    """Nothing, where a reason would stop so much of a file that it is the file's own way."""
    orders, held = ({each.order_id for each in asked}, {order_id for order_id, _why, _sku in found})
    return found if rule.in_moderation(len(orders), len(held)) else {}


def _recent(scope: Scope) -> list[tuple[int, int]]:
    """Units of the latest lines with their orders, largest first; not what is cancelled or held."""
    left = OrderLine.quantity - OrderLine.cancelled
    latest = (
        select(left.label("units"), OrderLine.order_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.shop_id == scope.shop_id, Order.shop_id == scope.shop_id)
        .where(Order.state != HELD, left > 0)
        .order_by(OrderLine.order_id.desc())
        .limit(rule.RECENT)
    )
    return sorted(((units, of) for units, of in scope.session.execute(latest)), reverse=True)


def _past(
    scope: Scope, odd: Sequence[Asked], asked: Sequence[Asked], products: Mapping[str, int]
) -> Mapping[str, Past]:
    """What was sold before of the products that look odd, and of them in the other orders placed now."""
    found: defaultdict[str, Past] = defaultdict(Past)
    skus = {products[one.sku]: one.sku for one in odd}
    for some in batches(sorted(skus)):
        for row in scope.session.execute(_sold(scope, some, before=min(one.order_id for one in asked))):
            found[skus[row.product_id]] = Past(row.lines, row.top, int(row.paid), row.lines - int(row.paid))
    doubted, wanted = {(one.order_id, one.sku) for one in odd}, set(skus.values())
    for one in asked:
        if one.sku in wanted and (one.order_id, one.sku) not in doubted:
            found[one.sku] = found[one.sku].and_one(one.units, one.price)
    return found


def _sold(scope: Scope, product_ids: Sequence[int], *, before: int) -> Select[*tuple[Any, ...]]:
    left = OrderLine.quantity - OrderLine.cancelled
    return (
        select(
            OrderLine.product_id,
            func.count().label("lines"),
            func.max(left).label("top"),
            func.sum(case((OrderLine.price > 0, 1), else_=0)).label("paid"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.shop_id == scope.shop_id, Order.shop_id == scope.shop_id, Order.state != HELD)
        .where(OrderLine.product_id.in_(product_ids), OrderLine.order_id < before, left > 0)
        .group_by(OrderLine.product_id)
    )


def _write(scope: Scope, found: Found, products: Mapping[str, int]) -> None:
    """One row for each line that is odd and why; of two lines of a SKU in an order the first."""
    orders = sorted({order_id for order_id, _why, _sku in found})
    lines: dict[tuple[int, int], int] = {}
    for some in batches(orders):
        stmt = select(OrderLine.order_id, OrderLine.product_id, func.min(OrderLine.id)).where(
            OrderLine.shop_id == scope.shop_id, OrderLine.order_id.in_(some)
        )
        rows = scope.session.execute(stmt.group_by(OrderLine.order_id, OrderLine.product_id))
        lines |= {(order_id, product_id): line for order_id, product_id, line in rows}
    prepared.put(
        scope,
        OddLine,
        *(
            {
                "order_id": order_id,
                "line_id": lines[order_id, products[sku]],
                "why": why,
                "facts": {"sku": sku, **odd.facts},
                "held_at": scope.now,
                "passed_by": None,
                "passed_at": None,
            }
            for (order_id, why, sku), odd in found.items()
        ),
    )
