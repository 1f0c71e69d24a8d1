"""The goods of the demo shop: made up, with barcodes and weights, what breaks marked as such."""

from decimal import Decimal

from base.scope import Scope
from qa.rehearsal import supplying
from security import audit
from stock import goods, handling, samples
from stock.catalogue import Ware

BREAKS = ("MUG", "PLATE", "BOWL", "CANDLE", "JAM", "TEA-CITRON")
OPENING = "opening"
EACH = 30  # units of each product on the first day


def listed(scope: Scope) -> None:
    """Adds the catalogue."""
    added, _ = goods.update_from(scope, [_ware(one) for one in samples.products()])
    audit.note(scope, "products.added", products=added)


def stocked(scope: Scope) -> None:
    """Receives the first goods, bought at what they cost."""
    there = goods.known(scope, [one.sku for one in samples.products()])
    supplying.first_goods(scope, key=OPENING, each=EACH)
    handling.receive(scope, key=OPENING, goods=dict.fromkeys(sorted(there.values()), EACH))


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
