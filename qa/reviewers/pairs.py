"""What was judged twice, as pairs of opinions, read row by row: the latest of a reviewer, and open cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union_all

from base.scope import Scope
from qa.models import Defect, Inspection
from qa.reviewers.models import Look
from qa.reviewers.rolled import LOOKED_BACK
from qa.reviewers.rules import JUDGED, SECOND, Opinion, opinion
from tasks.models import SopRevision, Task

MOST = 500  # pairs of a reviewer, the latest
MOST_CASES = 50
_SECONDS = (Look.purpose == SECOND, Look.state == JUDGED)


@dataclass(frozen=True, slots=True)
class Pair:
    """One submission as two reviewers saw it; `settled` is what the owner said of it, if they differed."""

    look_id: int
    first_id: int
    task_id: int
    sop_id: int
    kind: str
    reviewers: tuple[int, int]
    opinions: tuple[Opinion, Opinion]
    at: datetime
    settled: str

    def of(self, reviewer_id: int) -> tuple[Opinion, Opinion]:
        """The opinion of one of the two, and of the other."""
        mine, other = self.opinions
        return (mine, other) if self.reviewers[0] == reviewer_id else (other, mine)


def latest(scope: Scope, account_id: int) -> list[Pair]:
    """The latest second looks of half a year at what a reviewer judged first, or that were theirs."""
    sides = (_latest(scope, Look.barred_id == account_id), _latest(scope, Look.reviewer_id == account_id))
    ids = scope.session.scalars(union_all(*(select(side.c.id) for side in sides))).all()
    asked = _asked(scope).where(Look.id.in_(ids)).order_by(Look.judged_at.desc()).limit(MOST)
    return _pairs(scope, asked)


def _latest(scope: Scope, whose: Any) -> Any:
    stmt = select(Look.id).where(Look.shop_id == scope.shop_id, whose, *_SECONDS)
    since = stmt.where(Look.judged_at >= scope.now - LOOKED_BACK)
    return since.order_by(Look.judged_at.desc()).limit(MOST).subquery()


def cases(scope: Scope) -> list[Pair]:
    """The cases of half a year that wait for the owner's word, the oldest first."""
    waits = (Look.case_at.is_not(None), Look.case_at >= scope.now - LOOKED_BACK)
    return _pairs(scope, _asked(scope).where(*waits).order_by(Look.case_at).limit(MOST_CASES))


def waiting(scope: Scope) -> int:
    """How many there are, counted to a thousand."""
    waits = (
        Look.shop_id == scope.shop_id,
        Look.case_at.is_not(None),
        Look.case_at >= scope.now - LOOKED_BACK,
    )
    some = select(Look.id).where(*waits).limit(1000).subquery()
    return scope.session.scalar(select(func.count()).select_from(some)) or 0


def _asked(scope: Scope) -> Any:
    return (
        select(Look, Inspection.reviewer_id, Inspection.verdict, Task.kind, SopRevision.sop_id)
        .join(Inspection, Inspection.id == Look.first_id)
        .join(Task, Task.id == Look.task_id)
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .where(Look.shop_id == scope.shop_id)
    )


def _pairs(scope: Scope, asked: Any) -> list[Pair]:
    rows = scope.session.execute(asked).all()
    codes = codes_of(scope, [look.first_id for look, *_rest in rows])
    return [
        Pair(
            look.id,
            look.first_id,
            look.task_id,
            sop_id,
            kind,
            (first_by or 0, look.reviewer_id or 0),
            (opinion(verdict, codes.get(look.first_id, ())), seen(look)),
            look.judged_at or look.made_at,
            look.settled,
        )
        for look, first_by, verdict, kind, sop_id in rows
    ]


def seen(look: Look) -> Opinion:
    """What a look said."""
    return opinion(look.verdict, (each["code"] for each in look.found.get("defects", ())))


def codes_of(scope: Scope, inspection_ids: Sequence[int]) -> dict[int, list[str]]:
    """The defect codes of inspections."""
    found: dict[int, list[str]] = {}
    for at in range(0, len(inspection_ids), 500):
        some = inspection_ids[at : at + 500]
        rows = select(Defect.inspection_id, Defect.code).where(
            Defect.shop_id == scope.shop_id, Defect.inspection_id.in_(some)
        )
        for inspection_id, code in scope.session.execute(rows):
            found.setdefault(inspection_id, []).append(code)
    return found
