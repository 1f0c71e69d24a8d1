"""The clocks of tasks as pages show them: how each stage stands now, and the waits noted on it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select

from base import calendars
from base.hours import Calendar
from base.rows import mine
from base.scope import Scope
from base.workdays import elapsed
from security.shops import rules
from tasks.clocks import HOLDER_OF
from tasks.models import ClockPause, StageClock
from tasks.sla import at_risk

PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Stage:
    """A clock as it stands; seconds are open ones.

    `level` is calm, at_risk, late or paused while it runs, then its verdict: met, breached or void.
    """

    name: str
    round: int
    level: str
    owed_by: int
    began_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    used_s: int
    target_s: int
    late_s: int
    waits: tuple[ClockPause, ...]

    @property
    def holder(self) -> str:
        """The party that owes the move: partner or reviewer."""
        return HOLDER_OF[self.name]

    @property
    def waiting(self) -> bool:
        """Whether a wait is noted that has not ended; one that the holder owes does not stop the clock."""
        return any(wait.to_at is None for wait in self.waits)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What judging clocks needs: now, the share that is a risk, calendars by version, waits by clock."""

    now: datetime
    share: float
    editions: dict[int, Calendar]
    waits: dict[int, tuple[ClockPause, ...]]


def running(scope: Scope, task_ids: Sequence[int]) -> dict[int, Stage]:
    """The clocks that run over these tasks, by task."""
    clocks = mine(scope, StageClock).where(StageClock.task_id.in_(task_ids), StageClock.ended_at.is_(None))
    return {clock.task_id: stage for clock, stage in _judged(scope, clocks)}


def every(scope: Scope, task_id: int) -> tuple[Stage, ...]:
    """Every clock a task has had, in the order of its life."""
    clocks = mine(scope, StageClock).where(StageClock.task_id == task_id).order_by(StageClock.id)
    return tuple(stage for _clock, stage in _judged(scope, clocks))


def _judged(scope: Scope, wanted: Select[StageClock]) -> list[tuple[StageClock, Stage]]:
    clocks = scope.session.scalars(wanted).all()
    versions = {clock.calendar_version for clock in clocks}
    bench = _Bench(
        now=scope.now,
        share=rules(scope).at_risk_percent / 100,
        editions={version: calendars.edition(scope, version) for version in versions},
        waits=_waits(scope, [clock.id for clock in clocks]),
    )
    return [(clock, _stage(clock, bench)) for clock in clocks]


def _waits(scope: Scope, clock_ids: Iterable[int]) -> dict[int, tuple[ClockPause, ...]]:
    found = defaultdict(list)
    asked = mine(scope, ClockPause).where(ClockPause.clock_id.in_(clock_ids)).order_by(ClockPause.id)
    for wait in scope.session.scalars(asked):
        found[wait.clock_id].append(wait)
    return {clock_id: tuple(waits) for clock_id, waits in found.items()}


def _stage(clock: StageClock, bench: _Bench) -> Stage:
    waits = bench.waits.get(clock.id, ())
    return Stage(
        name=clock.stage,
        round=clock.round,
        level=clock.verdict or _level(clock, bench),
        owed_by=clock.owed_by,
        began_at=clock.began_at,
        due_at=clock.due_at,
        ended_at=clock.ended_at,
        used_s=clock.elapsed_s if clock.ended_at else _used(clock, waits, bench),
        target_s=clock.target_s,
        late_s=clock.late_s,
        waits=waits,
    )


def _level(clock: StageClock, bench: _Bench) -> str:
    if clock.due_at is None:
        return PAUSED
    calendar = bench.editions[clock.calendar_version]
    return at_risk(calendar, clock.due_at, clock.target_s, bench.now, share=bench.share).level


def _used(clock: StageClock, waits: Iterable[ClockPause], bench: _Bench) -> int:
    """Open seconds the holder has had so far: what others owed is cut out."""
    others = [wait for wait in waits if wait.owed_by != HOLDER_OF[clock.stage]]
    stops = [(wait.from_at, wait.to_at or bench.now) for wait in others]
    return elapsed(bench.editions[clock.calendar_version], clock.began_at, bench.now, stops)
