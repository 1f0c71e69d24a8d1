"""Tables of the monthly flow: a month of a product at a place, and a month of everything at a place."""

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop


class FlowMonth(InShop, Base):
    """What came and went of a product at a place in a month, with its sign, and what was left; a month in
    which nothing changed has no row: it is as the one before left it. By stock.flow.keeping.
    """

    __tablename__ = "flow_months"
    __table_args__ = (
        UniqueConstraint("shop_id", "product_id", "location_id", "month"),
        Index("ix_flow_months_month", "shop_id", "month", "product_id", "location_id"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    month: Mapped[date] = mapped_column(Date)  # its first day
    received: Mapped[int]
    received_parts: Mapped[int]
    issued: Mapped[int]
    issued_parts: Mapped[int]
    returned: Mapped[int]
    returned_parts: Mapped[int]
    adjusted: Mapped[int]
    adjusted_parts: Mapped[int]
    moved_in: Mapped[int]
    moved_in_parts: Mapped[int]
    moved_out: Mapped[int]
    moved_out_parts: Mapped[int]
    revalued: Mapped[
        int
    ]  # parts: what lay here became dearer or cheaper by goods at other places, or told costs
    closing: Mapped[int]
    closing_parts: Mapped[int]


class FlowSum(InShop, Base):
    """The same of all products together; what stood at the end is the sum of all months up to it."""

    __tablename__ = "flow_sums"
    __table_args__ = (UniqueConstraint("shop_id", "month", "location_id"),)

    id: Mapped[Id]
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    month: Mapped[date] = mapped_column(Date)
    received: Mapped[int]
    received_parts: Mapped[int]
    issued: Mapped[int]
    issued_parts: Mapped[int]
    returned: Mapped[int]
    returned_parts: Mapped[int]
    adjusted: Mapped[int]
    adjusted_parts: Mapped[int]
    moved_in: Mapped[int]
    moved_in_parts: Mapped[int]
    moved_out: Mapped[int]
    moved_out_parts: Mapped[int]
    revalued: Mapped[int]
