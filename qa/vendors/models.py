"""Tables of partners at a glance: one row of figures each, rolled up beforehand, and the owner's weights."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop


class VendorFigure(InShop, Base):
    """A partner's four weeks as they were rolled up last; written by qa.vendors.keeping alone."""

    __tablename__ = "vendor_figures"
    __table_args__ = (
        UniqueConstraint("partner_id"),
        Index("ix_vendor_figures_score", "shop_id", "score", "partner_id"),
        Index("ix_vendor_figures_quality", "shop_id", "quality", "partner_id"),
        Index("ix_vendor_figures_promises", "shop_id", "promises", "partner_id"),
        Index("ix_vendor_figures_won", "shop_id", "won", "partner_id"),
        Index("ix_vendor_figures_band", "shop_id", "band", "score", "partner_id"),
        CheckConstraint("score BETWEEN -1 AND 100 AND score_before BETWEEN -1 AND 100", name="score"),
        CheckConstraint("band IN ('good', 'fair', 'low', 'unknown', 'gone')", name="band"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    as_of: Mapped[datetime]
    score: Mapped[int] = mapped_column(default=-1)  # -1: too little is known, see qa.vendors.scorecard
    score_before: Mapped[int] = mapped_column(default=-1)  # of the four weeks before
    band: Mapped[str] = mapped_column(default="unknown")
    quality: Mapped[int] = mapped_column(default=-1)  # parts of a million, as is promises
    promises: Mapped[int] = mapped_column(default=-1)
    accepted: Mapped[int] = mapped_column(default=0)
    won: Mapped[int] = mapped_column(default=0)
    inspected: Mapped[int] = mapped_column(default=0)
    passed: Mapped[int] = mapped_column(default=0)
    handed_in: Mapped[int] = mapped_column(default=0)
    in_time: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)  # business seconds in hand
    lines: Mapped[int] = mapped_column(default=0)
    escapes: Mapped[int] = mapped_column(default=0)
    booked: Mapped[int] = mapped_column(default=0)
    off: Mapped[int] = mapped_column(default=0)


class ScorecardWeights(InShop, Base):
    """How much each criterion counts in this shop; they come to 100."""

    __tablename__ = "scorecard_weights"
    __table_args__ = (UniqueConstraint("shop_id"),)

    id: Mapped[Id]
    weights: Mapped[Doc]
    set_by: Mapped[int]
    set_at: Mapped[datetime]
