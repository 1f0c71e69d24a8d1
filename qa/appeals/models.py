"""The table of appeals."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Doc, Id, InShop, partial
from qa.appeals.lifecycle import OPENED, checks
from qa.models import Inspection
from tasks.models import Task


class Appeal(InShop, Base):
    """A partner's appeal against one verdict; its state is moved by qa.appeals.gate alone, and ends once.

    The words are sealed like those of a thread, because people write what they should not.
    """

    __tablename__ = "appeals"
    __table_args__ = (
        UniqueConstraint("inspection_id"),
        UniqueConstraint("uid"),
        Index("ix_appeals_task", "shop_id", "task_id"),
        Index("ix_appeals_partner", "shop_id", "partner_id", "id"),
        Index("ix_appeals_against", "shop_id", "against_id", "ended_at"),
        Index("ix_appeals_state", "shop_id", "state", "judge_by", "id"),
        partial("uq_appeals_opened", "task_id", where=f"state = '{OPENED}'", unique=True),
        *(CheckConstraint(said, name=name) for name, said in checks().items()),
    )

    id: Mapped[Id]
    uid: Mapped[str]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    against_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))  # who judged first
    state: Mapped[str] = mapped_column(default=OPENED)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    photos: Mapped[Doc]  # {"ids": [photos of the work that she points at]}
    opened_at: Mapped[datetime]
    judge_by: Mapped[datetime]
    paused: Mapped[bool] = mapped_column(default=False)  # whether the clock of the rework stands still for it
    ended_at: Mapped[datetime | None]
    second_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    alone: Mapped[bool] = mapped_column(default=False)  # the owner judged, as there was no second reviewer
    verdict: Mapped[str] = mapped_column(default="")  # what the second saw: accept, send_back or reject
    score: Mapped[int | None]
    found: Mapped[Doc] = mapped_column(default=dict)  # {"defects": [...]}, see qa.marking.Seen
    note: Mapped[str] = mapped_column(default="")
    effect: Mapped[str] = mapped_column(default="")

    task: Mapped[Task] = relationship()
    inspection: Mapped[Inspection] = relationship()
