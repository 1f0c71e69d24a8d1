"""What is rolled up of this room: demand by day and value by movement, kept together and rebuilt together."""

from sqlalchemy.orm import Session

from base.scope import Scope
from stock.buying import looking
from stock.demand import counting
from stock.value import keeping


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
    """Where what is rolled up is not what the rows say; reads only."""
    return counting.differences(scope) + keeping.differences(scope)
