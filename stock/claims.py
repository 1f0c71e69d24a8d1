"""Claims: recorded on a line of an order, settled with an outcome and a cost, corrected when it was wrong."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from base.errors import Invalid, NotFound, Stale
from base.personal import resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit, vault
from security.vault import Spot, Unreadable
from stock import claim_life as life
from stock.batches import batches
from stock.claim_tables import Claim
from stock.lifecycle import SHIPPED
from stock.models import Order, OrderLine
from stock.news import ClaimSettled, ClaimsMade, ClaimUndone

LONGEST_WORDS = 1000
MOST_COST = 100_000_000
DAY = timedelta(days=1)  # files tell the day of a claim, not its hour


class BadClaim(Invalid):
    """A claim cannot be recorded as it was told. Facts: field, why (a code)."""

    code = "claims.bad"


class ClaimMoved(Stale):
    """Somebody was first, or the claim's state does not allow this step. Facts: state."""

    code = "claims.moved"


@dataclass(frozen=True, slots=True)
class Told:
    """What a customer claims of a line; `number` is the channel's own number of it."""

    line_id: int
    wish: str
    reason: str
    units: int
    claimed_at: datetime
    words: str = field(default="", repr=False)
    number: str = ""


def record(scope: Scope, told: Told) -> int:
    """Records a claim. Raises NotFound, BadClaim, NoKey."""
    row = _line(scope, told.line_id)
    why = trouble(scope, told, *row)
    if why is not None:
        raise BadClaim(field=why[0], why=why[1])
    return _written(scope, [(told, *row)], None)[0]


def record_many(scope: Scope, told: Sequence[Told], *, import_id: int) -> tuple[list[int], int]:
    """Records the claims of a file, which were looked at before; those with a known number are passed over.

    The ids of the new ones, and how many were known.
    """
    rows = _lines(scope, [one_.line_id for one_ in told])
    known = _numbers(scope, [row[1].id for row in rows.values()])
    new = []
    for one_ in told:
        line, order = rows[one_.line_id]
        if not one_.number or (order.id, one_.number) not in known:
            new.append((one_, line, order))
            known.add((order.id, one_.number))
    return _written(scope, new, import_id), len(told) - len(new)


def trouble(scope: Scope, told: Told, line: OrderLine, order: Order) -> tuple[str, str] | None:
    """The field of a claim that cannot be, and why as a code; None where it can."""
    checks = (
        (told.wish in life.WISHES, "wish", "choose"),
        (told.reason in life.REASONS, "reason", "choose"),
        (order.state == SHIPPED or told.reason in life.BEFORE_SHIPPING, "reason", "not_shipped"),
        (1 <= told.units <= line.wanted, "units", "units"),
        (order.placed_at - DAY <= told.claimed_at <= scope.now, "claimed_at", "when"),
        (len(told.words) <= LONGEST_WORDS, "words", "too_long"),
        (not resident_number(told.words), "words", "resident_number"),
    )
    return next(((field_, why) for holds, field_, why in checks if not holds), None)


def settle(scope: Scope, claim_id: int, *, outcome: str, cost: int, version: int) -> None:
    """Settles a claim: whose fault it was and what it cost in won. Raises NotFound, BadClaim, ClaimMoved."""
    one(scope, Claim, claim_id)
    if outcome not in life.OUTCOMES:
        raise BadClaim(field="outcome", why="choose")
    if not 0 <= cost <= MOST_COST:
        raise BadClaim(field="cost", why="cost")
    settled = {"outcome": outcome, "cost": cost, "settled_by": scope.actor.id, "settled_at": scope.now}
    _take(scope, claim_id, life.SETTLE, version, settled)
    audit.note(scope, "claim.settled", "claim", claim_id, outcome=outcome, won=cost)
    scope.tell(ClaimSettled(claim_id))


