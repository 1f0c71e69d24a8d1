"""What follows when work was opened, whichever: its clocks begin, the journal knows, and it is told."""

from collections.abc import Mapping
from datetime import datetime

from base.scope import Scope
from security import audit
from stock.deadlines import minute
from tasks import clocks
from tasks.news import TasksOpened
from tasks.passing import gate
from tasks.passing.gate import Place


def follow(scope: Scope, queue: str, due: Mapping[int, datetime], *, slot: int = 0) -> tuple[int, ...]:
    """For tasks of one queue just opened, by id with when they are due; gives the ids in order.

    `slot` is the first of the answers wanted.
    """
    task_ids = tuple(sorted(due))
    clocks.begin_many(scope, task_ids)
    if task_ids:
        gate.opened(scope, queue, first=Place(slot, min(due.values()), 0))
        _journal(scope, queue, due)
        scope.tell(TasksOpened(task_ids))
    return task_ids


def _journal(scope: Scope, queue: str, due: Mapping[int, datetime]) -> None:
    """One line for all that are due in the same minute: whoever counts reads the journal."""
    together: dict[int, list[int]] = {}
    for id_ in sorted(due):
        together.setdefault(minute(due[id_]), []).append(id_)
    for at, ids in together.items():
        first, count = ids[0], len(ids)
        audit.note(scope, "tasks.opened", subject="task", subject_id=first, count=count, due=at, queue=queue)
