"""The gate of the ledger: every unit that comes, goes or changes place passes here, once per key.

Sole writer of Movement; balances change in the same breath. `goods` are units per product id. A key seen
before means that the act already happened: it returns False and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from base import prepared
from base.errors import Invalid, Refused
from base.scope import Scope
from stock import ledger, levels
from stock.batches import batches
from stock.ledger import Balance, Impossible
from stock.levels import HOME, QUARANTINE, WAREHOUSE, Change, Shelf
from stock.models import Movement, Product
from stock.sets.models import SetPart

RECEIPT, ISSUE, RETURN, ADJUSTMENT, TRANSFER = "receipt", "issue", "return", "adjustment", "transfer"

Goods = Mapping[int, int]


class SetLies(Refused):
    """A set lies nowhere itself: its parts do. Fact: sku."""

    code = "sets.lies"


class NoUnits(Invalid):
    """An act moves one unit or more of something."""

    code = "stock.no_units"


@dataclass(frozen=True, slots=True)
class Act:
    """What moves goods and why; `key` makes it happen once."""

    key: str
    kind: str
    reason: str = ""
    order_id: int | None = None
    at: datetime | None = None


def receive(scope: Scope, *, key: str, goods: Goods, place: int, reason: str = "") -> bool:
    """Goods came in at a location."""
    return book(scope, Act(key, RECEIPT, reason), _at(place, _some(goods)))


def take_back(scope: Scope, *, key: str, goods: Goods, order_id: int) -> bool:
    """A customer sent goods back: they lie in quarantine until somebody looked at them."""
    place = levels.location(scope, QUARANTINE)
    return book(scope, Act(key, RETURN, "take_back", order_id), _at(place, _some(goods)))


def issue(scope: Scope, *, key: str, goods: Goods, place: int, reason: str) -> bool:
    """Free goods left a location for good. Raises OutOfStock."""
    return book(scope, Act(key, ISSUE, reason), _out(place, goods))


def adjust(scope: Scope, *, key: str, goods: Goods, place: int, reason: str) -> bool:
    """Signed corrections; what is promised cannot be corrected away. Raises OutOfStock."""
    if not goods or 0 in goods.values():
        raise NoUnits(field="quantity")
    return book(scope, Act(key, ADJUSTMENT, reason), _at(place, goods))


def carry(scope: Scope, *, key: str, goods: Goods, source: int, target: int, reason: str) -> bool:
    """Free goods went from one location to another: still ours. Raises OutOfStock."""
    return _transfer(scope, Act(key, TRANSFER, reason), goods, source, target)


def pack_done(scope: Scope, *, key: str, goods: Goods, partner_id: int) -> bool:
    """Goods that lay at a partner's home left in a parcel. Raises OutOfStock."""
    home = levels.location(scope, HOME, partner_id=partner_id)
    return issue(scope, key=key, goods=goods, place=home, reason="pack_done")


def quarantine(scope: Scope, *, key: str, goods: Goods) -> bool:
    """Free goods were put aside to be looked at: nobody can be promised them. Raises OutOfStock."""
    source, target = levels.location(scope, WAREHOUSE), levels.location(scope, QUARANTINE)
    return _transfer(scope, Act(key, TRANSFER, "quarantine"), goods, source, target)


def clear(scope: Scope, *, key: str, goods: Goods) -> bool:
    """Goods in quarantine were found good and may be sold again. Raises OutOfStock."""
    source, target = levels.location(scope, QUARANTINE), levels.location(scope, WAREHOUSE)
    return _transfer(scope, Act(key, TRANSFER, "clear"), goods, source, target)


def _transfer(scope: Scope, act: Act, goods: Goods, source: int, target: int) -> bool:
    return book(scope, act, _out(source, goods) | _at(target, goods))


