"""The table of places that a partner has been passed to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop


class Passed(InShop, Base):
    """Of what waits in a queue before this place nothing is for a partner: a hint, good for some minutes."""

    __tablename__ = "passed"
    __table_args__ = (
        UniqueConstraint("partner_id", "queue"),
        Index("ix_passed_queue", "shop_id", "queue"),
        Index("ix_passed_due", "partner_id", "due_at", "id"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    queue: Mapped[str]
    slot: Mapped[int]
    due_at: Mapped[datetime]
    task_id: Mapped[int]  # a place in line, whatever became of the task that stood there
    at: Mapped[datetime]
