"""The clocks of a task's stages: begun, stopped and judged here alone, in business seconds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from base import calendars, prepared
from base.db import Utc
from base.errors import Invalid, NotFound, Refused, Stale
from base.hours import Calendar
from base.prepared import SHOP
from base.scope import Scope, remembered
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
from tasks.running import CLAIM, DO, HOLDER_OF, MEND, REVIEW, Clock, Running, running
from tasks.sla import Event
from tasks.turns import PARTIES

__all__ = [
    "AGREED",
    "CLAIM",
    "DO",
    "HOLDER_OF",
    "MEND",
    "REVIEW",
    "NoSuchParty",
    "NotRunning",
    "begin_many",
    "follow",
    "pause",
    "resume",
    "void_many",
]

AGREED = "agreed"  # what a partner has agreed to, as it was read beside their card
STAGE_OF = {OPEN: CLAIM, CLAIMED: DO, INSPECTION: REVIEW, REWORK: MEND}
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


def follow(scope: Scope, task: Task, left: str, seen: Running | None = None) -> None:
    """Ends the clock of the stage the task has left and begins the one it has come to.

    `seen` is the clock that runs, where it is known already.
    """
    stage = STAGE_OF.get(task.state)
    if seen is None and left in STAGE_OF:
        seen = running(scope, task.id)
    if seen and seen.clock.stage != stage:
        _end(scope, seen, task.state)
        seen = None
    if stage is not None and seen is None:
        _begin(scope, task, stage)


def begin_many(scope: Scope, task_ids: Sequence[int]) -> None:
    """Begins the claim clocks of tasks just opened: one statement for an import's thousands."""
    if not task_ids:
        return
    began = _beginning(scope, CLAIM, calendars.current(scope), rules(scope))
    rows = [{"task_id": id_, "round": 1, "owed_by": 0} | began for id_ in task_ids]
    prepared.put(scope, StageClock, *rows)


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


def _asked(scope: Scope, task_id: int, *, paused: bool) -> Running:
    if not scope.session.scalar(
        select(Task.id).where(Task.shop_id == scope.shop_id, Task.id == task_id).with_for_update()
    ):
        raise NotFound
    found = running(scope, task_id)
    if found is None or (found.clock.paused_at is not None) != paused:
        raise NotRunning
    return found


def _end(scope: Scope, running: Running, state: str) -> None:
    """Freezes the verdict; by the calendar the promise was made in, so that a later edition moves no due.

    Raises Stale where the clock no longer stands as it was seen.
    """
    clock, calendar = running.clock, _edition(scope, running.clock)
    at = running.at(scope.now)
    kept = sla.verdict(calendar, running.stands(calendar, Event(at, "resolve")))
    ended = {
        "of": clock.id,
        "stood": clock.paused_at,
        "at": at,
        "due": kept.due,
        "elapsed": kept.elapsed_s,
        "late": kept.late_s,
        "outcome": _outcome(clock.stage, state, kept.verdict),
    }
    prepared.must(scope, _ENDING, ended, Stale())
    if any(pause.to_at is None for pause in running.pauses):
        _close_pause(scope, clock, at)


CLOCKS: Any = StageClock.__table__
_ENDING = (
    update(CLOCKS)
    .where(
        CLOCKS.c.shop_id == SHOP,
        CLOCKS.c.id == bindparam("of"),
        CLOCKS.c.ended_at.is_(None),
        CLOCKS.c.paused_at.is_not_distinct_from(bindparam("stood", type_=Utc())),
    )
    .values(
        ended_at=bindparam("at"),
        due_at=bindparam("due"),
        elapsed_s=bindparam("elapsed"),
        late_s=bindparam("late"),
        verdict=bindparam("outcome"),
        paused_at=None,
    )
)


def _outcome(stage: str, state: str, judged: str) -> str:
    """A stage left undone has no verdict unless it was late already; a cancelled one has none at all."""
    if (stage, state) in DONE or (judged == "breached" and state != CANCELLED):
        return judged
    return "void"


def _begin(scope: Scope, task: Task, stage: str) -> None:
    target_s = _agreed_s(scope, task) if stage == DO else None
    began = _beginning(scope, stage, calendars.current(scope), rules(scope), target_s)
    owed_by = (task.holder_id or 0) if stage in {DO, MEND} else 0
    prepared.put(
        scope, StageClock, {"task_id": task.id, "round": _nth(task, stage), "owed_by": owed_by} | began
    )


def _agreed_s(scope: Scope, task: Task) -> int | None:
    """The business seconds the holder has agreed to for this kind; read beside their card, none otherwise."""
    agreed: dict[str, Any] = remembered(scope, (AGREED, task.holder_id), dict)
    seconds: int | None = agreed.get("do_s", {}).get(task.kind)
    return seconds


def _nth(task: Task, stage: str) -> int:
    """The how-manieth clock of its stage this is: holds are counted by the fence, reviews by the round."""
    return {CLAIM: task.fence + 1, DO: task.fence}.get(stage, task.round)


def due_of(scope: Scope, stage: str) -> datetime:
    """When a clock that begins now is due."""
    began = _beginning(scope, stage, calendars.current(scope), rules(scope))
    due: datetime = began["due_at"]
    return due


def _beginning(
    scope: Scope, stage: str, calendar: Calendar, ruled: Rules, agreed_s: int | None = None
) -> dict[str, Any]:
    target_s: int = agreed_s or getattr(ruled, f"{stage}_s")
    return {
        "stage": stage,
        "target_s": target_s,
        "began_at": scope.now,
        "due_at": add(calendar, scope.now, target_s),
        "calendar_version": calendar.version,
    }


def _edition(scope: Scope, clock: Clock) -> Calendar:
    return calendars.edition(scope, clock.calendar_version)


def _set(scope: Scope, clock: Clock, **values: object) -> None:
    this = (StageClock.shop_id == scope.shop_id, StageClock.id == clock.id)
    scope.session.execute(update(StageClock).where(*this).values(**values))


def _close_pause(scope: Scope, clock: Clock, at: datetime) -> None:
    its = (ClockPause.shop_id == scope.shop_id, ClockPause.clock_id == clock.id)
    scope.session.execute(update(ClockPause).where(*its, ClockPause.to_at.is_(None)).values(to_at=at))
