"""The gate of prices: what an accepted task of a kind pays, from an instant on. Sole writer."""

from datetime import UTC, datetime

from sqlalchemy import bindparam, func, select, update

from base import prepared
from base.errors import Invalid, Refused
from base.once import once
from base.prepared import SHOP
from base.rows import changed
from base.scope import Scope
from partners.models import Price
from security import audit

FROM_THE_START = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 1_000_000


class NoPrice(Refused):
    """Nobody has said what this kind of work pays. Facts: kind."""

    code = "partners.no_price"


class BadPrice(Invalid):
    """A price is whole won from 0 up to a million. Facts: field, low, high."""

    code = "partners.bad_price"


class PriceInPast(Invalid):
    """A price counts from now or from later on: what was claimed before keeps the price it was claimed at."""

    code = "partners.price_in_past"


def price_of(scope: Scope, kind: str, at: datetime) -> int:
    """What an accepted task of this kind pays when claimed at this instant, in won. Raises NoPrice."""
    won: int | None = prepared.run(scope, _PRICE, {"of": kind, "at": at}).scalar()
    if won is None:
        raise NoPrice(kind=kind)
    return won


_PRICE = (
    select(Price.won)
    .where(Price.shop_id == SHOP, Price.kind == bindparam("of"), Price.since <= bindparam("at"))
    .order_by(Price.since.desc())
    .limit(1)
)


def prices_at(scope: Scope, at: datetime) -> dict[str, int]:
    """What every kind pays at this instant, in won."""
    since = (
        select(Price.kind, func.max(Price.since).label("since"))
        .where(Price.shop_id == scope.shop_id, Price.since <= at)
        .group_by(Price.kind)
        .subquery()
    )
    rows = select(Price.kind, Price.won).where(
        Price.shop_id == scope.shop_id, Price.kind == since.c.kind, Price.since == since.c.since
    )
    return dict(scope.session.execute(rows).all())


def check_price(won: int) -> None:
    """Raises BadPrice."""
    if not 0 <= won <= MOST:
        raise BadPrice(field="won", low=0, high=MOST)


def set_price(scope: Scope, *, kind: str, won: int, since: datetime) -> None:
    """Sets what a kind pays from an instant on; one set for the same instant takes its place.

    Raises BadPrice, PriceInPast.
    """
    check_price(won)
    if since < scope.now:
        raise PriceInPast(field="since")
    same = (Price.shop_id == scope.shop_id, Price.kind == kind, Price.since == since)
    row = {"shop_id": scope.shop_id, "kind": kind, "won": won, "since": since, "made_by": scope.actor.id}
    if once(scope.session, Price, row) is None:
        changed(scope, update(Price).where(*same).values(won=won, made_by=scope.actor.id))
    audit.note(scope, "price.set", kind=kind, won=won)


def first_price(scope: Scope, *, kind: str, won: int) -> None:
    """Sets the price a kind starts from, where it has none."""
    row = {"shop_id": scope.shop_id, "kind": kind, "won": won, "made_by": scope.actor.id}
    once(scope.session, Price, row | {"since": FROM_THE_START})
