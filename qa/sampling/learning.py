"""What a verdict teaches sampling: called by reviewing, in the transaction of the verdict."""

from collections.abc import Collection

from sqlalchemy import select

from base.scope import Scope
from qa.models import Draw, Inspection
from qa.sampling import batches, facts, states, tracks
from qa.sampling.draws import BATCH_FAILED
from qa.scoring import REJECT
from tasks.models import Task


def learn(
    scope: Scope, inspection: Inspection, task: Task, *, verdict: str, severities: Collection[str]
) -> None:
    """Moves where the partner's work of this kind stands. Only work as it was first handed in counts, and a
    final no whenever it comes; the rest of a batch that failed has been counted with its sample.
    """
    if inspection.round == 1 and inspection.reason != BATCH_FAILED:
        _learn(scope, inspection, task, clean=tracks.right(verdict, severities))
    if verdict == REJECT:
        states.refused(scope, task)


def _learn(scope: Scope, inspection: Inspection, task: Task, *, clean: bool) -> None:
    of_it = (Draw.shop_id == scope.shop_id, Draw.submission_id == inspection.submission_id)
    draw = scope.session.execute(select(Draw.facts, Draw.batch_id).where(*of_it)).one_or_none()
    if draw is None:
        return  # it was put into the queue by a hand, not by a draw
    known = facts.read(draw.facts)
    turn, terms = (known[1].turn, known[0].terms) if known else (0, "")
    states.inspected(scope, task, clean=clean, turn=turn, terms=terms)
    if draw.batch_id is not None:
        batches.judged(scope, draw.batch_id, clean=clean)
