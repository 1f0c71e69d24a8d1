"""What must always hold of pay and cards, asked of the whole database in sets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, func, or_, select

from base.scope import Scope
from partners.models import Partner, PayLine, Price
from security.models import Membership

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant that does not hold: its code, of how many rows, and the first of their ids."""

    code: str
    count: int
    ids: tuple[int, ...]


def findings(scope: Scope) -> tuple[Finding, ...]:
    """Every invariant of this room that does not hold; empty when all is well."""
    return tuple(found for code, ask in ASKED.items() for found in _found(scope, code, ask(scope)))


def _found(scope: Scope, code: str, broken: Select[int]) -> Iterator[Finding]:
    ids = scope.session.scalars(broken.limit(SHOWN)).all()
    if ids:
        count = scope.session.scalar(select(func.count()).select_from(broken.order_by(None).subquery()))
        yield Finding(f"partners.{code}", count or 0, tuple(ids))


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


ASKED: dict[str, Callable[[Scope], Select[int]]] = {
    "negative_pay": _negative_pay,
    "negative_price": _negative_price,
    "paid_twice": _paid_twice,
    "paid_to_nobody": _paid_to_nobody,
    "cardless": _cardless,
}
