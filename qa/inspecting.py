"""Putting a submission into the reviewers' queue: one inspection, due so that nothing is late."""

from datetime import datetime

from base import prepared
from base.scope import Scope
from qa import eyes
from qa.models import Inspection
from security import audit
from tasks import clocks, steps
from tasks.lifecycle import SAMPLE, SUBMITTED
from tasks.models import Task


def inspect(scope: Scope, task: Task, *, submission_id: int, round_: int, reason: str) -> int:
    """Opens the inspection of a submission; what was sent back is in the queue already by its own step."""
    if task.state == SUBMITTED:
        steps.take(scope, task, SAMPLE)
    row = {
        "task_id": task.id,
        "submission_id": submission_id,
        "partner_id": task.holder_id or 0,
        "round": round_,
        "reason": reason,
        "due_at": _due(scope, task),
        "drawn_at": scope.now,
    } | eyes.of(scope, task, round_)
    made = prepared.put_one(scope, Inspection, row)
    audit.note(scope, "inspection.opened", subject="inspection", subject_id=made, task=task.id)
    return made


def _due(scope: Scope, task: Task) -> datetime:
    """By when to judge so that nothing is late: the review's clock, begun now, or the promise before it."""
    return min(clocks.due_of(scope, clocks.REVIEW), task.due_at)
