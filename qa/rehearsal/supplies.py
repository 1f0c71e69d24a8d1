"""What a made-up owner has to know and to carry: order files, what is missing, what lies on the shelves."""

from functools import partial

from sqlalchemy import func, select

from base import files
from base.scope import THE_HOUSE, Scope
from qa.rehearsal.stage import Player, Stage, act, look
from stock import importing, imports, levels, samples, understanding
from stock.levels import WAREHOUSE
from stock.lifecycle import SHORT, WAITING
from stock.models import Level, Order, OrderLine, Product
from stock.samples import Offer

SPARE = 6  # units of each missing product brought beyond what is asked for
MOST_OFFERS = 400
UNKNOWN_PRICE = 9_900  # won, for products that no file gave a price


def bring_in(stage: Stage, who: Player, *, orders: int, hours: int) -> None:
    """An order file of the last hours, as a marketplace writes it, through the import desk."""
    if orders:
        carry_in(stage, who, order_file(stage, who, orders=orders, hours=hours), kind=imports.ORDERS)


def order_file(stage: Stage, who: Player, *, orders: int, hours: int) -> bytes:
    """New orders for what the shop sells; in the marketplace's encoding where the names fit into it."""
    goods = look(stage, who.actor, offers) or samples.offers()
    until, seed = stage.now.astimezone(stage.calendar.zone), who.random.randrange(2**32)
    fits = all(name.encode("cp949", "ignore").decode("cp949") == name for _, name, _ in goods)
    encoding = "cp949" if fits else "utf-8-sig"
    return samples.order_file(goods, orders=orders, seed=seed, until=until, hours=hours, encoding=encoding)


def carry_in(stage: Stage, who: Player, data: bytes, *, kind: str) -> None:
    """One file from its receipt to its end, each step at the play's instant.

    The import's errand stays in the outbox; whoever delivers it later finds the import ended.
    """
    name = f"{kind}-{stage.now:%Y%m%d-%H%M}.csv"
    kept = partial(imports.receive, kind=kind, data=data, name=name)
    import_id = act(stage, who.actor, kept, called="file_received")
    upload = act(stage, THE_HOUSE, partial(imports.begin, import_id=import_id), called="file_opened")
    found = understanding.columns_of(upload.data, upload.name, upload.chosen)
    intake = understanding.standardised(found, upload.zone)
    work = look(stage, THE_HOUSE, partial(importing.prepared, intake=intake))
    placed = partial(imports.finish, import_id=import_id, mapping=found.mapping, work=work)
    act(stage, THE_HOUSE, placed, called="file_placed")
    files.delete(stage.world.files, upload.file_key)


def offers(scope: Scope) -> list[Offer]:
    """What the shop sells, as order files name it."""
    stmt = select(Product).where(Product.shop_id == scope.shop_id).order_by(Product.id).limit(MOST_OFFERS)
    return [
        (one.sku, f"{one.name} {one.option}".strip(), int(one.price or UNKNOWN_PRICE))
        for one in scope.session.scalars(stmt)
    ]


def missing(scope: Scope) -> dict[int, int]:
    """Units by product that waiting orders want beyond what is free."""
    wanted = (
        select(OrderLine.product_id, func.sum(OrderLine.quantity - OrderLine.cancelled))
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.shop_id == scope.shop_id, Order.state == SHORT)
        .group_by(OrderLine.product_id)
        .order_by(OrderLine.product_id)
    )
    there = free(scope)
    lacking = {
        product: int(units) - there.get(product, 0) for product, units in scope.session.execute(wanted)
    }
    return {product: units for product, units in lacking.items() if units > 0}


def waiting(scope: Scope) -> list[int]:
    """The orders that are neither shipped nor cancelled."""
    stmt = select(Order.id).where(Order.shop_id == scope.shop_id, Order.state.in_(WAITING))
    return list(scope.session.scalars(stmt.order_by(Order.id)))


def free(scope: Scope) -> dict[int, int]:
    """Units in the warehouse that nobody is promised; below zero where fewer were counted than promised."""
    place = levels.location(scope, WAREHOUSE)
    stmt = select(Level.product_id, Level.on_hand - Level.reserved).where(
        Level.shop_id == scope.shop_id, Level.location_id == place
    )
    return dict(scope.session.execute(stmt).all())


def shelves(scope: Scope) -> dict[int, int]:
    """Units on hand in the warehouse, of products that are there."""
    place = levels.location(scope, WAREHOUSE)
    stmt = select(Level.product_id, Level.on_hand).where(
        Level.shop_id == scope.shop_id, Level.location_id == place, Level.on_hand > 0
    )
    return dict(scope.session.execute(stmt).all())
