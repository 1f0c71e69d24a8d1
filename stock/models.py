"""Tables of goods and orders: what is promised, what is here, and how it came to be so."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Doc, Id, InShop, partial
from stock.lifecycle import SHIPPED, STATES, WAITING, quoted

Money = Numeric(14, 2)


class Product(InShop, Base):
    """A thing the shop sells, under its normalised SKU."""

    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("shop_id", "sku"), Index("ix_products_barcode", "shop_id", "barcode"))

    id: Mapped[Id]
    sku: Mapped[str]
    name: Mapped[str]
    option: Mapped[str] = mapped_column(default="")
    barcode: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="ea")
    weight_g: Mapped[int | None]
    price: Mapped[Decimal | None] = mapped_column(Money)
    fragile: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class Location(InShop, Base):
    """Where goods are: the warehouse, quarantine, a partner's home (`partner_id`), or the way to it."""

    __tablename__ = "locations"
    __table_args__ = (
        UniqueConstraint("shop_id", "kind", "partner_id"),
        CheckConstraint("kind IN ('warehouse', 'quarantine', 'home', 'transit')", name="kind"),
        CheckConstraint("(kind IN ('home', 'transit')) = (partner_id <> 0)", name="home_has_partner"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    name: Mapped[str]
    partner_id: Mapped[int] = mapped_column(default=0)  # partners stand beside stock, so only the id is known


class Level(InShop, Base):
    """The cached balance of a product at a location; written by stock.moves alone."""

    __tablename__ = "levels"
    __table_args__ = (
        UniqueConstraint("shop_id", "product_id", "location_id"),
        partial("ix_levels_missing", "shop_id", "product_id", where="reserved > on_hand"),
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0", name="reserved"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Movement(InShop, Base):
    """One line of the stock ledger: never changed, never removed; a mistake is reversed by another line."""

    __tablename__ = "movements"
    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_movements_product", "shop_id", "product_id", "location_id", "id"),
        Index("ix_movements_newest", "shop_id", "id"),
        Index("ix_movements_at", "shop_id", "recorded_at"),
        CheckConstraint("kind IN ('receipt', 'issue', 'return', 'adjustment', 'transfer')", name="kind"),
        CheckConstraint("quantity <> 0", name="quantity"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    quantity: Mapped[int]
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    key: Mapped[str]  # the act that caused it, so that the same act moves goods once
    actor_id: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Count(InShop, Base):
    """A counted quantity against the book at that moment: a checkpoint, recorded also when it agrees."""

    __tablename__ = "counts"
    __table_args__ = (Index("ix_counts_product", "shop_id", "product_id", "location_id", "at"),)

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    counted: Mapped[int]
    book: Mapped[int]
    over_reserved: Mapped[bool] = mapped_column(default=False)
    actor_id: Mapped[int]
    at: Mapped[datetime]


class Import(InShop, Base):
    """An order or product file: what came of it, in numbers and in words."""

    __tablename__ = "imports"
    __table_args__ = (
        partial("uq_imports_done", "shop_id", "kind", "sha256", where="state = 'done'", unique=True),
        partial("ix_imports_refused", "shop_id", "at", where="state = 'refused'"),
        CheckConstraint("state IN ('waiting', 'reading', 'placing', 'done', 'refused')", name="state"),
    )

    id: Mapped[Id]
    kind: Mapped[str]  # orders, products
    name: Mapped[str]
    sha256: Mapped[str]
    profile: Mapped[str]
    mapping: Mapped[Doc]
    file_key: Mapped[str] = mapped_column(default="")  # the sealed upload; removed when the import has ended
    state: Mapped[str] = mapped_column(default="waiting")
    rows: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)
    report: Mapped[Doc]
    actor_id: Mapped[int]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class WaitingFile(InShop, Base):
    """An uploaded file that waits for a yes, noted before it is written; swept when nobody says it."""

    __tablename__ = "waiting_files"
    __table_args__ = (UniqueConstraint("file_key"), Index("ix_waiting_files_at", "shop_id", "at"))
    id: Mapped[Id]
    file_key: Mapped[str]
    at: Mapped[datetime]


class ColumnProfile(InShop, Base):
    """The shop's own naming of a file's columns, saved for next time."""

    __tablename__ = "column_profiles"
    __table_args__ = (UniqueConstraint("shop_id", "name"),)

    id: Mapped[Id]
    name: Mapped[str]
    columns: Mapped[Doc]
    made_at: Mapped[datetime]


class Order(InShop, Base):
    """A customer's order; everything about the recipient is sealed under the order's own key (`uid`)."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("shop_id", "channel", "number"),
        UniqueConstraint("uid"),
        Index("ix_orders_state", "shop_id", "state", "ship_by", "id"),
        partial("ix_orders_waiting", "shop_id", "ship_by", "id", where=f"state IN ({quoted(WAITING)})"),
        partial("ix_orders_risk", "shop_id", "ship_by", "promise_s", where=f"state IN ({quoted(WAITING)})"),
        partial("ix_orders_shipped", "shop_id", "shipped_at", "id", where=f"state = '{SHIPPED}'"),
        Index("ix_orders_customer", "shop_id", "customer"),
        Index("ix_orders_newest", "shop_id", "id"),
        CheckConstraint(f"state IN ({quoted(STATES)})", name="state"),
        CheckConstraint(f"(state = '{SHIPPED}') = (shipped_at IS NOT NULL)", name="shipped_at"),
    )

    id: Mapped[Id]
    uid: Mapped[str]
    channel: Mapped[str]
    number: Mapped[str]
    customer: Mapped[str] = mapped_column(default="")  # blind index of the customer's id in the channel, hex
    state: Mapped[str]
    placed_at: Mapped[datetime]
    ship_by: Mapped[datetime]
    promise_s: Mapped[int]  # business seconds from placed_at to ship_by
    calendar_version: Mapped[int]
    recipient_name: Mapped[bytes] = mapped_column(LargeBinary)
    recipient_phone: Mapped[bytes] = mapped_column(LargeBinary)
    recipient_postcode: Mapped[bytes] = mapped_column(LargeBinary)
    recipient_address: Mapped[bytes] = mapped_column(LargeBinary)
    recipient_memo: Mapped[bytes] = mapped_column(LargeBinary)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    shipped_at: Mapped[datetime | None]
    verdict: Mapped[str] = mapped_column(default="")  # met, breached; frozen when shipped
    late_s: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list["OrderLine"]] = relationship(back_populates="order", order_by="OrderLine.id")


class OrderLine(InShop, Base):
    """One product of an order; `cancelled` units no longer count."""

    __tablename__ = "order_lines"
    __table_args__ = (
        Index("ix_order_lines_order", "shop_id", "order_id"),
        Index("ix_order_lines_product", "shop_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("cancelled >= 0 AND cancelled <= quantity", name="cancelled"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    name: Mapped[str]  # as it was sold
    quantity: Mapped[int]
    cancelled: Mapped[int] = mapped_column(default=0)
    price: Mapped[Decimal] = mapped_column(Money)
    row: Mapped[int] = mapped_column(default=0)

    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()

    @property
    def wanted(self) -> int:
        return self.quantity - self.cancelled


class Reservation(InShop, Base):
    """Units promised to an order line; one row a line, written by stock.moves alone."""

    __tablename__ = "reservations"
    __table_args__ = (
        Index("ix_reservations_line", "shop_id", "line_id"),
        partial("uq_reservations_held", "line_id", where="state = 'held'", unique=True),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("state IN ('held', 'consumed', 'released')", name="state"),
    )

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    quantity: Mapped[int]
    state: Mapped[str] = mapped_column(default="held")
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Cancellation(InShop, Base):
    """Units a channel took back: matched to the line they came from, or listed as unmatched."""

    __tablename__ = "cancellations"
    __table_args__ = (
        UniqueConstraint("shop_id", "channel", "key"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[Id]
    channel: Mapped[str]
    key: Mapped[str]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("order_lines.id"))
    quantity: Mapped[int]
    after_shipping: Mapped[bool] = mapped_column(default=False)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    at: Mapped[datetime]


class Correction(InShop, Base):
    """A stock correction found in a file: asked in full, applied as far as the goods were there."""

    __tablename__ = "corrections"
    __table_args__ = (UniqueConstraint("shop_id", "channel", "key"),)

    id: Mapped[Id]
    channel: Mapped[str]
    key: Mapped[str]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[int]
    applied: Mapped[int]
    reason: Mapped[str]
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    at: Mapped[datetime]


class Fee(InShop, Base):
    """Money in an order file that is not goods: postage, discount, commission."""

    __tablename__ = "fees"
    __table_args__ = (
        Index("ix_fees_order", "shop_id", "order_id"),
        UniqueConstraint("shop_id", "channel", "key"),
    )

    id: Mapped[Id]
    channel: Mapped[str]
    key: Mapped[str]  # the same in every copy of the file
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    number: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    quantity: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Money)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    at: Mapped[datetime]


class RecipientIndex(InShop, Base):
    """Blind index: finds orders by exact phone, last four digits or name without opening a seal."""

    __tablename__ = "recipient_index"
    __table_args__ = (Index("ix_recipient_index_token", "shop_id", "field", "token"),)

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    field: Mapped[str]  # phone, last4, name
    token: Mapped[bytes] = mapped_column(LargeBinary)
