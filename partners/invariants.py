"""What must always hold of pay and cards, asked of the whole database in sets."""

from sqlalchemy import Select, and_, exists, func, or_, select

from base.invariants import Ask, Finding, broken
from base.scope import Scope
from partners.agreements import invariants as agreed
from partners.lifecycle import PILOT
from partners.models import Partner, PayLine, Price
from partners.pay import invariants as of_pay
from partners.training.models import Pilot
from security.models import Membership


def findings(scope: Scope) -> tuple[Finding, ...]:
    """Every invariant of this room that does not hold; empty when all is well."""
    return (*broken(scope, "partners", ASKED | of_pay.ASKED), *agreed.findings(scope))


def _negative_pay(scope: Scope) -> Select[int]:
    return select(PayLine.id).where(PayLine.shop_id == scope.shop_id, PayLine.won < 0).order_by(PayLine.id)


def _negative_price(scope: Scope) -> Select[int]:
    return select(Price.id).where(Price.shop_id == scope.shop_id, Price.won < 0).order_by(Price.id)


def _paid_twice(scope: Scope) -> Select[int]:
    """A task is paid at most once, in whichever shop."""
    return (
        select(PayLine.task_id)
        .where(PayLine.shop_id == scope.shop_id)
        .group_by(PayLine.task_id)
        .having(func.count() > 1)
        .order_by(PayLine.task_id)
    )


def _paid_to_nobody(scope: Scope) -> Select[int]:
    """Pay goes to a partner of this shop."""
    ours = exists().where(Partner.id == PayLine.partner_id, Partner.shop_id == PayLine.shop_id)
    return select(PayLine.id).where(PayLine.shop_id == scope.shop_id, ~ours).order_by(PayLine.id)


def _cardless(scope: Scope) -> Select[int]:
    """Every partner in the shop has a card, and it is closed exactly when they have left."""
    open_to = and_(Membership.ended_at.is_(None), Partner.state != "left")
    closed = and_(Membership.ended_at.is_not(None), Partner.state == "left")
    right = exists().where(
        Partner.id == Membership.id, Partner.shop_id == Membership.shop_id, or_(open_to, closed)
    )
    partners = select(Membership.id).where(
        Membership.shop_id == scope.shop_id, Membership.role == "partner", ~right
    )
    return partners.order_by(Membership.id)


def _pilotless(scope: Scope) -> Select[int]:
    """Whoever works in a pilot has one that is open: it says how much they hold, and when it ends."""
    open_ = exists().where(
        Pilot.shop_id == Partner.shop_id, Pilot.partner_id == Partner.id, Pilot.ended_at.is_(None)
    )
    cards = select(Partner.id).where(Partner.shop_id == scope.shop_id, Partner.state == PILOT, ~open_)
    return cards.order_by(Partner.id)


ASKED: dict[str, Ask] = {
    "negative_pay": _negative_pay,
    "negative_price": _negative_price,
    "paid_twice": _paid_twice,
    "paid_to_nobody": _paid_to_nobody,
    "cardless": _cardless,
    "pilotless": _pilotless,
}
