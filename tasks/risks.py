"""What is in danger of being late: by the share of a clock used, and by the queue ahead of a promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import func, select

from base import calendars
from base.hours import Calendar
from base.scope import Scope
from base.workdays import add, elapsed
from partners.availability import reads as availability
from partners.availability.models import OfferedHours
from partners.lifecycle import WORKING
from partners.models import Partner
from security.shops import rules
from tasks import clocks
from tasks.models import StageClock, Task
from tasks.sla import Risk, at_risk
from tasks.steps import IS_HELD, IS_OPEN

MEASURED = 200  # finished stages the usual pace is taken from
ENOUGH = 5  # fewer say nothing: then the target is taken for the pace


@dataclass(frozen=True, slots=True)
class Danger:
    """A running clock that is late or at risk."""

    task_id: int
    title: str
    stage: str
    owed_by: int
    due_at: datetime
    risk: Risk


@dataclass(frozen=True, slots=True)
class Promise:
    """The open tasks due at one instant, and how many of them the queue ahead leaves no time for."""

    due_at: datetime
    count: int
    late: int
    at_risk: int


def dangers(scope: Scope, *, limit: int = 50) -> tuple[Danger, ...]:
    """Running clocks that are late or at risk, the earliest due first."""
    ruled, calendar = rules(scope), calendars.current(scope)
    share = ruled.at_risk_percent / 100
    longest = max(ruled.claim_s, ruled.do_s, ruled.review_s, ruled.rework_s)
    horizon = add(calendar, scope.now, ceil(longest * (1 - share)))
    rows = scope.session.execute(
        select(StageClock, Task.title)
        .join(Task, Task.id == StageClock.task_id)
        .where(
            StageClock.shop_id == scope.shop_id,
            StageClock.stage.in_(clocks.HOLDER_OF),
            StageClock.ended_at.is_(None),
            StageClock.due_at <= horizon,
        )
        .order_by(StageClock.due_at, StageClock.id)
        .limit(limit)
    )
    editions = {calendar.version: calendar}
    found = [_danger(scope, clock, title, share, editions) for clock, title in rows]
    return tuple(danger for danger in found if danger.risk.level != "calm")


def promises(scope: Scope, kind: str) -> tuple[Promise, ...]:
    """The open work by its due, and how much of it the hands at work cannot make at their usual pace."""
    rows = scope.session.execute(
        select(Task.due_at, func.count())
        .where(Task.shop_id == scope.shop_id, Task.kind == kind, IS_OPEN)
        .group_by(Task.due_at)
        .order_by(Task.due_at)
    )
    return reach(scope, [(due_at, count) for due_at, count in rows])


def reach(scope: Scope, waiting: Sequence[tuple[datetime, int]]) -> tuple[Promise, ...]:
    """How much of what waits, by its due in order, the hands at work cannot make at their usual pace.

    Who offers hours counts with those; who offers none, and has work in hand, as long as the shop is open.
    """
    calendar, pace_s = calendars.current(scope), usual_pace_s(scope)
    offered = availability.together(scope, max((due_at for due_at, _ in waiting), default=scope.now))
    hands = _hands(scope, any_offered=offered.said > 0)
    found, ahead = [], 0
    for due_at, count in waiting:
        if due_at <= scope.now:
            found.append(Promise(due_at, count, late=count, at_risk=0))
        else:
            can = elapsed(calendar, scope.now, due_at) // pace_s * hands
            can += offered.supply.until(due_at) // pace_s
            found.append(Promise(due_at, count, 0, at_risk=min(count, max(0, ahead + count - can))))
        ahead += count
    return tuple(found)


def usual_pace_s(scope: Scope) -> int:
    """Business seconds a task usually takes in hand: the middle of the latest ones, the target while few."""
    latest = (
        select(StageClock.elapsed_s)
        .where(
            StageClock.shop_id == scope.shop_id,
            StageClock.stage == clocks.DO,
            StageClock.verdict.in_(["met", "breached"]),
        )
        .order_by(StageClock.ended_at.desc())
        .limit(MEASURED)
    )
    seconds = sorted(scope.session.scalars(latest))
    return max(1, seconds[len(seconds) // 2] if len(seconds) >= ENOUGH else rules(scope).do_s)


def _hands(scope: Scope, *, any_offered: bool) -> int:
    """Partners at work who offer no hours: those who hold something now.

    While nobody does, and nobody offers any hours either, all active ones.
    """
    said = select(OfferedHours.partner_id).where(OfferedHours.shop_id == scope.shop_id)
    others = (Task.shop_id == scope.shop_id, IS_HELD, Task.holder_id.not_in(said))
    working = scope.session.scalar(select(func.count(func.distinct(Task.holder_id))).where(*others)) or 0
    if working or any_offered:
        return working
    active = select(func.count()).where(Partner.shop_id == scope.shop_id, Partner.state.in_(WORKING))
    return scope.session.scalar(active) or 1


def _danger(
    scope: Scope, clock: StageClock, title: str, share: float, editions: dict[int, Calendar]
) -> Danger:
    if clock.calendar_version not in editions:
        editions[clock.calendar_version] = calendars.edition(scope, clock.calendar_version)
    assert clock.due_at is not None  # the query asked for those that have one
    calendar = editions[clock.calendar_version]
    risk = at_risk(calendar, clock.due_at, clock.target_s, scope.now, share=share)
    return Danger(clock.task_id, title, clock.stage, clock.owed_by, clock.due_at, risk)
