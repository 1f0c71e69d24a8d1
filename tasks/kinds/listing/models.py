"""Tables of listings: what stands for a product on a channel, every version of it, and the brand guide."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop


class Listing(InShop, Base):
    """What stands accepted for a product on a channel: its newest version, and what it was written from."""

    __tablename__ = "listings"
    __table_args__ = (
        UniqueConstraint("product_id", "channel"),
        Index("ix_listings_channel", "shop_id", "channel", "id"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    channel: Mapped[str]
    number: Mapped[int]  # of the version that stands
    title: Mapped[str]  # of that version: near-duplicates are looked for among these
    product_version: Mapped[int]
    text_version: Mapped[int]
    at: Mapped[datetime]


class ListingVersion(InShop, Base):
    """One accepted edition of a listing, never changed afterwards; `content` as listing.content stores it."""

    __tablename__ = "listing_versions"
    __table_args__ = (UniqueConstraint("listing_id", "number"), UniqueConstraint("task_id"))

    id: Mapped[Id]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    number: Mapped[int]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    content: Mapped[Doc]
    at: Mapped[datetime]


class BrandGuide(InShop, Base):
    """The shop's brand guide, one row a shop; see kinds.listing.brand."""

    __tablename__ = "brand_guides"
    __table_args__ = (UniqueConstraint("shop_id"),)

    id: Mapped[Id]
    guide: Mapped[Doc]
    version: Mapped[int] = mapped_column(default=1)
    by: Mapped[int]
    at: Mapped[datetime]
