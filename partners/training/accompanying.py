"""Pilots as they go: a verdict may end one, the owner sets their terms, and who is in one sees how far."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from base.errors import Invalid
from base.rows import mine
from base.scope import Scope
from partners import people
from partners.lifecycle import PILOT
from partners.models import Partner
from partners.training import pilot, piloting
from partners.training.models import Pilot
from partners.training.pilot import Progress
from security import shops


class BadPilot(Invalid):
    """A pilot's goal and what may be held in it lie within bounds. Facts: field, low, high."""

    code = "training.bad_pilot"


@dataclass(frozen=True, slots=True)
class Accompanied:
    """Somebody in a pilot, and how far it is."""

    pilot: Pilot
    progress: Progress


def on_counted(scope: Scope, partner_id: int) -> None:
    """Looks whether what was just counted of a partner ends their pilot; they work on without it then."""
    state = select(Partner.state).where(Partner.shop_id == scope.shop_id, Partner.id == partner_id)
    if scope.session.scalar(state) == PILOT and piloting.end_if_reached(scope, partner_id):
        people.lead_on(scope, partner_id)


def set_terms(scope: Scope, *, goal: int, held: int) -> None:
    """Sets newcomers' pilots: pieces inspected until they may end (0: no pilot), and most held at once.

    Those who are in one keep its terms; where there shall be none any more, they work on without.
    Raises BadPilot.
    """
    if goal and not pilot.LEAST <= goal <= pilot.MOST:
        raise BadPilot(field="goal", low=pilot.LEAST, high=pilot.MOST)
    if not pilot.LEAST_HELD <= held <= pilot.MOST_HELD:
        raise BadPilot(field="held", low=pilot.LEAST_HELD, high=pilot.MOST_HELD)
    shops.save_rules(scope, replace(shops.rules(scope), pilot_goal=goal, pilot_held=held))
    if not goal:
        piloting.call_off(scope)
        people.lead_all_on(scope)


def own(scope: Scope) -> Accompanied | None:
    """The pilot the actor is in."""
    row = piloting.open_of(scope, scope.actor.partner_id or 0)
    return Accompanied(row, piloting.progress_of(scope, row)) if row else None


def every(scope: Scope) -> list[Accompanied]:
    """Everybody who is in a pilot, who is in it longest first."""
    working = select(Partner.id).where(Partner.shop_id == scope.shop_id, Partner.state == PILOT)
    rows = mine(scope, Pilot).where(Pilot.ended_at.is_(None), Pilot.partner_id.in_(working))
    found = scope.session.scalars(rows.order_by(Pilot.began_at, Pilot.id)).all()
    return [Accompanied(row, piloting.progress_of(scope, row)) for row in found]
