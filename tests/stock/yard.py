"""Goods and orders for the stories of this room."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from base.scope import Actor, Scope
from stock import goods, handling, levels, orders
from stock.drafts import Draft, Goods, Line, Recipient
from stock.handovers import gate, receiving, sending
from stock.ledger import Balance
from stock.models import Order, OrderLine
from stock.placing import Placed
from tests.cast import MONDAY

KIM = Recipient("김하나", "010-2345-6789", "06236", "서울시 강남구 테헤란로 1", "문 앞에 놓아 주세요")


def draft(
    number: str,
    units: dict[str, int],
    *,
    placed_at: datetime = MONDAY,
    ship_by: datetime | None = None,
    to: Recipient = KIM,
) -> Draft:
    """An order of a few units."""
    lines = tuple(
        Line(sku, f"{sku} 상품", "", count, Decimal(1000), row)
        for row, (sku, count) in enumerate(units.items(), 2)
    )
    return Draft("generic", number, "", placed_at, ship_by, to, lines, ())


def products(scope: Scope, *skus: str) -> dict[str, int]:
    """Products by SKU, made where the shop lacks them."""
    return goods.ensure(scope, [Goods(sku, f"{sku} 상품", "") for sku in skus])[0]


def receive(scope: Scope, units: dict[str, int], key: str = "") -> None:
    """Brings goods into the warehouse."""
    ids = products(scope, *units)
    arrived = {ids[sku]: count for sku, count in units.items()}
    handling.receive(scope, key=key or f"delivery:{scope.now.isoformat()}:{'+'.join(units)}", goods=arrived)


def lend(scope: Scope, units: dict[int, int], partner: Actor, key: str = "lent") -> None:
    """Goods go to a partner's home, and she says that all of them came."""
    made = sending.hand_over(scope, key=key, goods=units, partner_id=partner.partner_id or 0)
    take(scope, made, partner)


def bring(scope: Scope, units: dict[int, int], partner: Actor, key: str) -> None:
    """A partner sends goods back, and the owner says that all of them came."""
    take(scope, sending.give_back(replace(scope, actor=partner), key=key, goods=units), scope.actor)


def take(scope: Scope, handover_id: int, who: Actor) -> None:
    """Whoever gets a hand-over says that all of it came."""
    for line in gate.lines(scope, handover_id):
        receiving.tell(replace(scope, actor=who), line.id, units=line.sent, seen=line.version)


def balance(scope: Scope, sku: str, *, kind: str = levels.WAREHOUSE, partner_id: int = 0) -> Balance:
    """What the book says of a product at a place."""
    shelf = (goods.known(scope, [sku])[sku], levels.location(scope, kind, partner_id=partner_id))
    return levels.locked(scope, [shelf]).get(shelf, Balance())


def held(scope: Scope, sku: str) -> tuple[int, int]:
    """On hand and reserved in the warehouse."""
    now = balance(scope, sku)
    return now.on_hand, now.reserved


def place(scope: Scope, *drafts: Draft) -> Placed:
    """Places orders."""
    return orders.place(scope, drafts)


def state(scope: Scope, order_id: int) -> str:
    """The state of an order as it is in the database."""
    return scope.session.scalars(select(Order.state).where(Order.id == order_id)).one()


def lines(scope: Scope, order_id: int) -> dict[str, int]:
    """The line ids of an order by what was sold."""
    stmt = select(OrderLine.name, OrderLine.id).where(OrderLine.order_id == order_id)
    return {name.split()[0]: id_ for name, id_ in scope.session.execute(stmt)}
