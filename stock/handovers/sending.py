"""Sending goods: to a home by the owner, back by whoever lives there, and called off before they came.

Goods that were sent are *on the way* until whoever gets them says so: neither here nor there, and still ours.
"""

from base.errors import NotFound, Refused
from base.scope import Scope
from security.policy import PARTNER
from stock import levels, moves, places, shelves
from stock.handovers import gate, life, limits
from stock.handovers.life import BACK, OUT
from stock.handovers.models import Handover
from stock.levels import HOME, WAREHOUSE
from stock.moves import Goods, NoUnits
from stock.news import StockArrived

REASONS = {OUT: "hand_over", BACK: "return_from_home"}


class PartnerLeft(Refused):
    """Whoever lives there works here no more: goods can only be fetched."""

    code = "handovers.partner_left"


class PartnerHere(Refused):
    """Whoever works here sends goods back herself, so that both say how many."""

    code = "handovers.partner_here"


class NothingOnTheWay(Refused):
    """Nothing of it can be called off any more."""

    code = "handovers.nothing_on_the_way"


def hand_over(scope: Scope, *, key: str, goods: Goods, partner_id: int) -> int:
    """Free goods leave the warehouse for a partner's home; gives the hand-over.

    Raises NoSuchPlace, OutOfStock, OverLimit, PartnerLeft.
    """
    if not _here(scope, partner_id):
        raise PartnerLeft
    if not moves.happened(scope, f"{key}:sent"):
        limits.check(scope, partner_id, goods)
    return _send(scope, key, OUT, goods, partner_id)


def give_back(scope: Scope, *, key: str, goods: Goods) -> int:
    """A partner sends back what lies in her home; gives the hand-over. Raises NoSuchPlace, OutOfStock."""
    return _send(scope, key, BACK, goods, scope.actor.partner_id or 0)


def fetch(scope: Scope, *, key: str, goods: Goods, partner_id: int) -> int:
    """The owner takes back what lies with somebody who works here no more: nobody else can say how many.

    Raises NoSuchPlace, OutOfStock, PartnerHere.
    """
    if _here(scope, partner_id):
        raise PartnerHere
    made = _send(scope, key, BACK, goods, partner_id, alone=True)
    told = {"told_by": scope.actor.id, "told_at": scope.now}
    for line in gate.lines(scope, made):
        if line.state == life.SENT:
            carry(
                scope, gate.hold(scope, made), f"{key}:came:{line.product_id}", {line.product_id: line.sent}
            )
            gate.take(scope, line, life.AGREE, received=line.sent, **told)
    return made


def call_off(scope: Scope, handover_id: int) -> None:
    """What is still on the way goes back to where it came from; only who sent it, or the owner, says so.

    Raises NotFound, NothingOnTheWay.
    """
    handover = gate.hold(scope, handover_id)
    if scope.actor.role == PARTNER and (handover.way, handover.partner_id) != (BACK, scope.actor.partner_id):
        raise NotFound
    waiting = [line for line in gate.lines(scope, handover_id) if line.state in life.OPEN]
    if not waiting:
        raise NothingOnTheWay
    goods = {line.product_id: line.sent for line in waiting}
    source, between, _ = where(scope, handover.way, handover.partner_id)
    moves.carry(
        scope,
        key=f"handover:{handover_id}:off",
        goods=goods,
        source=between,
        target=source,
        reason="called_off",
    )
    for line in waiting:
        gate.take(scope, line, life.CALL_OFF)
    if handover.way == OUT:
        scope.tell(StockArrived(tuple(sorted(goods))))


def where(scope: Scope, way: str, partner_id: int) -> tuple[int, int, int]:
    """The places of a hand-over: where it comes from, between, and where it goes. Raises NoSuchPlace."""
    home = levels.location(scope, HOME, partner_id=partner_id)
    ours, between = levels.location(scope, WAREHOUSE), places.way(scope, partner_id)
    return (ours, between, home) if way == OUT else (home, between, ours)


def carry(scope: Scope, handover: Handover, key: str, goods: Goods) -> None:
    """Goods on the way have come; what came to the warehouse is free."""
    _, between, target = where(scope, handover.way, handover.partner_id)
    moves.carry(scope, key=key, goods=goods, source=between, target=target, reason=REASONS[handover.way])
    if handover.way == BACK:
        scope.tell(StockArrived(tuple(sorted(goods))))


def _send(scope: Scope, key: str, way: str, goods: Goods, partner_id: int, *, alone: bool = False) -> int:
    if not goods or min(goods.values()) <= 0:
        raise NoUnits(field="quantity")
    source, between, _ = where(scope, way, partner_id)
    moved = moves.carry(
        scope, key=f"{key}:sent", goods=goods, source=source, target=between, reason=REASONS[way]
    )
    if not moved:
        return gate.known(scope, key)
    return gate.open_(scope, key=key, way=way, partner_id=partner_id, goods=goods, alone=alone)


def _here(scope: Scope, partner_id: int) -> bool:
    """Whether a partner works here. Raises NoSuchPlace for one without a home."""
    found = levels.location(scope, HOME, partner_id=partner_id)
    return shelves.places(scope)[found].here
