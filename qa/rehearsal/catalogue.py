"""The goods of the demo shop: made up, with barcodes and weights, what breaks marked as such."""

from decimal import Decimal

from base.scope import Scope
from security import audit
from stock import goods, handling, samples
from stock.catalogue import Ware

BREAKS = ("MUG", "PLATE", "BOWL", "CANDLE", "JAM", "TEA-CITRON")
EACH = 30  # units of each product on the first day


def stocked(scope: Scope) -> None:
    """Adds the catalogue and receives the first goods."""
    wares = [_ware(one) for one in samples.products()]
    added, _ = goods.update_from(scope, wares)
    audit.note(scope, "products.added", products=added)
    there = goods.known(scope, [ware.sku for ware in wares])
    handling.receive(scope, key="opening", goods=dict.fromkeys(sorted(there.values()), EACH))


def _ware(one: samples.Ware) -> Ware:
    return Ware(
        sku=one.sku,
        name=one.name,
        option=one.option,
        barcode=one.barcode,
        weight_g=one.weight_g,
        price=Decimal(one.price),
        fragile=one.sku.startswith(BREAKS),
    )
