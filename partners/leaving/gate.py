"""The gate of a leaving's state."""

import secrets

from sqlalchemy import update

from base.errors import Refused
from base.rows import changed, mine
from base.scope import Scope
from partners.leaving.life import ASKED, END, WITHDRAW, after
from partners.leaving.models import Departure
from security import audit

NOTED = {WITHDRAW: "withdrawn", END: "ended"}


class NotAsked(Refused):
    """Nobody has asked for it, or it is over."""

    code = "leaving.not_asked"


def begun(scope: Scope, partner_id: int, *, own: bool, why: str = "") -> Departure:
    """Notes that somebody leaves."""
    made = Departure(
        shop_id=scope.shop_id,
        uid=secrets.token_hex(12),
        partner_id=partner_id,
        state=ASKED,
        own=own,
        why=why,
        asked_by=scope.actor.id,
        asked_at=scope.now,
        held=b"",
    )
    scope.session.add(made)
    scope.session.flush()
    audit.note(scope, "leaving.asked", subject="partner", subject_id=partner_id, departure=made.id, own=own)
    return made


def asked(scope: Scope, partner_id: int) -> Departure | None:
    """The leaving of a partner that is asked for and not over."""
    return scope.session.scalar(
        mine(scope, Departure).where(Departure.partner_id == partner_id, Departure.state == ASKED)
    )


def move(scope: Scope, departure: Departure, step: str, **changes: object) -> None:
    """Moves a leaving one step of the table, if it still stands as it was seen. Raises NotAsked."""
    to = after(departure.state, step)
    over = {"state": to, "over_at": scope.now, "over_by": scope.actor.id}
    seen = (Departure.state == departure.state, Departure.forgotten_at.is_(None))
    if to is None or not write(scope, departure, *seen, **over, **changes):
        raise NotAsked
    audit.note(
        scope,
        f"leaving.{NOTED[step]}",
        subject="partner",
        subject_id=departure.partner_id,
        departure=departure.id,
    )


def write(scope: Scope, departure: Departure, *seen: object, **values: object) -> bool:
    """Changes a leaving, if it still stands as it was seen."""
    here = (Departure.shop_id == scope.shop_id, Departure.id == departure.id, *seen)
    return changed(scope, update(Departure).where(*here).values(**values)) == 1  # type: ignore[arg-type]
