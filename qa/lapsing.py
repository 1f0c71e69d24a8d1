"""Work that nobody looked at in time: the clock lets it pass, so that a partner does not wait for the shop.

It is counted as such and never as inspected, and teaches sampling nothing. A batch of which some of the
sample was let pass goes the same way, for its partner waits for all of it; unless it has failed. Where more
hangs on the look than was drawn (newcomers, new editions, costly or watched orders, the rest of a batch that
failed), it waits on, and the owner is told instead.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from base import calendars
from base.rows import changed, mine, one
from base.scope import Scope
from base.workdays import sub
from qa import accepting
from qa.models import Inspection
from qa.news import InspectionLapsed
from qa.sampling import batches
from qa.sampling.draws import BATCH, FRACTION, RECENT, REWORK, STREAM
from security import audit
from security.shops import rules
from tasks.lifecycle import LAPSE
from tasks.models import Task

MOST_AT_ONCE = 100
WINDOW = timedelta(days=28)
#: Why a submission was drawn, where letting it pass unseen risks no more than the draw did.
CALM = (FRACTION, STREAM, RECENT, BATCH, REWORK)


def lapse_due(scope: Scope) -> int:
    """Accepts what waits for a verdict longer than the shop's rule allows; periodic. Gives how many."""
    house = scope.as_house()
    since = _since(house)
    if since is None:
        return 0
    for inspection in _late(house, since, Inspection.reason.not_in(CALM)):
        house.tell(InspectionLapsed(inspection.task_id, inspection.id, passed=False))
    return sum(_pass(house, inspection) for inspection in _late(house, since, Inspection.reason.in_(CALM)))


def wanted(session: Session, shop_id: int) -> bool:
    """Whether anything waits for a verdict at all."""
    waits = select(Inspection.id).where(Inspection.shop_id == shop_id, Inspection.state == "waiting")
    return session.scalar(waits.limit(1)) is not None


def _since(scope: Scope) -> datetime | None:
    """What was drawn before this instant has waited too long; none where the shop lets nothing pass."""
    seconds = rules(scope).auto_accept_s
    return sub(calendars.current(scope), scope.now, seconds) if seconds else None


def _late(scope: Scope, since: datetime, why: ColumnElement[bool]) -> Sequence[Inspection]:
    """What has waited since then and lies open at nobody's desk, the oldest first."""
    waits = mine(scope, Inspection).where(Inspection.state == "waiting", Inspection.drawn_at <= since, why)
    free = or_(Inspection.held_until.is_(None), Inspection.held_until <= scope.now)
    oldest = waits.where(free).order_by(Inspection.drawn_at, Inspection.id).limit(MOST_AT_ONCE)
    return scope.session.scalars(oldest).all()


def _pass(house: Scope, inspection: Inspection) -> bool:
    """Ends the inspection without a verdict and accepts the work, unless somebody was quicker."""
    still = (
        Inspection.shop_id == house.shop_id,
        Inspection.id == inspection.id,
        Inspection.state == "waiting",
        Inspection.version == inspection.version,
        or_(Inspection.held_until.is_(None), Inspection.held_until <= house.now),
    )
    ended = {"state": "lapsed", "lapsed_at": house.now, "version": Inspection.version + 1}
    over = (
        update(Inspection).where(*still).values(ended | dict.fromkeys(("held_by", "held_at", "held_until")))
    )
    if changed(house, over.execution_options(synchronize_session=False)) != 1:
        return False
    house.session.refresh(inspection)
    accepting.accept(house, one(house, Task, inspection.task_id), step=LAPSE)
    if inspection.reason == BATCH:
        batches.lapsed(house, inspection.submission_id)
    audit.note(house, "inspection.lapsed", subject="inspection", subject_id=inspection.id)
    house.tell(InspectionLapsed(inspection.task_id, inspection.id, passed=True))
    return True


def passed(scope: Scope) -> int:
    """How many submissions of the last four weeks the clock let pass."""
    stmt = select(func.count()).where(
        Inspection.shop_id == scope.shop_id,
        Inspection.state == "lapsed",
        Inspection.lapsed_at >= scope.now - WINDOW,
    )
    return scope.session.scalar(stmt) or 0
