"""The table of suggestions that were shown."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop


class ShownSuggestion(InShop, Base):
    """A suggestion that stood in the sheet of a task when it was first handed in; never changed."""

    __tablename__ = "shown_suggestions"
    __table_args__ = (
        Index("ix_shown_suggestions_kind", "shop_id", "kind", "id"),
        Index("ix_shown_suggestions_task", "shop_id", "task_id"),
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    kind: Mapped[str]
    field: Mapped[str]  # as the kind names it: "title", an attribute of its vocabulary
    source: Mapped[str]  # where it came from: "product", "before" …
    kept: Mapped[bool]
    at: Mapped[datetime]
