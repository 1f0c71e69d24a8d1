"""Reads of hand-overs: slip by slip, what is on the way, and what waits for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from base import prepared
from base.errors import NotFound
from base.prepared import SHOP
from base.rows import Page, mine, one, page
from base.scope import Scope
from stock import shelves
from stock.handovers import life
from stock.handovers.life import BACK, OUT
from stock.handovers.models import Handover, HandoverLine


@dataclass(frozen=True, slots=True)
class Slip:
    """A hand-over with its lines."""

    row: Handover
    name: str  # of the partner
    lines: tuple[HandoverLine, ...]

    @property
    def units(self) -> int:
        return sum(line.sent for line in self.lines)

    @property
    def told(self) -> int:
        """How many lines somebody has said something final of."""
        return sum(line.state not in life.OPEN for line in self.lines)


def slip(scope: Scope, handover_id: int) -> Slip:
    """One hand-over. Raises NotFound."""
    return _slips(scope, [one(scope, Handover, handover_id)])[0]


def own_slip(scope: Scope, handover_id: int) -> Slip:
    """One hand-over of the actor, a partner. Raises NotFound."""
    found = slip(scope, handover_id)
    if found.row.partner_id != scope.actor.partner_id:
        raise NotFound
    return found


def slips(scope: Scope, *, partner_id: int = 0, after: str = "", size: int = 20) -> Page[Slip]:
    """A page of hand-overs, the newest first. Raises BadCursor."""
    stmt = mine(scope, Handover)
    stmt = stmt.where(Handover.partner_id == partner_id) if partner_id else stmt
    found = page(scope, stmt, by=(Handover.id,), after=after, size=size)
    return Page(_slips(scope, found.rows), found.next)


def live(scope: Scope, *, partner_id: int = 0, way: str = "") -> list[Slip]:
    """Hand-overs that are under way or not settled, the oldest first."""
    stmt = mine(scope, Handover).where(Handover.state.in_(life.LIVE)).order_by(Handover.id)
    stmt = stmt.where(Handover.partner_id == partner_id) if partner_id else stmt
    stmt = stmt.where(Handover.way == way) if way else stmt
    return _slips(scope, list(scope.session.scalars(stmt)))


def asked(scope: Scope) -> tuple[int, datetime | None]:
    """How many hand-overs wait for the owner, to be received or to be settled, and since when."""
    waits = or_(Handover.state == life.UNSETTLED, Handover.way == BACK)
    here = (Handover.shop_id == scope.shop_id, Handover.state.in_(life.LIVE), waits)
    n, since = scope.session.execute(select(func.count(), func.min(Handover.sent_at)).where(*here)).one()
    return n, since


def coming(scope: Scope) -> int:
    """How many hand-overs are on their way to the actor, a partner."""
    row = prepared.run(scope, _COMING, {"partner": scope.actor.partner_id}).one()
    return int(row[0])


_COMING = select(func.count()).where(
    Handover.shop_id == SHOP,
    Handover.partner_id == bindparam("partner"),
    Handover.state == life.UNDER_WAY,
    Handover.way == OUT,
)


def _slips(scope: Scope, rows: Sequence[Handover]) -> list[Slip]:
    stmt = mine(scope, HandoverLine).where(HandoverLine.handover_id.in_([row.id for row in rows]))
    of: dict[int, list[HandoverLine]] = {}
    for line in scope.session.scalars(
        stmt.options(joinedload(HandoverLine.product)).order_by(HandoverLine.id)
    ):
        of.setdefault(line.handover_id, []).append(line)
    names = {place.partner_id: place.name for place in shelves.places(scope).values() if place.partner_id}
    return [Slip(row, names.get(row.partner_id, ""), tuple(of.get(row.id, ()))) for row in rows]
