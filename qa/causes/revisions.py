"""Before and after each edition of a procedure: bad first looks under it and under the one before it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from base.rows import mine
from base.scope import Scope
from base.shares import Share
from qa.causes.effect import Effect, effect
from qa.models import Tally
from qa.tallies.rules import QUALITY, REVISION
from tasks.models import SopRevision


@dataclass(frozen=True, slots=True)
class Compared:
    """An edition that was in use, its bad pieces, and what changed against the edition before it."""

    revision_id: int
    number: int
    since: datetime | None
    bad: Share
    effect: Effect | None


def compared(scope: Scope, sop_id: int) -> list[Compared]:
    """The editions of a procedure that were in use, the latest first."""
    stmt = mine(scope, SopRevision).where(
        SopRevision.sop_id == sop_id, SopRevision.state.in_(["published", "retired"])
    )
    rows = scope.session.scalars(stmt.order_by(SopRevision.number)).all()
    shares = _shares(scope, [row.id for row in rows])
    found: list[Compared] = []
    for row in rows:
        bad, before = shares.get(row.id, Share(0, 0)), found[-1].bad if found else None
        days = (scope.now - row.effective_at).days if row.effective_at else 0
        seen = effect(before, bad, days=days) if before is not None else None
        found.append(Compared(row.id, row.number, row.effective_at, bad, seen))
    return found[::-1]


def _shares(scope: Scope, ids: list[int]) -> dict[int, Share]:
    stmt = (
        select(Tally.dim_id, func.sum(Tally.n), func.sum(Tally.hits))
        .where(Tally.shop_id == scope.shop_id, Tally.dim == REVISION, Tally.measure == QUALITY)
        .where(Tally.dim_id.in_(ids))
        .group_by(Tally.dim_id)
    )
    return {id_: Share(int(n) - int(hits), int(n)) for id_, n, hits in scope.session.execute(stmt)}
