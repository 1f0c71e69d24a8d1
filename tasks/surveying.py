"""What the choice of a queue is made of: the partner and every queue of the shop, read in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    ScalarSelect,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from base import calendars, prepared
from base.db import Utc
from base.errors import NotFound
from base.prepared import SHOP
from base.scope import Scope, recall
from partners import clearance, standings
from partners.models import Objection, Partner, PartnerSkill, TeamMember
from tasks.choosing import LATELY, RUNNING, STANDS, Choice, Waits, Who, choose, kind_of, rank
from tasks.clocks import AGREED
from tasks.models import Queue, Sop, Task
from tasks.picks import ANY, IS_HELD, IS_OPEN, ME, TASKS, first_of, near

NEAR = 4  # of a queue's first tasks so many are looked at one by one
COMMA: Any = literal_column("','")
MOST_IN_LINE = 20  # of whom the choice knows: more do not make it fairer, and cost every claim


@dataclass(frozen=True, slots=True)
class Survey:
    """A partner's card, and what they might be given; `in_line` says whether anybody else waits."""

    id: int
    state: str
    capacity: int
    day_limit: int | None
    who: Who
    queues: tuple[Waits, ...]
    in_line: bool


def survey(scope: Scope, *, locked: bool) -> Survey:
    """The actor and the queues. Locked, the card is theirs until the end: two claims of one stand in a row.

    For a claim, which is locked, the promise of a queue is looked for among its first tasks alone: whoever
    has answered more of them than that is taken to be given what comes after, and the claim's own statement
    finds out. The calendar's number is read in the same breath, for the clocks. Raises NotFound.
    """
    return of(scope, scope.actor.partner_id or 0, locked=locked)


def of(scope: Scope, partner_id: int, *, locked: bool) -> Survey:
    """A partner and the queues, as `survey`. Raises NotFound."""
    rows = prepared.run(
        scope, _survey(locked), {"partner": partner_id, "now": scope.now, "stands": scope.now - STANDS}
    ).all()
    if not rows:
        raise NotFound
    card = rows[0]
    recall(scope, calendars.NUMBER, card.calendar or 0)
    recall(scope, (AGREED, card.id), card.agreed or {})
    return Survey(
        id=card.id,
        state=card.state if clearance.ready(card.cleared_until, at=scope.now) else clearance.UNREADY,
        capacity=card.capacity,
        day_limit=card.day_limit,
        who=replace(_who(card), recent=tuple((card.recent or "").split(","))),
        queues=tuple(_waits(row) for row in rows if row.name is not None),
        in_line=card.in_line is not None,
    )


def chosen(scope: Scope, seen: Survey, *, kind: str = ANY) -> Choice:
    """From which queues the partner is given work, of one kind (or queue) or of any; who waits is heard."""
    who, queues, line = _heard(scope, seen, kind)
    return choose(who, queues, now=scope.now, line=line)


def ranked(scope: Scope, seen: Survey, *, kind: str = ANY) -> tuple[str, ...]:
    """The order of `chosen` alone, for claims."""
    who, queues, line = _heard(scope, seen, kind)
    return rank(who, queues, now=scope.now, line=line)


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
    return tuple(replace(_who(row), lately=row.lately) for row in prepared.run(scope, _line(), told))


def _counted(scope: Scope, partner_id: int, queues: Sequence[Waits]) -> tuple[Waits, ...]:
    rows = prepared.run(scope, _counts(), {"partner": partner_id, "now": scope.now})
    known = {row.name: row for row in rows}
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


def _waits(row: Any) -> Waits:
    return Waits(
        row.name,
        kind_of(row.name),
        row.queue_state,
        frozenset(row.asks.get("skills", ())) if row.asks else frozenset(),
        row.team_id,
        row.due_at,
    )


def _all(column: Any, owner: Any, of: Any, label: str) -> ColumnElement[str]:
    """The values a partner has in a small table, with commas between them."""
    rows = select(func.aggregate_strings(cast(column, String), COMMA))
    rows = rows.where(owner.shop_id == SHOP, owner.partner_id == of)
    return rows.scalar_subquery().label(label)


def _about(of: Any) -> tuple[ColumnElement[str], ...]:
    """What a partner has learned, which teams they are in, and what they would rather not do."""
    return (
        _all(PartnerSkill.skill_id, PartnerSkill, of, "skills"),
        _all(TeamMember.team_id, TeamMember, of, "teams"),
        _all(Objection.kind, Objection, of, "objects"),
    )


