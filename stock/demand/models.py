"""Tables of demand: what was asked for by product and day, days to count anew, and what the owner knows."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop
from stock.demand.notes import KINDS
from stock.lifecycle import quoted
from stock.models import Order

Index("ix_orders_placed", Order.shop_id, Order.placed_at)


class DemandDay(InShop, Base):
    """Units, orders and won of a product on a local day, less cancellations; by stock.demand.counting."""

    __tablename__ = "demand_days"
    __table_args__ = (
        UniqueConstraint("shop_id", "product_id", "day"),
        Index("ix_demand_days_day", "shop_id", "day"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("orders > 0", name="orders"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    day: Mapped[date] = mapped_column(Date)
    orders: Mapped[int]
    units: Mapped[int]
    won: Mapped[int] = mapped_column(default=0)  # at the prices of the orders


class DemandMark(InShop, Base):
    """A day whose orders changed since it was counted; `n` grows, so that a later change is never missed."""

    __tablename__ = "demand_marks"
    __table_args__ = (UniqueConstraint("shop_id", "day"),)

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(Date)
    n: Mapped[int] = mapped_column(default=1)


class DemandNote(InShop, Base):
    """What the owner knows of a product's demand between two days, and why; withdrawn, never deleted."""

    __tablename__ = "demand_notes"
    __table_args__ = (
        Index("ix_demand_notes_product", "shop_id", "product_id", "last"),
        CheckConstraint(f"kind IN ({quoted(KINDS)})", name="kind"),
        CheckConstraint("percent >= 0 AND percent <= 1000", name="percent"),
        CheckConstraint("first <= last", name="span"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    kind: Mapped[str]
    percent: Mapped[int]  # of the usual demand: 200 is twice as much
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    words: Mapped[str]
    by: Mapped[int]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
