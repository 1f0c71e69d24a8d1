"""What is known of a parcel before it is packed, and how packing is declared."""

from sqlalchemy import Integer, Select, func, select
from sqlalchemy import cast as sql_cast

from base.scope import Scope
from stock.models import OrderLine, Product
from tasks.checklist import Facts, Good
from tasks.kinds.kind import Kind
from tasks.kinds.packing.acts import ship_finished
from tasks.kinds.packing.procedure import CRITERIA, ITEMS, TITLE
from tasks.models import Task


def facts(scope: Scope, task: Task) -> Facts:
    """The goods still wanted, whether any is fragile, how many pieces, and their weight if all are known."""
    rows = scope.session.execute(_goods(scope, task)).all()
    values: dict[str, bool | int | str] = {
        "fragile": any(row.fragile for row in rows),
        "pieces": sum(row.units for row in rows),
    }
    weights = [row.weight_g * row.units for row in rows if row.weight_g]
    if weights and len(weights) == len(rows):
        values["goods_g"] = sum(weights)
    return Facts(values, tuple(Good(row.sku, row.barcode, row.name, row.units) for row in rows))


def _goods(scope: Scope, task: Task) -> Select[str, str, str, int, bool, int | None]:
    units = func.sum(OrderLine.quantity - OrderLine.cancelled)
    return (
        select(
            Product.sku,
            Product.barcode,
            func.min(OrderLine.name).label("name"),
            sql_cast(units, Integer).label("units"),
            Product.fragile,
            Product.weight_g,
        )
        .join(Product, Product.id == OrderLine.product_id)
        .where(
            OrderLine.shop_id == scope.shop_id,
            OrderLine.order_id == task.order_id,
            OrderLine.quantity > OrderLine.cancelled,
        )
        .group_by(Product.id)
        .order_by(func.min(OrderLine.id))
    )


KIND = Kind(
    name="packing",
    sop_title=TITLE,
    items=ITEMS,
    criteria=CRITERIA,
    facts=facts,
    flags=("fragile",),
    numbers=("goods_g", "pieces"),
    first_price=700,
    accepted=ship_finished,
)
