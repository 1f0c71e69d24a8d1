"""Balances: locked in one order, changed by guarded updates. Only this room's gates call these.

Levels are locked by product, then location, and before anything of an order is changed: the levels of its
products are the order's lock, and who brings goods and who waits for them never miss each other. On SQLite
the transaction already holds the only write lock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update, bindparam, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from base import prepared
from base.errors import NotFound, Refused
from base.prepared import SHOP
from base.scope import Scope
from stock.batches import batches
from stock.ledger import Balance
from stock.models import Level, Location, OrderLine, Product

WAREHOUSE, QUARANTINE, HOME, TRANSIT = "warehouse", "quarantine", "home", "transit"

Shelf = tuple[int, int]  # a product at a location, by their ids
EMPTY = Balance()


@dataclass(frozen=True, slots=True)
class Change:
    """By how many units a balance changes."""

    on_hand: int = 0
    reserved: int = 0


class OutOfStock(Refused):
    """Fewer units are free than the act takes; nothing has moved. Facts: sku, wanted, available."""

    code = "stock.out_of_stock"


class NoSuchPlace(NotFound):
    """The shop has no such location (a home exists from the day its partner joined)."""

    code = "stock.no_such_place"


def location(scope: Scope, kind: str, *, partner_id: int = 0) -> int:
    """The id of the warehouse, the quarantine, a partner's home or the way to it. Raises NoSuchPlace."""
    found = scope.session.scalar(
        select(Location.id).where(
            Location.shop_id == scope.shop_id, Location.kind == kind, Location.partner_id == partner_id
        )
    )
    if found is None:
        raise NoSuchPlace(kind=kind)
    return found


def opened(scope: Scope, shelves: Iterable[Shelf]) -> dict[Shelf, Balance]:
    """Locks these balances, those that are missing made empty. Raises NotFound for another shop's product."""
    wanted = sorted(set(shelves))
    for place in sorted({place for _, place in wanted}):
        for products in batches([product for product, at in wanted if at == place]):
            _make(scope, products, place)
    found = locked(scope, wanted)
    if len(found) < len(wanted):
        raise NotFound
    return found


def _make(scope: Scope, products: Sequence[int], place: int) -> None:
    columns = ["shop_id", "product_id", "location_id", "on_hand", "reserved", "version"]
    source = (
        select(Product.shop_id, Product.id, Location.id, literal(0), literal(0), literal(1))
        .join(Location, Location.shop_id == Product.shop_id)
        .where(Product.shop_id == scope.shop_id, Product.id.in_(products), Location.id == place)
        .order_by(Product.id)
    )
    insert = sqlite.insert if scope.world.engines.dialect == "sqlite" else postgresql.insert
    scope.session.execute(insert(Level).from_select(columns, source).on_conflict_do_nothing())


def locked(scope: Scope, shelves: Iterable[Shelf]) -> dict[Shelf, Balance]:
    """These balances as they are, locked until the transaction ends; those that do not exist are left out."""
    wanted = sorted(set(shelves))
    places = sorted({place for _, place in wanted})
    found: dict[Shelf, Balance] = {}
    for products in batches(sorted({product for product, _ in wanted})):
        stmt = (
            select(Level.product_id, Level.location_id, Level.on_hand, Level.reserved)
            .where(
                Level.shop_id == scope.shop_id, Level.location_id.in_(places), Level.product_id.in_(products)
            )
            .order_by(Level.product_id, Level.location_id)
            .with_for_update()
        )
        found |= {(row[0], row[1]): Balance(row[2], row[3]) for row in scope.session.execute(stmt)}
    return {shelf: found[shelf] for shelf in wanted if shelf in found}


def hold_orders(scope: Scope, order_ids: Sequence[int]) -> None:
    """Locks the levels of all these orders ask for: nobody else can fill, change or ship them meanwhile.

    The products of an order never change, so they are known before anything is locked.
    """
    products: set[int] = set()
    for some in batches(order_ids):
        stmt = select(OrderLine.product_id).where(
            OrderLine.shop_id == scope.shop_id, OrderLine.order_id.in_(some)
        )
        products |= set(scope.session.scalars(stmt))  # DISTINCT leads SQLite through every line of the shop
    warehouse = location(scope, WAREHOUSE)
    locked(scope, ((product, warehouse) for product in products))


def hold_order(scope: Scope, order_id: int) -> dict[Shelf, Balance]:
    """Locks the levels of all one order asks for in the warehouse, and gives them as they are."""
    rows = prepared.run(scope, _OF_ORDER, {"order": order_id})
    return {(row.product_id, row.location_id): Balance(row.on_hand, row.reserved) for row in rows}


_OF_ORDER = (
    select(Level.product_id, Level.location_id, Level.on_hand, Level.reserved)
    .where(
        Level.shop_id == SHOP,
        Level.product_id.in_(
            select(OrderLine.product_id).where(
                OrderLine.shop_id == SHOP, OrderLine.order_id == bindparam("order")
            )
        ),
        Level.location_id.in_(
            select(Location.id).where(
                Location.shop_id == SHOP, Location.kind == WAREHOUSE, Location.partner_id == 0
            )
        ),
    )
    .order_by(Level.product_id, Level.location_id)
    .with_for_update()
)


def post(scope: Scope, changes: Mapping[Shelf, Change]) -> None:
    """Changes balances that may not fall below zero. Raises OutOfStock; then nothing may be kept."""
    _change(scope, _POST, changes)


def spend(scope: Scope, changes: Mapping[Shelf, Change]) -> None:
    """Changes balances of which no more than what is free may be taken. Raises OutOfStock."""
    _change(scope, _SPEND, changes)


def out_of_stock(scope: Scope, shelf: Shelf, *, wanted: int, available: int) -> OutOfStock:
    """The refusal that names the product."""
    sku = scope.session.scalar(
        select(Product.sku).where(Product.shop_id == scope.shop_id, Product.id == shelf[0])
    )
    return OutOfStock(sku=sku, wanted=wanted, available=max(0, available))


_LEVELS: Any = Level.__table__
_NEW = (_LEVELS.c.on_hand + bindparam("came"), _LEVELS.c.reserved + bindparam("promised"))
_POST: Update = (
    update(_LEVELS)
    .where(
        _LEVELS.c.shop_id == bindparam("shop"),
        _LEVELS.c.product_id == bindparam("product"),
        _LEVELS.c.location_id == bindparam("place"),
        _NEW[0] >= 0,
        _NEW[1] >= 0,
    )
    .values(on_hand=_NEW[0], reserved=_NEW[1], version=_LEVELS.c.version + 1)
)
_SPEND: Update = _POST.where(_NEW[0] >= _NEW[1])


def _change(scope: Scope, statement: Update, changes: Mapping[Shelf, Change]) -> None:
    rows = [
        {"product": product, "place": place, "came": by.on_hand, "promised": by.reserved}
        for (product, place), by in sorted(changes.items())
        if by != Change()
    ]
    if prepared.run_each(scope, statement, rows) != len(rows):
        raise OutOfStock
