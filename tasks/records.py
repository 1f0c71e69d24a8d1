"""What the owner sees of work: the list with how each stage stands, and one task's whole life."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import joinedload

from base.errors import NotFound
from base.rows import mine
from base.scope import Scope
from partners import queries as partners
from security import journal, people
from security.journal import Entry
from tasks import queries, risks, stages
from tasks.lifecycle import ENDED, OPEN
from tasks.models import Submission, Task
from tasks.queries import Standing
from tasks.queues import MOST_COUNTED
from tasks.stages import Stage

IN_DANGER = "danger"  # a view of the list beside the states
MOST_LINES = 100  # journal lines a record shows; the journal has them all
MOST_SIBLINGS = 20
VEILS = (
    "veils"  # in the application's extensions: functions of a scope and a task, from when on it is not told
)


@dataclass(frozen=True, slots=True)
class Row:
    """A task of the list: who has it, the clock that runs over it, and whether its promise has passed."""

    task: Task
    holder: str
    stage: Stage | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list, how many stand in each state, and how many are late or at risk."""

    rows: tuple[Row, ...]
    next: str
    standings: tuple[Standing, ...]
    late: int
    at_risk: int
    kind: str = ""

    @property
    def live(self) -> int:
        """How many tasks are under way, to MOST_COUNTED and no further."""
        return min(sum(standing.count for standing in self.standings), MOST_COUNTED)

    @property
    def many(self) -> bool:
        """Whether there are so many that nobody counted on."""
        return self.live == MOST_COUNTED


@dataclass(frozen=True, slots=True)
class Record:
    """A task's life: its clocks, what was handed in, what is journalled, and other work on its order."""

    task: Task
    stages: tuple[Stage, ...]
    submissions: tuple[Submission, ...]
    lines: tuple[Entry, ...]
    more: bool
    siblings: tuple[Task, ...]
    partners: Mapping[int, str]
    people: Mapping[int, str]

    @property
    def running(self) -> Stage | None:
        """The clock that has not ended."""
        return next((stage for stage in self.stages if stage.ended_at is None), None)


def listed(scope: Scope, *, view: str = OPEN, kind: str = "", after: str = "") -> Listed:
    """The tasks in a state, or those in danger. Raises NotFound for no such view, BadCursor.

    Open ones are of one kind: the one asked, else that of the first promise.
    """
    dangers = risks.dangers(scope)
    if view == IN_DANGER:
        tasks, following = _these(scope, [danger.task_id for danger in dangers]), ""
    else:
        kind = kind or (queries.first_kind(scope) if view == OPEN else "")
        page = queries.tasks(scope, state=view, kind=kind, after=after)
        tasks, following = page.rows, page.next
    late = sum(danger.risk.level == "late" for danger in dangers)
    return Listed(_rows(scope, tasks), following, queries.standings(scope), late, len(dangers) - late, kind)


def record(scope: Scope, task_id: int) -> Record:
    """One task's life. Raises NotFound."""
    wanted = mine(scope, Task).where(Task.id == task_id)
    task = scope.session.scalar(wanted.options(joinedload(Task.revision), joinedload(Task.order)))
    if task is None:
        raise NotFound
    lines = journal.lines(scope, subject="task", subject_id=task.id, size=MOST_LINES)
    submissions = mine(scope, Submission).where(Submission.task_id == task.id).order_by(Submission.round)
    return Record(
        task=task,
        stages=stages.every(scope, task.id),
        submissions=tuple(scope.session.scalars(submissions)),
        lines=tuple(lines.rows),
        more=bool(lines.next),
        siblings=_siblings(scope, task),
        partners=partners.names(scope),
        people=people.names(scope),
    )


def _these(scope: Scope, task_ids: Sequence[int]) -> list[Task]:
    """These tasks, in this order."""
    found = scope.session.scalars(mine(scope, Task).where(Task.id.in_(task_ids)))
    by_id = {task.id: task for task in found}
    return [by_id[id_] for id_ in task_ids]


def _siblings(scope: Scope, task: Task) -> tuple[Task, ...]:
    """Other work on the same order, the latest first."""
    if task.order_id is None:
        return ()
    others = mine(scope, Task).where(Task.order_id == task.order_id, Task.id != task.id)
    return tuple(scope.session.scalars(others.order_by(Task.id.desc()).limit(MOST_SIBLINGS)))


def _rows(scope: Scope, tasks: Sequence[Task]) -> tuple[Row, ...]:
    names = partners.names(scope) if any(task.holder_id for task in tasks) else {}
    clocks = stages.running(scope, [task.id for task in tasks])
    return tuple(
        Row(
            task=task,
            holder=names.get(task.holder_id or 0, ""),
            stage=clocks.get(task.id),
            overdue=task.state not in ENDED and task.due_at <= scope.now,
        )
        for task in tasks
    )
