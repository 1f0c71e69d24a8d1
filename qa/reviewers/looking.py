"""Looking a second time: a verdict on a look is kept, and changes nothing else."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from base.rows import changed, one
from base.scope import Scope
from qa import holding, judgement, scoring
from qa.marking import Seen
from qa.models import Defect, Inspection
from qa.reviewers import knowing, offered, rounds
from qa.reviewers.models import Look
from qa.reviewers.rules import JUDGED, SECOND
from security import audit
from tasks.models import Task


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict as it is told to whoever gave it: on an inspection and on a look alike."""

    id: int
    task_id: int
    state: str
    verdict: str
    score: int | None
    version: int


def judge(
    scope: Scope, look: Look, *, version: int, verdict: str, defects: Sequence[Seen], note: str
) -> Judged:
    """Keeps what the actor says of it. Nothing else changes: no task, no pay, no stock, no first verdict.

    Raises as `review.judge` does.
    """
    task = one(scope, Task, look.task_id)
    seen = judgement.check(scope, look, task, verdict=verdict, defects=defects, note=note)
    rubric = scoring.parse(task.revision.rubric)
    points = scoring.score(rubric, ((each.code, each.severity) for each in seen)).points
    told = {"verdict": verdict, "score": points, "note": note.strip(), "case_at": _case(scope, look, verdict)}
    _settle(scope, look, version=version, **told, found={"defects": [asdict(each) for each in seen]})
    audit.note(
        scope,
        "look.judged",
        subject="look",
        subject_id=look.id,
        first=look.first_id,
        look=look.purpose,
        verdict=verdict,
        score=points,
    )
    knowing.on_looked(scope, look)
    rounds.on_looked(scope, look)
    return Judged(look.number or 0, look.task_id, look.state, verdict, points, look.version)


def _case(scope: Scope, look: Look, verdict: str) -> datetime | None:
    """A second look that comes to another verdict is a case from now on."""
    if look.purpose != SECOND or one(scope, Inspection, look.first_id).verdict == verdict:
        return None
    return scope.now


def _settle(scope: Scope, look: Look, *, version: int, **said: Any) -> None:
    """Writes the verdict if it still waits as it was seen. Raises HeldByOther, JudgedAlready."""
    still = (Look.version == version, *offered.for_me(scope), holding.free(scope, Look))
    moved = changed(
        scope,
        update(Look)
        .where(Look.shop_id == scope.shop_id, Look.id == look.id, *still)
        .values(
            state=JUDGED,
            version=version + 1,
            reviewer_id=scope.actor.id,
            judged_at=scope.now,
            look_s=holding.looked(scope, look),
            held_by=None,
            held_at=None,
            held_until=None,
            **said,
        )
        .execution_options(synchronize_session=False),
    )
    scope.session.refresh(look)
    if moved != 1 and holding.is_held_by_other(scope, look):
        raise holding.HeldByOther
    if moved != 1:
        raise holding.JudgedAlready


def defects_of(look: Look) -> list[Defect]:
    """What was seen, as the defects of an inspection are read; kept nowhere else."""
    kept = Defect.__table__.columns.keys()
    found = look.found.get("defects", ())
    return [Defect(**{name: value for name, value in each.items() if name in kept}) for each in found]
