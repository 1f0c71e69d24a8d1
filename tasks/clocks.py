"""The clocks of a task's stages: begun, stopped and judged here alone, in business seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from base import calendars
from base.errors import Invalid, NotFound, Refused
from base.hours import Calendar
from base.scope import Scope
from base.workdays import add
from security import audit
from security.shops import Rules, rules
from tasks import sla
from tasks.lifecycle import (
    ACCEPTED,
    CANCELLED,
    CLAIMED,
    INSPECTION,
    OPEN,
    REJECTED,
    REWORK,
    SUBMITTED,
)
from tasks.models import ClockPause, StageClock, Task
from tasks.sla import Event, Targets
from tasks.turns import PARTIES

CLAIM, DO, REVIEW, MEND = "claim", "do", "review", "rework"
STAGE_OF = {OPEN: CLAIM, CLAIMED: DO, INSPECTION: REVIEW, REWORK: MEND}
HOLDER_OF = {CLAIM: "partner", DO: "partner", REVIEW: "reviewer", MEND: "partner"}
#: Where a task goes when the stage's own work was done; anything else left it undone.
DONE = {
    (CLAIM, CLAIMED),
    (DO, SUBMITTED),
    (REVIEW, ACCEPTED),
    (REVIEW, REWORK),
    (REVIEW, REJECTED),
    (MEND, INSPECTION),
}


class NotRunning(Refused):
    """No clock runs over this task, or it already stands as asked."""

    code = "tasks.clock_not_running"


class NoSuchParty(Invalid):
    """A wait is owed by the partner, the reviewer, the owner, the customer or the carrier."""

    code = "tasks.no_such_party"


@dataclass(frozen=True, slots=True)
class _Running:
    clock: StageClock
    pauses: tuple[ClockPause, ...]

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


def follow(scope: Scope, task: Task) -> None:
    """Ends the clock of the stage the task has left and begins the one it has come to."""
    calendar = calendars.current(scope)
    running = _running(scope, task.id)
    if running and running.clock.stage != STAGE_OF.get(task.state):
        _end(scope, running, task.state, calendar)
        running = None
    if task.state in STAGE_OF and running is None:
        _begin(scope, task, calendar)


def begin_many(scope: Scope, task_ids: Sequence[int]) -> None:
    """Begins the claim clocks of tasks just opened: one statement for an import's thousands."""
    if not task_ids:
        return
    began = _beginning(scope, CLAIM, calendars.current(scope), rules(scope))
    rows = [{"task_id": id_, "round": 1, "owed_by": 0} | began for id_ in task_ids]
    scope.session.execute(insert(StageClock), rows)


def void_many(scope: Scope, task_ids: Sequence[int]) -> None:
    """Ends the clocks of tasks nobody wants any more, without a verdict."""
    scope.session.execute(
        update(StageClock)
        .where(
            StageClock.shop_id == scope.shop_id,
            StageClock.task_id.in_(task_ids),
            StageClock.ended_at.is_(None),
        )
        .values(ended_at=scope.now, verdict="void", paused_at=None)
        .execution_options(synchronize_session=False)
    )


def pause(scope: Scope, task_id: int, *, reason: str, owed_by: str) -> None:
    """Stops the running clock for a reason somebody owes; where its own holder owes it, it runs on.

    Raises NotFound, NotRunning, NoSuchParty.
    """
    if owed_by not in PARTIES:
        raise NoSuchParty(field="owed_by")
    running = _asked(scope, task_id, paused=False)
    at = running.at(scope.now)
    due = running.stands(_edition(scope, running.clock), Event(at, "pause", reason, owed_by)).resolve_due
    _set(scope, running.clock, paused_at=at, due_at=due)
    scope.session.add(
        ClockPause(
            shop_id=scope.shop_id,
            clock_id=running.clock.id,
            reason=reason.strip()[:200],
            owed_by=owed_by,
            from_at=at,
        )
    )
    audit.note(scope, "clock.paused", subject="task", subject_id=task_id, owed_by=owed_by)


