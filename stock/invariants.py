"""What must be true of the whole book at any time, asked of the database in a few statements."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select

from base.scope import Scope
from stock.handovers.life import DIFFERS, OPEN
from stock.handovers.models import Handover, HandoverLine
from stock.levels import TRANSIT
from stock.lifecycle import ENDED, READY, SHIPPED, SHORT, WAITING
from stock.lifecycle import HELD as WAITS
from stock.models import Level, Location, Movement, Order, OrderLine, Reservation
from stock.moves import ISSUE
from stock.reservations import HELD
from stock.sets.models import SoldPart

Look = Select[*tuple[Any, ...]]
MOST = 100  # of each kind: the first ones tell what is wrong


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be: what, and the ids and numbers that show it."""

    code: str
    facts: dict[str, int] = field(default_factory=dict)


def findings(scope: Scope) -> list[Finding]:
    """Everything wrong with the shop's stock; empty when the book is sound."""
    looks = (
        ("stock.balance", _unbalanced(scope)),
        ("stock.no_level", _levelless(scope)),
        ("stock.reserved", _misreserved(scope)),
        ("stock.negative", _negative(scope)),
        ("stock.not_issued", _not_issued(scope)),
        ("stock.held_in_vain", _held_in_vain(scope)),
        ("stock.not_held", _not_held(scope)),
        ("stock.empty_order", _empty(scope)),
        ("stock.on_the_way", _on_the_way(scope)),
        ("stock.broken_set", _broken_sets(scope)),
    )
    return [finding for code, look in looks for finding in _found(scope, code, look)]


def _found(scope: Scope, code: str, look: Look) -> Iterator[Finding]:
    for row in scope.session.execute(look.limit(MOST)).mappings():
        yield Finding(code, {name: int(value) for name, value in row.items()})


def _unbalanced(scope: Scope) -> Look:
    """The balance is the sum of the movements."""
    moved = _moved(scope)
    here = and_(moved.c.product_id == Level.product_id, moved.c.location_id == Level.location_id)
    total = func.coalesce(moved.c.moved, 0)
    return (
        select(Level.product_id, Level.location_id, Level.on_hand, total.label("moved"))
        .join(moved, here, isouter=True)
        .where(Level.shop_id == scope.shop_id, Level.on_hand != total)
    )


def _levelless(scope: Scope) -> Look:
    """Where goods moved there is a balance."""
    moved = _moved(scope)
    here = and_(
        Level.shop_id == scope.shop_id,
        moved.c.product_id == Level.product_id,
        moved.c.location_id == Level.location_id,
    )
    return select(moved).join(Level, here, isouter=True).where(Level.id.is_(None))


def _misreserved(scope: Scope) -> Look:
    """What is reserved is the sum of the reservations held."""
    held = (
        select(Reservation.product_id, Reservation.location_id, func.sum(Reservation.quantity).label("held"))
        .where(Reservation.shop_id == scope.shop_id, Reservation.state == HELD)
        .group_by(Reservation.product_id, Reservation.location_id)
        .subquery()
    )
    here = and_(held.c.product_id == Level.product_id, held.c.location_id == Level.location_id)
    total = func.coalesce(held.c.held, 0)
    return (
        select(Level.product_id, Level.location_id, Level.reserved, total.label("held"))
        .join(held, here, isouter=True)
        .where(Level.shop_id == scope.shop_id, Level.reserved != total)
    )


def _negative(scope: Scope) -> Look:
    """Nothing is below zero."""
    return select(Level.product_id, Level.location_id, Level.on_hand, Level.reserved).where(
        Level.shop_id == scope.shop_id, or_(Level.on_hand < 0, Level.reserved < 0)
    )


def _not_issued(scope: Scope) -> Look:
    """Of a shipped order exactly its units left."""
    gone = (
        select(Movement.order_id, Movement.product_id, func.sum(-Movement.quantity).label("issued"))
        .where(Movement.shop_id == scope.shop_id, Movement.kind == ISSUE, Movement.order_id.is_not(None))
        .group_by(Movement.order_id, Movement.product_id)
        .subquery()
    )
    sold = _wanted(scope, Order.state == SHIPPED)
    here = and_(gone.c.order_id == sold.c.order_id, gone.c.product_id == sold.c.product_id)
    issued = func.coalesce(gone.c.issued, 0)
    return select(sold, issued.label("issued")).join(gone, here, isouter=True).where(sold.c.wanted != issued)


