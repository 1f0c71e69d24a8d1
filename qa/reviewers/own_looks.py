"""A reviewer's own second looks, counted among their inspections: a record apart would tell them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.sql.elements import ColumnElement

from base.scope import Scope
from qa.board.days import Days, trend
from qa.board.measures import place
from qa.reviewers.models import Look
from qa.scoring import ACCEPT, REJECT, SEND_BACK

LOOKS = 500  # the latest ones, for the median


@dataclass(frozen=True, slots=True)
class Sums:
    """How many looks the actor judged, how, and how many in time."""

    judged: int
    accepted: int
    sent_back: int
    rejected: int
    met: int


def sums(scope: Scope, begin: datetime) -> Sums:
    """The actor's own looks since an instant."""
    verdicts = [_sum(Look.verdict == verdict) for verdict in (ACCEPT, SEND_BACK, REJECT)]
    asked = select(func.count(), *verdicts, _sum(Look.judged_at <= Look.due_at))
    n, *of = scope.session.execute(asked.where(*_mine(scope), Look.judged_at >= begin)).one()
    return Sums(int(n), *(int(each) for each in of))


def seconds(scope: Scope, begin: datetime) -> list[int]:
    """How long each of the latest took."""
    latest = (
        select(Look.look_s)
        .where(*_mine(scope), Look.judged_at >= begin, Look.look_s.is_not(None))
        .order_by(Look.judged_at.desc())
        .limit(LOOKS)
    )
    return [look for look in scope.session.scalars(latest) if look is not None]


def by_day(scope: Scope, days: Days) -> list[int]:
    """How many were judged on each of these days."""
    day = place(Look.judged_at, days)
    rows = scope.session.execute(
        select(day, func.count(), func.count())
        .where(*_mine(scope), Look.judged_at >= days.begin)
        .group_by(day)
    )
    return list(trend(rows).hits)


def _mine(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return Look.shop_id == scope.shop_id, Look.reviewer_id == scope.actor.id


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
