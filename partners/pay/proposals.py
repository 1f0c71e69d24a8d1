"""The gate of what is put right: proposed, decided once, and written as a line. Sole writer."""

from datetime import datetime

from sqlalchemy import update

from base.errors import Refused
from base.once import once
from base.rows import changed, mine
from base.scope import Scope
from partners.pay.models import PayAdjustment, PayProposal
from partners.pay.wanting import CONFIRMED, PROPOSED, REFUSED, WITHDRAWN
from security import audit


class Decided(Refused):
    """This was decided already. Facts: state."""

    code = "pay.decided_already"


def put(scope: Scope, row: PayProposal) -> None:
    """Keeps a proposal that nobody has decided."""
    scope.session.add(row)
    scope.session.flush()
    _journal(scope, row, DONE[PROPOSED])


def settle(scope: Scope, row: PayProposal, state: str, *, alone: bool = False) -> None:
    """Decides what is still open, once. Raises Decided."""
    seen = (
        PayProposal.shop_id == scope.shop_id,
        PayProposal.id == row.id,
        PayProposal.state == PROPOSED,
    )
    values = {"state": state, "decided_by": scope.actor.id, "decided_at": scope.now, "alone": alone}
    if changed(scope, update(PayProposal).where(*seen).values(values)) != 1:
        scope.session.refresh(row)
        raise Decided(state=row.state)
    _journal(scope, row, DONE[state])


DONE = {
    PROPOSED: "pay.proposed",
    CONFIRMED: "pay.proposal_confirmed",
    REFUSED: "pay.proposal_refused",
    WITHDRAWN: "pay.proposal_withdrawn",
}


def write(scope: Scope, row: PayProposal) -> None:
    """Writes the line of a proposal that was confirmed, once."""
    line = {"partner_id": row.partner_id, "sort": row.sort, "won": row.won, "reason": row.reason}
    once(
        scope.session,
        PayAdjustment,
        line | {"shop_id": scope.shop_id, "proposal_id": row.id, "at": scope.now},
    )


def _journal(scope: Scope, row: PayProposal, act: str) -> None:
    facts: dict[str, int | str | bool | None] = {"proposal": row.id, "sort": row.sort, "won": row.won}
    audit.note(scope, act, subject="partner", subject_id=row.partner_id, **facts)


def waiting(scope: Scope) -> list[PayProposal]:
    """What is proposed and not decided, the oldest first."""
    stmt = mine(scope, PayProposal).where(PayProposal.state == PROPOSED).order_by(PayProposal.id)
    return list(scope.session.scalars(stmt.limit(200)))


def latest(scope: Scope) -> list[PayProposal]:
    """What was decided lately, the latest first."""
    stmt = mine(scope, PayProposal).where(PayProposal.state != PROPOSED).order_by(PayProposal.id.desc())
    return list(scope.session.scalars(stmt.limit(20)))


def asked(scope: Scope) -> tuple[int, datetime | None]:
    """How many proposals of others wait for the actor's yes, and since when the oldest does."""
    waits = mine(scope, PayProposal).where(
        PayProposal.state == PROPOSED, PayProposal.proposed_by != scope.actor.id
    )
    found = scope.session.scalars(waits.order_by(PayProposal.id).limit(200)).all()
    return len(found), found[0].proposed_at if found else None
