"""Tables of cycle counts: a round of lines, and what was said of each before it was booked."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Doc, Id, InShop, partial
from stock.counts.life import CAUSES, LIVE, STATES
from stock.lifecycle import quoted
from stock.models import Count, Location, Product

Index("ix_counts_at", Count.shop_id, Count.at)  # what was counted lately, for the gap


class CountRound(InShop, Base):
    """A week's counts: begun by a person, closed with her words; one is open at a time."""

    __tablename__ = "count_rounds"
    __table_args__ = (
        partial("uq_count_rounds_open", "shop_id", where="closed_at IS NULL", unique=True),
        Index("ix_count_rounds_newest", "shop_id", "id"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed"),
        CheckConstraint("dear >= 0", name="dear"),
    )

    id: Mapped[Id]
    day: Mapped[date]  # the shop's own day on which it began
    dear: Mapped[int]  # won: a difference worth as much needs a second person
    waiting: Mapped[int]  # lines that were due as well and had no room
    begun_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    begun_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    closed_at: Mapped[datetime | None]
    summary: Mapped[str] = mapped_column(default="")


class CountLine(InShop, Base):
    """A product to be counted at a place; its state is moved by stock.counts.gate alone, and ends once.

    `said` holds the blind entries: {"said": [{"units", "begun", "variance", "by"}, …]}. A line of a home is
    its partner's to count (`partner_id`), any other the owner's.
    """

    __tablename__ = "count_lines"
    __table_args__ = (
        Index("ix_count_lines_round", "shop_id", "round_id", "id"),
        partial(
            "uq_count_lines_live",
            "product_id",
            "location_id",
            where=f"state IN ({quoted(LIVE)})",
            unique=True,
        ),
        partial("ix_count_lines_home", "shop_id", "partner_id", where=f"state IN ({quoted(LIVE)})"),
        CheckConstraint(f"state IN ({quoted(STATES)})", name="state"),
        CheckConstraint(f"cause IN ({quoted(('', *CAUSES))})", name="cause"),
        CheckConstraint("why IN ('never', 'differed', 'due')", name="why"),
        CheckConstraint("(state = 'counted') = (count_id IS NOT NULL)", name="counted"),
    )

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(ForeignKey("count_rounds.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    partner_id: Mapped[int] = mapped_column(default=0)
    grade: Mapped[str]
    why: Mapped[str]
    state: Mapped[str] = mapped_column(default="due")
    version: Mapped[int] = mapped_column(default=1)
    said: Mapped[Doc] = mapped_column(default=dict)
    variance: Mapped[int] = mapped_column(default=0)
    cause: Mapped[str] = mapped_column(default="")
    alone: Mapped[bool] = mapped_column(default=False)  # allowed by the counter, as there is no other owner
    count_id: Mapped[int | None] = mapped_column(ForeignKey("counts.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]

    product: Mapped[Product] = relationship()
    place: Mapped[Location] = relationship()
