"""Tables of agreements: editions, and the signatures under them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop, partial


class Agreement(InShop, Base):
    """An edition of a shop's agreement: a draft until it is published, and never changed afterwards."""

    __tablename__ = "agreements"
    __table_args__ = (
        UniqueConstraint("shop_id", "number"),
        partial("uq_agreements_draft", "shop_id", where="published_at IS NULL", unique=True),
        CheckConstraint("(published_at IS NULL) = (sha256 = '')", name="sha256"),
        CheckConstraint("(published_at IS NULL) = (holds_from IS NULL)", name="holds_from"),
    )

    id: Mapped[Id]
    number: Mapped[int]
    terms: Mapped[Doc]  # see partners.agreements.terms
    clauses: Mapped[Doc]  # {"clauses": [{"code", "title", "text"}]} as they were published
    locale: Mapped[str]
    body: Mapped[str] = mapped_column(default="")  # the canonical text
    sha256: Mapped[str] = mapped_column(default="")
    holds_from: Mapped[datetime | None]
    signer: Mapped[str] = mapped_column(default="")  # who signed for the shop, as they wrote it
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    published_at: Mapped[datetime | None]


class Signature(InShop, Base):
    """A partner's name under an edition; never changed: whoever signs again writes another."""

    __tablename__ = "signatures"
    __table_args__ = (Index("ix_signatures_partner", "shop_id", "partner_id", "id"),)

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    name: Mapped[str]
    sha256: Mapped[str]
    at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
