"""What a partner wishes of dispatch: how much in a day, which kinds not, and to be next when work comes.

None of it counts against anybody. The gate of these wishes.
"""

from sqlalchemy import delete, select, update

from base.errors import Invalid, NotFound
from base.once import once
from base.rows import changed, mine
from base.scope import Scope
from partners.models import Objection, Partner
from security import audit

MOST_A_DAY = 200


class BadDayLimit(Invalid):
    """In a day one takes 1 to 200 tasks, or as many as there are. Facts: field, low, high."""

    code = "partners.bad_day_limit"


def limit_day(scope: Scope, limit: int | None) -> None:
    """Sets how many tasks the actor takes in a day; None for no bound. Raises NotFound, BadDayLimit."""
    if limit is not None and not 1 <= limit <= MOST_A_DAY:
        raise BadDayLimit(field="limit", low=1, high=MOST_A_DAY)
    _write(scope, day_limit=limit)
    audit.note(scope, "partner.day_limit_set", subject="partner", subject_id=own(scope).id, limit=limit or 0)


def object_to(scope: Scope, kind: str) -> None:
    """The actor is not given work of a kind from now on. Raises NotFound."""
    partner = own(scope)
    row = {"shop_id": scope.shop_id, "partner_id": partner.id, "kind": kind, "at": scope.now}
    if once(scope.session, Objection, row) is not None:
        audit.note(scope, "partner.objected", subject="partner", subject_id=partner.id, kind=kind)


def allow(scope: Scope, kind: str) -> None:
    """The actor is given work of a kind again. Raises NotFound."""
    partner = own(scope)
    this = (Objection.partner_id == partner.id, Objection.kind == kind)
    if changed(scope, delete(Objection).where(Objection.shop_id == scope.shop_id, *this)):
        audit.note(scope, "partner.allowed", subject="partner", subject_id=partner.id, kind=kind)


def stand_in_line(scope: Scope) -> None:
    """The actor waits to be next: scarce work is theirs first, for a time. Raises NotFound."""
    _write(scope, waiting_since=scope.now)
    audit.note(scope, "partner.waits", subject="partner", subject_id=own(scope).id)


def objections(scope: Scope, partner_id: int) -> frozenset[str]:
    """The kinds a partner is not given."""
    rows = select(Objection.kind).where(
        Objection.shop_id == scope.shop_id, Objection.partner_id == partner_id
    )
    return frozenset(scope.session.scalars(rows))


def own(scope: Scope) -> Partner:
    """The actor's own card. Raises NotFound."""
    card = scope.session.scalar(mine(scope, Partner).where(Partner.id == scope.actor.partner_id))
    if card is None:
        raise NotFound
    return card


def _write(scope: Scope, **values: object) -> None:
    this = (Partner.shop_id == scope.shop_id, Partner.id == own(scope).id)
    changed(scope, update(Partner).where(*this).values(**values))
