"""News of this room: orders that became work, changed or ended, goods that came or went missing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrdersPlaced:
    """New orders stand; which of them are ready and which wait is told apart."""

    order_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OrdersReady:
    """Orders were filled: their goods are promised and work may start."""

    order_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OrdersShort:
    """Orders were placed that the stock cannot fill yet; they wait."""

    order_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OrdersReduced:
    """Units of these ready orders were cancelled; the rest is still to be packed."""

    order_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OrdersCancelled:
    """Orders were cancelled whole; no work is left on them."""

    order_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OrdersShipped:
    """Parcels left the stock; the verdict on their promise is frozen."""

    order_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProductsAdded:
    """The shop has new products, by hand, by a file, or because an order named them first."""

    product_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProductsChanged:
    """What the shop says of these products changed."""

    product_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StockArrived:
    """Units of these products became free at the warehouse: received, found, given back or released."""

    product_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FreeStockChanged:
    """What can be sold of these products differs from what those outside were told last."""

    product_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StockMissing:
    """A count found fewer units than are promised to these orders."""

    product_id: int
    location_id: int
    order_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ImportFinished:
    """A file was carried out whole, or refused whole."""

    import_id: int
    state: str


@dataclass(frozen=True, slots=True)
class ClaimsMade:
    """Customers claim that something was wrong; many at once when a file told them."""

    claim_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReturnsArrived:
    """Goods that customers sent back came and lie apart: somebody has to look at them."""

    return_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClaimSettled:
    """Whose fault it was stands, and what it cost."""

    claim_id: int


@dataclass(frozen=True, slots=True)
class ClaimUndone:
    """A claim was withdrawn, or is open again: what stood of its settling stands no more."""

    claim_id: int
