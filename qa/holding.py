"""Holding: what a reviewer has open is kept from the others for a while, so that two never judge the same."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, case, or_, true, update

from base.errors import Refused, Stale
from base.rows import changed, mine
from base.scope import Scope
from qa import eyes, judgement
from qa.judgement import NotAgain, OwnWork
from qa.models import Inspection
from qa.reviewers import offered
from qa.reviewers.models import Look

Held = Inspection | Look

HELD_FOR = timedelta(minutes=15)
TRIED = 20  # of the queue's first, where others are quicker


class HeldByOther(Refused):
    """Another reviewer has it open. Nothing is lost: it comes back to the queue when they leave it."""

    code = "qa.held_by_other"


class JudgedAlready(Stale):
    """Another reviewer was first, or the page is old. How it was judged is not told: a look may follow."""

    code = "qa.judged_already"


class JudgedMeanwhile(Refused):
    """It does not wait for a verdict any more."""

    code = "qa.judged_meanwhile"


def free(scope: Scope, of: type[Held] = Inspection) -> ColumnElement[bool]:
    """Inspections, or looks, that nobody else has open now."""
    return or_(of.held_by.is_(None), of.held_by == scope.actor.id, of.held_until <= scope.now)


def is_held_by_other(scope: Scope, inspection: Held) -> bool:
    """Whether another reviewer has this open now."""
    held = inspection.held_by is not None and inspection.held_by != scope.actor.id
    return held and inspection.held_until is not None and inspection.held_until > scope.now


def hold(scope: Scope, inspection_id: int) -> Held:
    """Keeps a waiting inspection for the actor, and lets go of what they had open before.

    Raises NotFound, OwnWork, NotAgain, HeldByOther, JudgedMeanwhile.
    """
    inspection = offered.at_desk(scope, inspection_id)
    if judgement.is_own(scope, inspection):
        raise OwnWork
    if isinstance(inspection, Inspection) and inspection.barred_id == scope.actor.id:
        raise NotAgain
    if not _seize(scope, inspection):
        scope.session.refresh(inspection)
        raise HeldByOther if inspection.state == "waiting" else JudgedMeanwhile
    _let_go(scope, but=inspection)
    scope.session.refresh(inspection)
    return inspection


def hold_next(scope: Scope, *, wanted: int = 0) -> int | None:
    """Keeps for the actor the one they expect next, else the queue's first; none where none is free."""
    for each in _candidates(scope, wanted):
        if _seize(scope, each):
            _let_go(scope, but=each)
            return number(each)
    return None


def number(of: Held) -> int | None:
    """What it is called on a reviewer's desk: looks go by a number of their own, see qa.reviewers."""
    return of.number if isinstance(of, Look) else of.id


def _candidates(scope: Scope, wanted: int) -> list[Held]:
    """The one that is expected, then what will be late first; looks stand among them."""
    found: list[Held] = []
    for of, called, mine_ in (
        (Inspection, Inspection.id, for_me(scope)),
        (Look, Look.number, looks_for_me(scope)),
    ):
        first = (case((called == wanted, 0), else_=1), of.due_at, called)
        found += scope.session.scalars(mine(scope, of).where(*mine_).order_by(*first).limit(TRIED))
    found.sort(key=lambda one: (number(one) != wanted, one.due_at, number(one)))
    return found[:TRIED]


def for_me(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """What the actor may be offered: waiting, not their own work, open at nobody else's desk."""
    here = (Inspection.state == "waiting", ~judgement.own_work(scope), free(scope), eyes.offered(scope))
    return (*here, ~offered.looked_at_first(scope))


def looks_for_me(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """The looks that the actor may be offered in the same way."""
    return (*offered.for_me(scope), free(scope, Look))


def _seize(scope: Scope, wanted: Held) -> bool:
    """One guarded statement: of two reviewers who open the same, the second is told."""
    of = type(wanted)
    still = and_(of.held_by == scope.actor.id, of.held_until > scope.now)
    this = (of.shop_id == scope.shop_id, of.id == wanted.id, of.state == "waiting", free(scope, of))
    held_at = case((still, of.held_at), else_=scope.now)
    hold_it = update(of).where(*this).values(
        held_by=scope.actor.id, held_at=held_at, held_until=scope.now + HELD_FOR
    )  # fmt: skip
    return changed(scope, hold_it.execution_options(synchronize_session=False)) == 1


def _let_go(scope: Scope, *, but: Held) -> None:
    """One desk has one submission on it."""
    for of in (Inspection, Look):
        others = (of.shop_id == scope.shop_id, of.held_by == scope.actor.id)
        kept = of.id != but.id if isinstance(but, of) else true()
        put_back = update(of).where(*others, kept).values(held_by=None, held_at=None, held_until=None)
        changed(scope, put_back.execution_options(synchronize_session=False))


def looked(scope: Scope, inspection: Held) -> int | None:
    """Seconds since the actor opened it; none where they never did."""
    if inspection.held_by != scope.actor.id or inspection.held_at is None:
        return None
    return max(0, int((scope.now - inspection.held_at).total_seconds()))
