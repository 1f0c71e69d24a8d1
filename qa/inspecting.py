"""Putting a submission into the reviewers' queue: one inspection, due so that nothing is late."""

from datetime import datetime

from sqlalchemy import bindparam, select

from base import prepared
from base.prepared import SHOP
from base.scope import Scope
from qa.models import Inspection
from security import audit
from tasks import steps
from tasks.lifecycle import SAMPLE, SUBMITTED
from tasks.models import StageClock, Task


def inspect(scope: Scope, task: Task, *, submission_id: int, round_: int, reason: str) -> int:
    """Opens the inspection of a submission; what was sent back is in the queue already by its own step."""
    if task.state == SUBMITTED:
        steps.take(scope, task, SAMPLE)
    row = {
        "task_id": task.id,
        "submission_id": submission_id,
        "round": round_,
        "reason": reason,
        "due_at": _due(scope, task),
        "drawn_at": scope.now,
    }
    made = prepared.put_one(scope, Inspection, row)
    audit.note(scope, "inspection.opened", subject="inspection", subject_id=made, task=task.id)
    return made


def _due(scope: Scope, task: Task) -> datetime:
    """By when to judge so that nothing is late: the review's own clock, or the order's promise before it."""
    review: datetime | None = prepared.run(scope, _REVIEW_DUE, {"task": task.id}).scalar()
    return min(review, task.due_at) if review else task.due_at


_REVIEW_DUE = select(StageClock.due_at).where(
    StageClock.shop_id == SHOP, StageClock.task_id == bindparam("task"), StageClock.ended_at.is_(None)
)
