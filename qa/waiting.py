"""The reviewers' queue: what waits for a verdict, inspections and second looks side by side as one thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from base.rows import Page, cursor, uncursor
from base.scope import Scope
from qa import holding, judgement
from qa.models import Inspection
from qa.reviewers import offered
from qa.reviewers.models import Look
from tasks.models import Task

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """One submission in the queue; due is when it must be judged so that nothing is late."""

    id: int
    task_id: int
    title: str
    kind: str
    round: int
    reason: str
    due_at: datetime
    drawn_at: datetime
    state: str
    verdict: str
    version: int


def queue(scope: Scope, *, after: str = "", size: int = SHOWN, but: int = 0) -> Page[Waiting]:
    """What waits for a verdict, first what will be late first; never the reviewer's own work.

    What another reviewer has open is left out, and `but`, the one that is being decided just now.
    """
    by = (Inspection.due_at, Inspection.id)
    first = select(Inspection, Task).where(
        Inspection.shop_id == scope.shop_id, *holding.for_me(scope), Inspection.id != but
    )
    looks = (Look.due_at, Look.number)
    second = select(Look, Task).where(
        Look.shop_id == scope.shop_id, *holding.looks_for_me(scope), Look.number != but
    )
    found = [
        as_waiting(row, task)
        for stmt, keys, id_ in ((first, by, Inspection.task_id), (second, looks, Look.task_id))
        for row, task in _next(scope, stmt.join(Task, Task.id == id_), keys, after=after, size=size)
    ]
    found.sort(key=lambda one: (one.due_at, one.id))
    more = len(found) > size
    return Page(found[:size], cursor(found[size - 1], by) if more else "")


def _next(
    scope: Scope, stmt: Select[Any, Any], by: tuple[Any, Any], *, after: str, size: int
) -> Sequence[tuple[Inspection | Look, Task]]:
    """One more than a screen, from just after the cursor: of both sorts together the first are shown."""
    if after:
        stmt = stmt.where(tuple_(*by) > uncursor(after, by))
    return [(row, task) for row, task in scope.session.execute(stmt.order_by(*by).limit(size + 1))]


def count(scope: Scope) -> int:
    """How many wait for a verdict of this reviewer."""
    waiting = select(func.count()).where(Inspection.shop_id == scope.shop_id, *holding.for_me(scope))
    looks = select(func.count()).where(Look.shop_id == scope.shop_id, *holding.looks_for_me(scope))
    return (scope.session.scalar(waiting) or 0) + (scope.session.scalar(looks) or 0)


def elsewhere(scope: Scope) -> int:
    """How many are open at another reviewer's desk, and so not offered."""
    held = select(func.count()).where(
        Inspection.shop_id == scope.shop_id,
        Inspection.held_by != scope.actor.id,
        Inspection.held_until > scope.now,
        ~judgement.own_work(scope),
    )
    looks = select(func.count()).where(
        Look.shop_id == scope.shop_id,
        Look.held_by != scope.actor.id,
        Look.held_until > scope.now,
        *offered.for_me(scope),
    )
    return (scope.session.scalar(held) or 0) + (scope.session.scalar(looks) or 0)


def around(rows: Sequence[Waiting], inspection_id: int) -> tuple[int | None, int | None]:
    """The ids before and after one in the queue; the first of the others where it is not among them."""
    ids = [row.id for row in rows]
    if inspection_id not in ids:
        return None, (ids[0] if ids else None)
    place = ids.index(inspection_id)
    before = ids[place - 1] if place else None
    return before, (ids[place + 1] if place + 1 < len(ids) else None)


def as_waiting(row: Inspection | Look, task: Task) -> Waiting:
    """An inspection as it lies in the queue; a look lies there as one."""
    came = row.drawn_at or task.opened_at  # of a look that has not come yet, which nobody is shown
    return Waiting(
        id=holding.number(row) or 0,
        task_id=row.task_id,
        title=task.title,
        kind=task.kind,
        round=row.round,
        reason=row.reason,
        due_at=row.due_at or came,
        drawn_at=came,
        state=row.state,
        verdict=row.verdict,
        version=row.version,
    )
