"""The goods of the demo shop: made up, with barcodes and weights, what breaks marked as such."""

from sqlalchemy import insert

from base.scope import Scope
from security import audit
from stock import handling, samples
from stock.models import Product

BREAKS = ("MUG", "PLATE", "BOWL", "CANDLE", "JAM", "TEA-CITRON")
EACH = 30  # units of each product on the first day


def stocked(scope: Scope) -> None:
    """Adds the catalogue and receives the first goods."""
    rows = [
        {"shop_id": scope.shop_id, "sku": ware.sku, "name": ware.name, "option": ware.option}
        | {"barcode": ware.barcode, "weight_g": ware.weight_g, "price": ware.price}
        | {"fragile": ware.sku.startswith(BREAKS), "made_at": scope.now}
        for ware in samples.products()
    ]
    products = scope.session.scalars(insert(Product).returning(Product.id), rows).all()
    audit.note(scope, "products.added", products=len(products))
    handling.receive(scope, key="opening", goods=dict.fromkeys(sorted(products), EACH))
