"""The first stock of products, as a product file tells it: what never moved is put in the warehouse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from base.scope import Scope
from stock import goods, handling
from stock.batches import batches
from stock.catalogue import Ware
from stock.models import Movement, Product

REASON = "opening"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file's stock came to: units of products put in, and products that had moved before."""

    products: int = 0
    units: int = 0
    kept: int = 0


def planned(scope: Scope, wares: Sequence[Ware]) -> Opened:
    """What `receive` would do."""
    told = _told(wares)
    ids = goods.known(scope, told)
    moved = _moved(scope, ids.values())
    fresh = [sku for sku in told if ids.get(sku, 0) not in moved]
    return Opened(len(fresh), sum(told[sku] for sku in fresh), len(told) - len(fresh))


def receive(scope: Scope, wares: Sequence[Ware], *, key: str) -> Opened:
    """Puts the stock that the file tells in the warehouse, of products of which nothing ever moved."""
    told = _told(wares)
    ids = goods.known(scope, told)
    _hold(scope, ids.values())
    moved = _moved(scope, ids.values())
    units = {ids[sku]: count for sku, count in told.items() if ids[sku] not in moved}
    if units:
        handling.receive(scope, key=key, goods=units, reason=REASON)
    return Opened(len(units), sum(units.values()), len(told) - len(units))


def _told(wares: Sequence[Ware]) -> dict[str, int]:
    return {ware.sku: ware.opening for ware in wares if ware.opening}


def _hold(scope: Scope, ids: Iterable[int]) -> None:
    """Two files that tell the first stock of a product stand in a row here."""
    for some in batches(sorted(ids)):
        stmt = select(Product.id).where(Product.shop_id == scope.shop_id, Product.id.in_(some))
        scope.session.execute(stmt.order_by(Product.id).with_for_update()).all()


def _moved(scope: Scope, ids: Iterable[int]) -> set[int]:
    """Those of these products that a line of the ledger names."""
    found: set[int] = set()
    for some in batches(sorted(ids)):
        stmt = select(Movement.product_id).where(
            Movement.shop_id == scope.shop_id, Movement.product_id.in_(some)
        )
        found |= set(scope.session.scalars(stmt.distinct()))
    return found
