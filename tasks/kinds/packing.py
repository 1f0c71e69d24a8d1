"""Packing: the goods of one order into one parcel."""

from sqlalchemy import select

from base.scope import Scope
from stock.models import OrderLine, Product
from tasks.checklist import Facts, Good
from tasks.kinds.kind import Kind
from tasks.kinds.packing_sop import CRITERIA, ITEMS, TITLE
from tasks.models import Task

KIND = "packing"


def facts(scope: Scope, task: Task) -> Facts:
    """The goods still wanted, whether any is fragile, how many pieces, and their weight if all are known."""
    rows = scope.session.execute(
        select(
            Product.sku,
            Product.barcode,
            OrderLine.name,
            OrderLine.quantity - OrderLine.cancelled,
            Product.fragile,
            Product.weight_g,
        )
        .join(Product, Product.id == OrderLine.product_id)
        .where(
            OrderLine.shop_id == scope.shop_id,
            OrderLine.order_id == task.order_id,
            OrderLine.quantity > OrderLine.cancelled,
        )
        .order_by(OrderLine.id)
    ).all()
    values: dict[str, bool | int | str] = {
        "fragile": any(fragile for *_good, fragile, _weight in rows),
        "pieces": sum(units for _sku, _barcode, _name, units, *_rest in rows),
    }
    weights = [weight * units for *_good, units, _fragile, weight in rows if weight]
    if weights and len(weights) == len(rows):
        values["goods_g"] = sum(weights)
    return Facts(values, tuple(Good(sku, code, name, units) for sku, code, name, units, *_rest in rows))


PACKING = Kind(KIND, TITLE, ITEMS, CRITERIA, facts)
