"""A team's board: what waits for it, who has what of it, what was done this week, what is late."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select

from base import calendars
from base.scope import Scope
from partners.models import PayLine
from tasks import queues
from tasks.models import Queue, Task
from tasks.queues import Waiting
from tasks.steps import IS_HELD, IS_OPEN

SHOWN = 50  # tasks in hand
MOST_LATE = 1000  # counted, and no further


@dataclass(frozen=True, slots=True)
class InHand:
    """A task of the team's work that one of its members has."""

    id: int
    holder_id: int
    holder: str
    title: str
    kind: str
    state: str
    due_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Board:
    """How a team's own work stands; `has_work` says whether any procedure is the team's at all.

    `done` is what passed since Monday, of the whole team: nobody is set beside another.
    """

    has_work: bool
    waiting: tuple[Waiting, ...]
    in_hand: tuple[InHand, ...]
    done: Mapping[str, int]
    late: int

    @property
    def waits(self) -> int:
        return sum(one.count for one in self.waiting)


def board(scope: Scope, team_id: int, *, members: Sequence[int], names: Mapping[int, str]) -> Board:
    """How the team's own work stands: a few statements, whatever the shop's size."""
    here = (Queue.shop_id == scope.shop_id, Queue.team_id == team_id)
    lines = tuple(scope.session.scalars(select(Queue.name).where(*here).order_by(Queue.id)))
    if not lines:
        return Board(has_work=False, waiting=(), in_hand=(), done={}, late=0)
    in_hand = tuple(_in_hand(scope, lines, members, names))
    return Board(
        has_work=True,
        waiting=queues.waiting_in(scope, lines),
        in_hand=in_hand,
        done=_done(scope, lines, members),
        late=_waiting_late(scope, lines) + sum(one.late for one in in_hand),
    )


def _in_hand(
    scope: Scope, lines: Collection[str], members: Sequence[int], names: Mapping[int, str]
) -> list[InHand]:
    columns = (Task.id, Task.holder_id, Task.title, Task.kind, Task.state, Task.due_at)
    theirs = (Task.shop_id == scope.shop_id, IS_HELD, Task.holder_id.in_(members), Task.queue.in_(lines))
    rows = scope.session.execute(select(*columns).where(*theirs).order_by(Task.due_at, Task.id).limit(SHOWN))
    return [
        InHand(id_, holder, names.get(holder, ""), title, kind, state, due_at, late=due_at < scope.now)
        for id_, holder, title, kind, state, due_at in rows
        if holder is not None
    ]


def _waiting_late(scope: Scope, lines: Collection[str]) -> int:
    over = (Task.shop_id == scope.shop_id, Task.queue.in_(lines), IS_OPEN, Task.due_at < scope.now)
    some = select(Task.id).where(*over).limit(MOST_LATE).subquery()
    return scope.session.scalar(select(func.count()).select_from(some)) or 0


def _done(scope: Scope, lines: Collection[str], members: Sequence[int]) -> dict[str, int]:
    """What passed of the team's work since Monday, by kind."""
    rows = (
        select(Task.kind, func.count())
        .join(PayLine, PayLine.task_id == Task.id)
        .where(
            Task.shop_id == scope.shop_id,
            PayLine.shop_id == scope.shop_id,
            PayLine.partner_id.in_(members),
            PayLine.at >= _monday(scope),
            Task.queue.in_(lines),
        )
        .group_by(Task.kind)
    )
    return {kind: count for kind, count in scope.session.execute(rows)}  # noqa: C416 (rows are no pairs)


def _monday(scope: Scope) -> datetime:
    zone, today = calendars.current(scope).zone, calendars.today(scope)
    first = today - timedelta(days=today.weekday())
    return datetime.combine(first, time(), tzinfo=zone).astimezone(UTC)
