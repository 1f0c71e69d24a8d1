"""Tables of what a product looks like and of what its supplier says; beside `models.py`, which is full."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop


class ProductPicture(InShop, Base):
    """A picture of a product, already re-encoded; the same twice is one row, and one file in the shop."""

    __tablename__ = "product_pictures"
    __table_args__ = (
        UniqueConstraint("product_id", "sha256"),
        Index("ix_product_pictures_product", "shop_id", "product_id", "place", "id"),
        Index("ix_product_pictures_sha256", "shop_id", "sha256"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    place: Mapped[int]  # 1 is the first, the one that stands for the product
    file_key: Mapped[str]
    sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    by: Mapped[int]
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  # work that was begun with it still shows it


class SupplierText(InShop, Base):
    """What the supplier says of a product, as plain text."""

    __tablename__ = "supplier_texts"
    __table_args__ = (
        UniqueConstraint("product_id"),
        Index("ix_supplier_texts_shop", "shop_id", "product_id"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    text: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    by: Mapped[int]
    at: Mapped[datetime]
