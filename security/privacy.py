"""Showing recipients: masked by default; a seal that does not open is an alarm; looks are counted."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from base.errors import Refused
from base.scope import Scope
from security import audit, vault
from security.alarms import alarm
from security.masks import SHUT, Kind, mask, within_budget
from security.models import AuditEntry
from security.vault import Spot, Unreadable

__all__ = ["Kind", "RevealsSpent", "count_reveals", "glimpse", "mask", "spend_reveal", "within_budget"]

REVEALED = "recipient.revealed"
PER_HOUR = 30
WINDOW = timedelta(hours=1)


class RevealsSpent(Refused):
    """This person has looked at as many recipients as an hour allows; `limit` says how many."""

    code = "security.reveals_spent"
    status = 429


def glimpse(scope: Scope, spot: Spot, sealed: bytes, kind: Kind) -> str:
    """The masked value, or dots and an alarm where the seal does not open; never raises for bad data."""
    try:
        return mask(kind, vault.open_(scope, at=spot, sealed=sealed))
    except Unreadable as error:
        _alarm(scope, spot, str(error.facts["why"]))
        return SHUT


def _alarm(scope: Scope, spot: Spot, why: str) -> None:
    where = {"table": spot.table, "column": spot.column, "record": spot.record}
    alarm("seal.unreadable", shop=scope.shop_id, **where, why=why)
    if scope.session.get_bind() is not scope.world.engines.read:  # a page that only reads leaves no line
        record = spot.record if audit.is_plain(spot.record) else None
        audit.note(scope, "seal.unreadable", spot.table, column=spot.column, record=record, why=why)


def count_reveals(scope: Scope, since: datetime, act: str = REVEALED) -> int:
    """How often this actor has looked at a recipient, or done `act`, since then; queued looks too."""
    looks = select(func.count()).where(
        AuditEntry.shop_id == scope.shop_id,
        AuditEntry.actor_id == scope.actor.id,
        AuditEntry.act == act,
        AuditEntry.at >= since,
    )
    return (scope.session.scalar(looks) or 0) + audit.queued(scope, act)


def spend_reveal(scope: Scope, *, limit: int = PER_HOUR, act: str = REVEALED) -> None:
    """Makes sure that one more look lies within the hour's budget. Raises RevealsSpent and an alarm.

    The journal is held from here on, so that two looks at once are counted one after the other; whoever
    looks must note the act in the same transaction.
    """
    audit.hold_head(scope)
    if not within_budget(count_reveals(scope, scope.now - WINDOW, act), limit):
        alarm("reveals.spent", shop=scope.shop_id, actor=scope.actor.id, limit=limit)
        raise RevealsSpent(limit=limit)
