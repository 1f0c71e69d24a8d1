"""The shapes of goods in the API: what programs send and what they are told."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from base.calls import After, Listed, RowId, Sent, Told, Units, text
from base.personal import resident_number
from stock import normalise

MOST = 200


def impersonal(note: str) -> str:
    """The note, unless it holds what looks like a 주민등록번호. Raises ValueError."""
    if resident_number(note):
        raise ValueError("resident number")
    return " ".join(note.split())


Sku = Annotated[str, text(64, shortest=1), AfterValidator(normalise.sku)]
Note = Annotated[str, text(200), AfterValidator(impersonal)]
Price = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class ProductRow(Told):
    """A thing the shop sells."""

    id: int
    sku: str
    name: str
    option: str
    barcode: str
    unit: str
    weight_g: int | None
    price: Decimal | None
    fragile: bool


class Products(Listed[ProductRow]):
    """A page of products, by SKU."""


class NewProduct(Sent):
    """A product as it should be; what is left out stays as it is."""

    sku: Sku
    name: Annotated[str, text(300, shortest=1)]
    option: Annotated[str, text(300)] | None = None
    barcode: Annotated[str, text(64)] | None = None
    unit: Annotated[str, text(16)] | None = None
    weight_g: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    price: Price | None = None
    fragile: bool | None = None


class NewProducts(Sent):
    """Products to add or to change, by SKU."""

    products: Annotated[list[NewProduct], Field(min_length=1, max_length=MOST)]


class ProductsSaved(Told):
    """How many were new and how many changed."""

    added: int
    changed: int


class Level(Told):
    """How a product stands: available = on_hand - reserved in the warehouse; wanted by short orders."""

    product_id: int
    sku: str
    name: str
    option: str
    on_hand: int
    reserved: int
    available: int
    homes: int
    quarantine: int
    wanted: int


class Levels(Listed[Level]):
    """A page of levels, by SKU."""


class Which(After):
    """Which products: all, those that short orders lack, or those that run low; by SKU or name."""

    view: Literal["all", "missing", "low"] = "all"
    q: Annotated[str, text(100)] = ""


class Spot(Told):
    """A place of goods: the warehouse, the quarantine, or a partner's home."""

    id: int
    kind: str
    partner_id: int


class Movement(Told):
    """A line of the ledger."""

    id: int
    at: datetime
    product_id: int
    sku: str
    place: Spot
    quantity: int
    kind: str
    reason: str
    order_id: int | None
    who: int


class Movements(Listed[Movement]):
    """A page of the ledger, newest first."""


class WhichMoves(After):
    """Which lines: of one product, or all."""

    product_id: RowId | None = None


class Arrived(Sent):
    """Units of a product that came."""

    sku: Sku
    units: Units


class Receipt(Sent):
    """Goods that came into the warehouse."""

    goods: Annotated[list[Arrived], Field(min_length=1, max_length=MOST)]
    reason: Note = ""


class Corrected(Sent):
    """Units by which the book of a product was wrong."""

    sku: Sku
    units: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


class Adjustment(Sent):
    """Signed corrections of the warehouse, with their reason."""

    goods: Annotated[list[Corrected], Field(min_length=1, max_length=MOST)]
    reason: Annotated[Note, Field(min_length=1)]


class Owed(Told):
    """Units at the partner's own home; null while she is asked to count them."""

    sku: str
    name: str
    option: str
    units: int | None


class OwnGoods(Told):
    """What lies at the partner's own home and is still to be packed or given back."""

    rows: list[Owed]
