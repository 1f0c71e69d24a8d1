"""Tables of rituals: minutes with the figures of their day frozen inside, and talks signed by two."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop


class Minutes(InShop, Base):
    """The minutes of a week's or a month's review; once signed, a correction is another edition."""

    __tablename__ = "minutes"
    __table_args__ = (
        UniqueConstraint("shop_id", "kind", "first", "edition"),
        Index("ix_minutes_latest", "shop_id", "first", "id"),
        CheckConstraint("kind IN ('week', 'month')", name="kind"),
        CheckConstraint("state IN ('draft', 'signed')", name="state"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_at"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    edition: Mapped[int]
    figures: Mapped[Doc]  # as they stood when the review was begun; see qa.rituals.figures
    notes: Mapped[Doc]  # what was said, by chapter
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    signed_by: Mapped[int | None]
    signed_at: Mapped[datetime | None]


class PartnerTalk(InShop, Base):
    """A month's talk with a partner: her figures, what was agreed, and both signatures."""

    __tablename__ = "partner_talks"
    __table_args__ = (
        UniqueConstraint("shop_id", "partner_id", "first"),
        Index("ix_partner_talks_partner", "shop_id", "partner_id", "id"),
        CheckConstraint("state IN ('draft', 'offered', 'signed')", name="state"),
        CheckConstraint("(state = 'signed') = (partner_signed_at IS NOT NULL)", name="both_signed"),
        CheckConstraint("(state = 'draft') = (owner_signed_at IS NULL)", name="owner_signed"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    figures: Mapped[Doc]
    agreed: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    owner_signed_by: Mapped[int | None]
    owner_signed_at: Mapped[datetime | None]
    partner_word: Mapped[str] = mapped_column(default="")  # what she wants to have said beside it
    partner_signed_at: Mapped[datetime | None]
