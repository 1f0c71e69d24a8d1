"""A partner's own work as reviewers saw it: what was marked more than once, and pieces that were good."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVarTuple

from sqlalchemy import Select, exists, func, select
from sqlalchemy.sql.elements import ColumnElement

from base.scope import Scope
from base.shares import Share
from qa.models import Defect, Inspection
from qa.scoring import ACCEPT
from tasks.models import Photo, SopRevision, Task
from tasks.wording import criteria

LOOKED_BACK = timedelta(days=90)
MOST_MARKS = 500  # the latest of them
PATTERN = 2  # times the same was marked before it is told: once is chance
SHOWN = 3

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something that was marked several times: what it is called, how often, and the latest task."""

    label: str
    kind: str
    times: int
    task_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Good:
    """A piece that passed as it was handed in with nothing found; a photo of it where there is one."""

    task_id: int
    kind: str
    at: datetime
    photo_id: int | None


@dataclass(frozen=True, slots=True)
class OwnWork:
    """How often the first hand-in passed in ninety days, what was marked most often, and good pieces."""

    passed: Share
    patterns: tuple[Pattern, ...]
    good: tuple[Good, ...]


def own_work(scope: Scope, locale: str) -> OwnWork:
    """The actor's own ninety days."""
    hits, n = scope.session.execute(
        _own(scope, select(func.count().filter(Inspection.verdict == ACCEPT), func.count()))
    ).one()
    return OwnWork(Share(hits, n), _patterns(scope, locale), tuple(_good(scope)))


def _own(scope: Scope, stmt: Select[*Columns]) -> Select[*Columns]:
    """First verdicts about the actor's own work."""
    return stmt.select_from(Inspection).join(Task, Task.id == Inspection.task_id).where(*_first(scope))


def _first(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return (
        Task.shop_id == scope.shop_id,
        Task.holder_id == scope.actor.partner_id,
        Inspection.shop_id == scope.shop_id,
        Inspection.round == 1,
        Inspection.judged_at >= scope.now - LOOKED_BACK,
    )


def _patterns(scope: Scope, locale: str) -> tuple[Pattern, ...]:
    """What was marked most often; of each the words of the latest edition it was marked under."""
    rows = scope.session.execute(
        _own(scope, select(Defect.code, Task.kind, Task.id, Inspection.judged_at, SopRevision.rubric))
        .join(Defect, (Defect.inspection_id == Inspection.id) & (Defect.shop_id == Inspection.shop_id))
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .order_by(Inspection.judged_at.desc(), Defect.id.desc())
        .limit(MOST_MARKS)
    )
    found: dict[tuple[str, str], list[Pattern]] = {}
    for code, kind, task_id, at, rubric in rows:
        assert at is not None  # it was judged
        label = criteria(locale, rubric).get(code, code)
        found.setdefault((kind, code), []).append(Pattern(label, kind, 1, task_id, at))
    return tuple(_most_often(found.values()))[:SHOWN]


def _most_often(found: Iterable[list[Pattern]]) -> list[Pattern]:
    told = [
        Pattern(latest.label, latest.kind, len(cases), latest.task_id, latest.at)
        for cases in found
        if len(cases) >= PATTERN
        for latest in cases[:1]
    ]
    return sorted(told, key=lambda one: (one.times, one.at), reverse=True)


def _good(scope: Scope) -> Iterable[Good]:
    marked = exists().where(Defect.inspection_id == Inspection.id, Defect.shop_id == Inspection.shop_id)
    photo = (
        select(func.min(Photo.id))
        .where(Photo.shop_id == Task.shop_id, Photo.task_id == Task.id, Photo.by == scope.actor.id)
        .scalar_subquery()
    )
    rows = scope.session.execute(
        _own(scope, select(Task.id, Task.kind, Inspection.judged_at, photo))
        .where(Inspection.verdict == ACCEPT, ~marked)
        .order_by(Inspection.judged_at.desc(), Inspection.id.desc())
        .limit(SHOWN)
    )
    return (Good(*row) for row in rows)
