"""How people work: each partner's four weeks, and a reviewer's own; shares come with their intervals."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from base.scope import Scope
from base.shares import ENOUGH, Share
from qa.board import drill
from qa.board.days import trend
from qa.board.drill import Line
from qa.board.measures import fortnight, place, since
from qa.models import Inspection
from qa.reviewers import own_looks
from qa.scoring import ACCEPT, REJECT, SEND_BACK
from qa.tallies.facts import JUDGED
from qa.tallies.rules import PARTNER
from tasks.clocks import REVIEW
from tasks.models import StageClock

WINDOW = 28  # days
LOOKS = 500  # the latest ones, for the median


@dataclass(frozen=True, slots=True)
class Record:
    """A reviewer's own four weeks, and how many were judged on each day of the last fortnight.

    `seconds` is from the draw to the verdict in business time, on average; `look_s` is the median from
    opening a submission to the verdict, none while there are too few to say it.
    """

    judged: int
    accepted: int
    sent_back: int
    rejected: int
    in_time: Share
    back: Share
    seconds: int | None
    look_s: int | None
    days: list[int]


def workers(scope: Scope) -> list[Line]:
    """Every partner who did something in the last four weeks, who did most first."""
    return drill.lines(scope, PARTNER, drill.window(scope))


def own(scope: Scope) -> Record:
    """The actor's own four weeks of reviewing."""
    begin = since(scope, WINDOW)
    review = and_(
        StageClock.shop_id == Inspection.shop_id,
        StageClock.task_id == Inspection.task_id,
        StageClock.stage == REVIEW,
        StageClock.round == Inspection.round,
        StageClock.verdict.in_(JUDGED),
    )
    verdicts = [_sum(Inspection.verdict == verdict) for verdict in (ACCEPT, SEND_BACK, REJECT)]
    in_time = _sum(StageClock.verdict == "met")
    row: tuple[Any, ...] = tuple(
        scope.session.execute(
            select(
                func.count(), *verdicts, in_time, func.count(StageClock.id), func.avg(StageClock.elapsed_s)
            )
            .select_from(Inspection)
            .outerjoin(StageClock, review)
            .where(*_mine(scope), Inspection.judged_at >= begin)
        ).one()
    )
    judged, accepted, sent_back, rejected, met, clocks, average = row
    more = own_looks.sums(scope, begin)
    judged += more.judged
    sent_back += more.sent_back
    return Record(
        judged,
        accepted + more.accepted,
        sent_back,
        rejected + more.rejected,
        in_time=Share(met + more.met, clocks + more.judged),
        back=Share(sent_back, judged),
        seconds=None if average is None else round(average),
        look_s=_look(scope, begin),
        days=_by_day(scope),
    )


def _look(scope: Scope, begin: datetime) -> int | None:
    """The median of the latest looks; few enough are read for a page to stay quick."""
    latest = (
        select(Inspection.look_s)
        .where(*_mine(scope), Inspection.judged_at >= begin, Inspection.look_s.is_not(None))
        .order_by(Inspection.judged_at.desc())
        .limit(LOOKS)
    )
    looks = [look for look in scope.session.scalars(latest) if look is not None]
    looks += own_looks.seconds(scope, begin)
    return round(median(looks)) if len(looks) >= ENOUGH else None


def _by_day(scope: Scope) -> list[int]:
    days = fortnight(scope)
    day = place(Inspection.judged_at, days)
    rows = scope.session.execute(
        select(day, func.count(), func.count())
        .where(*_mine(scope), Inspection.judged_at >= days.begin)
        .group_by(day)
    )
    more = own_looks.by_day(scope, days)
    return [a + b for a, b in zip(trend(rows).hits, more, strict=True)]


def _mine(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return Inspection.shop_id == scope.shop_id, Inspection.reviewer_id == scope.actor.id


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
