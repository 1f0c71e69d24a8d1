"""What acceptance of a packed parcel brings about: the last work on an order ships it."""

from sqlalchemy import bindparam, select

from base import prepared
from base.prepared import SHOP
from base.scope import Scope
from security import audit
from stock import orders
from stock.lifecycle import CANCELLED
from stock.steps import StepRefused
from tasks.lifecycle import ENDED
from tasks.models import Task


def ship_finished(scope: Scope, task: Task) -> None:
    """Ships the order when no other work on it is under way. Raises as `orders.ship`."""
    if task.order_id is not None and _is_last(scope, task):
        _ship(scope, task.order_id)


def _is_last(scope: Scope, task: Task) -> bool:
    """Whether no other work on the order is under way; its tasks are locked: of two the later ships."""
    siblings = prepared.run(scope, _SIBLINGS, {"order": task.order_id})
    return all(row.id == task.id or row.state in ENDED for row in siblings)


_SIBLINGS = (
    select(Task.id, Task.state)
    .where(Task.shop_id == SHOP, Task.order_id == bindparam("order"))
    .order_by(Task.id)
    .with_for_update()
)


def _ship(scope: Scope, order_id: int) -> None:
    """Ships; an order cancelled while its parcel was judged stays as it is: its goods are free again."""
    try:
        orders.ship(scope, order_id)
    except StepRefused as refusal:
        if refusal.facts.get("state") != CANCELLED:
            raise
        audit.note(scope, "order.not_shipped", subject="order", subject_id=order_id, state=CANCELLED)
