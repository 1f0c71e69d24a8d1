"""A partner's own work as reviewers saw it: what was marked more than once, and pieces that were good."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CTE, exists, func, select

from base import calendars
from base.scope import Scope
from base.shares import Share
from qa.board.days import last_days
from qa.models import Defect, Inspection, Tally
from qa.scoring import ACCEPT
from qa.tallies.rules import PARTNER, QUALITY
from tasks.models import Photo, SopRevision, Task
from tasks.wording import criteria

LOOKED_BACK = timedelta(days=90)
MOST = 200  # pieces, the latest of them
PATTERN = 2  # times the same was marked before it is told: once is chance
SHOWN = 3


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
    """The actor's own ninety days: the share as it is counted, the rest from the latest pieces looked at."""
    return OwnWork(_passed(scope), _patterns(scope, locale), tuple(_good(scope)))


def most_marked(scope: Scope, locale: str) -> Pattern | None:
    """What the actor would do best to look at next, with its latest case; nothing where nothing was twice."""
    return next(iter(_patterns(scope, locale)), None)


def _passed(scope: Scope) -> Share:
    """First verdicts on the actor's own work; one that fell at a second look had passed."""
    first = last_days(scope.now, calendars.current(scope).zone, LOOKED_BACK.days).days[0]
    own = (Tally.dim == PARTNER, Tally.dim_id == scope.actor.partner_id, Tally.measure == QUALITY)
    sums = select(func.coalesce(func.sum(Tally.hits), 0), func.coalesce(func.sum(Tally.n), 0))
    kept = sums.where(Tally.shop_id == scope.shop_id, *own, Tally.day >= first)
    hits, n = scope.session.execute(kept).one()
    return Share(int(hits), int(n))


def _latest(scope: Scope) -> CTE:
    """The latest first verdicts on the actor's own work: an index lays them out by hand and time."""
    columns = (Inspection.id, Inspection.task_id, Inspection.judged_at, Inspection.verdict)
    own = (Inspection.shop_id == scope.shop_id, Inspection.partner_id == scope.actor.partner_id)
    since = Inspection.judged_at >= scope.now - LOOKED_BACK
    first = select(*columns).where(*own, since, Inspection.round == 1)
    return first.order_by(Inspection.judged_at.desc(), Inspection.id.desc()).limit(MOST).cte("latest")


def _patterns(scope: Scope, locale: str) -> tuple[Pattern, ...]:
    """What was marked most often; of each the words of the latest edition it was marked under."""
    seen = _latest(scope)
    rows = scope.session.execute(
        select(Defect.code, Task.kind, Task.id, seen.c.judged_at, SopRevision.rubric)
        .join(seen, seen.c.id == Defect.inspection_id)
        .join(Task, (Task.id == seen.c.task_id) & (Task.shop_id == Defect.shop_id))
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .where(Defect.shop_id == scope.shop_id)
        .order_by(seen.c.judged_at.desc(), Defect.id.desc())
    )
    found: dict[tuple[str, str], list[Pattern]] = {}
    for code, kind, task_id, at, rubric in rows:
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
    seen = _latest(scope)
    marked = exists().where(Defect.shop_id == scope.shop_id, Defect.inspection_id == seen.c.id)
    photo = (
        select(func.min(Photo.id))
        .where(Photo.shop_id == Task.shop_id, Photo.task_id == Task.id, Photo.by == scope.actor.id)
        .scalar_subquery()
    )
    rows = scope.session.execute(
        select(Task.id, Task.kind, seen.c.judged_at, photo)
        .join(seen, seen.c.task_id == Task.id)
        .where(Task.shop_id == scope.shop_id, seen.c.verdict == ACCEPT, ~marked)
        .order_by(seen.c.judged_at.desc(), seen.c.id.desc())
        .limit(SHOWN)
    )
    return (Good(*row) for row in rows)
