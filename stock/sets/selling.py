"""Sets on orders: sold as one, written as the lines of their parts, and taken out again as whole sets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from base.errors import Invalid
from base.scope import Scope
from stock.batches import batches
from stock.models import OrderLine, Product
from stock.sets.models import SoldPart, SoldSet
from stock.sets.recipes import Recipes
from stock.sets.rule import shares, whole


class PartOfSet(Invalid):
    """A line is part of a set: only whole sets are taken out; none were. Facts: line_id, sku."""

    code = "sets.part_of_set"


@dataclass(frozen=True, slots=True)
class Sold:
    """Sets on an order: how many of them are left, and the lines of their parts with units in each."""

    id: int
    order_id: int
    sku: str
    name: str
    quantity: int
    left: int
    price: Decimal
    lines: Mapping[int, int]

    def units(self, sets: int) -> dict[int, int]:
        """Units by line of so many sets."""
        return {line: each * sets for line, each in self.lines.items()}


def spread(
    rows: Iterable[dict[str, Any]], recipes: Recipes, names: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    """Rows of order lines, those of sets as the rows of their parts at their share of the price."""
    for row in rows:
        parts = recipes.get(row["product_id"])
        if parts is None:
            yield row
            continue
        for share in shares(row["price"], parts):
            units = share.units * row["quantity"]
            about = {"product_id": share.product_id, "name": names[share.product_id]}
            yield row | about | {"quantity": units, "price": share.price}


def record(scope: Scope, rows: Sequence[Mapping[str, Any]], recipes: Recipes) -> None:
    """Notes which of the lines just written are parts of which set; `rows` are these as they were sold."""
    sold = [row for row in rows if row["product_id"] in recipes]
    if not sold:
        return
    orders = sorted({row["order_id"] for row in sold})
    columns = ("order_id", "product_id", "name", "quantity", "price", "row")
    whole_ = [{"shop_id": scope.shop_id} | {name: row[name] for name in columns} for row in sold]
    scope.session.connection().execute(insert(SoldSet), whole_)
    sets, lines = _ids(scope, SoldSet, orders), _ids(scope, OrderLine, orders)
    made = list[dict[str, Any]]()
    for row in rows:
        if row["order_id"] not in lines:
            continue
        if (parts := recipes.get(row["product_id"])) is None:
            next(lines[row["order_id"]])
            continue
        set_id = next(sets[row["order_id"]])
        of = {"shop_id": scope.shop_id, "sold_set_id": set_id}
        made += [
            of | {"line_id": next(lines[row["order_id"]]), "units": share.units}
            for share in shares(row["price"], parts)
        ]
    scope.session.connection().execute(insert(SoldPart), made)


def _ids(scope: Scope, model: Any, orders: Sequence[int]) -> dict[int, Iterator[int]]:
    """The rows of these orders in the order in which they were written."""
    found: dict[int, list[int]] = {}
    for some in batches(orders):
        stmt = select(model.order_id, model.id).where(
            model.shop_id == scope.shop_id, model.order_id.in_(some)
        )
        for order, id_ in scope.session.execute(stmt.order_by(model.id)):
            found.setdefault(order, []).append(id_)
    return {order: iter(ids) for order, ids in found.items()}


def on_orders(scope: Scope, orders: Iterable[int]) -> list[Sold]:
    """The sets on these orders, as they were sold, with what is left of them."""
    found: dict[int, Sold] = {}
    left: dict[int, list[int]] = {}
    for some in batches(sorted(set(orders))):
        for row in scope.session.execute(_sold(scope, some)):
            one_ = found.get(row.id) or Sold(
                row.id, row.order_id, row.sku, row.name, row.quantity, 0, row.price, {}
            )
            found[row.id] = replace(one_, lines={**one_.lines, row.line_id: row.units})
            left.setdefault(row.id, []).append(row.wanted // row.units)
    return [replace(one_, left=min(left[id_])) for id_, one_ in found.items()]


def _sold(scope: Scope, orders: Sequence[int]) -> Any:
    return (
        select(
            SoldSet.id,
            SoldSet.order_id,
            Product.sku,
            SoldSet.name,
            SoldSet.quantity,
            SoldSet.price,
            SoldPart.line_id,
            SoldPart.units,
            (OrderLine.quantity - OrderLine.cancelled).label("wanted"),
        )
        .join(SoldPart, SoldPart.sold_set_id == SoldSet.id)
        .join(OrderLine, OrderLine.id == SoldPart.line_id)
        .join(Product, Product.id == SoldSet.product_id)
        .where(SoldSet.shop_id == scope.shop_id, SoldPart.shop_id == scope.shop_id)
        .where(OrderLine.shop_id == scope.shop_id, Product.shop_id == scope.shop_id)
        .where(SoldSet.order_id.in_(orders))
        .order_by(SoldSet.id, SoldPart.id)
    )


def check_whole(scope: Scope, order_id: int, units: Mapping[int, int]) -> None:
    """Raises PartOfSet where units by line would break a set."""
    for sold in on_orders(scope, [order_id]):
        if not whole(sold.lines, units):
            line = min(sold.lines.keys() & units.keys(), default=min(sold.lines))
            raise PartOfSet(field=f"set-{sold.id}", line_id=line, sku=sold.sku)
