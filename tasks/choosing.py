"""From which queue a partner is given work: decided by queue, never by task, with the reasons (pure).

The order among queues is three thoughts. The promise comes first: what must leave within two hours is given
in the order of its promise and nothing else is looked at. What is due later is of like urgency when it falls
into the same four hours; there whoever had the same work three times running is given another, if another
waits. And where less waits than there are people standing in line for it who had less lately, it is kept for
them for twenty minutes, unless it must leave. In a pull system nobody can be made to come: fairness is that
whoever says that they wait goes first, for a time that everybody can see.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

URGENT = timedelta(hours=2)
LIKE = timedelta(hours=4)  # promises that fall into the same of these are of like urgency
RUNNING = 3  # the same queue so many times is enough of it, where there is a choice
KEPT_FOR = timedelta(minutes=20)
LATELY = timedelta(days=7)  # over which is counted who had less
STANDS = timedelta(hours=2)  # in line, until one asks again

#: Why a queue is the one (`promised`, `urgent`, `only`, `change`), comes after it, or is not given from.
Code = Literal[
    "urgent",
    "promised",
    "only",
    "change",
    "later",
    "enough",
    "kept",
    "empty",
    "paused",
    "not_trained",
    "not_your_team",
    "you_objected",
]
GIVEN: frozenset[str] = frozenset({"urgent", "promised", "only", "change"})
FOREIGN: frozenset[str] = frozenset({"not_trained", "not_your_team"})
NEXT: frozenset[str] = frozenset({"later", "enough"})  # may be given too, once what comes before is gone


@dataclass(frozen=True, slots=True)
class Policy:
    """Which thoughts count besides the promise."""

    fair: bool = True
    varied: bool = True


@dataclass(frozen=True, slots=True)
class Who:
    """What the choice knows of a partner; `lately` is how much they took, `recent` from which queues."""

    id: int
    skills: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    objects: frozenset[str] = frozenset()
    recent: tuple[str, ...] = ()
    lately: int = 0


@dataclass(frozen=True, slots=True)
class Waits:
    """What the choice knows of a queue: what it asks, and the promise of the first task for this partner.

    `due_at` is none where nothing waits for them. `count` (to a bound) and `since`, when the first was
    opened, are looked at only where somebody stands in line. Of like promises the lower `place` comes first.
    """

    name: str
    kind: str
    state: str = "open"
    asks: frozenset[int] = frozenset()
    team_id: int | None = None
    due_at: datetime | None = None
    count: int = 0
    since: datetime | None = None
    place: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What was decided about one queue: the words of a code are `tasks.chosen.<code>`.

    `due_at` is the promise of its first task, `until` how long it is kept, `n` for how many or how often,
    `missing` the skills that one lacks, `team_id` whose it is.
    """

    queue: str
    kind: str
    code: Code
    due_at: datetime | None = None
    until: datetime | None = None
    n: int = 0
    missing: tuple[int, ...] = ()
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The queues a partner may be given from, the first first, and what was decided about every one."""

    order: tuple[str, ...]
    trace: tuple[Seen, ...]

    @property
    def first(self) -> Seen | None:
        """What was decided about the queue that is given from."""
        return next((seen for seen in self.trace if seen.code in GIVEN), None)


def queue_name(kind: str, *, sop_id: int | None = None, team_id: int | None = None) -> str:
    """How a queue is called: its kind, then what narrows it; `kind_of` reads the kind back."""
    return kind + (f".s{sop_id}" if sop_id else "") + (f".t{team_id}" if team_id else "")


def kind_of(queue: str) -> str:
    """The kind of a queue's work."""
    return queue.partition(".")[0]


def barred(who: Who, queue: Waits) -> Seen | None:
    """What keeps a queue's work from a partner, whatever waits there; None where nothing does."""
    if queue.state != "open":
        return Seen(queue.name, queue.kind, "paused")
    if queue.asks and (missing := queue.asks - who.skills):
        return Seen(queue.name, queue.kind, "not_trained", missing=tuple(sorted(missing)))
    if queue.team_id is not None and queue.team_id not in who.teams:
        return Seen(queue.name, queue.kind, "not_your_team", team_id=queue.team_id)
    if queue.kind in who.objects:
        return Seen(queue.name, queue.kind, "you_objected")
    return None


