"""Returns that begin and end with a claim: made when a customer wants to send back what left."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, case, func, insert, select

from base.rows import mine, one
from base.scope import Scope
from security import audit
from stock import claim_life, levels
from stock.batches import batches
from stock.claim_tables import Claim
from stock.lifecycle import SHIPPED
from stock.models import Order, OrderLine
from stock.news import ClaimsMade, ClaimUndone
from stock.returns import gate, life
from stock.returns.models import Return


def on_claims_made(scope: Scope, news: ClaimsMade) -> None:
    """Makes a return for every claim whose goods come back, as many units as the line has room for.

    A few statements, whatever their number; a line of which all came back or is on its way makes none.
    """
    asked = [
        (row[0], int(row[1]))
        for some in batches(news.claim_ids)
        for row in scope.session.execute(_wanting(scope, some))
    ]
    if not asked:
        return
    levels.hold_orders(scope, sorted({claim.order_id for claim, _shipped in asked}))
    left = _room(scope, sorted({claim.line_id for claim, _shipped in asked}))
    rows = []
    for claim, shipped in asked:
        units = min(claim.units, life.room(shipped, left[claim.line_id]))
        left[claim.line_id] += units
        if units:
            rows.append(_row(scope, claim, units))
    if rows:
        scope.session.execute(insert(Return), rows)
    made = mine(scope, Return).where(Return.claim_id.in_([row["claim_id"] for row in rows]))
    for one_ in scope.session.scalars(made):
        audit.note(scope, "return.asked", "return", one_.id, order=one_.order_id, units=one_.units)


def on_claim_undone(scope: Scope, news: ClaimUndone) -> None:
    """A claim was withdrawn: what has not come does not come; or it is open again, and so is its return."""
    row = scope.session.scalar(mine(scope, Return).where(Return.claim_id == news.claim_id))
    claim = one(scope, Claim, news.claim_id)
    scope.session.refresh(claim)
    if row is None:
        return
    levels.hold_orders(scope, [row.order_id])
    if claim.state == claim_life.WITHDRAWN and row.state == life.ASKED:
        gate.take(scope, row, life.WITHDRAW)
    elif claim.state == claim_life.OPENED and row.state == life.WITHDRAWN:
        shipped = one(scope, OrderLine, row.line_id).wanted
        if row.units <= life.room(shipped, _room(scope, [row.line_id])[row.line_id]):
            gate.take(scope, row, life.REVIVE)


def _wanting(scope: Scope, claim_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """Claims whose goods come back, of orders that left, with the units of their lines."""
    return (
        select(Claim, OrderLine.quantity - OrderLine.cancelled)
        .join(Order, Order.id == Claim.order_id)
        .join(OrderLine, OrderLine.id == Claim.line_id)
        .where(Claim.shop_id == scope.shop_id, Order.shop_id == scope.shop_id)
        .where(OrderLine.shop_id == scope.shop_id, Order.state == SHIPPED)
        .where(Claim.id.in_(claim_ids), Claim.wish.in_(life.WISHES))
        .order_by(Claim.id)
    )


def _room(scope: Scope, line_ids: Sequence[int]) -> Counter[int]:
    """Units of these lines that came back or are on their way."""
    found: Counter[int] = Counter()
    # Of what arrived only that counts; of what has not, what was asked for.
    units = func.sum(case((Return.arrived > 0, Return.arrived), else_=Return.units))
    for some in batches(line_ids):
        stmt = select(Return.line_id, units).where(Return.shop_id == scope.shop_id, Return.line_id.in_(some))
        rows = scope.session.execute(stmt.where(Return.state != life.WITHDRAWN).group_by(Return.line_id))
        found.update({line: int(count) for line, count in rows})
    return found


def _row(scope: Scope, claim: Claim, units: int) -> dict[str, object]:
    return {
        "shop_id": scope.shop_id,
        "claim_id": claim.id,
        "order_id": claim.order_id,
        "line_id": claim.line_id,
        "product_id": claim.product_id,
        "units": units,
        "since": scope.now,
        "made_at": scope.now,
    }
