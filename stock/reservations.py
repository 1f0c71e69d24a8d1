"""The gate of reservations: units promised to order lines, given back, or consumed when the parcel leaves.

Sole writer of Reservation. Callers hold the levels of what the orders ask for (levels.hold_orders).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, bindparam, insert, literal, select, update

from base import prepared
from base.errors import Stale
from base.prepared import SHOP
from base.scope import Scope
from stock import ledger, levels, moves
from stock.batches import batches
from stock.ledger import Balance, Filling, Impossible, Want
from stock.levels import Change, Shelf
from stock.models import OrderLine, Reservation

HELD, CONSUMED, RELEASED = "held", "consumed", "released"


@dataclass(frozen=True, slots=True)
class Ask:
    """Units an order line still wants."""

    order_id: int
    line_id: int
    product_id: int
    units: int


@dataclass(frozen=True, slots=True)
class Promise:
    """A held reservation."""

    id: int
    line_id: int
    shelf: Shelf
    units: int


def reserve(scope: Scope, asks: Sequence[Ask], *, place: int) -> Filling:
    """Promises free goods to whole orders, in the order in which they stand in `asks`.

    One lock and one guarded update per product, whatever the number of orders.
    """
    balances = levels.locked(scope, ((ask.product_id, place) for ask in asks))
    free = {product: balance.available for (product, _), balance in balances.items()}
    filling = ledger.fill(free, wants(asks))
    levels.spend(
        scope, {(product, place): Change(reserved=units) for product, units in filling.taken.items()}
    )
    _hold(scope, filling.filled, place)
    return filling


def wants(asks: Iterable[Ask]) -> list[Want]:
    """What each order asks for, in the order in which they first stand."""
    orders: dict[int, list[tuple[int, int]]] = {}
    for ask in asks:
        orders.setdefault(ask.order_id, []).append((ask.product_id, ask.units))
    return [Want(order, ledger.demand(lines)) for order, lines in orders.items()]


def _hold(scope: Scope, order_ids: Sequence[int], place: int) -> None:
    """Writes the reservations of orders that the balances already promise, one a line that wants any."""
    columns = ["shop_id", "line_id", "product_id", "location_id", "quantity", "state", "at"]
    left = OrderLine.quantity - OrderLine.cancelled
    for some in batches(order_ids):
        lines = (
            select(
                OrderLine.shop_id,
                OrderLine.id,
                OrderLine.product_id,
                literal(place),
                left,
                literal(HELD),
                literal(scope.now, Reservation.at.type),
            )
            .where(OrderLine.shop_id == scope.shop_id, OrderLine.order_id.in_(some), left > 0)
            .order_by(OrderLine.id)
        )
        scope.session.execute(insert(Reservation).from_select(columns, lines))


def release(scope: Scope, lines: Mapping[int, int]) -> list[int]:
    """Gives back units promised to these lines (units by line id) and returns the products that became free.

    A line that keeps a part gets a new reservation of the rest; lines that hold nothing are passed over.
    """
    held = held_by(scope, lines)
    back = {promise.id: min(lines[promise.line_id], promise.units) for promise in held}
    given = ledger.demand((promise.shelf, back[promise.id]) for promise in held)
    balances = levels.locked(scope, given)
    for shelf, units in given.items():
        ledger.release(balances[shelf], units)
    _end(scope, held, RELEASED)
    levels.post(scope, {shelf: Change(reserved=-units) for shelf, units in given.items()})
    _keep(scope, [(promise, promise.units - back[promise.id]) for promise in held])
    return sorted({promise.shelf[0] for promise in held})


def _keep(scope: Scope, rests: Iterable[tuple[Promise, int]]) -> None:
    """Promises anew what a line keeps of a reservation that has ended."""
    rows = [
        {
            "shop_id": scope.shop_id,
            "line_id": promise.line_id,
            "product_id": promise.shelf[0],
            "location_id": promise.shelf[1],
            "quantity": units,
            "state": HELD,
            "at": scope.now,
        }
        for promise, units in rests
        if units
    ]
    if rows:
        scope.session.execute(insert(Reservation), rows)


def consume(
    scope: Scope, *, order_id: int, lines: Mapping[int, int], balances: Mapping[Shelf, Balance]
) -> None:
    """The parcel leaves: its own reservations end, its units are issued. Raises OutOfStock, Stale.

    `lines` are the units by line id that must be promised, no more and no less; `balances` are those that
    the caller holds locked.
    """
    ended = prepared.run(scope, _CONSUMING, {"order": order_id, "now": scope.now})
    held = sorted(_promised(ended), key=attrgetter("id"))
    if {promise.line_id: promise.units for promise in held} != dict(lines):
        raise Stale
    taken = ledger.demand((promise.shelf, promise.units) for promise in held)
    balances = balances if taken.keys() <= balances.keys() else levels.locked(scope, taken)
    for shelf, units in taken.items():
        _decide(scope, shelf, balances[shelf], units)
    levels.post(scope, {shelf: Change(-units, -units) for shelf, units in taken.items()})
    act = moves.Act(f"ship:{order_id}", moves.ISSUE, "ship", order_id)
    moves.write(scope, act, [(promise.shelf, -promise.units) for promise in held])


def _decide(scope: Scope, shelf: Shelf, balance: Balance, units: int) -> None:
    try:
        ledger.consume(balance, units)
    except Impossible as impossible:
        raise levels.out_of_stock(scope, shelf, wanted=units, available=balance.on_hand) from impossible


def held_by(scope: Scope, lines: Iterable[int]) -> list[Promise]:
    """The held reservations of these lines, by id."""
    found: list[Promise] = []
    for some in batches(sorted(lines)):
        found += _promised(prepared.run(scope, _HELD_BY, {"lines": some}))
    return found


def _promised(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Promise]:
    return [Promise(row.id, row.line_id, (row.product_id, row.location_id), row.quantity) for row in rows]


_PROMISES = (
    select(
        Reservation.id,
        Reservation.line_id,
        Reservation.product_id,
        Reservation.location_id,
        Reservation.quantity,
    )
    .where(Reservation.shop_id == SHOP, Reservation.state == HELD)
    .order_by(Reservation.id)
)
_HELD_BY = _PROMISES.where(Reservation.line_id.in_(bindparam("lines", expanding=True)))


def orders_on(scope: Scope, shelf: Shelf) -> list[int]:
    """The orders to which units on this shelf are promised."""
    stmt = (
        select(OrderLine.order_id)
        .join(Reservation, Reservation.line_id == OrderLine.id)
        .where(Reservation.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id)
        .where(
            Reservation.product_id == shelf[0], Reservation.location_id == shelf[1], Reservation.state == HELD
        )
        .distinct()
        .order_by(OrderLine.order_id)
    )
    return list(scope.session.scalars(stmt))


def _end(scope: Scope, held: Sequence[Promise], state: str) -> None:
    for some in batches([promise.id for promise in held]):
        if prepared.run(scope, _ENDING, {"ids": some, "to": state, "now": scope.now}).rowcount != len(some):
            raise Stale


RESERVATIONS: Any = Reservation.__table__
#: Ends what is promised to an order's lines, and gives it as it was promised.
_CONSUMING = (
    update(RESERVATIONS)
    .where(
        RESERVATIONS.c.shop_id == SHOP,
        RESERVATIONS.c.state == HELD,
        RESERVATIONS.c.line_id.in_(
            select(OrderLine.id).where(OrderLine.shop_id == SHOP, OrderLine.order_id == bindparam("order"))
        ),
    )
    .values(state=CONSUMED, ended_at=bindparam("now"))
    .returning(
        RESERVATIONS.c.id,
        RESERVATIONS.c.line_id,
        RESERVATIONS.c.product_id,
        RESERVATIONS.c.location_id,
        RESERVATIONS.c.quantity,
    )
)
_ENDING = (
    update(RESERVATIONS)
    .where(
        RESERVATIONS.c.shop_id == SHOP,
        RESERVATIONS.c.id.in_(bindparam("ids", expanding=True)),
        RESERVATIONS.c.state == HELD,
    )
    .values(state=bindparam("to"), ended_at=bindparam("now"))
)
