"""What whoever looks at a return is told: the goods and why they came back, nothing of the customer."""

from base.errors import NotFound
from base.scope import Scope
from stock.returns import reads
from stock.returns.reads import ReturnView
from tasks.kinds.returning import sorting
from tasks.models import Task


def about(scope: Scope, task: Task) -> ReturnView | None:
    """The return of a task, None for a task about none."""
    return_id = sorting.return_of(task.target)
    try:
        return reads.brief(scope, return_id) if return_id is not None else None
    except NotFound:
        return None
