"""Tables of sets: what one is made of now, and what each was made of when it was sold."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop
from stock.models import Money


class SetPart(InShop, Base):
    """Units of a product in one set; a product with parts lies nowhere itself."""

    __tablename__ = "set_parts"
    __table_args__ = (
        UniqueConstraint("shop_id", "set_id", "part_id"),
        Index("ix_set_parts_part", "shop_id", "part_id"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("set_id <> part_id", name="not_itself"),
    )

    id: Mapped[Id]
    set_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    part_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    units: Mapped[int]


class SoldSet(InShop, Base):
    """Sets on an order, as they were sold: their parts are lines of it (`SoldPart`)."""

    __tablename__ = "sold_sets"
    __table_args__ = (
        Index("ix_sold_sets_order", "shop_id", "order_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    name: Mapped[str]
    quantity: Mapped[int]
    price: Mapped[Decimal] = mapped_column(Money)  # of one set
    row: Mapped[int] = mapped_column(default=0)


class SoldPart(InShop, Base):
    """A line that is part of sold sets: so many units of it in each."""

    __tablename__ = "sold_parts"
    __table_args__ = (
        UniqueConstraint("line_id"),
        Index("ix_sold_parts_set", "shop_id", "sold_set_id"),
        CheckConstraint("units > 0", name="units"),
    )

    id: Mapped[Id]
    sold_set_id: Mapped[int] = mapped_column(ForeignKey("sold_sets.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    units: Mapped[int]
