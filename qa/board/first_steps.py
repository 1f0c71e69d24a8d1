"""The first way through a new shop: goods, orders, a partner, a parcel; how far it is, read from the rows."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from base.scope import Scope
from security.models import Membership
from security.policy import PARTNER
from stock.models import Movement, Order, Product
from tasks.lifecycle import ACCEPTED, CLAIMED, INSPECTION, OPEN, REWORK
from tasks.models import Task

GOODS, ORDERS, PARTNERS, PARCEL = "goods", "orders", "partners", "parcel"
MOST_COUNTED = 1000
STEPS = (GOODS, ORDERS, PARTNERS, PARCEL)
#: How far the first parcel is, the furthest first.
STANDS = (INSPECTION, REWORK, CLAIMED, OPEN)


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `stands` says how far it is (a code), `n` how many of what it counts."""

    name: str
    done: bool
    stands: str
    n: int = 0


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """The steps in order; they may be taken in any."""

    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def now(self) -> str:
        """The first step that is not done, empty when all are."""
        return next((step.name for step in self.steps if not step.done), "")


def is_new(scope: Scope) -> bool:
    """Whether the shop has not had its first parcel accepted."""
    return not _any(scope, Task.shop_id == scope.shop_id, Task.state == ACCEPTED)


def first_steps(scope: Scope) -> FirstSteps:
    """How far a new shop is."""
    return FirstSteps((_goods(scope), _orders(scope), _partners(scope), _parcel(scope)))


def _goods(scope: Scope) -> Step:
    moved = _any(scope, Movement.shop_id == scope.shop_id)
    named = _count(scope, Product.id, Product.shop_id == scope.shop_id)
    return Step(GOODS, moved, "done" if moved else "named" if named else "none", named)


def _orders(scope: Scope) -> Step:
    count = _count(scope, Order.id, Order.shop_id == scope.shop_id)
    return Step(ORDERS, count > 0, "done" if count else "none", count)


def _partners(scope: Scope) -> Step:
    here = (Membership.shop_id == scope.shop_id, Membership.role == PARTNER, Membership.ended_at.is_(None))
    joined = _count(scope, Membership.id, *here, Membership.accepted_at.is_not(None))
    invited = _count(scope, Membership.id, *here)
    stands = "done" if joined else "invited" if invited else "none"
    return Step(PARTNERS, joined > 0, stands, joined or invited)


def _parcel(scope: Scope) -> Step:
    if not is_new(scope):
        return Step(PARCEL, True, "done")
    for state in STANDS:
        if _any(scope, Task.shop_id == scope.shop_id, Task.state == state):
            return Step(PARCEL, False, state)
    return Step(PARCEL, False, "none")


def _any(scope: Scope, *where: ColumnElement[bool]) -> bool:
    return bool(scope.session.scalar(select(exists().where(*where))))


def _count(scope: Scope, of: InstrumentedAttribute[int], *where: ColumnElement[bool]) -> int:
    """How many rows, counted no further than a page would say."""
    some = select(of).where(*where).limit(MOST_COUNTED).subquery()
    return scope.session.scalar(select(func.count()).select_from(some)) or 0
