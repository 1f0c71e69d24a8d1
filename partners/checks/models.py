"""Tables of checks: what is looked at, what was seen, and who said yes."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop, partial
from partners.checks.checklist import KINDS, WHOM


class CheckItem(InShop, Base):
    """Something a shop looks at before it says yes to somebody; who works there has it from a day on."""

    __tablename__ = "check_items"
    __table_args__ = (
        Index("ix_check_items_shop", "shop_id", "id"),
        CheckConstraint(f"what IN {KINDS}", name="what"),
        CheckConstraint(f"whom IN {WHOM}", name="whom"),
    )

    id: Mapped[Id]
    what: Mapped[str]
    name: Mapped[str]
    whom: Mapped[str]
    lasts: Mapped[bool]
    holds_from: Mapped[datetime]
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Check(InShop, Base):
    """What somebody saw of an item, and when; never changed: who looks again writes another."""

    __tablename__ = "checks"
    __table_args__ = (
        Index("ix_checks_application", "shop_id", "application_id"),
        Index("ix_checks_partner", "shop_id", "partner_id"),
        CheckConstraint("outcome IN ('good', 'bad')", name="outcome"),
        CheckConstraint("(application_id IS NULL) <> (partner_id IS NULL)", name="of"),
    )

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey("check_items.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    outcome: Mapped[str]
    saw: Mapped[str]
    day: Mapped[date]
    last_day: Mapped[date | None]
    by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]


class Approval(InShop, Base):
    """Somebody's yes to an application; each says it once."""

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("application_id", "account_id"),)

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]
    alone: Mapped[bool]
    at: Mapped[datetime]


class Document(InShop, Base):
    """A picture of a partner's paper for something on the list, sealed in the file store."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("uid"),
        Index("ix_documents_partner", "shop_id", "partner_id", "id"),
        partial("ix_documents_new", "shop_id", "id", where="looked_at IS NULL AND gone_at IS NULL"),
        CheckConstraint("(gone_at IS NULL) = (file_key <> '')", name="gone"),
    )

    id: Mapped[Id]
    uid: Mapped[str]
    item_id: Mapped[int] = mapped_column(ForeignKey("check_items.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    file_key: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[int | None]
    gone_at: Mapped[datetime | None]
