"""Tables of value: what each product is worth, each line of the ledger, and each day of them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop


class Worth(InShop, Base):
    """Units of a product anywhere and their worth, in ten-thousandths of a won; by stock.value.keeping."""

    __tablename__ = "worths"
    __table_args__ = (
        UniqueConstraint("shop_id", "product_id"),
        CheckConstraint("units > 0 OR parts = 0", name="nothing_is_worth_nothing"),
        CheckConstraint("parts >= 0", name="parts"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    units: Mapped[int]
    parts: Mapped[int]
    each: Mapped[int]  # of a unit, as last known
    last: Mapped[int]  # the newest movement in it


class Valued(InShop, Base):
    """What one movement was worth, with its sign; by stock.value.keeping."""

    __tablename__ = "valued_movements"
    __table_args__ = (
        UniqueConstraint("shop_id", "movement_id"),
        Index("ix_valued_movements_product", "shop_id", "product_id", "movement_id"),
    )

    id: Mapped[Id]
    movement_id: Mapped[int] = mapped_column(ForeignKey("movements.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    parts: Mapped[int]


class ValueDay(InShop, Base):
    """A product's local day in units and parts by sort, and what stood at its end; by stock.value.keeping."""

    __tablename__ = "value_days"
    __table_args__ = (
        UniqueConstraint("shop_id", "product_id", "day"),
        Index("ix_value_days_day", "shop_id", "day"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    day: Mapped[date] = mapped_column(Date)
    received: Mapped[int] = mapped_column(default=0)
    received_parts: Mapped[int] = mapped_column(default=0)
    issued: Mapped[int] = mapped_column(default=0)
    issued_parts: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    returned_parts: Mapped[int] = mapped_column(default=0)
    adjusted: Mapped[int] = mapped_column(default=0)
    adjusted_parts: Mapped[int] = mapped_column(default=0)
    closing: Mapped[int]
    closing_parts: Mapped[int]


class PaidPrice(InShop, Base):
    """What the goods of a receipt cost, or of a receipt taken back; `key` is that of the movement."""

    __tablename__ = "paid_prices"
    __table_args__ = (
        UniqueConstraint("shop_id", "key", "product_id"),
        CheckConstraint("parts >= 0", name="parts"),
    )

    id: Mapped[Id]
    key: Mapped[str]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    parts: Mapped[int]


class ToldCost(InShop, Base):
    """What a unit cost of goods that came without a price, told by the owner after a movement."""

    __tablename__ = "told_costs"
    __table_args__ = (
        Index("ix_told_costs_product", "shop_id", "product_id"),
        CheckConstraint("parts > 0", name="parts"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    after: Mapped[int]  # the movement
    parts: Mapped[int]
    by: Mapped[int]
    at: Mapped[datetime]


class RollCursor(Base):
    """Up to which movement a shop's goods are valued; locking it lets one hand at a time do it."""

    __tablename__ = "roll_cursors"

    shop_id: Mapped[Id]
    movement_id: Mapped[int]
    as_of: Mapped[datetime]


class StorageTerms(InShop, Base):
    """What keeping all the goods costs a month, as the owner says."""

    __tablename__ = "storage_terms"
    __table_args__ = (UniqueConstraint("shop_id"), CheckConstraint("won >= 0", name="won"))

    id: Mapped[Id]
    won: Mapped[int]
    by: Mapped[int]
    at: Mapped[datetime]


class ProductRoom(InShop, Base):
    """How much room a unit takes, in tenths of a usual one; what has no row is usual."""

    __tablename__ = "product_rooms"
    __table_args__ = (
        UniqueConstraint("shop_id", "product_id"),
        CheckConstraint("tenths > 0", name="tenths"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    tenths: Mapped[int]
