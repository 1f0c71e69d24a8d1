"""The gate of pay lines: what an accepted task earned, written once. Sole writer."""

from base.once import once
from base.scope import Scope
from partners.models import PayLine
from security import audit


def accrue(scope: Scope, *, task_id: int, partner_id: int, kind: str, won: int) -> bool:
    """Writes what an accepted task earned; a second call for the task changes nothing and returns False."""
    row = {
        "shop_id": scope.shop_id,
        "partner_id": partner_id,
        "task_id": task_id,
        "kind": kind,
        "won": won,
        "at": scope.now,
    }
    if once(scope.session, PayLine, row) is None:
        return False
    audit.note(scope, "pay.accrued", subject="task", subject_id=task_id, partner=partner_id, won=won)
    return True
