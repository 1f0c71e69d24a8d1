"""What was judged twice, as pairs of opinions; and how one reviewer judges beside the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from base.scope import Scope
from qa.agreement.intervals import Stratum
from qa.models import Defect, Inspection
from qa.reviewers.models import Look
from qa.reviewers.rules import JUDGED, SECOND, Opinion, opinion
from qa.scoring import ACCEPT
from tasks.models import SopRevision, Task

LOOKED_BACK = timedelta(days=180)
MOST = 3000  # pairs, the latest
MOST_BESIDE = 10_000  # verdicts of comparable work


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


def pairs(scope: Scope) -> list[Pair]:
    """Every second look of half a year, beside the first, the latest first."""
    asked = (
        select(Look, Inspection.reviewer_id, Inspection.verdict, Task.kind, SopRevision.sop_id)
        .join(Inspection, Inspection.id == Look.first_id)
        .join(Task, Task.id == Look.task_id)
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .where(Look.shop_id == scope.shop_id, Look.purpose == SECOND, Look.state == JUDGED)
        .where(Look.judged_at >= scope.now - LOOKED_BACK)
        .order_by(Look.judged_at.desc())
        .limit(MOST)
    )
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


def strata(scope: Scope, since: datetime) -> Mapping[int, list[Stratum]]:
    """Each reviewer beside the others in comparable work: one procedure, drawn for one reason.

    Of the latest verdicts: so many that a page stays quick, whatever the shop's past.
    """
    latest = (
        select(Inspection.task_id, Inspection.reason, Inspection.reviewer_id, Inspection.verdict)
        .where(Inspection.shop_id == scope.shop_id, Inspection.judged_at >= since)
        .order_by(Inspection.judged_at.desc())
        .limit(MOST_BESIDE)
        .subquery()
    )
    passed = func.sum(case((latest.c.verdict == ACCEPT, 1), else_=0))
    rows = scope.session.execute(
        select(SopRevision.sop_id, latest.c.reason, latest.c.reviewer_id, func.count(), passed)
        .join(Task, Task.id == latest.c.task_id)
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .where(Task.shop_id == scope.shop_id, SopRevision.shop_id == scope.shop_id)
        .group_by(SopRevision.sop_id, latest.c.reason, latest.c.reviewer_id)
    )
    alike: dict[tuple[int, str], dict[int, tuple[int, int]]] = {}
    for sop_id, reason, reviewer_id, n, hits in rows:
        alike.setdefault((sop_id, reason), {})[reviewer_id or 0] = (int(n), int(hits))
    found: dict[int, list[Stratum]] = {}
    for reviewer_id, stratum in _beside(alike):
        found.setdefault(reviewer_id, []).append(stratum)
    return found


def _beside(alike: Mapping[tuple[int, str], Mapping[int, tuple[int, int]]]) -> Iterator[tuple[int, Stratum]]:
    for by in alike.values():
        whole, passed = sum(n for n, _hits in by.values()), sum(hits for _n, hits in by.values())
        for reviewer_id, (n, hits) in by.items():
            yield reviewer_id, Stratum(hits, n, passed - hits, whole - n)
