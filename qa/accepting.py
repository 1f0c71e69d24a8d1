"""Accepting, in one transaction: the task ends, its hand is paid, the last task of an order ships it."""

from sqlalchemy import bindparam, select

from base import prepared
from base.errors import Refused
from base.prepared import SHOP
from base.scope import Scope
from partners import pay
from qa.news import TaskAccepted
from security import audit
from stock import orders
from stock.lifecycle import CANCELLED
from stock.steps import StepRefused
from tasks import steps
from tasks.lifecycle import ACCEPT, ENDED
from tasks.models import Task


class NothingToPay(Refused):
    """The task was never claimed at a price, so it cannot be accepted."""

    code = "qa.nothing_to_pay"


def accept(scope: Scope, task: Task) -> None:
    """Accepts the task, pays the hand that did it at the price it was claimed at, and ships a finished order.

    Raises NothingToPay, and as `steps.take` and `orders.ship`; then nothing of it is kept.
    """
    if task.holder_id is None or task.won is None:
        raise NothingToPay(task_id=task.id)
    last = _is_last(scope, task)
    steps.take(scope, task, ACCEPT)
    scope.tell(TaskAccepted(task.id))
    pay.accrue(scope, task_id=task.id, partner_id=task.holder_id, kind=task.kind, won=task.won)
    if last and task.order_id is not None:
        _ship(scope, task.order_id)


def _is_last(scope: Scope, task: Task) -> bool:
    """Whether no other work on the order is under way; its tasks are locked: of two the later ships."""
    if task.order_id is None:
        return False
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
