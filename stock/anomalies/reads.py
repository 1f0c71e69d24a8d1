"""What is odd, as its pages show it: orders that wait for a word, what was decided, growing gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from base.rows import Page, mine, page
from base.scope import Scope
from stock.anomalies import rule
from stock.anomalies.models import OddLine
from stock.counts import gaps
from stock.lifecycle import HELD
from stock.models import Order
from stock.shelves import Place

DECIDED = 20


@dataclass(frozen=True, slots=True)
class OddView:
    """Why an order was held; `state` is the order's now."""

    order_id: int
    number: str
    channel: str
    state: str
    placed_at: datetime
    ship_by: datetime
    why: str
    facts: Mapping[str, int | str]
    passed_by: int | None
    passed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Growing:
    """A partner's home whose counts found more missing each time."""

    place: Place
    missing: tuple[int, ...]


def held(scope: Scope, *, after: str = "") -> Page[OddView]:
    """Reasons of the orders that wait for a word, the first that came first. Raises BadCursor."""
    stmt = _all(scope).where(Order.state == HELD)
    found = page(scope, stmt, by=(OddLine.id,), after=after, newest_first=False)
    return Page([_view(row) for row in found.rows], found.next)


def of_order(scope: Scope, order_id: int) -> list[OddView]:
    """Why an order was held."""
    stmt = _all(scope).where(OddLine.order_id == order_id).order_by(OddLine.id)
    return [_view(row) for row in scope.session.scalars(stmt)]


def decided(scope: Scope) -> list[OddView]:
    """The latest that passed or were cancelled."""
    stmt = _all(scope).where(Order.state != HELD).order_by(OddLine.id.desc()).limit(DECIDED)
    return [_view(row) for row in scope.session.scalars(stmt)]


def growing(scope: Scope) -> list[Growing]:
    """Homes whose counts of the last thirteen weeks found more missing each time."""
    found = gaps.missing_at_homes(scope)
    return [Growing(place, tuple(missing)) for place, missing in found if rule.growing(missing)]


def _all(scope: Scope) -> Select[OddLine]:
    stmt = mine(scope, OddLine).join(Order, Order.id == OddLine.order_id)
    return stmt.where(Order.shop_id == scope.shop_id).options(joinedload(OddLine.order))


def _view(row: OddLine) -> OddView:
    return OddView(
        order_id=row.order_id,
        number=row.order.number,
        channel=row.order.channel,
        state=row.order.state,
        placed_at=row.order.placed_at,
        ship_by=row.order.ship_by,
        why=row.why,
        facts=row.facts,
        passed_by=row.passed_by,
        passed_at=row.passed_at,
    )