def _recent() -> ColumnElement[str]:
    """The queues of the partner's last tasks."""
    last = (
        select(Task.queue)
        .where(Task.shop_id == SHOP, Task.holder_id == ME, Task.claimed_at.is_not(None))
        .order_by(Task.claimed_at.desc())
        .limit(RUNNING)
        .subquery()
    )
    return select(func.aggregate_strings(last.c.queue, COMMA)).scalar_subquery().label("recent")


def _stands(who: Any) -> tuple[ColumnElement[bool], ...]:
    """Whether somebody stands in line: asked to be next, and has taken nothing since."""
    since = select(Task.id).where(
        Task.shop_id == SHOP, Task.holder_id == who.id, Task.claimed_at > who.waiting_since
    )
    asked = who.waiting_since >= bindparam("stands", type_=Utc())
    return who.shop_id == SHOP, asked, who.state == "active", since.limit(1).scalar_subquery().is_(None)


@cache
def _survey(locked: bool) -> Select[Any]:
    """One row a queue, the partner's card beside each; one row with no queue where there is none yet."""
    other = Partner.__table__.alias("other").c
    line = select(other.id).where(*_stands(other), other.id != ME).limit(1)
    stmt: Select[Any] = (
        select(
            *(
                Partner.id,
                Partner.state,
                Partner.cleared_until,
                Partner.agreed,
                standings.room(),
                Partner.day_limit,
            ),
            calendars.NEWEST.scalar_subquery().label("calendar"),
            *_about(ME),
            _recent(),
            line.scalar_subquery().label("in_line"),
            *(Queue.name, Queue.state.label("queue_state"), Queue.team_id, Sop.asks),
            (_near_due() if locked else _first_due()).label("due_at"),
        )
        .join_from(Partner, Queue, Queue.shop_id == Partner.shop_id, isouter=True)
        .join(Sop, Sop.id == Queue.sop_id, isouter=True)
        .where(Partner.shop_id == SHOP, Partner.id == ME)
        .order_by(Queue.id)
    )
    return stmt.with_for_update(of=Partner) if locked else stmt


def _first_due() -> ScalarSelect[datetime]:
    return first_of(Queue.name, "due_at").correlate(Queue).scalar_subquery()


def _near_due() -> ColumnElement[datetime]:
    """The promise of what the partner may be given of a queue's first tasks, else of what follows."""
    found = near(Queue.name, NEAR).correlate(Queue).scalar_subquery()
    beyond = select(TASKS.c.due_at).where(TASKS.c.shop_id == SHOP, TASKS.c.queue == Queue.name, IS_OPEN)
    beyond = beyond.order_by(TASKS.c.slot, TASKS.c.due_at, TASKS.c.id).limit(1).offset(NEAR)
    return func.coalesce(found, beyond.correlate(Queue).scalar_subquery())


@cache
def _line() -> Executable:
    """The actor, and those who stand in line, the longest first."""
    who = Partner.__table__.alias("waiting").c
    held = select(func.count()).where(Task.shop_id == SHOP, Task.holder_id == who.id, IS_HELD)
    lately = select(func.count()).where(
        Task.shop_id == SHOP,
        Task.holder_id == Partner.id,
        Task.claimed_at >= bindparam("lately", type_=Utc()),
    )
    free = held.scalar_subquery() < standings.room(who)
    waiting = select(who.id).where(*_stands(who), free).order_by(who.waiting_since).limit(MOST_IN_LINE)
    had = lately.scalar_subquery().label("lately")
    everybody = select(Partner.id, *_about(Partner.id), had)
    return everybody.where(Partner.shop_id == SHOP, or_(Partner.id == ME, Partner.id.in_(waiting)))


@cache
def _counts() -> Select[Any]:
    """How many wait in each queue that is given from, to a bound, and since when the first does."""
    some = (
        select(TASKS.c.id)
        .where(TASKS.c.shop_id == SHOP, TASKS.c.queue == Queue.name, IS_OPEN)
        .limit(MOST_IN_LINE + 1)
        .correlate(Queue)
    )
    return select(
        Queue.name,
        select(func.count()).select_from(some.subquery()).scalar_subquery().label("n"),
        first_of(Queue.name, "opened_at").correlate(Queue).scalar_subquery().label("since"),
    ).where(Queue.shop_id == SHOP, Queue.state == "open")
