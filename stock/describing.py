"""What the shop says of a product, by hand: added, and changed unless somebody else was first."""

from dataclasses import asdict, dataclass
from decimal import Decimal

from sqlalchemy import select, update

from base.errors import Refused, Stale
from base.once import once
from base.rows import changed, one
from base.scope import Scope
from security import audit
from stock.models import Product
from stock.news import ProductsAdded, ProductsChanged


@dataclass(frozen=True, slots=True)
class Card:
    """What may be said of a product under its SKU; weight in grams."""

    name: str
    option: str
    barcode: str
    weight_g: int | None
    price: Decimal | None
    fragile: bool


class SkuTaken(Refused):
    """The shop has a product under this SKU already; it stays as it is. Fact: sku."""

    code = "stock.sku_taken"


def add(scope: Scope, sku: str, card: Card) -> int:
    """Adds a product under a normalised SKU. Raises SkuTaken."""
    values = {"shop_id": scope.shop_id, "sku": sku, "made_at": scope.now, **asdict(card)}
    made = once(scope.session, Product, values)
    if made is None:
        raise SkuTaken(field="sku", sku=sku)
    audit.note(scope, "product.added", "product", made)
    scope.tell(ProductsAdded((made,)))
    return made


def change(scope: Scope, product_id: int, card: Card, *, seen: int) -> None:
    """Changes a product that is still the edition that was seen. Raises NotFound, Stale."""
    stmt = (
        update(Product)
        .where(Product.shop_id == scope.shop_id, Product.id == product_id, Product.version == seen)
        .values(version=seen + 1, **asdict(card))
    )
    if changed(scope, stmt) != 1:
        one(scope, Product, product_id)
        raise Stale
    audit.note(scope, "product.changed", "product", product_id, edition=seen + 1)
    scope.tell(ProductsChanged((product_id,)))


def id_of(scope: Scope, sku: str) -> int | None:
    """The product under this SKU."""
    return scope.session.scalar(
        select(Product.id).where(Product.shop_id == scope.shop_id, Product.sku == sku)
    )
