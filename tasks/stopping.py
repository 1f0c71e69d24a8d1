"""The owner stops work: cancelled for a reason, or opened anew under today's procedure."""

from base.errors import Invalid
from base.rows import one
from base.scope import Scope
from security import audit
from stock.news import OrdersReady
from tasks import opening
from tasks.models import Task

#: Why an owner cancels; the words are `worklist.reason.<code>`.
REASONS = ("order_changed", "goods_missing", "new_procedure", "mistake", "other")


class NoReason(Invalid):
    """Work is cancelled for one of the known reasons."""

    code = "worklist.no_reason"


def cancel(scope: Scope, task_id: int, *, reason: str) -> None:
    """Cancels work that is open or in somebody's hand; the order is left without it.

    Raises NoReason, NotFound, NoSuchStep, Gone.
    """
    if reason not in REASONS:
        raise NoReason(field="reason")
    opening.cancel(scope, task_id)
    audit.note(scope, "task.cancel_reason", subject="task", subject_id=task_id, reason=reason)


def start_over(scope: Scope, task_id: int, *, reason: str) -> int | None:
    """Cancels work and opens it anew under the published procedure; none where the order is no longer ready.

    Raises as `cancel`.
    """
    cancel(scope, task_id, reason=reason)
    order_id = one(scope, Task, task_id).order_id
    opened = opening.open_packing(scope, OrdersReady((order_id,))) if order_id else ()
    return opened[0] if opened else None