def step(scope: Scope, claim_id: int, name: str, *, version: int) -> None:
    """Withdraws a claim, or opens one again that was settled or withdrawn by mistake.

    Raises NotFound for a claim or step that is none, ClaimMoved.
    """
    if name not in (life.WITHDRAW, life.REOPEN):
        raise NotFound
    one(scope, Claim, claim_id)
    _take(scope, claim_id, name, version, {"outcome": "", "cost": 0, "settled_by": None, "settled_at": None})
    audit.note(scope, "claim.withdrawn" if name == life.WITHDRAW else "claim.reopened", "claim", claim_id)
    scope.tell(ClaimUndone(claim_id))


def words(scope: Scope, claim: Claim) -> str | None:
    """What the customer wrote; None where its seal does not open any more."""
    try:
        return vault.open_(
            scope, at=_spot(claim.uid, one(scope, Order, claim.order_id).uid), sealed=claim.words
        )
    except Unreadable:
        return None


def _take(scope: Scope, claim_id: int, name: str, version: int, values: Mapping[str, Any]) -> None:
    """Takes a step of the life cycle, if the claim is still as it was seen."""
    moved = changed(
        scope,
        update(Claim)
        .where(
            Claim.shop_id == scope.shop_id,
            Claim.id == claim_id,
            Claim.version == version,
            Claim.state.in_(life.starts(name)),
        )
        .values(state=life.end(name), version=version + 1, **values),
    )
    if moved != 1:
        here = select(Claim.state).where(Claim.shop_id == scope.shop_id, Claim.id == claim_id)
        raise ClaimMoved(state=scope.session.scalar(here))


def _written(scope: Scope, told: Sequence[tuple[Told, OrderLine, Order]], import_id: int | None) -> list[int]:
    """The rows of claims, and the news of them."""
    vault.warm(scope, [order.uid for _told, _line, order in told])
    rows = [_row(scope, one_, line, order, import_id) for one_, line, order in told]
    scope.session.add_all(rows)
    scope.session.flush()
    for row in rows:
        audit.note(scope, "claim.made", "claim", row.id, order=row.order_id, why=row.reason)
    if rows:
        scope.tell(ClaimsMade(tuple(row.id for row in rows)))
    return [row.id for row in rows]


def _row(scope: Scope, told: Told, line: OrderLine, order: Order, import_id: int | None) -> Claim:
    uid = secrets.token_hex(16)
    return Claim(
        shop_id=scope.shop_id,
        uid=uid,
        order_id=order.id,
        line_id=line.id,
        product_id=line.product_id,
        number=told.number,
        wish=told.wish,
        reason=told.reason,
        units=told.units,
        claimed_at=told.claimed_at,
        words=vault.seal(scope, at=_spot(uid, order.uid), text=told.words),
        state=life.OPENED,
        import_id=import_id,
        made_by=scope.actor.id,
        made_at=scope.now,
    )


def _spot(uid: str, record_: str) -> Spot:
    return Spot("claims", f"words:{uid}", record_)


def _line(scope: Scope, line_id: int) -> tuple[OrderLine, Order]:
    line = one(scope, OrderLine, line_id)
    return line, one(scope, Order, line.order_id)


def _lines(scope: Scope, line_ids: Sequence[int]) -> dict[int, tuple[OrderLine, Order]]:
    found: dict[int, tuple[OrderLine, Order]] = {}
    for some in batches(sorted(set(line_ids))):
        stmt = select(OrderLine, Order).join(Order, Order.id == OrderLine.order_id)
        here = (OrderLine.shop_id == scope.shop_id, Order.shop_id == scope.shop_id)
        rows = scope.session.execute(stmt.where(*here, OrderLine.id.in_(some)))
        found |= {line.id: (line, order) for line, order in rows}
    return found


def _numbers(scope: Scope, order_ids: Sequence[int]) -> set[tuple[int, str]]:
    """The claims of these orders that the channel numbered."""
    found: set[tuple[int, str]] = set()
    for some in batches(sorted(set(order_ids))):
        stmt = mine(scope, Claim).where(Claim.order_id.in_(some), Claim.number != "")
        found |= {(row.order_id, row.number) for row in scope.session.scalars(stmt)}
    return found
