"""The gate of pilots: one begins when a card comes to it, and ends by what the standing says."""

from sqlalchemy import func, select, update

from base.rows import changed, mine
from base.scope import Scope
from partners.models import Standing
from partners.training import pilot
from partners.training.models import Pilot
from partners.training.pilot import REACHED, Progress
from security import audit
from security.shops import rules


def is_asked(scope: Scope) -> bool:
    """Whether the shop lets newcomers begin with a pilot."""
    return rules(scope).pilot_goal > 0


def is_ahead(scope: Scope, partner_id: int) -> bool:
    """Whether a pilot lies before a partner, or they are in one."""
    if not is_asked(scope):
        return False
    ended = select(Pilot.id).where(
        Pilot.shop_id == scope.shop_id, Pilot.partner_id == partner_id, Pilot.ended_at.is_not(None)
    )
    return scope.session.scalar(ended.limit(1)) is None


def begin(scope: Scope, partner_id: int) -> None:
    """Begins a partner's pilot under the terms of the day, unless they are in one."""
    if open_of(scope, partner_id) is not None:
        return
    ruled = rules(scope)
    before = select(func.coalesce(func.sum(Standing.n), 0)).where(
        Standing.shop_id == scope.shop_id, Standing.partner_id == partner_id
    )
    made = Pilot(
        shop_id=scope.shop_id,
        partner_id=partner_id,
        held=ruled.pilot_held,
        goal=ruled.pilot_goal,
        before=int(scope.session.scalars(before).one()),
        began_at=scope.now,
    )
    scope.session.add(made)
    scope.session.flush()
    facts = {"held": made.held, "goal": made.goal}
    audit.note(scope.as_house(), "pilot.began", subject="partner", subject_id=partner_id, **facts)


def open_of(scope: Scope, partner_id: int) -> Pilot | None:
    """The pilot a partner is in."""
    here = mine(scope, Pilot).where(Pilot.partner_id == partner_id, Pilot.ended_at.is_(None))
    return scope.session.scalar(here)


def progress_of(scope: Scope, row: Pilot) -> Progress:
    """How far a pilot is."""
    asked = select(Standing.n, Standing.band).where(
        Standing.shop_id == scope.shop_id, Standing.partner_id == row.partner_id
    )
    stands = scope.session.execute(asked.order_by(Standing.kind)).all()
    return pilot.progress(stands, before=row.before, goal=row.goal)


def end_if_reached(scope: Scope, partner_id: int) -> bool:
    """Ends a partner's pilot where its goal is reached; says whether it ended."""
    row = open_of(scope, partner_id)
    if row is None or (reached := progress_of(scope, row)).stands != REACHED:
        return False
    return _end(scope, row, reached.done)


def call_off(scope: Scope) -> list[int]:
    """Ends every pilot, because the shop wants none any more; gives whose they were."""
    rows = scope.session.scalars(mine(scope, Pilot).where(Pilot.ended_at.is_(None)).order_by(Pilot.id)).all()
    return [row.partner_id for row in rows if _end(scope, row, progress_of(scope, row).done)]


def _end(scope: Scope, row: Pilot, done: int) -> bool:
    this = (Pilot.shop_id == scope.shop_id, Pilot.id == row.id, Pilot.ended_at.is_(None))
    if changed(scope, update(Pilot).where(*this).values(ended_at=scope.now, done=done)) != 1:
        return False
    audit.note(scope.as_house(), "pilot.ended", subject="partner", subject_id=row.partner_id, done=done)
    return True