def choose(
    who: Who,
    queues: Sequence[Waits],
    *,
    now: datetime,
    line: Iterable[Who] = (),
    policy: Policy = Policy(),
) -> Choice:
    """In which order a partner is given from the queues, and why, for each of them.

    `line` are those who stand in line with a free hand.
    """
    ahead = _ahead(who, line, policy)
    decided = {queue.name: barred(who, queue) or _waiting(queue, ahead, now) for queue in queues}
    may = [queue for queue in queues if decided[queue.name] is None]
    ranked = sorted(may, key=lambda queue: _rank(who, queue, now, policy))
    told = {queue.name: _told(who, ranked, place, now, policy) for place, queue in enumerate(ranked)}
    trace = [told.get(queue.name) or decided[queue.name] for queue in queues]
    return Choice(tuple(queue.name for queue in ranked), tuple(seen for seen in trace if seen))


def rank(who: Who, queues: Sequence[Waits], *, now: datetime, line: Iterable[Who] = ()) -> tuple[str, ...]:
    """The order of `choose` alone, for claims: nothing is said about what is not given."""
    policy = Policy()
    ahead = _ahead(who, line, policy)
    there = [queue for queue in queues if queue.due_at is not None and barred(who, queue) is None]
    may = [queue for queue in there if not ahead or _kept(queue, ahead, now) is None]
    return tuple(queue.name for queue in sorted(may, key=lambda queue: _rank(who, queue, now, policy)))


def settled(who: Who, queues: Sequence[Waits], order: Sequence[str], *, beyond: Waits, now: datetime) -> bool:
    """Whether the first of these is the first of all: the others are promised no sooner than `beyond`.

    Turns included: whoever has had enough of the first is given another of like urgency, seen or not.
    """
    first = next((queue for queue in queues if queue.name == order[0]), None) if order else None
    return first is not None and _rank(who, first, now, Policy()) <= _rank(_NOBODY, beyond, now, Policy())


def _ahead(who: Who, line: Iterable[Who], policy: Policy) -> list[Who]:
    """Those in line who had less lately."""
    return [one for one in line if one.lately < who.lately and one.id != who.id] if policy.fair else []


def urgency(due_at: datetime, now: datetime) -> int:
    """0 for what must leave within two hours or is late, then one more for every four hours."""
    left = due_at - now
    return 0 if left <= URGENT else 1 + (left - URGENT) // LIKE


def _waiting(queue: Waits, ahead: Sequence[Who], now: datetime) -> Seen | None:
    if queue.due_at is None:
        return Seen(queue.name, queue.kind, "empty")
    return _kept(queue, ahead, now)


def _kept(queue: Waits, ahead: Sequence[Who], now: datetime) -> Seen | None:
    """Less waits than people who had less lately stand in line for it: theirs for a time, if it may wait."""
    assert queue.due_at is not None
    if not ahead or queue.since is None or urgency(queue.due_at, now) == 0:
        return None
    able = sum(barred(one, queue) is None for one in ahead)
    until = min(queue.since + KEPT_FOR, queue.due_at - URGENT)
    if able == 0 or queue.count > able or until <= now:
        return None
    return Seen(queue.name, queue.kind, "kept", due_at=queue.due_at, until=until, n=able)


def _rank(who: Who, queue: Waits, now: datetime, policy: Policy) -> tuple[int, bool, datetime, int, str]:
    assert queue.due_at is not None
    if not policy.varied:
        return 0, False, queue.due_at, queue.place, queue.name
    level = urgency(queue.due_at, now)
    return level, level > 0 and _has_had_enough(who, queue), queue.due_at, queue.place, queue.name


_NOBODY = Who(0)  # has had enough of nothing


def _has_had_enough(who: Who, queue: Waits) -> bool:
    """Whether the last three tasks were all of this queue."""
    return len(who.recent) >= RUNNING and set(who.recent[:RUNNING]) == {queue.name}


def _told(who: Who, ranked: Sequence[Waits], place: int, now: datetime, policy: Policy) -> Seen:
    """Why a queue stands where it stands among those that may be given."""
    queue = ranked[place]
    assert queue.due_at is not None
    return Seen(queue.name, queue.kind, _why(who, ranked, place, now, policy), due_at=queue.due_at)


def _why(who: Who, ranked: Sequence[Waits], place: int, now: datetime, policy: Policy) -> Code:
    queue = ranked[place]
    assert queue.due_at is not None
    level = urgency(queue.due_at, now)
    if place > 0:
        enough = policy.varied and level > 0 and _has_had_enough(who, queue)
        return "enough" if enough and level == _level(ranked[0], now) else "later"
    if len(ranked) == 1:
        return "only"
    if level == 0:
        return "urgent"
    sooner = any(other.due_at and other.due_at < queue.due_at for other in ranked[1:])
    return "change" if sooner else "promised"


def _level(queue: Waits, now: datetime) -> int:
    assert queue.due_at is not None
    return urgency(queue.due_at, now)
