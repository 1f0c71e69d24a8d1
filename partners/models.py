"""Tables of people: the partner's card, skills, teams and wishes, prices, pay lines, kinds an owner made."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop, partial
from partners.lifecycle import OF_CARDS


class Partner(InShop, Base):
    """A partner's card in one shop; its id is the membership's (one person, one role, one card)."""

    __tablename__ = "partners"
    __table_args__ = (
        partial("ix_partners_waiting", "shop_id", "waiting_since", where="waiting_since IS NOT NULL"),
        CheckConstraint(f"state IN {OF_CARDS}", name="state"),
        CheckConstraint("kind IN ('person', 'business', 'employee')", name="kind"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), primary_key=True)
    state: Mapped[str] = mapped_column(default="active")
    kind: Mapped[str] = mapped_column(default="person", server_default="person")
    kind_said_at: Mapped[datetime | None]  # when an owner said so; until then nobody is paid by it
    capacity: Mapped[int] = mapped_column(default=3)  # most tasks held at once
    day_limit: Mapped[int | None]  # most tasks she takes in a day, where she has said so herself
    waiting_since: Mapped[datetime | None]  # when she last asked to be next: she stands in line from then on
    joined_at: Mapped[datetime]
    agreed: Mapped[Doc | None]  # of what they last signed: {"do_s": {kind: business seconds}}
    cleared_until: Mapped[datetime | None]  # until when they may take work: partners.clearing; none: no end


class Skill(InShop, Base):
    """Something one must have learned before certain work is given to one (교육)."""

    __tablename__ = "skills"
    __table_args__ = (UniqueConstraint("shop_id", "name"),)

    id: Mapped[Id]
    name: Mapped[str]
    earned_in: Mapped[str] = mapped_column(default="", server_default="")  # the kind in which trust gives it
    made_by: Mapped[int]
    made_at: Mapped[datetime]


class PartnerSkill(InShop, Base):
    """That a partner has a skill: said by whom, and when."""

    __tablename__ = "partner_skills"
    __table_args__ = (
        UniqueConstraint("partner_id", "skill_id"),
        Index("ix_partner_skills_shop", "shop_id", "partner_id"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    granted_by: Mapped[int]
    granted_at: Mapped[datetime]


class Team(InShop, Base):
    """Partners who have work of their own: who leads them, and what they are for."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("shop_id", "name"),)

    id: Mapped[Id]
    name: Mapped[str]
    focus: Mapped[str] = mapped_column(default="")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    made_by: Mapped[int]
    made_at: Mapped[datetime]


class TeamMember(InShop, Base):
    """That a partner is in a team; one may be in several."""

    __tablename__ = "team_members"
    __table_args__ = (
        UniqueConstraint("team_id", "partner_id"),
        Index("ix_team_members_shop", "shop_id", "partner_id"),
    )

    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    since: Mapped[datetime]


class Objection(InShop, Base):
    """A kind of work a partner does not want to be given; it counts against nobody."""

    __tablename__ = "objections"
    __table_args__ = (
        UniqueConstraint("partner_id", "kind"),
        Index("ix_objections_shop", "shop_id", "partner_id"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    kind: Mapped[str]
    at: Mapped[datetime]


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
    """Won owed to a partner for one accepted task: written once, by partners.pay.lines alone."""

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
    from_s: Mapped[int | None]  # when its hand took it and first handed it in: seconds since 1970
    until_s: Mapped[int | None]
    again_s: Mapped[int] = mapped_column(default=0, server_default="0")  # in hand once more, to mend it


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
