"""Reviewing: what was drawn is judged once, by somebody else, with reasons where it does not pass."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from base.rows import changed, one
from base.scope import Scope
from qa import accepting, holding, judgement, scoring
from qa.drawing import draw, on_submitted
from qa.holding import HeldByOther, JudgedAlready
from qa.judgement import OwnWork
from qa.marking import Seen
from qa.models import Defect, Inspection
from qa.news import TaskJudged
from qa.reviewers import knowing, looking, offered, planning
from qa.reviewers.models import Look
from qa.sampling import learning
from qa.scoring import ACCEPT, REJECT, SEND_BACK
from qa.waiting import queue
from security import audit
from tasks import dispatch, marks, practice, steps
from tasks.models import Task
from tasks.news import TaskRejected

__all__ = ["HeldByOther", "JudgedAlready", "OwnWork", "draw", "judge", "on_submitted", "queue"]


def judge(
    scope: Scope,
    inspection_id: int,
    *,
    version: int,
    verdict: str,
    defects: Sequence[Seen] = (),
    note: str = "",
    seed_of: planning.SeedOf = planning.seed_of,
) -> Inspection | looking.Judged:
    """Decides about a submission: accepts it, sends it back to the same hand, or rejects it for good.

    `seed_of` draws second looks; a play has its own.

    Raises NotFound, OwnWork, HeldByOther, JudgedAlready, and what `judgement.check` raises; then nothing is
    kept.
    """
    inspection = offered.at_desk(scope, inspection_id)
    if isinstance(inspection, Look):
        return looking.judge(scope, inspection, version=version, verdict=verdict, defects=defects, note=note)
    task = one(scope, Task, inspection.task_id)
    seen = judgement.check(scope, inspection, task, verdict=verdict, defects=defects, note=note)
    rubric = scoring.parse(task.revision.rubric)
    points = scoring.score(rubric, ((one.code, one.severity) for one in seen)).points
    flawed_at = scope.now if seen or verdict != ACCEPT else None
    told = {"verdict": verdict, "score": points, "note": note.strip(), "flawed_at": flawed_at}
    _settle(scope, inspection, version=version, **told)
    _write_down(scope, inspection, seen)
    _carry_out(scope, task, verdict, seen, note.strip())
    if verdict == ACCEPT and inspection.round == 1 and not seen:
        practice.count_clean(scope, task)
    learning.learn(scope, inspection, task, verdict=verdict, severities=[one.severity for one in seen])
    audit.note(
        scope,
        "inspection.judged",
        subject="inspection",
        subject_id=inspection.id,
        verdict=verdict,
        score=points,
        found=len(seen),
    )
    planning.on_judged(scope, inspection, seed_of=seed_of)
    knowing.on_judged(scope, inspection, seed_of=seed_of)
    scope.tell(TaskJudged(task.id, inspection.id, verdict))
    return inspection


def _settle(scope: Scope, inspection: Inspection, *, version: int, **decided: Any) -> None:
    """Writes the verdict if the inspection still waits as it was seen, and nobody else has it open.

    Of two reviewers who open it at once the first decides.
    """
    moved = changed(
        scope,
        update(Inspection)
        .where(
            Inspection.shop_id == scope.shop_id,
            Inspection.id == inspection.id,
            Inspection.version == version,
            Inspection.state == "waiting",
            holding.free(scope),
        )
        .values(
            state="judged",
            version=version + 1,
            reviewer_id=scope.actor.id,
            judged_at=scope.now,
            look_s=holding.looked(scope, inspection),
            held_by=None,
            held_at=None,
            held_until=None,
            **decided,
        )
        .execution_options(synchronize_session=False),
    )
    scope.session.refresh(inspection)
    if moved != 1 and holding.is_held_by_other(scope, inspection):
        raise HeldByOther
    if moved != 1:
        raise JudgedAlready


def _write_down(scope: Scope, inspection: Inspection, seen: Sequence[Seen]) -> None:
    for one_ in seen:
        scope.session.add(
            Defect(
                shop_id=scope.shop_id,
                inspection_id=inspection.id,
                item=one_.item,
                code=one_.code,
                severity=one_.severity,
                note=one_.note,
                photo_id=one_.photo_id,
                x=one_.x,
                y=one_.y,
                w=one_.w,
                h=one_.h,
                begins=one_.begins,
                ends=one_.ends,
            )
        )


def _carry_out(scope: Scope, task: Task, verdict: str, seen: Sequence[Seen], note: str) -> None:
    if verdict == ACCEPT:
        accepting.accept(scope, task)
    elif verdict == SEND_BACK:
        found = [
            marks.Mark(s.item, s.code, s.severity, s.note, s.photo_id, s.x, s.y, s.w, s.h, s.quote)
            for s in seen
        ]
        marks.send_back(scope, task, marks=found, note=note)
    elif verdict == REJECT:
        steps.take(scope, task, REJECT)
        dispatch.reopen(scope, task)
        scope.tell(TaskRejected(task.id))
