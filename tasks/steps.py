"""The gate of a task's state: the only code that moves it, guarded by the state it was seen in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal_column, select, update
from sqlalchemy.orm.attributes import set_committed_value

from base.errors import Forbidden, Refused
from base.rows import changed
from base.scope import HOUSE, Scope
from security import audit
from tasks import clocks
from tasks.lifecycle import (
    CANCEL,
    CANCELLED,
    CLAIM,
    CLAIMED,
    ENDED,
    EXPIRE,
    HELD,
    OPEN,
    RELEASE,
    SEND_BACK,
    SUBMIT,
    WHO,
    after,
)
from tasks.models import Task

DONE = {
    CLAIM: "claimed",
    RELEASE: "released",
    EXPIRE: "expired",
    SUBMIT: "submitted",
    "sample": "drawn",
    "accept": "accepted",
    SEND_BACK: "sent_back",
    "reject": "rejected",
    CANCEL: "cancelled",
}
LET_GO = frozenset({RELEASE, EXPIRE})
ROLES = {"partner": {"partner"}, "reviewer": {"reviewer", "owner"}, "owner": {"owner"}}

# As SQL text, not as parameters: the engines use a partial index only where they can read its condition.
IS_OPEN: ColumnElement[bool] = Task.state == literal_column(f"'{OPEN}'")
IS_HELD: ColumnElement[bool] = Task.state.in_([literal_column(f"'{state}'") for state in HELD])


class NoSuchStep(Refused):
    """The task's life has no such step from where it is; `state` says where."""

    code = "tasks.no_such_step"


class Gone(Refused):
    """Somebody moved the task first."""

    code = "tasks.gone"


class NotYourStep(Forbidden):
    """This step is for somebody else to take."""

    code = "tasks.not_your_step"


def take(scope: Scope, task: Task, step: str, *, fence: int | None = None, **changes: Any) -> None:
    """Moves a task one step, ends and begins the clocks that belong to it, and journals it.

    The row moves only if it still is as it was seen. Raises NoSuchStep, NotYourStep, Gone.
    """
    to = after(task.state, step)
    if to is None:
        raise NoSuchStep(state=task.state, step=step)
    _check_actor(scope, WHO[task.state, step])
    values = {"state": to} | _consequences(scope, task, step, to) | changes
    guards = [Task.fence == fence] if fence is not None else []
    guards += [Task.id == task.id, Task.shop_id == scope.shop_id, Task.state == task.state]
    if _rows(scope, guards, values) != 1:
        raise Gone(task_id=task.id)
    for name, value in values.items():
        set_committed_value(task, name, value)
    clocks.follow(scope, task)
    _journal(scope, task, step)


def seize(
    scope: Scope,
    pick: ColumnElement[bool],
    *,
    holder_id: int,
    capacity: int,
    lease_until: datetime,
    won: int,
) -> Task | None:
    """Gives the open task that `pick` names to a partner in one statement; None when there was none to give.

    Nobody is given more than the capacity, counted in the same statement; hold the partner's row first.
    """
    task = scope.session.scalar(
        update(Task)
        .where(pick, Task.shop_id == scope.shop_id, IS_OPEN, held_by(scope, holder_id) < capacity)
        .values(
            state=CLAIMED,
            holder_id=holder_id,
            fence=Task.fence + 1,
            lease_until=lease_until,
            claimed_at=scope.now,
            won=won,
        )
        .returning(Task)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if task is not None:
        clocks.follow(scope, task)
        _journal(scope, task, CLAIM)
    return task


def first_open(scope: Scope, queue: str, *, not_left_by: int) -> Select[int]:
    """The open task of a queue whose promise comes first, past those this partner let go."""
    return (
        select(Task.id)
        .where(
            Task.shop_id == scope.shop_id,
            Task.queue == queue,
            IS_OPEN,
            func.coalesce(Task.left_by_id, 0) != not_left_by,
        )
        .order_by(Task.due_at, Task.id)
        .limit(1)
    )


def next_open(scope: Scope, queue: str, *, not_left_by: int) -> ScalarSelect[int]:
    """The first open task that is in nobody's hands at this instant, locked: for whoever takes it."""
    first = first_open(scope, queue, not_left_by=not_left_by)
    return first.with_for_update(skip_locked=True).scalar_subquery()


def held_by(scope: Scope, partner_id: int) -> ScalarSelect[int]:
    """How many tasks a partner has in hand."""
    return (
        select(func.count())
        .select_from(Task)
        .where(Task.shop_id == scope.shop_id, Task.holder_id == partner_id, IS_HELD)
        .scalar_subquery()
    )


def cancel_many(scope: Scope, task_ids: Sequence[int]) -> list[tuple[int, int | None]]:
    """Cancels those of the tasks that are open or claimed; gives their ids and holders."""
    _check_actor(scope, "owner")
    rows = scope.session.execute(
        update(Task)
        .where(Task.shop_id == scope.shop_id, Task.id.in_(task_ids), Task.state.in_([OPEN, CLAIMED]))
        .values(state=CANCELLED, ended_at=scope.now)
        .returning(Task.id, Task.holder_id)
        .execution_options(synchronize_session=False)
    ).all()
    clocks.void_many(scope, [row.id for row in rows])
    for row in rows:
        audit.note(scope, "task.cancelled", subject="task", subject_id=row.id)
    return [(row.id, row.holder_id) for row in rows]


def extend(scope: Scope, task: Task, *, until: datetime) -> None:
    """Moves the end of a lease that still runs; a lease that has ended is not woken."""
    guards = [Task.id == task.id, Task.shop_id == scope.shop_id, Task.fence == task.fence, IS_HELD]
    if _rows(scope, [*guards, Task.lease_until > scope.now], {"lease_until": until}) == 1:
        set_committed_value(task, "lease_until", until)


def _rows(scope: Scope, guards: list[ColumnElement[bool]], values: dict[str, Any]) -> int:
    stmt = update(Task).where(*guards).values(**values)
    return changed(scope, stmt.execution_options(synchronize_session=False))


def _consequences(scope: Scope, task: Task, step: str, to: str) -> dict[str, Any]:
    """What a step changes besides the state, whoever takes it."""
    if to in ENDED:
        left = {"left_by_id": task.holder_id} if step in LET_GO else {}
        return {"ended_at": scope.now, "lease_until": None} | left
    if to == OPEN:
        empty = dict.fromkeys(("holder_id", "lease_until", "claimed_at", "won"))
        return empty | {"left_by_id": task.holder_id}
    if step == SUBMIT:
        return {"submitted_at": scope.now, "lease_until": None}
    return {"round": task.round + 1} if step == SEND_BACK else {}


def _check_actor(scope: Scope, who: str) -> None:
    """Machine steps are taken by whoever set the machine going; a person's step by a person of that kind."""
    if who in ROLES and scope.actor.role not in ROLES[who] | {HOUSE}:
        raise NotYourStep


def _journal(scope: Scope, task: Task, step: str) -> None:
    facts = {"fence": task.fence, "round": task.round}
    audit.note(scope, f"task.{DONE[step]}", subject="task", subject_id=task.id, **facts)
