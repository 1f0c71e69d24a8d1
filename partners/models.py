"""Tables of people: the partner's card, unit prices, pay lines, and the kinds an owner made."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop, partial


class Partner(InShop, Base):
    """A partner's card in one shop; its id is the membership's (one person, one role, one card)."""

    __tablename__ = "partners"
    __table_args__ = (CheckConstraint("state IN ('active', 'paused', 'left')", name="state"),)

    id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), primary_key=True)
    state: Mapped[str] = mapped_column(default="active")
    capacity: Mapped[int] = mapped_column(default=3)  # most tasks held at once
    joined_at: Mapped[datetime]


class Price(InShop, Base):
    """What one accepted task of a kind pays, in won, from a date on."""

    __tablename__ = "prices"
    __table_args__ = (UniqueConstraint("shop_id", "kind", "since"), CheckConstraint("won >= 0", name="won"))

    id: Mapped[Id]
    kind: Mapped[str]
    won: Mapped[int]
    since: Mapped[datetime]
    made_by: Mapped[int]


class PayLine(InShop, Base):
    """Won owed to a partner for one accepted task: written once, by partners.pay alone."""

    __tablename__ = "pay_lines"
    __table_args__ = (
        UniqueConstraint("task_id"),
        Index("ix_pay_lines_partner", "shop_id", "partner_id", "at"),
        Index("ix_pay_lines_at", "shop_id", "at"),
        CheckConstraint("won >= 0", name="won"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    task_id: Mapped[int]  # tasks stand a floor above, so the database cannot be told whose id this is
    kind: Mapped[str]
    won: Mapped[int]
    at: Mapped[datetime]


class Standing(InShop, Base):
    """What the inspected work of a partner says of a kind, see partners.standing; written by its gate."""

    __tablename__ = "standings"
    __table_args__ = (
        UniqueConstraint("shop_id", "partner_id", "kind"),
        CheckConstraint("band IN ('watched', 'new', 'steady', 'trusted')", name="band"),
        CheckConstraint("n >= 0 AND good <= weight", name="results"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    kind: Mapped[str]
    n: Mapped[int]
    weight: Mapped[float]
    good: Mapped[float]
    squares: Mapped[float]
    counted_at: Mapped[datetime]
    band: Mapped[str]
    since: Mapped[datetime]


class StandingChange(InShop, Base):
    """One change of a standing with what caused it, and what the partner asked about it."""

    __tablename__ = "standing_changes"
    __table_args__ = (
        Index("ix_standing_changes_partner", "shop_id", "partner_id", "id"),
        partial("ix_standing_changes_asked", "shop_id", "id", where="state = 'asked'"),
        CheckConstraint("state IN ('told', 'asked', 'answered')", name="state"),
        CheckConstraint("(state = 'told') = (asked_at IS NULL)", name="asked_at"),
        CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name="answered_at"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    kind: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    cause: Mapped[str]  # a verdict, a verdict turned round, or what is wanted of work was changed
    task_id: Mapped[int | None]  # whose verdict it was; tasks stand a floor above
    n: Mapped[int]
    share: Mapped[int]  # per mille, as its lower and upper ends are
    low: Mapped[int]
    high: Mapped[int]
    wanted: Mapped[int]  # percent
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="told")
    question: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class OwnKind(InShop, Base):
    """A kind of work the owner made herself, of SOP items alone; as a kind it is called own-<id>."""

    __tablename__ = "own_kinds"

    id: Mapped[Id]
    name: Mapped[Doc]  # {"ko": …, "en": …}
    icon: Mapped[str]
    made_by: Mapped[int]
    made_at: Mapped[datetime]
