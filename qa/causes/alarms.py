"""Alarms: a day that is more than chance waits for the owner's answer; written once."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from base import calendars
from base.clock import anchor
from base.errors import Invalid, Stale
from base.once import once
from base.rows import changed, mine, one
from base.scope import Scope
from qa.causes import reads
from qa.causes.control import RATE, RULES, SHARE, Chart, Point
from qa.causes.models import QualityAlarm
from qa.causes.news import QualityAlarmed, QualityAnswered
from qa.models import Tally
from qa.tallies.rules import PARTNER, QUALITY, SHOP, SOP
from security import audit

MILLION = 1_000_000
MOST_CHARTS = 100  # partners and procedures of a shop that are looked at
RECENT = 7  # days back that a late count may still alarm about
ANSWERS = ("action", "chance", "known")  # something is done, it was chance, the cause is known and over


class BadAnswer(Invalid):
    """An alarm is answered by something being done, by chance, or by a cause that is known and over."""

    code = "causes.bad_answer"


def watch(scope: Scope) -> None:
    """Looks at the charts of the shop, of each partner and procedure, up to yesterday. Periodic."""
    today = calendars.today(scope)
    for dim, dim_id in _looked_at(scope, today):
        _look(scope, dim, dim_id, today)


def wanted(session: Session, shop_id: int) -> bool:
    """Whether anything was first looked at in the days that may still alarm."""
    since = anchor(session, shop_id).date() - timedelta(days=RECENT + 1)
    here = (Tally.shop_id == shop_id, Tally.dim == SHOP, Tally.dim_id == 0, Tally.measure == QUALITY)
    return session.scalar(select(Tally.id).where(*here, Tally.day >= since).limit(1)) is not None


def answer(scope: Scope, alarm_id: int, how: str) -> None:
    """Answers an alarm. Raises NotFound, BadAnswer, Stale where it was answered already."""
    one(scope, QualityAlarm, alarm_id)
    if how not in ANSWERS:
        raise BadAnswer(field="answer")
    here = (QualityAlarm.shop_id == scope.shop_id, QualityAlarm.id == alarm_id)
    values = {"answer": how, "answered_by": scope.actor.id, "answered_at": scope.now}
    still = update(QualityAlarm).where(*here, QualityAlarm.answered_at.is_(None))
    if changed(scope, still.values(**values)) != 1:
        raise Stale
    audit.note(scope, "quality.answered", "quality_alarm", alarm_id, answer=how)
    scope.tell(QualityAnswered(alarm_id))


def waiting(scope: Scope) -> Sequence[QualityAlarm]:
    """The alarms that wait for an answer, the latest day first."""
    stmt = mine(scope, QualityAlarm).where(QualityAlarm.answered_at.is_(None))
    return scope.session.scalars(stmt.order_by(QualityAlarm.day.desc(), QualityAlarm.id).limit(50)).all()


def asked(scope: Scope) -> tuple[int, datetime | None]:
    """How many wait, and since when the first: a decision for the owner."""
    here = (QualityAlarm.shop_id == scope.shop_id, QualityAlarm.answered_at.is_(None))
    told = select(QualityAlarm.at).where(*here).order_by(QualityAlarm.at).limit(1000)
    times = list(scope.session.scalars(told))
    return len(times), times[0] if times else None


def _looked_at(scope: Scope, today: date) -> Iterator[tuple[str, int]]:
    """The shop, and the partners and procedures of which something was judged lately."""
    yield SHOP, 0
    stmt = (
        select(Tally.dim, Tally.dim_id)
        .where(Tally.shop_id == scope.shop_id, Tally.dim.in_([PARTNER, SOP]), Tally.measure == QUALITY)
        .where(Tally.day >= today - timedelta(days=RECENT), Tally.day < today)
        .distinct()
    )
    found = scope.session.execute(stmt.order_by(Tally.dim, Tally.dim_id).limit(MOST_CHARTS))
    yield from ((dim, dim_id) for dim, dim_id in found)


def _look(scope: Scope, dim: str, dim_id: int, today: date) -> None:
    """Bad pieces first: a day that alarms by them is not told once more by the things found in them."""
    told: set[date] = set()
    charts = reads.charts(scope, dim, dim_id)
    for chart in (charts[SHARE], charts[RATE]):
        for point in chart.alarms:
            if today - timedelta(days=RECENT) <= point.day < today and point.day not in told:
                _write(scope, (dim, dim_id), chart, point)
                told.add(point.day)


def _write(scope: Scope, of: tuple[str, int], chart: Chart, point: Point) -> None:
    """The alarm of a day, once, whatever rule it breaks first."""
    assert chart.centre is not None
    row: dict[str, Any] = {
        "shop_id": scope.shop_id,
        "chart": chart.kind,
        "dim": of[0],
        "dim_id": of[1],
        "day": point.day,
        "rule": next(rule for rule in RULES if rule in point.broken),
        "n": point.n,
        "found": point.found,
        "centre_ppm": round(chart.centre * MILLION),
        "at": scope.now,
        "answer": "",
    }
    made = once(scope.session, QualityAlarm, row)
    if made is not None:
        audit.note(scope, "quality.alarmed", "quality_alarm", made, rule=str(row["rule"]))
        scope.tell(QualityAlarmed(made))
