"""Tables of joining: the shop's own card, posters that open the application page, and applications."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop
from partners.lifecycle import APPLIED, OF_APPLICATIONS

PERSON, BUSINESS = "person", "business"
ENDS = ("", "refused", "withdrawn")


class ShopCard(InShop, Base):
    """What a shop says of itself to whoever thinks of working for it; public, as the law wants it."""

    __tablename__ = "shop_cards"
    __table_args__ = (UniqueConstraint("shop_id"),)

    id: Mapped[Id]
    owner: Mapped[str]  # 대표자
    business_no: Mapped[str]  # ten digits
    mail_order_no: Mapped[str] = mapped_column(default="")  # 통신판매업 신고번호
    mail_order_free: Mapped[str] = mapped_column(default="")  # why there need not be one
    contact: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    edited_by: Mapped[int]
    edited_at: Mapped[datetime]


class Poster(InShop, Base):
    """A link (and its picture to scan) under which strangers may apply until it is taken down."""

    __tablename__ = "posters"
    __table_args__ = (UniqueConstraint("shop_id", "code"),)

    id: Mapped[Id]
    code: Mapped[str]  # an address to be handed round, no secret; long, so that nobody finds it by trying
    name: Mapped[str]
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Application(InShop, Base):
    """Somebody's wish to work for the shop; what they said is sealed until its purpose ends."""

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("token_hash"),
        Index("ix_applications_state", "shop_id", "state", "id"),
        Index("ix_applications_login", "shop_id", "login_blind"),
        CheckConstraint(f"state IN {OF_APPLICATIONS}", name="state"),
        CheckConstraint("kind IN ('person', 'business')", name="kind"),
        CheckConstraint(f"ended_how IN {ENDS}", name="ended_how"),
        CheckConstraint("(state = 'left') = (ended_at IS NOT NULL)", name="ended_at"),
        CheckConstraint("(state = 'left') = (ended_how <> '')", name="ended"),
        CheckConstraint("partner_id IS NULL OR state = 'checking'", name="partner_id"),
    )

    id: Mapped[Id]
    uid: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)  # of the secret in the applicant's own link
    poster_id: Mapped[int] = mapped_column(ForeignKey("posters.id"))
    state: Mapped[str] = mapped_column(default=APPLIED)
    kind: Mapped[str]
    said: Mapped[bytes] = mapped_column(LargeBinary)  # partners.joining.answers, sealed; empty once destroyed
    login_blind: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))  # whose card goes on from here
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # a code, see partners.joining.deciding
    destroyed_at: Mapped[datetime | None]
