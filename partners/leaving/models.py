"""Tables of leaving: that somebody leaves, and the references they take along."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop, partial
from partners.leaving.life import STATES, WHYS


class Departure(InShop, Base):
    """That a partner leaves: asked for, withdrawn or ended; once ended, what is kept of them and until when.

    `held` is what the law wants kept of a person, sealed under a key of the row's own; `link_hash` opens
    the page on which somebody who left reads their papers.
    """

    __tablename__ = "departures"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("link_hash"),
        Index("ix_departures_partner", "shop_id", "partner_id", "id"),
        partial("uq_departures_asked", "partner_id", where="state = 'asked'", unique=True),
        partial("ix_departures_kept", "shop_id", "id", where="state = 'ended' AND destroyed_at IS NULL"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"why IN {WHYS}", name="why"),
        CheckConstraint("(state = 'asked') = (over_at IS NULL)", name="over"),
        CheckConstraint("forgotten_at IS NULL OR state = 'ended'", name="forgotten"),
    )

    id: Mapped[Id]
    uid: Mapped[str]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    state: Mapped[str]
    own: Mapped[bool]  # the partner's own wish
    why: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    over_by: Mapped[int | None]
    link_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    held: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    held_until: Mapped[date | None]
    forgotten_at: Mapped[datetime | None]  # what is personal is gone but for what is held
    destroyed_at: Mapped[datetime | None]  # and what was held as well


class Reference(InShop, Base):
    """What a partner did here, in words of the shop's own, signed; the words sealed, the figures plain."""

    __tablename__ = "work_references"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("shop_id", "code"),
        Index("ix_work_references_partner", "shop_id", "partner_id", "id"),
    )

    id: Mapped[Id]
    uid: Mapped[str]
    code: Mapped[str]  # an address that nobody finds by trying
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    said: Mapped[bytes] = mapped_column(LargeBinary)  # the whole text, sealed; empty once destroyed
    sha256: Mapped[str]
    signature: Mapped[str]  # Ed25519 over the text, in hexadecimal
    since: Mapped[date]
    until: Mapped[date]
    accepted: Mapped[Doc]  # {"kinds": {kind: how many were accepted}}
    at: Mapped[datetime]
    by: Mapped[int]
