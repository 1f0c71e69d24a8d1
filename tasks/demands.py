"""What a procedure asks of those who work by it: skills, and a team of its own."""

from collections.abc import Collection

from sqlalchemy import update

from base.errors import NotFound
from base.rows import changed, one
from base.scope import Scope
from partners import skills
from partners.models import Team
from security import audit
from tasks.models import Sop


def ask(scope: Scope, sop_id: int, *, skill_ids: Collection[int], team_id: int | None) -> None:
    """Sets what one must have learned for a procedure's work, and whose it is alone.

    Work of a procedure that asks something waits in a queue of its own from then on; what is open already
    stays as it was opened. Which skills are asked counts at once for all that waits there. Raises NotFound.
    """
    sop = one(scope, Sop, sop_id)
    if unknown := set(skill_ids) - set(skills.names(scope)):
        raise NotFound(skill_id=min(unknown))
    team = one(scope, Team, team_id) if team_id is not None else None
    wanted = {"skills": sorted(set(skill_ids))} if skill_ids else None
    this = (Sop.shop_id == scope.shop_id, Sop.id == sop.id)
    changed(scope, update(Sop).where(*this).values(asks=wanted, team_id=team.id if team else None))
    told = {"skills": len(set(skill_ids)), "team": team.id if team else 0}
    audit.note(scope, "sop.asks_set", subject="sop", subject_id=sop.id, **told)


def asked(sop: Sop) -> frozenset[int]:
    """The skills a procedure asks."""
    return frozenset(sop.asks["skills"]) if sop.asks else frozenset()
