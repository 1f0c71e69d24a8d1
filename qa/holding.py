"""Holding: what a reviewer has open is kept from the others for a while, so that two never judge the same."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, case, or_, select, update

from base.errors import Refused
from base.rows import changed, one
from base.scope import Scope
from qa import judgement
from qa.judgement import OwnWork
from qa.models import Inspection

HELD_FOR = timedelta(minutes=15)
TRIED = 20  # of the queue's first, where others are quicker


class HeldByOther(Refused):
    """Another reviewer has it open. Nothing is lost: it comes back to the queue when they leave it."""

    code = "qa.held_by_other"


class JudgedMeanwhile(Refused):
    """It does not wait for a verdict any more."""

    code = "qa.judged_meanwhile"


def free(scope: Scope) -> ColumnElement[bool]:
    """Inspections that nobody else has open now."""
    return or_(
        Inspection.held_by.is_(None),
        Inspection.held_by == scope.actor.id,
        Inspection.held_until <= scope.now,
    )


def is_held_by_other(scope: Scope, inspection: Inspection) -> bool:
    """Whether another reviewer has this open now."""
    held = inspection.held_by is not None and inspection.held_by != scope.actor.id
    return held and inspection.held_until is not None and inspection.held_until > scope.now


def hold(scope: Scope, inspection_id: int) -> Inspection:
    """Keeps a waiting inspection for the actor, and lets go of what they had open before.

    Raises NotFound, OwnWork, HeldByOther, JudgedMeanwhile.
    """
    inspection = one(scope, Inspection, inspection_id)
    if judgement.is_own(scope, inspection):
        raise OwnWork
    if not _seize(scope, inspection_id):
        scope.session.refresh(inspection)
        raise HeldByOther if inspection.state == "waiting" else JudgedMeanwhile
    _let_go(scope, but=inspection_id)
    scope.session.refresh(inspection)
    return inspection


def hold_next(scope: Scope, *, wanted: int = 0) -> int | None:
    """Keeps for the actor the one they expect next, else the queue's first; none where none is free."""
    for id_ in _candidates(scope, wanted):
        if _seize(scope, id_):
            _let_go(scope, but=id_)
            return id_
    return None


def _candidates(scope: Scope, wanted: int) -> list[int]:
    stmt = (
        select(Inspection.id)
        .where(Inspection.shop_id == scope.shop_id, *for_me(scope))
        .order_by(case((Inspection.id == wanted, 0), else_=1), Inspection.due_at, Inspection.id)
        .limit(TRIED)
    )
    return list(scope.session.scalars(stmt))


def for_me(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """What the actor may be offered: waiting, not their own work, open at nobody else's desk."""
    return Inspection.state == "waiting", ~judgement.own_work(scope), free(scope)


def _seize(scope: Scope, inspection_id: int) -> bool:
    """One guarded statement: of two reviewers who open the same, the second is told."""
    still = and_(Inspection.held_by == scope.actor.id, Inspection.held_until > scope.now)
    return changed(
        scope,
        update(Inspection)
        .where(
            Inspection.shop_id == scope.shop_id,
            Inspection.id == inspection_id,
            Inspection.state == "waiting",
            free(scope),
        )
        .values(
            held_by=scope.actor.id,
            held_at=case((still, Inspection.held_at), else_=scope.now),
            held_until=scope.now + HELD_FOR,
        )
        .execution_options(synchronize_session=False),
    ) == 1  # fmt: skip


def _let_go(scope: Scope, *, but: int) -> None:
    """One desk has one submission on it."""
    changed(
        scope,
        update(Inspection)
        .where(
            Inspection.shop_id == scope.shop_id, Inspection.held_by == scope.actor.id, Inspection.id != but
        )
        .values(held_by=None, held_at=None, held_until=None)
        .execution_options(synchronize_session=False),
    )


def looked(scope: Scope, inspection: Inspection) -> int | None:
    """Seconds since the actor opened it; none where they never did."""
    if inspection.held_by != scope.actor.id or inspection.held_at is None:
        return None
    return max(0, int((scope.now - inspection.held_at).total_seconds()))
