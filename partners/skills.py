"""Skills: what one must have learned before certain work is given to one; granted by the owner, or earned.

The gate of skills and of who has them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from base.errors import Invalid
from base.once import once
from base.rows import changed, mine, one
from base.scope import Scope
from partners import standings
from partners.models import Partner, PartnerSkill, Skill, StandingChange
from partners.news import StandingChanged
from partners.standing import GATES
from security import audit

LONGEST = 40


class BadName(Invalid):
    """A name has 1 to 40 letters, and each is there once. Facts: field, most."""

    code = "partners.bad_name"


@dataclass(frozen=True, slots=True)
class Granted:
    """A skill a partner has: by whom it was granted, an account, and when."""

    skill_id: int
    name: str
    by: int
    at: datetime


def make(scope: Scope, *, name: str, earned_in: str = "") -> int:
    """Adds a skill to the shop's list, granted by hand or earned by trust in a kind; gives its id.

    Whoever is trusted in that kind already has it at once. Raises BadName.
    """
    row = {"shop_id": scope.shop_id, "name": checked(name), "earned_in": earned_in}
    skill_id = once(scope.session, Skill, row | {"made_by": scope.actor.id, "made_at": scope.now})
    if skill_id is None:
        raise BadName(field="name", most=LONGEST)
    audit.note(scope, "skill.made", subject="skill", subject_id=skill_id)
    if earned_in:
        for partner_id in standings.trusted(scope, earned_in):
            grant(scope.as_house(), partner_id, skill_id=skill_id)
    return skill_id


def on_standing_changed(scope: Scope, news: StandingChanged) -> None:
    """Gives what is earned in a kind to who is trusted there, and takes it from who is watched."""
    change = one(scope, StandingChange, news.change_id)
    if (earns := GATES[change.after].earns) is None:
        return
    earned = select(Skill.id).where(Skill.shop_id == scope.shop_id, Skill.earned_in == change.kind)
    for skill_id in scope.session.scalars(earned.order_by(Skill.id)):
        (grant if earns else revoke)(scope.as_house(), news.partner_id, skill_id=skill_id)


def grant(scope: Scope, partner_id: int, *, skill_id: int) -> None:
    """Says that a partner has learned something; said twice, it stands once. Raises NotFound."""
    partner, skill = one(scope, Partner, partner_id), one(scope, Skill, skill_id)
    row = {"shop_id": scope.shop_id, "partner_id": partner.id, "skill_id": skill.id}
    said = {"granted_by": scope.actor.id, "granted_at": scope.now}
    if once(scope.session, PartnerSkill, row | said) is not None:
        audit.note(scope, "skill.granted", subject="partner", subject_id=partner.id, skill=skill.id)


def revoke(scope: Scope, partner_id: int, *, skill_id: int) -> None:
    """Takes a skill back; work in hand stays. Raises NotFound."""
    partner, skill = one(scope, Partner, partner_id), one(scope, Skill, skill_id)
    this = (PartnerSkill.partner_id == partner.id, PartnerSkill.skill_id == skill.id)
    if changed(scope, delete(PartnerSkill).where(PartnerSkill.shop_id == scope.shop_id, *this)):
        audit.note(scope, "skill.revoked", subject="partner", subject_id=partner.id, skill=skill.id)


def earned(scope: Scope) -> dict[int, str]:
    """The kinds in which skills are earned, by skill; without those that are granted by hand."""
    rows = select(Skill.id, Skill.earned_in).where(Skill.shop_id == scope.shop_id, Skill.earned_in != "")
    return dict(scope.session.execute(rows).all())


def names(scope: Scope) -> dict[int, str]:
    """The shop's skills by id, in the order they were made."""
    rows = select(Skill.id, Skill.name).where(Skill.shop_id == scope.shop_id).order_by(Skill.id)
    return dict(scope.session.execute(rows).all())


def of(scope: Scope, partner_id: int) -> tuple[Granted, ...]:
    """What a partner has learned."""
    rows = (
        select(Skill.id, Skill.name, PartnerSkill.granted_by, PartnerSkill.granted_at)
        .join(PartnerSkill, PartnerSkill.skill_id == Skill.id)
        .where(Skill.shop_id == scope.shop_id, PartnerSkill.partner_id == partner_id)
        .order_by(Skill.id)
    )
    return tuple(Granted(*row) for row in scope.session.execute(rows))


def holders(scope: Scope) -> Mapping[int, Sequence[int]]:
    """The skills of every partner, by partner."""
    found: dict[int, list[int]] = {}
    for row in scope.session.scalars(mine(scope, PartnerSkill).order_by(PartnerSkill.skill_id)):
        found.setdefault(row.partner_id, []).append(row.skill_id)
    return found


def checked(name: str) -> str:
    """A name without blanks around it. Raises BadName."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST:
        raise BadName(field="name", most=LONGEST)
    return name
