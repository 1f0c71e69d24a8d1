"""Whose eyes see mended work: any reviewer's, the same ones first, or another's; a rule of the shop."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, or_, select

from base.scope import Scope
from qa.models import Inspection
from security.models import Membership
from security.policy import OWNER, REVIEWER
from security.shops import rules
from tasks.models import Task

ANY, SAME, OTHER = "any", "same", "other"
KEPT_FOR = timedelta(hours=1)  # before it is due, whoever is there looks at it


def of(scope: Scope, task: Task, round_: int) -> dict[str, int | None]:
    """Who is offered a submission first, and who does not look at it again; nothing for a first round."""
    rule = rules(scope).rework_eyes
    if round_ == 1 or rule == ANY:
        return {"wanted_id": None, "barred_id": None}
    first = _before(scope, task, round_ - 1)
    if rule == SAME:
        return {"wanted_id": first, "barred_id": None}
    return {"wanted_id": None, "barred_id": first if first and _others(scope, first) else None}


def _before(scope: Scope, task: Task, round_: int) -> int | None:
    """Who judged a round."""
    stmt = select(Inspection.reviewer_id).where(
        Inspection.shop_id == scope.shop_id,
        Inspection.task_id == task.id,
        Inspection.round == round_,
    )
    return scope.session.scalar(stmt)


def _others(scope: Scope, account_id: int) -> bool:
    """Whether somebody else may judge here."""
    found = _here(scope).where(Membership.account_id != account_id).limit(1)
    return scope.session.scalar(found) is not None


def _here(scope: Scope) -> Select[int]:
    """The accounts that may judge in this shop now."""
    return select(Membership.account_id).where(
        Membership.shop_id == scope.shop_id,
        Membership.role.in_([REVIEWER, OWNER]),
        Membership.ended_at.is_(None),
        Membership.accepted_at.is_not(None),
    )


def offered(scope: Scope) -> ColumnElement[bool]:
    """What the actor may be offered: not what is barred to them, nor, until it presses, another's."""
    me = scope.actor.id
    first = or_(
        Inspection.wanted_id.is_(None),
        Inspection.wanted_id == me,
        Inspection.due_at <= scope.now + KEPT_FOR,
        Inspection.wanted_id.not_in(_here(scope)),
    )
    return first & or_(Inspection.barred_id.is_(None), Inspection.barred_id != me)
