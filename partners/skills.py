"""Skills: what one must have learned before certain work is given to one; granted by the owner, one by one.

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
from partners.models import Partner, PartnerSkill, Skill
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


def make(scope: Scope, *, name: str) -> int:
    """Adds a skill to the shop's list; gives its id. Raises BadName."""
    row = {"shop_id": scope.shop_id, "name": checked(name), "made_by": scope.actor.id, "made_at": scope.now}
    skill_id = once(scope.session, Skill, row)
    if skill_id is None:
        raise BadName(field="name", most=LONGEST)
    audit.note(scope, "skill.made", subject="skill", subject_id=skill_id)
    return skill_id


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
