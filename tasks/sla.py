"""The clock of a stage: how much of its promise is used, what is at risk, late or kept, in business seconds.

The clock follows who owes the next move. It runs while the stage's holder owes it and stands while anyone
else does: handing in passes the move to the reviewer, sending back gives the partner the time that was left,
and a pause stops the clock unless the holder owes the wait. So the delay of an owner or a reviewer is never
the partner's. Exactly on target is met.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from base.workdays import Calendar, Span, add, elapsed
from tasks.turns import PARTIES, Event, Story, Wait, story, waits_on

__all__ = ["Clock", "Event", "Risk", "Targets", "Verdict", "Wait", "at_risk", "clock", "verdict", "waited_s"]

Status = Literal["response_due", "resolution_due", "paused", "failed", "fulfilled"]


@dataclass(frozen=True, slots=True)
class Targets:
    """The promise of a stage in business seconds, and whose it is; no respond_s, no answer promised."""

    resolve_s: int
    respond_s: int | None = None
    holder: str = "partner"

    def __post_init__(self) -> None:
        if self.resolve_s <= 0 or (self.respond_s is not None and self.respond_s <= 0):
            raise ValueError("targets: a target is longer than nothing")
        if self.holder not in PARTIES:
            raise ValueError(f"holder: no such party: {self.holder}")


@dataclass(frozen=True, slots=True)
class Clock:
    """A stage as it stands: an open due is None while the stage waits, all is frozen once it is finished."""

    status: Status
    response_due: datetime | None
    resolve_due: datetime | None
    target_s: int
    elapsed_s: int
    late_s: int
    response_late_s: int
    waits: tuple[Wait, ...]
    finished: datetime | None

    @property
    def paused(self) -> bool:
        """Whether the clock stands still now."""
        return self.waits_on is not None

    @property
    def waits_on(self) -> str | None:
        """Who owes the wait that stops the clock now: "" when nobody was named, None while it runs."""
        return waits_on(self.waits)

    @property
    def response_breached(self) -> bool:
        """Whether the answer took longer than promised."""
        return self.response_late_s > 0

    @property
    def resolution_breached(self) -> bool:
        """Whether the stage took longer than promised."""
        return self.late_s > 0


@dataclass(frozen=True, slots=True)
class Risk:
    """How a due stands: calm, at risk by the share used or by the queue ahead, or late."""

    level: Literal["calm", "at_risk", "late"]
    reason: Literal["", "share", "queue"]
    used_s: int
    remaining_s: int
    late_s: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is kept of a finished stage for good; a later edition of the calendar never rewrites it."""

    due: datetime
    elapsed_s: int
    target_s: int
    late_s: int
    verdict: Literal["met", "breached"]
    calendar_version: int


def clock(calendar: Calendar, targets: Targets, events: Iterable[Event], as_of: datetime) -> Clock:
    """The clock of a stage at a moment, from its events up to then; nothing after its first finish counts.

    Raises ValueError when the events do not begin with the one open, NeverOpen when no due can be found.
    """
    told = story(events, as_of, holder=targets.holder, target_s=targets.resolve_s)
    until = told.finished or as_of
    stops = [(wait.start, wait.end or until) for wait in told.waits]
    elapsed_s = elapsed(calendar, told.opened, until, stops)
    late_s = max(0, elapsed_s - told.target_s)
    response_late_s = 0
    if targets.respond_s is not None:
        answered_s = elapsed(calendar, told.opened, told.answered or until, stops)
        response_late_s = max(0, answered_s - targets.respond_s)
    waiting = waits_on(told.waits) is not None
    return Clock(
        status="failed" if late_s or response_late_s else _status(told, targets),
        response_due=_response_due(calendar, targets, told, stops),
        resolve_due=None if waiting else add(calendar, told.opened, told.target_s, stops),
        target_s=told.target_s,
        elapsed_s=elapsed_s,
        late_s=late_s,
        response_late_s=response_late_s,
        waits=told.waits,
        finished=told.finished,
    )


def waited_s(calendar: Calendar, waits: Iterable[Wait], as_of: datetime) -> dict[str, int]:
    """Business seconds a clock stood still, by who owed the wait."""
    totals: dict[str, int] = {}
    for wait in waits:
        totals[wait.owes] = totals.get(wait.owes, 0) + elapsed(calendar, wait.start, wait.end or as_of)
    return totals


def at_risk(
    calendar: Calendar,
    due: datetime,
    target_s: int,
    as_of: datetime,
    *,
    share: float = 0.8,
    queue_ahead_s: int = 0,
) -> Risk:
    """Whether a due is in danger before it is late: by the share of its allowance used, or the queue ahead.

    queue_ahead_s are the business seconds of work until this can be finished, its own included.
    """
    remaining_s = elapsed(calendar, as_of, due)
    late_s = elapsed(calendar, due, as_of)
    used_s = max(0, target_s - remaining_s + late_s)
    if late_s > 0:
        return Risk("late", "", used_s, 0, late_s)
    if queue_ahead_s > remaining_s:
        return Risk("at_risk", "queue", used_s, remaining_s, 0)
    if used_s >= share * target_s:
        return Risk("at_risk", "share", used_s, remaining_s, 0)
    return Risk("calm", "", used_s, remaining_s, 0)


def verdict(calendar: Calendar, finished: Clock) -> Verdict:
    """The verdict to keep of a finished stage; raises ValueError while its clock is open."""
    if finished.finished is None or finished.resolve_due is None:
        raise ValueError("clock: not finished")
    return Verdict(
        due=finished.resolve_due,
        elapsed_s=finished.elapsed_s,
        target_s=finished.target_s,
        late_s=finished.late_s,
        verdict="breached" if finished.resolution_breached else "met",
        calendar_version=calendar.version,
    )


def _status(told: Story, targets: Targets) -> Status:
    if told.finished:
        return "fulfilled"
    if waits_on(told.waits) is not None:
        return "paused"
    return "resolution_due" if told.answered or targets.respond_s is None else "response_due"


def _response_due(
    calendar: Calendar, targets: Targets, told: Story, stops: Sequence[Span]
) -> datetime | None:
    if targets.respond_s is None or (told.answered is None and waits_on(told.waits) is not None):
        return None
    # What waits after the answer belongs to the resolution and moves this due no more.
    before = [stop for stop in stops if told.answered is None or stop[0] < told.answered]
    return add(calendar, told.opened, targets.respond_s, before)
