"""Accepting, in one transaction: the task ends, its hand is paid, and its kind says what follows."""

from base.errors import Refused
from base.scope import Scope
from partners.pay import lines
from qa.news import TaskAccepted
from tasks import steps
from tasks.kinds.known import kind
from tasks.lifecycle import ACCEPT
from tasks.models import Task


class NothingToPay(Refused):
    """The task was never claimed at a price, so it cannot be accepted."""

    code = "qa.nothing_to_pay"


def accept(scope: Scope, task: Task, *, step: str = ACCEPT) -> None:
    """Accepts the task by a step that leads there, pays its hand as claimed, and lets its kind do the rest.

    Raises NothingToPay, and as `steps.take` and the kind's `accepted`; then nothing of it is kept.
    """
    pay_for(scope, task, step=step)
    scope.tell(TaskAccepted(task.id, task.product_id))
    kind(scope, task.kind).accepted(scope, task)


def pay_for(scope: Scope, task: Task, *, step: str) -> None:
    """Ends the task as accepted and pays its hand, and nothing else: another's work counts in its place.

    Raises NothingToPay, and as `steps.take`.
    """
    if task.holder_id is None or task.won is None:
        raise NothingToPay(task_id=task.id)
    steps.take(scope, task, step)
    lines.accrue(scope, task_id=task.id, partner_id=task.holder_id, kind=task.kind, won=task.won)
