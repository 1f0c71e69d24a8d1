"""A partner's day: what is in hand, what came back and why, what was earned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from base import calendars
from base.rows import mine
from base.scope import Scope
from partners import clearance, standings
from partners.lifecycle import WORKING
from partners.models import PayLine
from partners.pay import hours
from partners.pay.wages import Hourly, minimum_on
from tasks import offering, queues, surveying
from tasks.choosing import Choice
from tasks.lifecycle import CANCELLED, CLAIMED, INSPECTION, REWORK, SUBMITTED
from tasks.marks import Mark, marks_of
from tasks.models import LateDraft, Task
from tasks.queries import card, pieces
from tasks.queues import Waiting
from tasks.steps import IS_HELD, IS_OPEN

RECENT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A task in a partner's hands; marks are what came back with it."""

    id: int
    kind: str
    title: str
    state: str
    due_at: datetime
    lease_until: datetime
    won: int
    pieces: int
    marks: tuple[Mark, ...]
    note: str
    rubric: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """Unfinished work of a partner on a task that may be taken again."""

    task_id: int
    kind: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Today:
    """A partner's day: in hand, sent back, taken away, kept for later, waiting for the reviewer, earned.

    `waiting` is what the partner may be given, the first at the head; `offered` what is theirs before others.
    In won: `expected` is what the work under review pays if accepted, `month` this month's pay so far, and
    `hourly` what an hour in hand came to in it, none while too little was in hand to say.
    """

    held: tuple[Held, ...]
    sent_back: tuple[Held, ...]
    cancelled: tuple[str, ...]
    kept: tuple[Kept, ...]
    in_review: int
    expected: int
    accepted: int
    earned: int
    month: int
    hourly: int | None
    waiting: tuple[Waiting, ...]
    offered: tuple[Task, ...]
    capacity: int
    active: bool
    unready: bool  # something is asked before any work, or asked anew
    ends_soon: bool  # what allows work runs out within a month

    @property
    def offers(self) -> int:
        """How much work waits, of every kind."""
        return sum(one.count for one in self.waiting)


def today(scope: Scope, choice: Choice | None = None) -> Today:
    """The partner's own day, with what the choice gives them. Raises NotFound for one without a card."""
    partner = card(scope)
    cleared = clearance.ready(partner.cleared_until, at=scope.now)
    unready = partner.state in clearance.NOT_READY or not cleared
    choice = choice or surveying.choice(scope)
    held = mine(scope, Task).where(Task.holder_id == partner.id, IS_HELD).options(joinedload(Task.revision))
    rows = scope.session.scalars(held.order_by(Task.lease_until, Task.id)).all()
    counts = pieces(scope, rows)
    in_hand = [_held(task, counts) for task in rows]
    accepted, earned, month = _earned(scope, partner.id)
    in_review, expected = _in_review(scope, partner.id)
    return Today(
        held=tuple(one for one in in_hand if one.state == CLAIMED),
        sent_back=tuple(one for one in in_hand if one.state == REWORK),
        cancelled=_cancelled(scope, partner.id),
        kept=_kept(scope, partner.id),
        in_review=in_review,
        expected=expected,
        accepted=accepted,
        earned=earned,
        month=month,
        hourly=_hourly(scope, partner.id),
        waiting=queues.waiting_in(scope, choice.order),
        offered=offering.for_me(scope),
        capacity=standings.most_held(scope, partner.id),
        active=partner.state in WORKING and not unready,
        unready=unready,
        ends_soon=not unready and not clearance.ready(partner.cleared_until, at=scope.now + clearance.SOON),
    )


def this_month(scope: Scope) -> int:
    """What the partner has earned since the shop's month began, in won."""
    return _earned(scope, scope.actor.partner_id or 0)[2]


def _hourly(scope: Scope, partner_id: int) -> int | None:
    """What an hour in hand came to this month, in won, as the page of pay says it."""
    begins = _first(scope, calendars.midnight(scope))
    worked = hours.of_partner(scope, partner_id, PayLine.at >= begins)
    return Hourly(worked.won, worked.seconds, minimum_on(calendars.day_of(scope, begins))).won


def _held(task: Task, counts: dict[int, tuple[int, int]]) -> Held:
    assert task.lease_until is not None  # a CHECK of the table: what is held is held for a time
    return Held(
        id=task.id,
        kind=task.kind,
        title=task.title,
        state=task.state,
        due_at=task.due_at,
        lease_until=task.lease_until,
        won=task.won or 0,
        pieces=counts.get(task.order_id or 0, (0, 0))[0],
        marks=marks_of(task),
        note=task.failed.get("note", ""),
        rubric=task.revision.rubric,
    )


def _earned(scope: Scope, partner_id: int) -> tuple[int, int, int]:
    """Pay lines of the shop's day, their won, and the won of its month: one statement."""
    day = calendars.midnight(scope)
    today = PayLine.at >= day
    lines, won, month = scope.session.execute(
        select(
            func.count().filter(today),
            func.coalesce(func.sum(PayLine.won).filter(today), 0),
            func.coalesce(func.sum(PayLine.won), 0),
        ).where(
            PayLine.shop_id == scope.shop_id,
            PayLine.partner_id == partner_id,
            PayLine.at >= _first(scope, day),
        )
    ).one()
    return lines, int(won), int(month)


def _first(scope: Scope, day: datetime) -> datetime:
    """When the shop's month of this day began, in UTC."""
    zone = calendars.current(scope).zone
    first = day.astimezone(zone).date().replace(day=1)
    return datetime.combine(first, time(), tzinfo=zone).astimezone(UTC)


def _cancelled(scope: Scope, partner_id: int) -> tuple[str, ...]:
    """Titles of work that was cancelled while the partner had it, within a day; among their latest tasks."""
    latest = (
        select(Task.id, Task.title, Task.state, Task.ended_at)
        .where(Task.shop_id == scope.shop_id, Task.holder_id == partner_id)
        .order_by(Task.id.desc())
        .limit(200)
        .subquery()
    )
    taken = select(latest.c.title).where(latest.c.state == CANCELLED, latest.c.ended_at >= scope.now - RECENT)
    return tuple(scope.session.scalars(taken.order_by(latest.c.id)))


def _kept(scope: Scope, partner_id: int) -> tuple[Kept, ...]:
    rows = scope.session.execute(
        select(Task.id, Task.kind, Task.title, func.max(LateDraft.at))
        .join(LateDraft, LateDraft.task_id == Task.id)
        .where(LateDraft.shop_id == scope.shop_id, LateDraft.partner_id == partner_id, IS_OPEN)
        .group_by(Task.id, Task.kind, Task.title)
        .order_by(Task.id)
        .limit(5)
    )
    return tuple(Kept(*row) for row in rows)


def _in_review(scope: Scope, partner_id: int) -> tuple[int, int]:
    """How many tasks wait for a word, and what they pay together."""
    states = [SUBMITTED, INSPECTION]
    stmt = select(func.count(), func.coalesce(func.sum(Task.won), 0)).where(
        Task.shop_id == scope.shop_id, Task.state.in_(states), Task.holder_id == partner_id
    )
    count, won = scope.session.execute(stmt).one()
    return count, int(won or 0)