def book(scope: Scope, act: Act, units: Mapping[Shelf, int]) -> bool:
    """Books signed units; what goes must be free. Raises OutOfStock naming the first product that is not."""
    balances = levels.opened(scope, units)
    if happened(scope, act.key):
        return False
    _no_sets(scope, units)
    for shelf, count in sorted(units.items()):
        _decide(scope, shelf, balances[shelf], count)
    levels.post(scope, {shelf: Change(on_hand=count) for shelf, count in units.items() if count > 0})
    levels.spend(scope, {shelf: Change(on_hand=count) for shelf, count in units.items() if count < 0})
    write(scope, act, list(units.items()))
    return True


def _no_sets(scope: Scope, units: Mapping[Shelf, int]) -> None:
    """Nothing comes to where a set would lie; the levels are locked, so nobody makes one of it meanwhile."""
    coming = sorted({product for (product, _), count in units.items() if count > 0})
    for some in batches(coming):
        stmt = select(Product.sku).where(Product.shop_id == scope.shop_id, Product.id.in_(some))
        parts = select(SetPart.set_id).where(SetPart.shop_id == scope.shop_id, SetPart.set_id.in_(some))
        if (sku := scope.session.scalar(stmt.where(Product.id.in_(parts)).limit(1))) is not None:
            raise SetLies(sku=sku)


def happened(scope: Scope, key: str) -> bool:
    """Whether an act with this key already moved goods."""
    found = select(Movement.id).where(Movement.shop_id == scope.shop_id, Movement.key == key)
    return scope.session.scalar(found) is not None


def correct(scope: Scope, asked: Sequence[tuple[Act, Shelf, int]]) -> list[int]:
    """Books signed corrections in turn, each as far as goods are free, and returns what each came to."""
    balances = levels.opened(scope, (shelf for _, shelf, _ in asked))
    free = {shelf: balance.available for shelf, balance in balances.items()}
    booked = []
    for _, shelf, units in asked:
        booked.append(ledger.as_far_as_there(free[shelf], units))
        free[shelf] += booked[-1]
    levels.post(
        scope, {shelf: Change(on_hand=free[shelf] - was.available) for shelf, was in balances.items()}
    )
    rows = [
        _row(scope, act, shelf, units, act.key)
        for (act, shelf, _), units in zip(asked, booked, strict=True)
        if units
    ]
    if rows:
        prepared.put(scope, Movement, *rows)
    return booked


def write(scope: Scope, act: Act, units: Sequence[tuple[Shelf, int]]) -> None:
    """Writes the ledger lines of an act whose balances are booked; only this room's gates call it."""
    rows = [
        _row(scope, act, shelf, count, f"{act.key}#{number}" if number else act.key)
        for number, (shelf, count) in enumerate(units)
    ]
    prepared.put(scope, Movement, *rows)


def _row(scope: Scope, act: Act, shelf: Shelf, units: int, key: str) -> dict[str, Any]:
    return {
        "product_id": shelf[0],
        "location_id": shelf[1],
        "quantity": units,
        "kind": act.kind,
        "reason": act.reason,
        "order_id": act.order_id,
        "key": key,
        "actor_id": scope.actor.id,
        "occurred_at": act.at or scope.now,
        "recorded_at": scope.now,
    }


def _decide(scope: Scope, shelf: Shelf, balance: Balance, count: int) -> None:
    try:
        ledger.receive(balance, count) if count > 0 else ledger.issue(balance, -count)
    except Impossible as impossible:
        refusal = levels.out_of_stock(scope, shelf, wanted=-count, available=balance.available)
        raise refusal from impossible


def _some(goods: Goods) -> Goods:
    if not goods or min(goods.values()) <= 0:
        raise NoUnits(field="quantity")
    return goods


def _at(place: int, goods: Goods) -> dict[Shelf, int]:
    return {(product, place): units for product, units in goods.items()}


def _out(place: int, goods: Goods) -> dict[Shelf, int]:
    return {(product, place): -units for product, units in _some(goods).items()}
