"""What a reviewer marked: kept on the task for the hand that has to mend it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from base.scope import Scope
from security.shops import rules
from tasks import steps
from tasks.lifecycle import SEND_BACK
from tasks.models import Task
from tasks.news import TaskSentBack


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to mend: item, the rubric's code, words, and where on a photo (per mille) or in a text."""

    item: str
    code: str
    severity: str
    note: str = ""
    photo_id: int | None = None
    x: int | None = None
    y: int | None = None
    w: int | None = None
    h: int | None = None
    quote: str = ""  # the words that are meant, of a text


def send_back(scope: Scope, task: Task, *, marks: Sequence[Mark], note: str = "") -> None:
    """Sends the work back to the same hand for another round, with what to mend. Raises NoSuchStep, Gone."""
    steps.take(
        scope,
        task,
        SEND_BACK,
        failed={"marks": [asdict(mark) for mark in marks], "note": note},
        lease_until=scope.now + timedelta(seconds=rules(scope).rework_lease_s),
    )
    scope.tell(TaskSentBack(task.id, task.holder_id or 0, task.round))


def marks_of(task: Task) -> tuple[Mark, ...]:
    """What is marked on the task; empty when it was never sent back."""
    return tuple(Mark(**mark) for mark in task.failed.get("marks", []))


def failed(task: Task) -> set[str]:
    """The items that are marked."""
    return {mark.item for mark in marks_of(task) if mark.item}
