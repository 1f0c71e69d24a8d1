"""What sets are made of: said by the owner, and how many of each can be sold now."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import delete, func, insert, select

from base.errors import Invalid, Refused
from base.rows import changed, one
from base.scope import Scope
from security import audit
from stock import levels
from stock.batches import batches
from stock.levels import WAREHOUSE
from stock.lifecycle import WAITING
from stock.models import Level, Location, Order, OrderLine, Product
from stock.moves import SetLies
from stock.sets.models import SetPart
from stock.sets.rule import Part, makeable

MOST_PARTS = 30
MOST_UNITS = 1000

Recipes = Mapping[int, tuple[Part, ...]]  # by the product that is the set


class HoldsItself(Invalid):
    """A set cannot hold itself."""

    code = "sets.holds_itself"


class TooFewParts(Invalid):
    """A set holds two things or more."""

    code = "sets.too_few_parts"


class TooManyParts(Invalid):
    """More goes into a set than is taken. Facts: parts, units."""

    code = "sets.too_many_parts"


class NestedSets(Invalid):
    """A set cannot hold sets. Fact: sku."""

    code = "sets.nested"


class SetWanted(Refused):
    """Orders wait for this product as it was; nothing was changed. Fact: n."""

    code = "sets.wanted"


def declare(scope: Scope, set_id: int, parts: Mapping[int, int]) -> None:
    """Says of how many units of which products a set is made; of none, it is a product again.

    Orders that were placed keep the parts they were sold with. Raises HoldsItself, NestedSets,
    NotFound, SetLies, SetWanted, TooFewParts, TooManyParts.
    """
    product = one(scope, Product, set_id)
    for part in parts:
        one(scope, Product, part)
    warehouse = levels.location(scope, WAREHOUSE)
    levels.opened(scope, [(id_, warehouse) for id_ in (set_id, *parts)])  # whoever places or receives waits
    if parts:
        _check(scope, product, parts)
    here = (SetPart.shop_id == scope.shop_id, SetPart.set_id == set_id)
    changed(scope, delete(SetPart).where(*here))
    rows = [
        {"shop_id": scope.shop_id, "set_id": set_id, "part_id": id_, "units": units}
        for id_, units in sorted(parts.items())
    ]
    if rows:
        scope.session.execute(insert(SetPart), rows)
    audit.note(scope, "product.parts", "product", set_id, products=len(parts), units=sum(parts.values()))


def _check(scope: Scope, product: Product, parts: Mapping[int, int]) -> None:
    if product.id in parts:
        raise HoldsItself(field="lines")
    if not sum(parts.values()) > 1:
        raise TooFewParts(field="lines")
    if len(parts) > MOST_PARTS or max(parts.values()) > MOST_UNITS:
        raise TooManyParts(field="lines", parts=MOST_PARTS, units=MOST_UNITS)
    nested = of(scope, parts).keys() | {product.id} & _used(scope, product.id)
    if nested:
        raise NestedSets(field="lines", sku=one(scope, Product, min(nested)).sku)
    here = (Level.shop_id == scope.shop_id, Level.product_id == product.id, Level.on_hand > 0)
    if scope.session.scalar(select(func.count()).select_from(Level).where(*here)):
        raise SetLies(sku=product.sku)
    waits = (
        select(func.count(func.distinct(Order.id)))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id)
        .where(OrderLine.product_id == product.id, OrderLine.quantity > OrderLine.cancelled)
        .where(Order.state.in_(WAITING))
    )
    if n := scope.session.scalar(waits):
        raise SetWanted(n=n)


def _used(scope: Scope, product_id: int) -> set[int]:
    """The product itself, where it is a part of some set."""
    here = (SetPart.shop_id == scope.shop_id, SetPart.part_id == product_id)
    return {product_id} if scope.session.scalar(select(SetPart.id).where(*here).limit(1)) else set()


def of(scope: Scope, products: Iterable[int]) -> Recipes:
    """What those of these products are made of that are sets."""
    found: dict[int, list[Part]] = {}
    for some in batches(sorted(set(products))):
        stmt = (
            select(SetPart.set_id, SetPart.part_id, SetPart.units, Product.price)
            .join(Product, Product.id == SetPart.part_id)
            .where(SetPart.shop_id == scope.shop_id, Product.shop_id == scope.shop_id)
            .where(SetPart.set_id.in_(some))
            .order_by(SetPart.set_id, SetPart.part_id)
        )
        for set_id, part_id, units, price in scope.session.execute(stmt):
            found.setdefault(set_id, []).append(Part(part_id, units, price))
    return {set_id: tuple(parts) for set_id, parts in found.items()}


def every(scope: Scope) -> list[int]:
    """The shop's sets."""
    return list(
        scope.session.scalars(select(SetPart.set_id).where(SetPart.shop_id == scope.shop_id).distinct())
    )


def within(scope: Scope, products: Iterable[int]) -> list[int]:
    """These products and the parts of those that are sets."""
    told = set(products)
    for some in batches(sorted(told)):
        stmt = select(SetPart.part_id).where(SetPart.shop_id == scope.shop_id, SetPart.set_id.in_(some))
        told |= set(scope.session.scalars(stmt))
    return sorted(told)


def names(scope: Scope, recipes: Recipes) -> dict[int, str]:
    """What the parts are called on an order."""
    ids = sorted({part.product_id for parts_ in recipes.values() for part in parts_})
    found: dict[int, str] = {}
    for some in batches(ids):
        stmt = select(Product.id, Product.name, Product.option).where(Product.shop_id == scope.shop_id)
        for id_, name, option in scope.session.execute(stmt.where(Product.id.in_(some))):
            found[id_] = " / ".join(filter(None, (name, option)))
    return found


def parts(scope: Scope, set_id: int) -> list[tuple[Product, int]]:
    """The parts of one set, with their units, by SKU; none of what is no set."""
    stmt = (
        select(Product, SetPart.units)
        .join(SetPart, SetPart.part_id == Product.id)
        .where(SetPart.shop_id == scope.shop_id, Product.shop_id == scope.shop_id, SetPart.set_id == set_id)
        .order_by(Product.sku)
    )
    return [(row[0], row[1]) for row in scope.session.execute(stmt)]


def sets_with(scope: Scope, part_id: int) -> list[Product]:
    """The sets a product is a part of."""
    stmt = (
        select(Product)
        .join(SetPart, SetPart.set_id == Product.id)
        .where(SetPart.shop_id == scope.shop_id, Product.shop_id == scope.shop_id, SetPart.part_id == part_id)
    )
    return list(scope.session.scalars(stmt.order_by(Product.sku)))


def available(scope: Scope, products: Collection[int]) -> dict[int, int]:
    """How many can be sold now of those of these products that are sets."""
    recipes = of(scope, products)
    wanted = sorted({part.product_id for parts_ in recipes.values() for part in parts_})
    free: dict[int, int] = {}
    for some in batches(wanted):
        stmt = (
            select(Level.product_id, Level.on_hand - Level.reserved)
            .join(Location, Location.id == Level.location_id)
            .where(Level.shop_id == scope.shop_id, Location.shop_id == scope.shop_id)
            .where(Location.kind == WAREHOUSE, Level.product_id.in_(some))
        )
        free |= dict(scope.session.execute(stmt).all())
    return {set_id: makeable(free, parts_) for set_id, parts_ in recipes.items()}
