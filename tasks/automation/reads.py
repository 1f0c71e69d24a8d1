"""What is known of products and orders when something happens to them; and the automations."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, select

from base.rows import mine
from base.scope import Scope
from stock.batches import batches
from stock.claim_tables import Claim
from stock.models import Order, OrderLine, Product
from stock.picture_tables import ProductPicture, SupplierText
from stock.returns.models import Return
from tasks.automation.models import Automation, AutomationRun, AutomationTask

Known = dict[str, Any]


def known(scope: Scope, happening: str, ids: Sequence[int]) -> dict[int, Known]:
    """What is known of these products, orders, claims or returns, by id."""
    read = READ[happening.split(".", maxsplit=1)[0]]
    found: dict[int, Known] = {}
    for some in batches(ids):
        found |= read(scope, some)
    return found


def products(scope: Scope, ids: Sequence[int]) -> dict[int, Known]:
    """What is known of these products."""
    rows = scope.session.scalars(mine(scope, Product).where(Product.id.in_(ids)))
    pictures = _pictures(scope, ids)
    texts = mine(scope, SupplierText).where(SupplierText.product_id.in_(ids), SupplierText.text != "")
    described = set(scope.session.scalars(texts.with_only_columns(SupplierText.product_id)))
    return {
        row.id: {
            "sku": row.sku,
            "name": row.name,
            "option": row.option,
            "price": row.price,
            "weight_g": row.weight_g,
            "fragile": row.fragile,
            "pictures": pictures.get(row.id, 0),
            "described": row.id in described,
        }
        for row in rows
    }


def orders(scope: Scope, ids: Sequence[int]) -> dict[int, Known]:
    """What is known of these orders; cancelled units do not count."""
    return {
        row.id: {
            "channel": row.channel,
            "total": Decimal(row.total or 0),
            "units": int(row.units or 0),
            "lines": row.lines,
            "fragile": bool(row.fragile),
            "number": row.number,
        }
        for row in scope.session.execute(_orders(scope, ids))
    }


def claims(scope: Scope, ids: Sequence[int]) -> dict[int, Known]:
    """What is known of these claims; nothing of what the customer wrote."""
    stmt = (
        select(Claim.id, Claim.reason, Claim.wish, Claim.units, Claim.product_id, Order.channel, Order.number)
        .add_columns(Product.sku, Product.name, Product.price, Product.fragile)
        .join(Order, Order.id == Claim.order_id)
        .join(Product, Product.id == Claim.product_id)
        .where(Claim.shop_id == scope.shop_id, Claim.id.in_(ids))
    )
    return {
        row.id: row._asdict() | {"title": f"{row.number} · {row.sku}"} for row in scope.session.execute(stmt)
    }


def returns(scope: Scope, ids: Sequence[int]) -> dict[int, Known]:
    """What is known of these returns: what their claims say, and the units that came."""
    stmt = select(Return.id, Return.claim_id, Return.arrived)
    rows = scope.session.execute(stmt.where(Return.shop_id == scope.shop_id, Return.id.in_(ids))).all()
    told = claims(scope, [row.claim_id for row in rows])
    return {row.id: told[row.claim_id] | {"units": row.arrived} for row in rows}


def on(scope: Scope, happening: str) -> list[Automation]:
    """The automations that are on for what happened, in the order they take effect."""
    wanted = mine(scope, Automation).where(Automation.state == "on", Automation.happening == happening)
    return list(scope.session.scalars(wanted.order_by(Automation.place, Automation.id)))


def every(scope: Scope) -> list[Automation]:
    """All that were not removed, in the order they take effect."""
    wanted = mine(scope, Automation).where(Automation.state != "removed")
    return list(scope.session.scalars(wanted.order_by(Automation.place, Automation.id)))


def depth(scope: Scope, task_id: int) -> int:
    """How many automations led to this task, one through another; 0 for work that a person asked for."""
    run = select(AutomationRun.depth).join(AutomationTask, AutomationTask.run_id == AutomationRun.id)
    here = (AutomationRun.shop_id == scope.shop_id, AutomationTask.shop_id == scope.shop_id)
    return scope.session.scalar(run.where(*here, AutomationTask.task_id == task_id)) or 0


def opened(scope: Scope, automation_ids: Sequence[int], *, since: Any) -> Mapping[int, int]:
    """How much work each has opened since then."""
    counted = select(AutomationRun.automation_id, func.sum(AutomationRun.opened)).where(
        AutomationRun.shop_id == scope.shop_id,
        AutomationRun.automation_id.in_(automation_ids),
        AutomationRun.at >= since,
    )
    rows = scope.session.execute(counted.group_by(AutomationRun.automation_id))
    return {id_: int(total) for id_, total in rows}


def _pictures(scope: Scope, ids: Sequence[int]) -> dict[int, int]:
    count = select(ProductPicture.product_id, func.count()).where(
        ProductPicture.shop_id == scope.shop_id,
        ProductPicture.product_id.in_(ids),
        ProductPicture.removed_at.is_(None),
    )
    rows = scope.session.execute(count.group_by(ProductPicture.product_id))
    return {product_id: n for product_id, n in rows}  # noqa: C416 (rows are not pairs to the type checker)


def _orders(scope: Scope, ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    units = OrderLine.quantity - OrderLine.cancelled
    return (
        select(
            Order.id,
            Order.number,
            Order.channel,
            func.sum(units * OrderLine.price).label("total"),
            func.sum(units).label("units"),
            func.count(OrderLine.id).label("lines"),
            func.max(case((Product.fragile, 1), else_=0)).label("fragile"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Order.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id, Order.id.in_(ids))
        .where(OrderLine.quantity > OrderLine.cancelled)
        .group_by(Order.id, Order.number, Order.channel)
    )


#: How to know more, by what the happening is about.
READ: Mapping[str, Callable[[Scope, Sequence[int]], dict[int, Known]]] = {
    "product": products,
    "task": products,
    "order": orders,
    "claim": claims,
    "return": returns,
}
