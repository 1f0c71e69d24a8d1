"""Tables of trust: shops, accounts, who works where, sessions, links, limits and the journal."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Doc, Id, InShop, partial


class Shop(Base):
    """The boundary of everything: data, keys and people's roles."""

    __tablename__ = "shops"
    __table_args__ = (UniqueConstraint("slug"),)

    id: Mapped[Id]
    slug: Mapped[str]
    name: Mapped[str]
    zone: Mapped[str] = mapped_column(default="Asia/Seoul")
    rules: Mapped[
        Doc
    ]  # what the owner may set: newcomer count, sample fraction, lease, prices (security.shops)
    made_at: Mapped[datetime]

    def __str__(self) -> str:
        return self.name


class Account(Base):
    """One person, one sign-in; a partner may work for several shops with it."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("login"),)

    id: Mapped[Id]
    login: Mapped[str]  # e-mail address, folded to lower case
    name: Mapped[str]
    password: Mapped[str] = mapped_column(default="")  # Argon2id in PHC form; empty until the invite is used
    locale: Mapped[str] = mapped_column(default="ko")
    disabled_at: Mapped[datetime | None]
    made_at: Mapped[datetime]

    def __str__(self) -> str:
        return self.name


class Membership(InShop, Base):
    """The role an account has in a shop; for partners its id is the partner id."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("shop_id", "account_id", "role"),
        Index("ix_memberships_account_id", "account_id"),
        CheckConstraint("role IN ('owner', 'reviewer', 'partner')", name="role"),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]
    since: Mapped[datetime]
    accepted_at: Mapped[datetime | None]  # when its own link was used; until then it opens no door
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined")


class Session(Base):
    """A signed-in browser: only the hash of its token is stored; ending it ends it at once."""

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("token_hash"), Index("ix_sessions_account_id", "account_id"))

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"))
    device: Mapped[str] = mapped_column(default="")
    ip: Mapped[str] = mapped_column(default="")
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Link(Base):
    """A single-use way in: an invitation, a new password, or the demo's doors. Only its hash is stored."""

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("purpose IN ('invite', 'reset', 'enter')", name="purpose"),
    )

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    purpose: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """A program's way in, in one role of one person: only the hash of its secret is stored."""

    __tablename__ = "api_tokens"
    __table_args__ = (UniqueConstraint("prefix"), Index("ix_api_tokens_membership_id", "membership_id"))

    id: Mapped[Id]
    prefix: Mapped[str]  # the part that may be shown; the token is looked up by it
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"))
    name: Mapped[str]
    permissions: Mapped[str]  # what it may do of what its person may, with blanks between
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    membership: Mapped[Membership] = relationship(lazy="joined")


class Throttle(Base):
    """How often something was tried in a window, shared by all processes."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[datetime]
    tries: Mapped[int]


class AuditEntry(Base):
    """A journal line: who did what to which row, chained to the one before. Never changed, never removed."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("shop_id", "seq"),
        Index("ix_audit_entries_subject", "shop_id", "subject", "subject_id"),
        partial("ix_audit_entries_reveals", "shop_id", "actor_id", "at", where="act = 'recipient.revealed'"),
    )

    id: Mapped[Id]
    shop_id: Mapped[int]  # 0 is the house itself: sign-ins that failed, keys, start-up
    seq: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int]
    role: Mapped[str]
    act: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[int] = mapped_column(default=0)
    ip: Mapped[str] = mapped_column(default="")
    facts: Mapped[str] = mapped_column(default="{}")  # canonical JSON, exactly as it was chained
    mac: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """The end of a shop's chain; locking it puts writers in a row."""

    __tablename__ = "audit_heads"

    shop_id: Mapped[Id]
    seq: Mapped[int]
    mac: Mapped[bytes] = mapped_column(LargeBinary)
