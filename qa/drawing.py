"""Drawing: whether a submission is inspected or accepted at once, decided once and recorded."""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, func, select

from base import prepared
from base.prepared import SHOP
from base.rows import one
from base.scope import Scope
from qa import accepting, sampling
from qa.models import Draw, Inspection
from qa.sampling import Past, Plan, Sample
from security import audit
from security.keystore import KeyStore, KeysUnavailable, NoKey
from security.shops import rules
from tasks import practice, steps
from tasks.lifecycle import SAMPLE, SUBMITTED
from tasks.models import StageClock, Task
from tasks.news import TaskSubmitted

SeedOf = Callable[[Scope, int], str]
LOOKED_BACK = 200  # of a hand's latest tasks, to see whether it knows the work


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
    task = one(house, Task, news.task_id)
    drawn = draw(house, task, news, seed=seed_of(house, news.submission_id))
    if drawn.drawn:
        _inspect(house, task, news, reason=drawn.reason)
    else:
        accepting.accept(house, task)


def draw(scope: Scope, task: Task, news: TaskSubmitted, *, seed: str) -> Sample:
    """Records whether a submission is inspected, why, and by which roll of which seed."""
    ruled = rules(scope)
    plan = Plan(ruled.newcomer_n, ruled.sample_percent, ruled.revision_n)
    sample = sampling.sample(plan, _past(scope, task, news), seed=seed, submission_id=news.submission_id)
    row = {
        "submission_id": news.submission_id,
        "reason": sample.reason,
        "percent": sample.percent,
        "seed": seed,
        "roll": sample.roll,
        "drawn": sample.drawn,
        "at": scope.now,
    }
    prepared.put(scope, Draw, row)
    return sample


def _past(scope: Scope, task: Task, news: TaskSubmitted) -> Past:
    """What this hand handed in before, as far as the plan asks: bounded, whatever the hand's history."""
    if news.round > 1:
        return Past(news.round, 0, 0)
    asked = {
        "task": task.id,
        "hand": task.holder_id,
        "back": max(LOOKED_BACK, 2 * rules(scope).newcomer_n),
        "kind_asked": task.kind,
        "revision": task.sop_revision_id,
    }
    row = prepared.run(scope, _LATEST, asked).one()
    return Past(news.round, row.of_kind, row.clean or 0)


_BEFORE = (
    select(Task.kind, Task.submitted_at)
    .where(Task.shop_id == SHOP, Task.holder_id == bindparam("hand"), Task.id != bindparam("task"))
    .order_by(Task.id.desc())
    .limit(bindparam("back"))
    .subquery()
)
_HANDED_IN = _BEFORE.c.submitted_at.is_not(None)
_LATEST = select(
    func.count().filter(_HANDED_IN, _BEFORE.c.kind == bindparam("kind_asked")).label("of_kind"),
    practice.clean_pieces().label("clean"),
)


def _inspect(scope: Scope, task: Task, news: TaskSubmitted, *, reason: str) -> None:
    """Puts a submission into the reviewers' queue; what was sent back is there already by its own step."""
    if task.state == SUBMITTED:
        steps.take(scope, task, SAMPLE)
    row = {
        "task_id": task.id,
        "submission_id": news.submission_id,
        "round": news.round,
        "reason": reason,
        "due_at": _due(scope, task),
        "drawn_at": scope.now,
    }
    made = prepared.put_one(scope, Inspection, row)
    audit.note(scope, "inspection.opened", subject="inspection", subject_id=made, task=task.id)


def _due(scope: Scope, task: Task) -> datetime:
    """By when to judge so that nothing is late: the review's own clock, or the order's promise before it."""
    review: datetime | None = prepared.run(scope, _REVIEW_DUE, {"task": task.id}).scalar()
    return min(review, task.due_at) if review else task.due_at


_REVIEW_DUE = select(StageClock.due_at).where(
    StageClock.shop_id == SHOP, StageClock.task_id == bindparam("task"), StageClock.ended_at.is_(None)
)
