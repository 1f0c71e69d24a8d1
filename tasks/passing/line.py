"""Looking past what stands first in a queue's line and is not for a partner."""

from sqlalchemy import select

from base import prepared
from base.prepared import SHOP
from base.scope import Scope
from tasks.passing import gate
from tasks.passing.gate import END, Place
from tasks.picks import IN_QUEUE, IS_OPEN, START, TASKS, from_place, near

AT_ONCE = 256


def pass_over(scope: Scope, queue: str, partner_id: int, *, start: Place) -> None:
    """Remembers where the first stands that a partner may be given, among so many from a place on.

    Where none of them is for the partner, the next look begins behind them.
    """
    told = gate.looked_from(start, queue, partner_id) | {"now": scope.now}
    found = prepared.run(scope, _FIRST, told).first() or prepared.run(scope, _BEHIND, told).first()
    to = Place(found.slot, found.due_at, found.id) if found else END
    gate.passed(scope, queue, partner_id, to=to)


_PLACE = ("slot", "due_at", "id")
_FIRST = near(IN_QUEUE, AT_ONCE, START, *_PLACE)
_BEHIND = (
    select(*(TASKS.c[name] for name in _PLACE))
    .where(TASKS.c.shop_id == SHOP, TASKS.c.queue == IN_QUEUE, IS_OPEN, from_place(TASKS, START))
    .order_by(TASKS.c.slot, TASKS.c.due_at, TASKS.c.id)
    .limit(1)
    .offset(AT_ONCE)
)
