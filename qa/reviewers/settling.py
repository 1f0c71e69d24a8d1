"""Cases: where two reviewers came to another verdict, the owner says what is so. The first verdict stays."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from base.errors import Invalid, NotFound, Stale
from base.rows import changed, one
from base.scope import Scope
from qa import judgement, scoring
from qa.judgement import OwnWork
from qa.models import Inspection
from qa.reviewers import knowing, pairs
from qa.reviewers.models import Look
from qa.reviewers.pairs import Pair
from qa.reviewers.rules import JUDGED, SECOND, opinion
from qa.scoring import OTHER, VERDICTS
from security import audit
from tasks.models import Task


class SettledAlready(Stale):
    """Somebody said what is so first."""

    code = "reviewers.settled_already"


class BadSettlement(Invalid):
    """What is said to be so needs a verdict, and defects that the rubric names. Facts: field."""

    code = "reviewers.bad_settlement"


@dataclass(frozen=True, slots=True)
class Case:
    """Two opinions about one submission, with the task's title."""

    pair: Pair
    title: str


def open_cases(scope: Scope) -> list[Case]:
    """What waits for the owner's word, the oldest first."""
    found = pairs.cases(scope)
    ids = [pair.task_id for pair in found]
    rows = select(Task.id, Task.title).where(Task.shop_id == scope.shop_id, Task.id.in_(ids))
    titles = {id_: value for id_, value in scope.session.execute(rows)}  # noqa: C416 (rows are no pairs)
    return [Case(pair, titles[pair.task_id]) for pair in found]


def case(scope: Scope, look_id: int) -> Look:
    """A second look that differs from the first. Raises NotFound."""
    look = one(scope, Look, look_id)
    if look.purpose != SECOND or look.state != JUDGED:
        raise NotFound
    return look


def settle(scope: Scope, look_id: int, *, verdict: str, codes: Sequence[str]) -> int | None:
    """Says what is so of a case; it is known from then on, and may come to reviewers who never saw it.

    Nothing else follows: no task, no pay, no verdict changes. Raises NotFound, OwnWork, BadSettlement,
    SettledAlready.
    """
    look = case(scope, look_id)
    task = one(scope, Task, look.task_id)
    if judgement.is_own(scope, look):
        raise OwnWork
    _check(task, verdict, codes)
    settled = opinion(verdict, codes)
    moved = changed(
        scope,
        update(Look)
        .where(Look.shop_id == scope.shop_id, Look.id == look.id, Look.settled == "")
        .values(
            case_at=None,
            settled=verdict,
            settled_codes={"codes": sorted(settled.codes)},
            settled_by=scope.actor.id,
            settled_at=scope.now,
        )
        .execution_options(synchronize_session="fetch"),
    )
    if moved != 1:
        raise SettledAlready
    audit.note(
        scope, "look.settled", subject="look", subject_id=look.id, first=look.first_id, verdict=verdict
    )
    return knowing.know(scope, one(scope, Inspection, look.first_id).id, settled, source=knowing.SETTLED)


def _check(task: Task, verdict: str, codes: Sequence[str]) -> None:
    rubric = scoring.parse(task.revision.rubric)
    known = {criterion.code for criterion in rubric.criteria} | {OTHER}
    if verdict not in VERDICTS:
        raise BadSettlement(field="verdict")
    if set(codes) - known:
        raise BadSettlement(field="codes")
    critical = [each for each in rubric.criteria if each.code in codes and each.severity == scoring.CRITICAL]
    if (verdict == scoring.ACCEPT and critical) or (verdict == scoring.SEND_BACK and not codes):
        raise BadSettlement(field="codes")
