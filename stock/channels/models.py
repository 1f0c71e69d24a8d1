"""Tables of channels: how much each keeps back, what it calls a product, and what it was told last."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop
from stock.channels.rule import CHANNELS
from stock.lifecycle import quoted


class Channel(InShop, Base):
    """A marketplace that is told how much it may sell; `buffer` units of every product are kept back."""

    __tablename__ = "channels"
    __table_args__ = (
        UniqueConstraint("shop_id", "name"),
        CheckConstraint(f"name IN ({quoted(CHANNELS)})", name="name"),
        CheckConstraint("buffer >= 0", name="buffer"),
    )

    id: Mapped[Id]
    name: Mapped[str]
    buffer: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]  # its file was last taken out
    version: Mapped[int] = mapped_column(default=1)


class ChannelCode(InShop, Base):
    """What a channel calls a product; a code is one product's."""

    __tablename__ = "channel_codes"
    __table_args__ = (
        UniqueConstraint("shop_id", "channel", "code"),
        Index("ix_channel_codes_product", "shop_id", "product_id"),
        CheckConstraint(f"channel IN ({quoted(CHANNELS)})", name="channel"),
    )

    id: Mapped[Id]
    channel: Mapped[str]
    code: Mapped[str]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))


class FreeTold(InShop, Base):
    """The free units of a product as those outside were last told."""

    __tablename__ = "free_told"
    __table_args__ = (UniqueConstraint("shop_id", "product_id"),)

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    units: Mapped[int]
