"""What hands do with goods: bring them in, put them right, take them back, put them aside.

`goods` are units per product id; `key` is the caller's own id of the act: sending it again does nothing.
"""

from base.scope import Scope
from security import audit
from stock import levels, moves
from stock.levels import WAREHOUSE
from stock.moves import Goods
from stock.news import StockArrived


def receive(scope: Scope, *, key: str, goods: Goods, reason: str = "") -> None:
    """Goods came into the warehouse; orders that waited for them are filled."""
    if moves.receive(scope, key=key, goods=goods, place=levels.location(scope, WAREHOUSE), reason=reason):
        _done(scope, "stock.received", goods, arrived=goods)


def adjust(scope: Scope, *, key: str, goods: Goods, reason: str) -> None:
    """Signed corrections in the warehouse, with their reason. Raises OutOfStock below what is promised."""
    if moves.adjust(scope, key=key, goods=goods, place=levels.location(scope, WAREHOUSE), reason=reason):
        _done(
            scope, "stock.adjusted", goods, arrived={id_: units for id_, units in goods.items() if units > 0}
        )


def take_back(scope: Scope, *, key: str, goods: Goods, order_id: int) -> None:
    """A customer's return goes to quarantine until it has been looked at."""
    if moves.take_back(scope, key=key, goods=goods, order_id=order_id):
        _done(scope, "stock.taken_back", goods)


def quarantine(scope: Scope, *, key: str, goods: Goods) -> None:
    """Free goods are put aside: nobody can be promised them. Raises OutOfStock."""
    if moves.quarantine(scope, key=key, goods=goods):
        _done(scope, "stock.quarantined", goods)


def clear(scope: Scope, *, key: str, goods: Goods) -> None:
    """Goods in quarantine are good and may be sold again. Raises OutOfStock."""
    if moves.clear(scope, key=key, goods=goods):
        _done(scope, "stock.cleared", goods, arrived=goods)


def scrap(scope: Scope, *, key: str, goods: Goods) -> None:
    """Goods in quarantine are thrown away. Raises OutOfStock."""
    place = levels.location(scope, levels.QUARANTINE)
    if moves.issue(scope, key=key, goods=goods, place=place, reason="scrap"):
        _done(scope, "stock.scrapped", goods)


def _done(scope: Scope, act: str, goods: Goods, *, arrived: Goods | None = None) -> None:
    """The journal line, and the news where goods became free."""
    product = next(iter(goods)) if len(goods) == 1 else 0
    units = sum(abs(units) for units in goods.values())
    audit.note(scope, act, "product", product, products=len(goods), units=units)
    if arrived:
        scope.tell(StockArrived(tuple(sorted(arrived))))
