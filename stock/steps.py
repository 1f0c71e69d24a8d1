"""The gate of orders' states: a step is taken by a guarded update or refused.

Whoever takes one holds the levels of the order's products (levels.hold_orders): they are the order's lock.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, literal_column, select, update

from base import prepared
from base.errors import NotFound, Refused
from base.prepared import SHOP
from base.rows import changed
from base.scope import Scope
from stock import lifecycle
from stock.batches import batches
from stock.models import Order

ORDERS: Any = Order.__table__


class StepRefused(Refused):
    """The order's state does not allow this step, or somebody was first. Facts: step, state."""

    code = "stock.step_refused"


def waiting(scope: Scope, order_ids: Sequence[int]) -> dict[int, str]:
    """The states of these orders, which all wait to be shipped. Raises NotFound, StepRefused."""
    states: dict[int, str] = {}
    for some in batches(order_ids):
        stmt = select(Order.id, Order.state).where(Order.shop_id == scope.shop_id, Order.id.in_(some))
        states |= dict(scope.session.execute(stmt).all())
    if len(states) < len(order_ids):
        raise NotFound
    for state in states.values():
        if state not in lifecycle.WAITING:
            raise StepRefused(step=lifecycle.CANCEL, state=state)
    return states


def take(
    scope: Scope, order_ids: Sequence[int], step: str, values: Mapping[str, object] | None = None
) -> None:
    """Takes a step with all of these orders, or raises StepRefused and nothing may be kept."""
    for some in batches(sorted(order_ids)):
        stmt = (
            update(Order)
            .where(
                Order.shop_id == scope.shop_id, Order.id.in_(some), Order.state.in_(lifecycle.starts(step))
            )
            .values(state=lifecycle.end(step), version=Order.version + 1, **(values or {}))
            .execution_options(synchronize_session="evaluate")
        )
        if changed(scope, stmt) != len(some):
            raise StepRefused(step=step, state=_other(scope, some, step))


def take_one(scope: Scope, order_id: int, step: str, values: Mapping[str, object]) -> None:
    """Takes a step with one order, as `take` does; an object of it that was read before is read anew."""
    facts = {"order": order_id} | {f"to_{name}": value for name, value in values.items()}
    if prepared.run(scope, _taking(step, tuple(sorted(values))), facts).rowcount != 1:
        raise StepRefused(step=step, state=_other(scope, [order_id], step))
    held = scope.session.identity_map.get(scope.session.identity_key(Order, order_id))
    if held is not None:
        scope.session.refresh(held)


@cache
def _taking(step: str, columns: tuple[str, ...]) -> Update:
    return (
        update(ORDERS)
        .where(
            ORDERS.c.shop_id == SHOP,
            ORDERS.c.id == bindparam("order"),
            ORDERS.c.state.in_([literal_column(f"'{state}'") for state in lifecycle.starts(step)]),
        )
        .values(state=lifecycle.end(step), version=ORDERS.c.version + 1)
        .values({name: bindparam(f"to_{name}") for name in columns})
    )


def _other(scope: Scope, order_ids: Sequence[int], step: str) -> str | None:
    """The state that stood in the way."""
    stmt = select(Order.state).where(Order.shop_id == scope.shop_id, Order.id.in_(order_ids))
    return scope.session.scalar(
        stmt.where(Order.state.not_in([*lifecycle.starts(step), lifecycle.end(step)]))
    ) or (lifecycle.end(step))
