"""How a leaving stands: what is still in whose hands, what waits of pay, what was written for the road."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from base.rows import Page, mine, page
from base.scope import Scope
from partners.leaving import ending, references
from partners.leaving.life import ENDED
from partners.leaving.models import Departure, Reference
from partners.models import Partner, PayLine
from partners.pay.models import PayMonthLine
from tasks.leaving import returning
from tasks.leaving.returning import InHand


@dataclass(frozen=True, slots=True)
class View:
    """A partner's leaving as both sides see it."""

    card: Partner
    departure: Departure | None
    has: InHand
    waits: int  # won of accepted work that is in no closed month yet
    references: tuple[Reference, ...]

    @property
    def is_over(self) -> bool:
        return self.departure is not None and self.departure.state == ENDED


def view(scope: Scope, card: Partner) -> View:
    """A partner's leaving; the edge has made sure that the reader may see it."""
    return View(
        card,
        ending.latest(scope, card.id),
        returning.in_hand(scope, card.id),
        _waits(scope, card.id),
        tuple(references.of(scope, card.id)),
    )


def every(scope: Scope, *, after: str = "") -> Page[Departure]:
    """Who leaves and who left, the latest first; what was taken back is left out."""
    stmt = mine(scope, Departure).where(Departure.state != "withdrawn")
    return page(scope, stmt, by=(Departure.id,), after=after)


def asked(scope: Scope) -> tuple[int, datetime | None]:
    """How many leavings are under way, and since when the oldest is."""
    stmt = select(func.count(), func.min(Departure.asked_at)).where(
        Departure.shop_id == scope.shop_id, Departure.state == "asked"
    )
    n, since = scope.session.execute(stmt).one()
    return n, since


def _waits(scope: Scope, partner_id: int) -> int:
    paid = exists().where(PayMonthLine.line_id == PayLine.id, PayMonthLine.shop_id == scope.shop_id)
    here = (PayLine.shop_id == scope.shop_id, PayLine.partner_id == partner_id, ~paid)
    return int(scope.session.scalar(select(func.coalesce(func.sum(PayLine.won), 0)).where(*here)) or 0)