def _held_in_vain(scope: Scope) -> Look:
    """Nothing is promised to an order that has ended or that waits to be filled."""
    return (
        select(OrderLine.order_id, Reservation.line_id, Reservation.quantity)
        .join(OrderLine, OrderLine.id == Reservation.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Reservation.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id)
        .where(
            Order.shop_id == scope.shop_id, Order.state.in_([*ENDED, WAITS, SHORT]), Reservation.state == HELD
        )
    )


def _not_held(scope: Scope) -> Look:
    """To a ready order all it wants is promised, line by line."""
    held = func.coalesce(func.sum(Reservation.quantity), 0)
    wanted = OrderLine.quantity - OrderLine.cancelled
    promised = and_(
        Reservation.shop_id == scope.shop_id,
        Reservation.line_id == OrderLine.id,
        Reservation.state == HELD,
    )
    return (
        select(OrderLine.order_id, OrderLine.id, wanted.label("wanted"), held.label("held"))
        .join(Order, Order.id == OrderLine.order_id)
        .join(Reservation, promised, isouter=True)
        .where(OrderLine.shop_id == scope.shop_id, Order.shop_id == scope.shop_id, Order.state == READY)
        .group_by(OrderLine.order_id, OrderLine.id, wanted)
        .having(wanted != held)
    )


def _empty(scope: Scope) -> Look:
    """An order that waits wants something."""
    wanted = _wanted(scope, Order.state.in_(WAITING))
    return select(wanted.c.order_id).group_by(wanted.c.order_id).having(func.sum(wanted.c.wanted) == 0)


def _on_the_way(scope: Scope) -> Look:
    """Between warehouse and homes lies what was sent and nobody has said of where it is."""
    lies = (
        select(Location.partner_id, Level.product_id, Level.on_hand.label("lies"), literal(0).label("sent"))
        .join(Location, Location.id == Level.location_id)
        .where(Level.shop_id == scope.shop_id, Location.shop_id == scope.shop_id, Location.kind == TRANSIT)
    )
    short = case((HandoverLine.state == DIFFERS, HandoverLine.sent - HandoverLine.received), else_=0)
    left = case((HandoverLine.state.in_(OPEN), HandoverLine.sent), (short > 0, short), else_=0)
    sent = (
        select(Handover.partner_id, HandoverLine.product_id, literal(0), left)
        .join(HandoverLine, HandoverLine.handover_id == Handover.id)
        .where(Handover.shop_id == scope.shop_id, HandoverLine.shop_id == scope.shop_id)
        .where(HandoverLine.state.in_([*OPEN, DIFFERS]))
    )
    both = lies.union_all(sent).subquery()
    columns = func.sum(both.c.lies).label("lies"), func.sum(both.c.sent).label("sent")
    stmt = select(both.c.partner_id, both.c.product_id, *columns).group_by(
        both.c.partner_id, both.c.product_id
    )
    return stmt.having(columns[0] != columns[1])


def _broken_sets(scope: Scope) -> Look:
    """Of a set that was sold all parts are left, or none."""
    wanted = OrderLine.quantity - OrderLine.cancelled
    sets, rest = wanted // SoldPart.units, wanted % SoldPart.units
    return (
        select(SoldPart.sold_set_id, func.min(sets).label("least"), func.max(sets).label("most"))
        .join(OrderLine, OrderLine.id == SoldPart.line_id)
        .where(SoldPart.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id)
        .group_by(SoldPart.sold_set_id)
        .having(or_(func.min(sets) != func.max(sets), func.max(rest) > 0))
    )


def _moved(scope: Scope) -> Subquery:
    """The sum of movements per product and location."""
    return (
        select(Movement.product_id, Movement.location_id, func.sum(Movement.quantity).label("moved"))
        .where(Movement.shop_id == scope.shop_id)
        .group_by(Movement.product_id, Movement.location_id)
        .subquery()
    )


def _wanted(scope: Scope, which: ColumnElement[bool]) -> Subquery:
    """Units per order and product that are not cancelled, of some orders."""
    units = func.sum(OrderLine.quantity - OrderLine.cancelled).label("wanted")
    return (
        select(OrderLine.order_id, OrderLine.product_id, units)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.shop_id == scope.shop_id, Order.shop_id == scope.shop_id, which)
        .group_by(OrderLine.order_id, OrderLine.product_id)
        .subquery()
    )
