"""Tables of what partners offer: the hours of a week, and days off. What is past is not kept."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop


class OfferedHours(InShop, Base):
    """The week somebody offers (see partners.availability.week); who has said nothing has no row."""

    __tablename__ = "offered_hours"
    __table_args__ = (UniqueConstraint("partner_id"), Index("ix_offered_hours_week", "shop_id", "week"))

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    week: Mapped[str]
    since: Mapped[datetime]


class TimeOff(InShop, Base):
    """Days on which somebody wants to be offered nothing; they may take work all the same."""

    __tablename__ = "time_off"
    __table_args__ = (
        Index("ix_time_off_partner", "shop_id", "partner_id", "last"),
        Index("ix_time_off_last", "shop_id", "last"),
        CheckConstraint("first <= last", name="days"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    first: Mapped[date]
    last: Mapped[date]
    made_at: Mapped[datetime]
