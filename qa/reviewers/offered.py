"""Which looks lie on whose desk: never on that of who judged it first, nor of whose hands did the work."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import selectinload

from base.errors import NotFound
from base.rows import mine
from base.scope import Scope
from qa import judgement
from qa.models import Inspection
from qa.reviewers.models import Look
from qa.reviewers.rules import WAITING
from tasks.models import Submission


def meant(scope: Scope) -> ColumnElement[bool]:
    """Looks that may lie on the actor's desk: meant for them, or for anybody but who judged it first."""
    anybody = and_(Look.for_id.is_(None), or_(Look.barred_id.is_(None), Look.barred_id != scope.actor.id))
    return or_(Look.for_id == scope.actor.id, anybody)


def for_me(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """What the actor may be offered, unless somebody else has it open: waiting, and not their own work."""
    return Look.state == WAITING, meant(scope), ~judgement.own_work(scope, Look)


def numbered(scope: Scope, number: int) -> Look | None:
    """The look that goes by this number on the actor's desk."""
    return scope.session.scalar(mine(scope, Look).where(Look.number == number, meant(scope)))


def at_desk(scope: Scope, number: int) -> Inspection | Look:
    """What goes by this number on the actor's desk: an inspection, or a look. Raises NotFound."""
    found = numbered(scope, number)
    first = select(Inspection).where(
        Inspection.shop_id == scope.shop_id, Inspection.id == (found.first_id if found else number)
    )
    inspection = scope.session.scalar(first.options(selectinload(Inspection.defects)))  # asked of both alike
    if inspection is None:
        raise NotFound
    return found or inspection


@dataclass(frozen=True, slots=True)
class Blind:
    """A look of the actor's at a task's work, and when that was handed in: what came after is not shown."""

    look: Look
    at: datetime


def blind(scope: Scope, task_id: int) -> Blind | None:
    """The look that lies, or lay, before the actor as if nothing had happened since; none where none does."""
    waits = and_(Look.state == WAITING, meant(scope))
    asked = (
        select(Look, Submission.at)
        .join(Submission, Submission.id == Look.submission_id)
        .where(Look.shop_id == scope.shop_id, Look.task_id == task_id)
        .where(or_(waits, Look.reviewer_id == scope.actor.id))
        .order_by(Look.round)
        .limit(1)
    )
    found = scope.session.execute(asked).first()
    return Blind(*found) if found else None
