"""Putting editions in force: at once or from a day to come, taken back before it, retired after."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from base import calendars
from base.errors import Invalid
from base.rows import mine, one
from base.scope import Scope
from tasks import editions
from tasks.documents import parse
from tasks.editions import PUBLISHED, SCHEDULED
from tasks.models import Sop, SopRevision

FARTHEST = timedelta(days=366)
MOST_AT_ONCE = 50


class BadDay(Invalid):
    """An edition takes effect today or within a year."""

    code = "tasks.sop_bad_day"


def publish(scope: Scope, revision_id: int, *, version: int, on: date | None = None) -> SopRevision:
    """Makes a draft what new tasks are done under, at once or from a day of the shop's on.

    The former retires when the new one takes effect. Raises BadDay, BadItem, Frozen, Stale, NotFound.
    """
    revision = one(scope, SopRevision, revision_id)
    parse(revision.items)
    if on is None or on == calendars.today(scope):
        editions.after(revision, editions.PUBLISH)
        _retire_former(scope, revision)
        told = {"published_at": scope.now, "effective_at": scope.now}
        editions.take(scope, revision, editions.PUBLISH, version=version, **told)
        return revision
    if not calendars.today(scope) < on <= calendars.today(scope) + FARTHEST:
        raise BadDay(field="on")
    told = {"published_at": scope.now, "effective_at": _begin_of(scope, on)}
    editions.take(scope, revision, editions.SCHEDULE, version=version, **told)
    return revision


def take_back(scope: Scope, revision_id: int, *, version: int) -> SopRevision:
    """Makes an edition that is not in force yet a draft again. Raises Frozen, Stale, NotFound."""
    revision = one(scope, SopRevision, revision_id)
    told = {"published_at": None, "effective_at": None}
    editions.take(scope, revision, editions.TAKE_BACK, version=version, **told)
    return revision


def retire(scope: Scope, revision_id: int, *, version: int) -> None:
    """Takes an edition out of use; tasks pinned to it keep it. Raises Frozen, Stale, NotFound."""
    editions.take(scope, one(scope, SopRevision, revision_id), editions.RETIRE, version=version)


def in_force(scope: Scope, kind: str) -> SopRevision | None:
    """The edition that new tasks of a kind are done under from this instant on, if there is one.

    One whose day has come takes effect here and now, whether or not the periodic work was quicker.
    """
    revision = scope.session.scalar(
        mine(scope, SopRevision)
        .join(Sop, Sop.id == SopRevision.sop_id)
        .where(Sop.kind == kind, or_(SopRevision.state == PUBLISHED, _is_due(scope.now)))
        .order_by(SopRevision.effective_at.desc(), SopRevision.id.desc())
        .limit(1)
    )
    if revision is not None and revision.state == SCHEDULED:
        _take_effect(scope.as_house(), revision)
    return revision


def bring_due(scope: Scope) -> int:
    """Puts every edition in force whose day has come; periodic. Gives how many there were."""
    due = mine(scope, SopRevision).where(_is_due(scope.now)).order_by(SopRevision.effective_at)
    revisions = list(scope.session.scalars(due.limit(MOST_AT_ONCE)))
    for revision in revisions:
        _take_effect(scope.as_house(), revision)
    return len(revisions)


def coming(session: Session, shop_id: int) -> bool:
    """Whether a shop has an edition whose day is still to come or has just come."""
    return session.scalar(_coming(shop_id)) is not None


def _begin_of(scope: Scope, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=calendars.current(scope).zone).astimezone(UTC)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(SopRevision.state == SCHEDULED, SopRevision.effective_at <= now)


def _coming(shop_id: int) -> Select[int]:
    return (
        select(SopRevision.id).where(SopRevision.shop_id == shop_id, SopRevision.state == SCHEDULED).limit(1)
    )


def _take_effect(house: Scope, revision: SopRevision) -> None:
    _retire_former(house, revision)
    editions.take(house, revision, editions.TAKE_EFFECT, version=revision.version)


def _retire_former(scope: Scope, revision: SopRevision) -> None:
    former = scope.session.scalar(
        mine(scope, SopRevision).where(SopRevision.sop_id == revision.sop_id, SopRevision.state == PUBLISHED)
    )
    if former is not None and former.id != revision.id:
        editions.take(scope, former, editions.RETIRE, version=former.version)
