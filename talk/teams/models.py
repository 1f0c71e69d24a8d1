"""The table of what is said in a team; sealed under a key of the team's own, as threads are."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop


class TeamMessage(InShop, Base):
    """Something said in a team, to everybody in it and to the owner."""

    __tablename__ = "team_messages"
    __table_args__ = (
        UniqueConstraint("uid"),
        Index("ix_team_messages_team", "shop_id", "team_id", "id"),
        CheckConstraint("role IN ('owner', 'partner')", name="role"),
    )

    id: Mapped[Id]
    uid: Mapped[str]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
