"""Tables of talk: messages, who has read how far, announcements, notices, and what people chose."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop, partial
from talk.quiet import KINDS

ROLE = "role IN ('owner', 'reviewer', 'partner')"


class Message(InShop, Base):
    """Something said on a task; sealed, because people write what they should not."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("uid"),
        Index("ix_messages_task", "shop_id", "task_id", "id"),
        CheckConstraint(ROLE, name="role"),
        CheckConstraint("role <> 'partner' OR side_id IS NOT NULL", name="side"),
    )

    id: Mapped[Id]
    uid: Mapped[str]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    side_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))  # none: whoever comes to hold it
    author_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    marks: Mapped[Doc]  # {"spots": [[photo, x, y, w, h], …]}, per mille of the photo's sides
    at: Mapped[datetime]


class ReadUpTo(InShop, Base):
    """Up to which message of a task somebody has read."""

    __tablename__ = "read_up_to"
    __table_args__ = (
        UniqueConstraint("task_id", "account_id", "role"),
        CheckConstraint(ROLE, name="role"),
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]
    message_id: Mapped[int]


class Announcement(InShop, Base):
    """What the owner tells partners; pinned for each until they confirm that they have read it."""

    __tablename__ = "announcements"
    __table_args__ = (
        Index("ix_announcements_shop", "shop_id", "id"),
        CheckConstraint("audience IN ('all', 'some')", name="audience"),
    )

    id: Mapped[Id]
    title: Mapped[str]
    text: Mapped[str]
    audience: Mapped[str]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    team_id: Mapped[int | None] = mapped_column(
        ForeignKey("teams.id")
    )  # whose it is; who joins later reads it


class ReadReceipt(InShop, Base):
    """A partner whom an announcement is for, and when they confirmed it."""

    __tablename__ = "read_receipts"
    __table_args__ = (
        UniqueConstraint("announcement_id", "partner_id"),
        Index("ix_read_receipts_partner", "shop_id", "partner_id", "announcement_id"),
    )

    id: Mapped[Id]
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    confirmed_at: Mapped[datetime | None]


class Notice(InShop, Base):
    """That something needs a person: of which kind and about what, never in what words.

    `key` keeps the same thing from being told twice. `mail_at` is when it goes by mail if it is still unread
    then; `digest` names the errand whose mail it went with.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("shop_id", "account_id", "role", "key"),
        partial("ix_notices_unread", "shop_id", "account_id", "role", "id", where="read_at IS NULL"),
        Index("ix_notices_person", "shop_id", "account_id", "role", "at", "id"),
        partial("ix_notices_told", "shop_id", "kind", "id", where="read_at IS NULL"),
        CheckConstraint(ROLE, name="role"),
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name="kind"),
        CheckConstraint("task_id IS NULL OR announcement_id IS NULL", name="about"),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]
    kind: Mapped[str]
    key: Mapped[str]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey("announcements.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    count: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_at: Mapped[datetime | None]
    digest: Mapped[int | None]


class NoticeChoice(InShop, Base):
    """What a person chose about notices in one role; where a time is empty, the shop's counts."""

    __tablename__ = "notice_choices"
    __table_args__ = (UniqueConstraint("shop_id", "account_id", "role"), CheckConstraint(ROLE, name="role"))

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]
    unmailed: Mapped[Doc]  # {"kinds": […]}
    quiet_from: Mapped[str] = mapped_column(default="")
    quiet_to: Mapped[str] = mapped_column(default="")
    urgent_through: Mapped[bool] = mapped_column(default=False)


class TalkRules(InShop, Base):
    """What the owner decides about talk: the shop's quiet hours and its own standard phrases."""

    __tablename__ = "talk_rules"
    __table_args__ = (UniqueConstraint("shop_id"),)

    id: Mapped[Id]
    quiet_from: Mapped[str]
    quiet_to: Mapped[str]
    phrases: Mapped[Doc]  # {"partner": […], "house": […]}
