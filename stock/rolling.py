"""What is rolled up of this room: demand by day and value by movement, kept together and rebuilt together."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.scope import Scope
from stock.buying import looking
from stock.demand import counting
from stock.flow import reconciling
from stock.models import Level
from stock.value import keeping

SAMPLE = 500  # products that the doctor looks at
PRIME, STRIDE = 1_000_003, 7_919  # another order of the products every day


def waits(session: Session, shop_id: int) -> bool:
    """Whether anything has happened that is not rolled up."""
    return counting.waits(session, shop_id) or keeping.waits(session, shop_id)


def keep(scope: Scope) -> None:
    """Rolls up what happened since; everything where a shop never was. Periodic."""
    valued = keeping.keep(scope)
    if valued is None:
        rebuild(scope)
    else:
        looking.refresh(scope, valued | counting.keep(scope))


def rebuild(scope: Scope) -> None:
    """Rolls everything up anew from the rows themselves."""
    keeping.hold(scope)
    keeping.rebuild(scope)
    counting.rebuild(scope)
    looking.refresh_all(scope)


def differences(scope: Scope) -> list[str]:
    """Where what is rolled up is not what the rows say; reads only, everything."""
    moved = select(Level.product_id).where(Level.shop_id == scope.shop_id).distinct()
    products = scope.session.scalars(moved).all()
    return counting.differences(scope) + keeping.differences(scope, products) + _added_up(scope)


def sampled(scope: Scope) -> list[str]:
    """The same of some products, others every day, and of everything added up: in a time that is bounded."""
    day = scope.now.toordinal()
    moved = select(Level.product_id).where(Level.shop_id == scope.shop_id).group_by(Level.product_id)
    turn = moved.order_by((Level.product_id * STRIDE + day * STRIDE) % PRIME, Level.product_id)
    return keeping.differences(scope, scope.session.scalars(turn.limit(SAMPLE)).all()) + _added_up(scope)


def _added_up(scope: Scope) -> list[str]:
    return [] if keeping.waits(scope.session, scope.shop_id) else reconciling.differences(scope)
