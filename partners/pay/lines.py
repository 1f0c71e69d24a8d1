"""The gate of pay lines: what an accepted task earned, written once. Sole writer."""

from dataclasses import dataclass

from base.once import once
from base.scope import Scope
from partners.models import PayLine
from security import audit


@dataclass(frozen=True, slots=True)
class InHand:
    """From when to when a task was in hand at first (seconds since 1970), and how long to mend it."""

    from_s: int
    until_s: int
    again_s: int = 0


def accrue(
    scope: Scope, *, task_id: int, partner_id: int, kind: str, won: int, in_hand: InHand | None = None
) -> bool:
    """Writes what an accepted task earned; a second call for the task changes nothing and returns False."""
    row = {
        "shop_id": scope.shop_id,
        "partner_id": partner_id,
        "task_id": task_id,
        "kind": kind,
        "won": won,
        "at": scope.now,
        "from_s": in_hand.from_s if in_hand else None,
        "until_s": in_hand.until_s if in_hand else None,
        "again_s": in_hand.again_s if in_hand else 0,
    }
    if once(scope.session, PayLine, row) is None:
        return False
    audit.note(scope, "pay.accrued", subject="task", subject_id=task_id, partner=partner_id, won=won)
    return True
