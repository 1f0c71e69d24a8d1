"""Promises in the journal, counted by the minute they are due: whoever keeps tallies reads them there."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from base.scope import Scope
from security import audit
from stock.batches import batches
from stock.deadlines import Deadline, minute
from stock.models import Order

MADE, TAKEN_BACK = "orders.promised", "orders.taken_back"


def note(scope: Scope, act: str, deadlines: Iterable[Deadline]) -> None:
    """One line for all that are due in the same minute of the same edition of the calendar."""
    together = Counter((minute(one.ship_by), one.calendar_version) for one in deadlines)
    for (due, edition), count in sorted(together.items()):
        audit.note(scope, act, count=count, due=due, edition=edition)


def note_taken_back(scope: Scope, order_ids: Sequence[int]) -> None:
    """The promises of many orders that were cancelled whole."""
    columns = (Order.ship_by, Order.promise_s, Order.calendar_version)
    gone: list[Deadline] = []
    for some in batches(order_ids):
        rows = scope.session.execute(
            select(*columns).where(Order.shop_id == scope.shop_id, Order.id.in_(some))
        )
        gone += [Deadline(*row) for row in rows]
    note(scope, TAKEN_BACK, gone)
