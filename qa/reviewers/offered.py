"""Which looks lie on whose desk: never on that of who judged it first, nor of whose hands did the work."""

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased, selectinload

from base.errors import NotFound
from base.rows import mine
from base.scope import Scope
from qa import judgement
from qa.models import Inspection
from qa.reviewers.models import Look
from qa.reviewers.rules import SECOND, WAITING


def meant(scope: Scope) -> ColumnElement[bool]:
    """Looks that may lie on the actor's desk: meant for them, or for anybody but who judged it first."""
    anybody = and_(Look.for_id.is_(None), or_(Look.barred_id.is_(None), Look.barred_id != scope.actor.id))
    return or_(Look.for_id == scope.actor.id, anybody)


def for_me(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """What the actor may be offered, unless somebody else has it open: waiting, and not their own work."""
    return Look.state == WAITING, meant(scope), ~judgement.own_work(scope, Look), ~_read_since(scope)


def _read_since(scope: Scope) -> ColumnElement[bool]:
    """Second looks at work of which the actor has, or had, a later round: its desk told how it was judged."""
    of = aliased(Inspection)
    has_it = and_(of.held_by == scope.actor.id, of.held_until > scope.now)
    later = exists().where(
        of.shop_id == Look.shop_id,
        of.task_id == Look.task_id,
        of.round > Look.round,
        or_(of.reviewer_id == scope.actor.id, has_it),
    )
    return and_(Look.purpose == SECOND, later.correlate(Look))


def looked_at_first(scope: Scope) -> ColumnElement[bool]:
    """Later rounds of what waits for a look of the actor's: their desks would tell how it was judged."""
    return exists().where(
        Look.shop_id == Inspection.shop_id,
        Look.task_id == Inspection.task_id,
        Look.round < Inspection.round,
        Look.state == WAITING,
        meant(scope),
        ~_read_since(scope),
    )


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
