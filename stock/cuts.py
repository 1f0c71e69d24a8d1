"""Taking units out of orders: lines shrink, their goods are given back, an order of nothing is cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update

from base.errors import Stale
from base.scope import Scope
from stock import levels, reservations, steps
from stock.batches import batches
from stock.demand import marks
from stock.lifecycle import CANCEL, READY, SHORT
from stock.models import OrderLine

Units = Mapping[int, int]  # units by line id


@dataclass(frozen=True, slots=True)
class Cut:
    """What became of the orders: cancelled whole, or reduced while ready or still short; products freed."""

    cancelled: tuple[int, ...] = ()
    reduced: tuple[int, ...] = ()
    short: tuple[int, ...] = ()
    freed: tuple[int, ...] = ()


def cut(scope: Scope, orders: Mapping[int, Units]) -> Cut:
    """Takes units out of many orders at once. Raises StepRefused where one has ended, Stale for too many."""
    ids = sorted(orders)
    levels.hold_orders(scope, ids)
    states = steps.waiting(scope, ids)
    lines = {line: units for of_order in orders.values() for line, units in of_order.items()}
    _shrink(scope, lines)
    marks.mark(scope, ids)
    freed = reservations.release(scope, lines)
    empty = _empty(scope, ids)
    steps.take(scope, sorted(empty), CANCEL)
    return Cut(
        cancelled=tuple(sorted(empty)),
        reduced=tuple(id_ for id_ in ids if id_ not in empty and states[id_] == READY),
        short=tuple(id_ for id_ in ids if id_ not in empty and states[id_] == SHORT),
        freed=tuple(freed),
    )


_LINES: Any = OrderLine.__table__
_SHRINK = (
    update(_LINES)
    .where(
        _LINES.c.shop_id == bindparam("shop"),
        _LINES.c.id == bindparam("line"),
        _LINES.c.cancelled + bindparam("units") <= _LINES.c.quantity,
    )
    .values(cancelled=_LINES.c.cancelled + bindparam("units"))
)


def _shrink(scope: Scope, lines: Units) -> None:
    rows = [{"shop": scope.shop_id, "line": line, "units": units} for line, units in sorted(lines.items())]
    if rows and scope.session.connection().execute(_SHRINK, rows).rowcount != len(rows):
        raise Stale


def _empty(scope: Scope, ids: Sequence[int]) -> set[int]:
    """Those of these orders that want nothing any more."""
    found: set[int] = set()
    for some in batches(ids):
        stmt = (
            select(OrderLine.order_id)
            .where(OrderLine.shop_id == scope.shop_id, OrderLine.order_id.in_(some))
            .group_by(OrderLine.order_id)
            .having(func.sum(OrderLine.quantity - OrderLine.cancelled) == 0)
        )
        found |= set(scope.session.scalars(stmt))
    return found
