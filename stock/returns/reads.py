"""Returns as their pages show them: lists by state and age, and one with everything that happened to it."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from base.errors import NotFound
from base.rows import Page, mine, page
from base.scope import Scope
from security import journal
from security.journal import Entry
from stock.returns import life
from stock.returns.models import Return

MOST = 1000  # that are counted; as many or more is said as so many


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return; `since` is when it came into its state, `story` is empty in lists."""

    id: int
    claim_id: int
    order_id: int
    order_number: str
    channel: str
    product_id: int
    sku: str
    name: str
    reason: str
    wish: str
    state: str
    since: datetime
    made_at: datetime
    units: int
    arrived: int
    good: int
    mending: int
    scrap: int
    refund: int | None
    refunded_at: datetime | None
    version: int
    story: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """Returns by state, the units that lie apart, and since when the first of them does."""

    by_state: dict[str, int]
    apart: int
    oldest: datetime | None


def listed(scope: Scope, state: str = "", *, after: str = "", size: int = 50) -> Page[ReturnView]:
    """A page of returns: those that wait by how long they do, the others latest first. Raises BadCursor."""
    stmt = _whole(scope)
    if state:
        stmt = stmt.where(Return.state == state)
    waits = state in life.LIVE
    found = page(scope, stmt, by=(Return.since, Return.id), after=after, size=size, newest_first=not waits)
    return Page([_view(row) for row in found.rows], found.next)


def one_return(scope: Scope, return_id: int) -> ReturnView:
    """One return with what happened to it, oldest first. Raises NotFound."""
    return replace(
        brief(scope, return_id),
        story=tuple(journal.of_many(scope, subject="return", subject_ids=[return_id])),
    )


def brief(scope: Scope, return_id: int) -> ReturnView:
    """One return without what happened to it. Raises NotFound."""
    row = scope.session.scalar(_whole(scope).where(Return.id == return_id))
    if row is None:
        raise NotFound
    return _view(row)


def of_claim(scope: Scope, claim_id: int) -> ReturnView | None:
    """The return that a claim asked for."""
    row = scope.session.scalar(_whole(scope).where(Return.claim_id == claim_id))
    return _view(row) if row else None


def counted(scope: Scope) -> Counted:
    """How many returns are in each state, and what lies apart."""
    stmt = (
        select(
            Return.state,
            func.count(),
            func.sum(Return.arrived - Return.good - Return.scrap),
            func.min(Return.since),
        )
        .where(Return.shop_id == scope.shop_id)
        .group_by(Return.state)
    )
    rows = {row[0]: row for row in scope.session.execute(stmt)}
    here = [rows[state] for state in life.HERE if state in rows]
    return Counted(
        {state: row[1] for state, row in rows.items()},
        sum(int(row[2]) for row in here),
        min((row[3] for row in here), default=None),
    )


def waiting(scope: Scope) -> tuple[int, datetime | None]:
    """How many returns lie in quarantine and were not looked at, and since when the first of them."""
    here = (Return.shop_id == scope.shop_id, Return.state == life.QUARANTINE)
    since = list(scope.session.scalars(select(Return.since).where(*here).order_by(Return.since).limit(MOST)))
    return len(since), since[0] if since else None


def _whole(scope: Scope) -> Select[Return]:
    """Returns with their claim, order and product."""
    stmt = mine(scope, Return).options(joinedload(Return.claim), joinedload(Return.order))
    return stmt.options(joinedload(Return.product))


def _view(row: Return) -> ReturnView:
    return ReturnView(
        id=row.id,
        claim_id=row.claim_id,
        order_id=row.order_id,
        order_number=row.order.number,
        channel=row.order.channel,
        product_id=row.product_id,
        sku=row.product.sku,
        name=row.product.name,
        reason=row.claim.reason,
        wish=row.claim.wish,
        state=row.state,
        since=row.since,
        made_at=row.made_at,
        units=row.units,
        arrived=row.arrived,
        good=row.good,
        mending=row.mending,
        scrap=row.scrap,
        refund=row.refund,
        refunded_at=row.refunded_at,
        version=row.version,
    )
