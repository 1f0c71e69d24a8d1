"""What the choice of a queue is made of: the partner and the queues near at hand, read in one statement.

Of many queues only those whose promises come first are read. Where that does not settle which is the first of
all, every queue is: the rule of `tasks.choosing` says when, and its answer is the same either way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from base import calendars, prepared
from base.errors import NotFound
from base.scope import Scope, recall
from partners import clearance
from tasks import surveyed
from tasks.choosing import LATELY, STANDS, Choice, Waits, Who, choose, kind_of, rank, settled
from tasks.clocks import AGREED
from tasks.passing.fronts import Left, left_behind
from tasks.passing.gate import BEGINNING, GOOD_FOR, Place
from tasks.picks import ANY
from tasks.surveyed import AT_HAND, NEVER, Which


@dataclass(frozen=True, slots=True)
class Survey:
    """A partner's card, and what they might be given; `in_line` says whether anybody else waits.

    `beyond` is the nearest of the queues that were not looked at, with the promise of its first task.
    `starts` says from where on a queue was looked at, `behind` in which the first is not for the partner:
    of many queues any, of few only those of which none of the first few are.
    `left` are the fronts that were found left behind.
    """

    id: int
    state: str
    capacity: int
    day_limit: int | None
    who: Who
    queues: tuple[Waits, ...]
    in_line: bool
    beyond: Waits | None
    starts: Mapping[str, Place]
    behind: frozenset[str]
    left: tuple[Left, ...]


def at_hand(scope: Scope, kind: str = ANY) -> Survey:
    """The actor and the queues near at hand, of a kind (or one of a name) or of any, for a claim.

    The card is theirs until the end: two claims of one stand in a row. The promise of a queue is looked for
    among its first tasks alone: whoever has answered more of them than that is taken to be given the first,
    and the claim's own statement finds out. The calendar's number is read in the same breath, for the clocks.
    Raises NotFound.
    """
    return _read(scope, scope.actor.partner_id or 0, "few", locked=True, kind=kind)


def about_task(scope: Scope, task_id: int, partner_id: int) -> Survey:
    """A partner and the queue a task waits in, with the card theirs as `at_hand`. Raises NotFound."""
    return _read(scope, partner_id, "of_task", locked=True, task=task_id)


def near(scope: Scope, kind: str = ANY) -> Survey:
    """The actor and the queues near at hand, exactly as they are. Raises NotFound."""
    return _read(scope, scope.actor.partner_id or 0, "nearest", locked=False, kind=kind)


def named(scope: Scope, queue: str) -> Survey:
    """The actor and one queue, whatever keeps them from it. Raises NotFound."""
    return _read(scope, scope.actor.partner_id or 0, "named", locked=False, kind=queue)


def of(scope: Scope, partner_id: int) -> Survey:
    """A partner and every queue of the shop, exactly as they are. Raises NotFound."""
    return _read(scope, partner_id, "every", locked=False)


def _read(
    scope: Scope, partner_id: int, which: Which, *, locked: bool, kind: str = ANY, task: int = 0
) -> Survey:
    told = {"partner": partner_id, "now": scope.now, "stands": scope.now - STANDS}
    asked = {"wanted_kind": kind, "wanted_task": task, "good_since": scope.now - GOOD_FOR}
    rows = prepared.run(scope, surveyed.survey(which, locked), told | asked).all()
    if not rows:
        raise NotFound
    card = rows[0]
    recall(scope, calendars.NUMBER, card.calendar or 0)
    recall(scope, (AGREED, card.id), card.agreed or {})
    found = [row for row in rows if row.name is not None]
    some = AT_HAND.get(which, len(found))
    beyond = found[some] if len(found) > some else None
    near_by = found[:some]
    return Survey(
        id=card.id,
        state=card.state if clearance.ready(card.cleared_until, at=scope.now) else clearance.UNREADY,
        capacity=card.capacity,
        day_limit=card.day_limit,
        who=replace(_who(card), recent=tuple((card.recent or "").split(","))),
        queues=tuple(_waits(row) for row in near_by),
        in_line=card.in_line is not None,
        beyond=replace(_waits(beyond), due_at=beyond.front) if beyond and beyond.front < NEVER else None,
        starts={row.name: _start(row) for row in near_by},
        behind=frozenset(
            row.name
            for row in near_by
            if _head(row) not in {row.due_at, NEVER} and (beyond is not None or row.due_at is None)
        ),
        left=tuple(filter(None, map(left_behind, near_by))) if which == "few" and beyond else (),
    )


def choice(scope: Scope, *, kind: str = ANY) -> Choice:
    """From which queues the actor is given work, and why, of those near at hand. Raises NotFound."""
    seen = near(scope, kind)
    made = chosen(scope, seen)
    if is_settled(scope, seen, made.order):
        return made
    return chosen(scope, of(scope, seen.id), kind=kind)


def chosen(scope: Scope, seen: Survey, *, kind: str = ANY) -> Choice:
    """From which queues the partner is given work, of one kind (or queue) or of any; who waits is heard."""
    who, queues, line = _heard(scope, seen, kind)
    return choose(who, queues, now=scope.now, line=line)


def ranked(scope: Scope, seen: Survey, *, kind: str = ANY) -> tuple[str, ...]:
    """The order of `chosen` alone, for claims."""
    who, queues, line = _heard(scope, seen, kind)
    return rank(who, queues, now=scope.now, line=line)


def is_settled(scope: Scope, seen: Survey, order: Sequence[str]) -> bool:
    """Whether the first of what was looked at is the first of all queues."""
    if seen.beyond is None:
        return True
    return settled(seen.who, seen.queues, order, beyond=seen.beyond, now=scope.now)


def _heard(scope: Scope, seen: Survey, kind: str) -> tuple[Who, Sequence[Waits], Sequence[Who]]:
    """What is chosen from: where somebody stands in line, with how much waits and what everybody had."""
    queues = tuple(one for one in seen.queues if kind in {ANY, one.kind, one.name})
    if not seen.in_line or not queues:
        return seen.who, queues, ()
    everybody = _everybody(scope, seen.id)
    who = replace(seen.who, lately=next((one.lately for one in everybody if one.id == seen.id), 0))
    return who, _counted(scope, seen.id, queues), everybody


def _everybody(scope: Scope, partner_id: int) -> tuple[Who, ...]:
    """The partner, and those who stand in line with a free hand; with how much each had lately."""
    told = {"partner": partner_id, "stands": scope.now - STANDS, "lately": scope.now - LATELY}
    return tuple(replace(_who(row), lately=row.lately) for row in prepared.run(scope, surveyed.line(), told))


def _counted(scope: Scope, partner_id: int, queues: Sequence[Waits]) -> tuple[Waits, ...]:
    names = {f"name_{place}": one.name for place, one in enumerate(queues)}
    told = {"partner": partner_id, "now": scope.now} | names
    known = {row.name: row for row in prepared.run(scope, surveyed.counts(len(names)), told)}
    return tuple(
        replace(one, count=known[one.name].n, since=known[one.name].since) if one.name in known else one
        for one in queues
    )


def _who(row: Any) -> Who:
    return Who(
        row.id,
        frozenset(map(int, row.skills.split(","))) if row.skills else frozenset(),
        frozenset(map(int, row.teams.split(","))) if row.teams else frozenset(),
        frozenset(row.objects.split(",")) if row.objects else frozenset(),
    )


def _start(row: Any) -> Place:
    return BEGINNING if row.from_slot is None else Place(row.from_slot, row.from_due, row.from_task)


def _head(row: Any) -> datetime:
    """The promise of what is first in a queue: where that was not looked at by itself, its front says it."""
    found: datetime | None = row.head if hasattr(row, "head") else row.front
    return found or NEVER


def _waits(row: Any) -> Waits:
    due_at: datetime | None = row.due_at or (_head(row) if row.far_at else None)
    return Waits(
        row.name,
        kind_of(row.name),
        row.queue_state,
        frozenset(row.asks.get("skills", ())) if row.asks else frozenset(),
        row.team_id,
        due_at,
        place=row.queue_id,
    )
