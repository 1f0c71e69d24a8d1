"""The table of weekly stock checks: the figures of their day frozen inside, signed and then unchanged."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop


class StockCheck(InShop, Base):
    """A week's check; once signed, a correction is another edition."""

    __tablename__ = "stock_checks"
    __table_args__ = (
        UniqueConstraint("shop_id", "first", "edition"),
        CheckConstraint("state IN ('draft', 'signed')", name="state"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_at"),
    )

    id: Mapped[Id]
    first: Mapped[date] = mapped_column(Date)  # the week's Monday
    edition: Mapped[int]
    figures: Mapped[Doc]  # as they stood when it was begun; see stock.checks.figures
    notes: Mapped[Doc]  # what was said, by chapter
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    signed_by: Mapped[int | None]
    signed_at: Mapped[datetime | None]
