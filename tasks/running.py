"""The clock that runs over a task, read with its pauses and told as events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, literal_column, not_, select

from base import prepared
from base.db import Big
from base.hours import Calendar
from base.prepared import SHOP
from base.scope import Scope
from tasks import sla
from tasks.models import ClockPause, StageClock
from tasks.sla import Event, Targets

CLAIM, DO, REVIEW, MEND = "claim", "do", "review", "rework"
HOLDER_OF = {CLAIM: "partner", DO: "partner", REVIEW: "reviewer", MEND: "partner"}


@dataclass(frozen=True, slots=True)
class Clock:
    """A running clock as its row has it."""

    id: int
    stage: str
    target_s: int
    began_at: datetime
    paused_at: datetime | None
    calendar_version: int


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait that stopped it."""

    reason: str
    owed_by: str
    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True, slots=True)
class Running:
    clock: Clock
    pauses: tuple[Pause, ...]

    @property
    def targets(self) -> Targets:
        return Targets(resolve_s=self.clock.target_s, holder=HOLDER_OF[self.clock.stage])

    @property
    def events(self) -> list[Event]:
        told = [Event(self.clock.began_at, "open")]
        for pause in self.pauses:
            told.append(Event(pause.from_at, "pause", pause.reason, pause.owed_by))
            told += [Event(pause.to_at, "resume")] if pause.to_at else []
        return told

    def at(self, now: datetime) -> datetime:
        """Now, or the clock's last event where that is later: a transaction may have begun before it."""
        return max(now, *(event.at for event in self.events))

    def stands(self, calendar: Calendar, *more: Event) -> sla.Clock:
        return sla.clock(calendar, self.targets, [*self.events, *more], more[-1].at)


def running(scope: Scope, task_id: int) -> Running | None:
    """The clock that runs over a task, if one does; at most one can."""
    rows = prepared.run(scope, _RUNNING, {"task": task_id}).all()
    if not rows:
        return None
    clock, pauses = (
        Clock(*tuple(rows[0])[:6]),
        [Pause(*tuple(row)[6:]) for row in rows if row.from_at is not None],
    )
    return Running(clock, tuple(pauses))


def beside() -> list[ColumnElement[Any]]:
    """Columns for what a change of open tasks gives: the clock that runs over each, if it never stood.

    PostgreSQL may have waited for the task, and sees its clock as it was before: of an earlier round then,
    which is not told, or stopped since, which ending it finds out.
    """
    clock = StageClock.__table__.alias("clock")
    stood = exists().where(ClockPause.shop_id == SHOP, ClockPause.clock_id == clock.c.id)
    task_id = literal_column("tasks.id", Big)  # SQLAlchemy leaves the table's name out there
    now = clock.c.round == literal_column(
        "tasks.fence", Big
    )  # the round of a claim clock is the claim's fence
    its = and_(clock.c.shop_id == SHOP, clock.c.task_id == task_id, clock.c.ended_at.is_(None), now)

    def of(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
        return select(column).where(its).scalar_subquery().label(name)

    return [
        of(case((not_(stood.correlate(clock)), clock.c.id)), "clock_id"),
        of(clock.c.target_s, "clock_target_s"),
        of(clock.c.began_at, "clock_began_at"),
        of(clock.c.calendar_version, "clock_calendar"),
    ]


def told_beside(row: Any) -> Running | None:
    """The claim clock of a row with those columns; None where it has to be read."""
    if row.clock_id is None:
        return None
    clock = Clock(row.clock_id, CLAIM, row.clock_target_s, row.clock_began_at, None, row.clock_calendar)
    return Running(clock, ())


def ahead(scope: Scope, task_id: int) -> None:
    """Asks for the clock with the next breath, see `prepared.ahead`."""
    prepared.ahead(scope, _RUNNING, {"task": task_id})


_RUNNING = (
    select(
        StageClock.id,
        StageClock.stage,
        StageClock.target_s,
        StageClock.began_at,
        StageClock.paused_at,
        StageClock.calendar_version,
        ClockPause.reason,
        ClockPause.owed_by,
        ClockPause.from_at,
        ClockPause.to_at,
    )
    .outerjoin(ClockPause, ClockPause.clock_id == StageClock.id)
    .where(StageClock.shop_id == SHOP, StageClock.task_id == bindparam("task"), StageClock.ended_at.is_(None))
    .order_by(ClockPause.from_at, ClockPause.id)
)
