"""Tables of the ground: background work, one-time receipts, calendars and stored files."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop, partial

#: Spelled once, because an index of a part of a table serves only queries that say the same.
ERRAND_OPEN = "state IN ('waiting', 'leased')"


class Errand(InShop, Base):
    """Background work promised in a transaction (the outbox): ids only, done at least once.

    `due_at` is when somebody should look at it next: at first, after a failure, or when a lease ends.
    """

    __tablename__ = "errands"
    __table_args__ = (
        UniqueConstraint("shop_id", "job", "key"),
        partial("ix_errands_due", "due_at", "id", where=ERRAND_OPEN),
        partial("ix_errands_dead", "shop_id", "id", where="state = 'dead'"),
        CheckConstraint("state IN ('waiting', 'leased', 'done', 'dead')", name="state"),
    )

    id: Mapped[Id]
    job: Mapped[str]
    key: Mapped[str]
    arguments: Mapped[Doc]
    state: Mapped[str] = mapped_column(default="waiting")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Inbox(Base):
    """An errand whose effect stands: written with the effect, so that a second delivery does nothing."""

    __tablename__ = "inbox"

    errand_id: Mapped[Id]
    done_at: Mapped[datetime]


class Slot(Base):
    """One turn of periodic work; the unique pair lets any number of schedulers run."""

    __tablename__ = "slots"
    __table_args__ = (UniqueConstraint("name", "turn"),)

    id: Mapped[Id]
    name: Mapped[str]
    turn: Mapped[datetime]
    taken_at: Mapped[datetime]


class Receipt(InShop, Base):
    """What a form or call with a client's own id was answered, so that sending it again changes nothing."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("shop_id", "actor_id", "client_id"), Index("ix_receipts_at", "at"))

    id: Mapped[Id]
    actor_id: Mapped[int]
    client_id: Mapped[str]
    request: Mapped[str]
    status: Mapped[int]
    location: Mapped[str]
    kind: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class CalendarVersion(InShop, Base):
    """One edition of a shop's working calendar; a finished clock names the one it was judged by."""

    __tablename__ = "calendar_versions"
    __table_args__ = (UniqueConstraint("shop_id", "version"),)

    id: Mapped[Id]
    version: Mapped[int]
    spec: Mapped[Doc]
    made_by: Mapped[int]
    made_at: Mapped[datetime]
