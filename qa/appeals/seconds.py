"""Who may judge an appeal: never the hand that did the work, nor the first judge while others are there."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Exists, Select, and_, exists, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from base.errors import Refused
from base.scope import Scope
from qa.appeals.lifecycle import OPENED
from qa.appeals.models import Appeal
from security.models import Membership
from security.policy import OWNER, REVIEWER

JUDGES = (REVIEWER, OWNER)


class FirstJudge(Refused):
    """Nobody looks a second time at their own verdict."""

    code = "appeals.first_judge"
    status = 403


class OwnAppeal(Refused):
    """Nobody judges an appeal about their own work."""

    code = "appeals.own_appeal"
    status = 403


def check(scope: Scope, appeal: Appeal) -> bool:
    """Whether the actor judges because there is nobody else. Raises OwnAppeal, FirstJudge."""
    if is_own(scope, appeal):
        raise OwnAppeal
    if scope.actor.id != appeal.against_id:
        return False
    if scope.actor.role != OWNER or others(scope, appeal):
        raise FirstJudge
    return True


def is_own(scope: Scope, appeal: Appeal) -> bool:
    """Whether the actor's own hands did the work, under whichever role they are here now."""
    return scope.session.scalar(select(_hand(scope, Membership.id == appeal.partner_id))) or False


def _hand(scope: Scope, which: ColumnElement[bool]) -> Exists:
    return exists().where(Membership.shop_id == scope.shop_id, Membership.account_id == scope.actor.id, which)


def others(scope: Scope, appeal: Appeal) -> Collection[int]:
    """The accounts that could judge it: neither the first judge's nor that of the hand."""
    stmt = _judges(scope).where(
        Membership.account_id != appeal.against_id,
        Membership.account_id.not_in(_hands(scope, appeal.partner_id)),
    )
    return set(scope.session.scalars(stmt))


def _judges(scope: Scope) -> Select[int]:
    return select(Membership.account_id).where(
        Membership.shop_id == scope.shop_id,
        Membership.role.in_(JUDGES),
        Membership.ended_at.is_(None),
        Membership.accepted_at.is_not(None),
    )


def _hands(scope: Scope, partner_id: int | InstrumentedAttribute[int]) -> Select[int]:
    """The account of whoever did the work."""
    of = aliased(Membership)
    return select(of.account_id).where(of.shop_id == scope.shop_id, of.id == partner_id)


def for_me(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """The open appeals that the actor may judge."""
    mine = _hand(scope, Membership.id == Appeal.partner_id)
    first = Appeal.against_id == scope.actor.id
    if scope.actor.role == OWNER:
        first = and_(first, _another(scope))
    return Appeal.shop_id == scope.shop_id, Appeal.state == OPENED, not_(or_(mine, first))


def _another(scope: Scope) -> ColumnElement[bool]:
    """Whether somebody else could judge it."""
    return exists().where(
        Membership.shop_id == scope.shop_id,
        Membership.role.in_(JUDGES),
        Membership.ended_at.is_(None),
        Membership.accepted_at.is_not(None),
        Membership.account_id != Appeal.against_id,
        Membership.account_id.not_in(_hands(scope, Appeal.partner_id)),
    )
