"""Claims as their pages show them: lists by state, and one with its order and what the customer wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from base.errors import NotFound
from base.rows import Page, mine, page
from base.scope import Scope
from stock import claims
from stock.claim_tables import Claim
from stock.models import OrderLine


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim; `words` is None where its seal does not open, and empty in lists."""

    id: int
    order_id: int
    order_number: str
    channel: str
    line_id: int
    product_id: int
    sku: str
    name: str
    number: str
    wish: str
    reason: str
    units: int
    claimed_at: datetime
    state: str
    outcome: str
    cost: int
    settled_by: int | None
    settled_at: datetime | None
    shipped_at: datetime | None
    version: int
    made_by: int
    made_at: datetime
    words: str | None


def claim(scope: Scope, claim_id: int) -> ClaimView:
    """One claim with what the customer wrote. Raises NotFound."""
    row = scope.session.scalar(_whole(scope).where(Claim.id == claim_id))
    if row is None:
        raise NotFound
    return _view(row, claims.words(scope, row))


def listed(scope: Scope, state: str = "", *, after: str = "", size: int = 50) -> Page[ClaimView]:
    """A page of claims, the latest first; of one state, or all. Raises BadCursor."""
    stmt = _whole(scope)
    if state:
        stmt = stmt.where(Claim.state == state)
    found = page(scope, stmt, by=(Claim.claimed_at, Claim.id), after=after, size=size)
    return Page([_view(row, "") for row in found.rows], found.next)


def of_order(scope: Scope, order_id: int) -> list[ClaimView]:
    """The claims on an order, the latest first."""
    rows = scope.session.scalars(_whole(scope).where(Claim.order_id == order_id).order_by(Claim.id.desc()))
    return [_view(row, "") for row in rows]


def counts(scope: Scope) -> dict[str, int]:
    """How many claims are in each state."""
    rows = select(Claim.state, func.count()).where(Claim.shop_id == scope.shop_id).group_by(Claim.state)
    return dict(scope.session.execute(rows).all())


def lines_of(scope: Scope, order_id: int) -> Sequence[OrderLine]:
    """The lines of an order of which something is left to claim."""
    stmt = mine(scope, OrderLine).where(
        OrderLine.order_id == order_id, OrderLine.quantity > OrderLine.cancelled
    )
    return scope.session.scalars(stmt.options(joinedload(OrderLine.product)).order_by(OrderLine.id)).all()


def _whole(scope: Scope) -> Select[Claim]:
    """Claims with their order and product."""
    return mine(scope, Claim).options(joinedload(Claim.order), joinedload(Claim.product))


def _view(row: Claim, words: str | None) -> ClaimView:
    return ClaimView(
        id=row.id,
        order_id=row.order_id,
        order_number=row.order.number,
        channel=row.order.channel,
        line_id=row.line_id,
        product_id=row.product_id,
        sku=row.product.sku,
        name=row.product.name,
        number=row.number,
        wish=row.wish,
        reason=row.reason,
        units=row.units,
        claimed_at=row.claimed_at,
        state=row.state,
        outcome=row.outcome,
        cost=row.cost,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        shipped_at=row.order.shipped_at,
        version=row.version,
        made_by=row.made_by,
        made_at=row.made_at,
        words=words,
    )