def resume(scope: Scope, task_id: int) -> None:
    """Lets a stopped clock run on; its due moves by the wait. Raises NotFound, NotRunning."""
    running = _asked(scope, task_id, paused=True)
    at = running.at(scope.now)
    due = running.stands(_edition(scope, running.clock), Event(at, "resume")).resolve_due
    _set(scope, running.clock, paused_at=None, due_at=due)
    _close_pause(scope, running.clock, at)
    audit.note(scope, "clock.resumed", subject="task", subject_id=task_id)


def _asked(scope: Scope, task_id: int, *, paused: bool) -> _Running:
    if not scope.session.scalar(
        select(Task.id).where(Task.shop_id == scope.shop_id, Task.id == task_id).with_for_update()
    ):
        raise NotFound
    running = _running(scope, task_id)
    if running is None or (running.clock.paused_at is not None) != paused:
        raise NotRunning
    return running


def _running(scope: Scope, task_id: int) -> _Running | None:
    rows = scope.session.execute(
        select(StageClock, ClockPause)
        .outerjoin(ClockPause, ClockPause.clock_id == StageClock.id)
        .where(
            StageClock.shop_id == scope.shop_id,
            StageClock.task_id == task_id,
            StageClock.ended_at.is_(None),
        )
        .order_by(ClockPause.from_at, ClockPause.id)
    ).all()
    if not rows:
        return None
    return _Running(rows[0][0], tuple(pause for _clock, pause in rows if pause is not None))


def _end(scope: Scope, running: _Running, state: str, calendar: Calendar) -> None:
    """Freezes the verdict; by the calendar the promise was made in, so that a later edition moves no due."""
    clock = running.clock
    if clock.calendar_version != calendar.version:
        calendar = calendars.edition(scope, clock.calendar_version)
    at = running.at(scope.now)
    kept = sla.verdict(calendar, running.stands(calendar, Event(at, "resolve")))
    _set(
        scope,
        clock,
        ended_at=at,
        elapsed_s=kept.elapsed_s,
        late_s=kept.late_s,
        verdict=_outcome(clock.stage, state, kept.verdict),
        due_at=kept.due,
        paused_at=None,
    )
    if any(pause.to_at is None for pause in running.pauses):
        _close_pause(scope, clock, at)


def _outcome(stage: str, state: str, judged: str) -> str:
    """A stage left undone has no verdict unless it was late already; a cancelled one has none at all."""
    if (stage, state) in DONE or (judged == "breached" and state != CANCELLED):
        return judged
    return "void"


def _begin(scope: Scope, task: Task, calendar: Calendar) -> None:
    stage = STAGE_OF[task.state]
    scope.session.add(
        StageClock(
            task_id=task.id,
            round=_nth(task, stage),
            owed_by=(task.holder_id or 0) if stage in {DO, MEND} else 0,
            **_beginning(scope, stage, calendar, rules(scope)),
        )
    )


def _nth(task: Task, stage: str) -> int:
    """The how-manieth clock of its stage this is: holds are counted by the fence, reviews by the round."""
    return {CLAIM: task.fence + 1, DO: task.fence}.get(stage, task.round)


def _beginning(scope: Scope, stage: str, calendar: Calendar, ruled: Rules) -> dict[str, object]:
    target_s: int = getattr(ruled, f"{stage}_s")
    return {
        "shop_id": scope.shop_id,
        "stage": stage,
        "target_s": target_s,
        "began_at": scope.now,
        "due_at": add(calendar, scope.now, target_s),
        "calendar_version": calendar.version,
    }


def _edition(scope: Scope, clock: StageClock) -> Calendar:
    return calendars.edition(scope, clock.calendar_version)


def _set(scope: Scope, clock: StageClock, **values: object) -> None:
    # At once and not at the next flush: the next stage's clock must not meet this one still running.
    this = (StageClock.shop_id == scope.shop_id, StageClock.id == clock.id)
    scope.session.execute(update(StageClock).where(*this).values(**values))


def _close_pause(scope: Scope, clock: StageClock, at: datetime) -> None:
    its = (ClockPause.shop_id == scope.shop_id, ClockPause.clock_id == clock.id)
    scope.session.execute(update(ClockPause).where(*its, ClockPause.to_at.is_(None)).values(to_at=at))
