"""A second reviewer judges an appeal: the evidence afresh, without a name and without the first verdict."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.rows import mine, one
from base.scope import Scope
from qa import judgement, scoring
from qa.appeals import filing, gate, seconds, settling
from qa.appeals.lifecycle import LAPSE, OPENED, OUTCOME, OVERTURN, UPHOLD
from qa.appeals.models import Appeal
from qa.appeals.news import AppealEnded
from qa.judgement import ReasonMissing
from qa.marking import Seen
from qa.models import Inspection
from qa.scoring import CRITICAL
from tasks import practice
from tasks.models import Task

MOST_AT_ONCE = 100


def judge(
    scope: Scope, appeal_id: int, *, verdict: str, defects: Sequence[Seen] = (), note: str = ""
) -> Appeal:
    """Judges an appeal by what the second reviewer sees: work that passes is accepted and paid after all.

    Raises NotFound, OwnAppeal, FirstJudge, AppealOver, UnknownVerdict, ReasonMissing, CriticalFails,
    BadDefect, NotesOfPeople.
    """
    appeal = one(scope, Appeal, appeal_id)
    alone = seconds.check(scope, appeal)
    if appeal.state != OPENED:
        raise gate.AppealOver(state=appeal.state)
    task, inspection = one(scope, Task, appeal.task_id), one(scope, Inspection, appeal.inspection_id)
    seen = judgement.check_seen(
        scope, task, inspection.submission_id, verdict=verdict, defects=defects, note=note
    )
    step = OUTCOME[verdict]
    if step == UPHOLD and not seen and not note.strip():
        raise ReasonMissing(field="note", verdict=verdict)
    scored = scoring.score(scoring.parse(task.revision.rubric), ((each.code, each.severity) for each in seen))
    said: dict[str, Any] = {
        "second_id": scope.actor.id,
        "alone": alone,
        "verdict": verdict,
        "score": scored.points,
        "found": {"defects": [asdict(each) for each in seen]},
        "note": note.strip(),
    }
    if step == OVERTURN:
        said |= {"effect": settling.effect_of(scope, task)}
    gate.take(scope, appeal, step, **said)
    if step == OVERTURN:
        settling.settle(scope, task, appeal.effect)
    else:
        filing.go_on(scope, appeal)
    if step == OVERTURN and not seen and inspection.round == 1:
        practice.count_clean(scope, task)
    scope.tell(AppealEnded(appeal.id, appeal.task_id, appeal.state))
    return appeal


def lapse_due(scope: Scope) -> int:
    """Ends the appeals that nobody judged in time, in the partner's favour; periodic. Gives how many.

    The wait was the shop's, so the verdict falls and the work counts; it says nothing about anybody. Where
    the first look saw something critical, nothing goes on unseen: the work is paid, and done anew by others.
    """
    house = scope.as_house()
    due = (
        mine(house, Appeal)
        .where(Appeal.state == OPENED, Appeal.judge_by <= house.now)
        .order_by(Appeal.judge_by, Appeal.id)
        .limit(MOST_AT_ONCE)
    )
    found = list(house.session.scalars(due))
    for appeal in found:
        _lapse(house, appeal)
    return len(found)


def _lapse(house: Scope, appeal: Appeal) -> None:
    task = one(house, Task, appeal.task_id)
    defects = one(house, Inspection, appeal.inspection_id).defects
    effect = settling.effect_of(house, task, unseen=any(each.severity == CRITICAL for each in defects))
    gate.take(house, appeal, LAPSE, effect=effect)
    settling.settle(house, task, effect)
    house.tell(AppealEnded(appeal.id, appeal.task_id, appeal.state))


def wanted(session: Session, shop_id: int) -> bool:
    """Whether any appeal is open."""
    opened = select(Appeal.id).where(Appeal.shop_id == shop_id, Appeal.state == OPENED)
    return session.scalar(opened.limit(1)) is not None
