"""Rubrics as they are read: what work of a kind is judged by today, with examples of each defect."""

from dataclasses import dataclass

from sqlalchemy import select

from base.errors import NotFound
from base.scope import Scope
from qa import scoring
from qa.scoring import Criterion
from tasks.editions import PUBLISHED
from tasks.models import Sop, SopRevision


@dataclass(frozen=True, slots=True)
class Today:
    """The rubric of the edition in force."""

    kind: str
    edition: int
    passing: int
    criteria: tuple[Criterion, ...]


def today(scope: Scope, kind: str) -> Today:
    """What work of a kind is judged by now. Raises NotFound where nothing is in force."""
    asked = (
        select(SopRevision)
        .join(Sop, Sop.id == SopRevision.sop_id)
        .where(SopRevision.shop_id == scope.shop_id, Sop.kind == kind, SopRevision.state == PUBLISHED)
    )
    revision = scope.session.scalar(asked.order_by(SopRevision.effective_at.desc()).limit(1))
    if revision is None:
        raise NotFound
    rubric = scoring.parse(revision.rubric)
    return Today(kind, revision.number, rubric.passing, rubric.criteria)
