"""The table of waivers."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop


class Waiver(InShop, Base):
    """That a late stage does not count against a partner, by whom and why; said once."""

    __tablename__ = "waivers"
    __table_args__ = (UniqueConstraint("clock_id"),)

    id: Mapped[Id]
    clock_id: Mapped[int] = mapped_column(ForeignKey("stage_clocks.id"))
    reason: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
