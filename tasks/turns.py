"""Whose turn it is: the events of a stage read as who owed the next move, from when to when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

PARTIES = frozenset({"partner", "reviewer", "owner", "customer", "carrier"})
NAMES = frozenset(
    {
        "open",
        "respond",
        "pause",
        "resume",
        "submit",
        "return_for_rework",
        "resolve",
        "close",
        "retarget",
        "assign",
    }
)
MOVES = {"submit": "reviewer", "return_for_rework": "partner"}  # who owes the next move from then on
ENDS = frozenset({"resolve", "close"})  # a close without a resolve ends the stage as well
ANSWERS = frozenset({"respond", "submit"}) | ENDS  # handing in answers too


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a stage; `owes` is who a pause waits for, `seconds` the new target of a retarget."""

    at: datetime
    name: str
    reason: str = ""
    owes: str = ""
    seconds: int = 0

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise ValueError(f"name: no such event: {self.name}")
        if self.owes and self.owes not in PARTIES:
            raise ValueError(f"owes: no such party: {self.owes}")
        if self.name == "retarget" and self.seconds <= 0:
            raise ValueError("seconds: a target is longer than nothing")


@dataclass(frozen=True, slots=True)
class Wait:
    """A time in which somebody else than the holder owed the move; without an end it lasts."""

    start: datetime
    end: datetime | None
    owes: str
    reason: str


@dataclass(frozen=True, slots=True)
class Story:
    """A stage told from its events: when it began, was answered and ended, its target and its waits."""

    opened: datetime
    answered: datetime | None
    finished: datetime | None
    target_s: int
    waits: tuple[Wait, ...]


@dataclass(frozen=True, slots=True)
class _Turn:
    start: datetime
    owes: str
    reason: str


def story(events: Iterable[Event], as_of: datetime, *, holder: str, target_s: int) -> Story:
    """What is known of a stage at a moment; nothing after its first finish counts.

    Raises ValueError when the events do not begin with the one open.
    """
    seen = _seen(events, as_of)
    finished = seen[-1].at if seen[-1].name in ENDS else None
    targets = [target_s, *(event.seconds for event in seen if event.name == "retarget")]
    return Story(
        opened=seen[0].at,
        answered=next((event.at for event in seen if event.name in ANSWERS), None),
        finished=finished,
        target_s=targets[-1],
        waits=_waits(holder, _turns(holder, seen), finished),
    )


def waits_on(waits: Sequence[Wait]) -> str | None:
    """Who owes the wait that still lasts: "" when nobody was named, None when nothing waits."""
    return waits[-1].owes if waits and waits[-1].end is None else None


def _seen(events: Iterable[Event], as_of: datetime) -> list[Event]:
    seen = sorted((event for event in events if event.at <= as_of), key=lambda event: event.at)
    end = next((place for place, event in enumerate(seen) if event.name in ENDS), len(seen))
    seen = seen[: end + 1]
    if [place for place, event in enumerate(seen) if event.name == "open"] != [0]:
        raise ValueError("events: a stage begins with its one open")
    return seen


def _turns(holder: str, seen: Sequence[Event]) -> list[_Turn]:
    """A pause lasts until its resume or until the work itself moves; a pause within a pause replaces it."""
    mine = _Turn(seen[0].at, holder, "")
    turns = [mine]
    for event in seen:
        if event.name == "pause":
            turns.append(_Turn(event.at, event.owes, event.reason))
        elif event.name in MOVES:
            mine = _Turn(event.at, MOVES[event.name], event.reason or event.name)
            turns.append(mine)
        elif event.name == "resume":
            turns.append(_Turn(event.at, mine.owes, mine.reason))
    return turns


def _waits(holder: str, turns: Sequence[_Turn], finished: datetime | None) -> tuple[Wait, ...]:
    ends = [turn.start for turn in turns[1:]] + [finished]
    return tuple(
        Wait(turn.start, end, turn.owes, turn.reason)
        for turn, end in zip(turns, ends, strict=True)
        if turn.owes != holder
    )
