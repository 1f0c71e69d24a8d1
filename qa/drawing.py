"""Drawing: whether a submission is inspected or accepted at once, decided once and recorded."""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from base.rows import one
from base.scope import Scope
from qa import accepting, sampling
from qa.models import Draw, Inspection
from qa.sampling import Past, Plan
from security import audit
from security.keystore import KeyStore, KeysUnavailable, NoKey
from security.shops import rules
from tasks import steps
from tasks.lifecycle import SAMPLE, SUBMITTED
from tasks.models import StageClock, Submission, Task
from tasks.news import TaskSubmitted

SeedOf = Callable[[Scope, int], str]
LOOKED_BACK = 200  # of a hand's latest tasks, to see whether it knows an edition


def kept_seed(scope: Scope, submission_id: int) -> str:
    """The seed of a draw: bound to the submission by the shop's key; nobody foresees or chooses it."""
    keys: KeyStore = scope.world.keys
    try:
        key = keys.derived(scope.shop_id, "draw")
    except (KeysUnavailable, NoKey):
        return secrets.token_hex(16)
    return hmac.digest(key, str(submission_id).encode(), "sha256").hex()[:32]


def on_submitted(scope: Scope, news: TaskSubmitted, *, seed_of: SeedOf = kept_seed) -> None:
    """Draws what was handed in: into the reviewers' queue, or accepted at once."""
    house = scope.as_house()
    task, submission = one(house, Task, news.task_id), one(house, Submission, news.submission_id)
    drawn = draw(house, task, submission, seed=seed_of(house, submission.id))
    if drawn.drawn:
        _inspect(house, task, submission, reason=drawn.reason)
    else:
        accepting.accept(house, task)


def draw(scope: Scope, task: Task, submission: Submission, *, seed: str) -> Draw:
    """Records whether a submission is inspected, why, and by which roll of which seed."""
    ruled = rules(scope)
    plan = Plan(ruled.newcomer_n, ruled.sample_percent)
    past = _past(scope, task, submission)
    sample = sampling.sample(plan, past, seed=seed, submission_id=submission.id)
    drawn = Draw(
        shop_id=scope.shop_id,
        submission_id=submission.id,
        reason=sample.reason,
        percent=sample.percent,
        seed=seed,
        roll=sample.roll,
        drawn=sample.drawn,
        at=scope.now,
    )
    scope.session.add(drawn)
    return drawn


def _past(scope: Scope, task: Task, submission: Submission) -> Past:
    """What this hand handed in before, as far as the plan asks: bounded, whatever the hand's history."""
    if submission.round > 1:
        return Past(submission.round, 0, 0)
    latest = (
        select(Task.kind, Task.sop_revision_id, Task.submitted_at)
        .where(Task.shop_id == scope.shop_id, Task.holder_id == submission.partner_id, Task.id != task.id)
        .order_by(Task.id.desc())
        .limit(max(LOOKED_BACK, 2 * rules(scope).newcomer_n))
        .subquery()
    )
    handed_in = latest.c.submitted_at.is_not(None)
    of_kind = func.count().filter(handed_in, latest.c.kind == task.kind)
    of_revision = func.count().filter(handed_in, latest.c.sop_revision_id == task.sop_revision_id)
    row = scope.session.execute(select(of_kind, of_revision)).one()
    return Past(submission.round, row[0], row[1])


def _inspect(scope: Scope, task: Task, submission: Submission, *, reason: str) -> None:
    """Puts a submission into the reviewers' queue; what was sent back is there already by its own step."""
    if task.state == SUBMITTED:
        steps.take(scope, task, SAMPLE)
    made = Inspection(
        shop_id=scope.shop_id,
        task_id=task.id,
        submission_id=submission.id,
        round=submission.round,
        reason=reason,
        due_at=_due(scope, task),
        drawn_at=scope.now,
    )
    scope.session.add(made)
    scope.session.flush()
    audit.note(scope, "inspection.opened", subject="inspection", subject_id=made.id, task=task.id)


def _due(scope: Scope, task: Task) -> datetime:
    """By when to judge so that nothing is late: the review's own clock, or the order's promise before it."""
    clock = select(StageClock.due_at).where(
        StageClock.shop_id == scope.shop_id, StageClock.task_id == task.id, StageClock.ended_at.is_(None)
    )
    review = scope.session.scalar(clock)
    return min(review, task.due_at) if review else task.due_at
