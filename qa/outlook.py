"""How today's promises stand: what is late, what is in danger and why, and what stands still."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from base import calendars
from base.hours import Calendar
from base.scope import Scope
from base.workdays import elapsed
from partners.queries import names
from qa.days import Days, last_days
from security.shops import rules
from stock.lifecycle import SHIPPED, SHORT, WAITING
from stock.models import Order
from tasks import clocks, risks
from tasks.lifecycle import ENDED, OPEN
from tasks.models import Task

MOST = 10_000  # orders of one day that are looked at one by one
SHOWN = 30
LATE, AT_RISK = "late", "at_risk"


@dataclass(frozen=True, slots=True)
class InDanger:
    """An order, or a stage of work, that is late or may become so; `reason` is a code of `qa.reason.…`."""

    level: str
    reason: str
    order_id: int | None
    task_id: int | None
    title: str
    state: str
    due_at: datetime
    holder: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How today stands: orders due today, those of them that left or are in danger; and all that is late."""

    due: int
    left: int
    at_risk: int
    late: int
    oldest: datetime | None

    @property
    def code(self) -> str:
        """Which sentence of `qa.board.verdict.…` says it."""
        if self.at_risk:
            return "at_risk"
        if not self.due:
            return "nothing"
        return "done" if self.left == self.due else "calm"


@dataclass(frozen=True, slots=True)
class Outlook:
    """The verdict and the rows behind it, the late ones first."""

    verdict: Verdict
    rows: tuple[InDanger, ...]


@dataclass(frozen=True, slots=True)
class _Promise:
    order_id: int
    number: str
    ship_by: datetime
    promise_s: int
    state: str
    task_id: int | None
    task_state: str | None
    holder_id: int | None

    def row(self, level: str, reason: str, known: Mapping[int, str]) -> InDanger:
        state = self.task_state or self.state
        holder = known.get(self.holder_id or 0, "")
        return InDanger(level, reason, self.order_id, self.task_id, self.number, state, self.ship_by, holder)


def outlook(scope: Scope) -> Outlook:
    """How today's promises stand now; a bounded number of statements, whatever the number of orders."""
    known, calendar = names(scope), calendars.current(scope)
    day = last_days(scope.now, calendar.zone, 1)
    late, oldest = _late(scope)
    due, left = _due_on(scope, day)
    today = _waiting(scope, since=scope.now, until=day.end, limit=MOST)
    endangered = [one.row(AT_RISK, reason, known) for one, reason in _endangered(scope, calendar, today)]
    past = _waiting(scope, since=None, until=scope.now, limit=SHOWN) if late else []
    rows = [*(one.row(LATE, SHORT if one.state == SHORT else LATE, known) for one in past), *endangered]
    standing = _standing_still(scope, known, {row.task_id for row in rows})
    return Outlook(Verdict(due, left, len(endangered), late, oldest), (*rows[:SHOWN], *standing))


def _due_on(scope: Scope, today: Days) -> tuple[int, int]:
    """How many orders are promised for the day, and how many of them have left."""
    rows = scope.session.execute(
        select(Order.state, func.count())
        .where(
            Order.shop_id == scope.shop_id,
            Order.state.in_([*WAITING, SHIPPED]),
            Order.ship_by >= today.begin,
            Order.ship_by < today.end,
        )
        .group_by(Order.state)
    )
    counts = {state: count for state, count in rows}  # noqa: C416 (rows are not pairs to the type checker)
    return sum(counts.values()), counts.get(SHIPPED, 0)


def _late(scope: Scope) -> tuple[int, datetime | None]:
    """How many orders should have left before now, and the oldest promise among them."""
    row = scope.session.execute(
        select(func.count(), func.min(Order.ship_by)).where(
            Order.shop_id == scope.shop_id, Order.state.in_(WAITING), Order.ship_by < scope.now
        )
    ).one()
    return row[0], row[1]


def _waiting(scope: Scope, *, since: datetime | None, until: datetime, limit: int) -> list[_Promise]:
    """Orders that have not left, by their promise, with the task that is under way."""
    live = and_(Task.shop_id == Order.shop_id, Task.order_id == Order.id, Task.state.not_in(ENDED))
    columns = (Order.id, Order.number, Order.ship_by, Order.promise_s, Order.state)
    stmt = (
        select(*columns, Task.id, Task.state, Task.holder_id)
        .outerjoin(Task, live)
        .where(Order.shop_id == scope.shop_id, Order.state.in_(WAITING), Order.ship_by < until)
        .order_by(Order.ship_by, Order.id)
        .limit(limit)
    )
    rows = scope.session.execute(stmt if since is None else stmt.where(Order.ship_by >= since))
    return [_Promise(*row) for row in rows]


def _endangered(
    scope: Scope, calendar: Calendar, today: Sequence[_Promise]
) -> Iterator[tuple[_Promise, str]]:
    """Those that lack goods, have used most of their time, or stand too far back in the queue."""
    share = rules(scope).at_risk_percent / 100
    left = {due: elapsed(calendar, scope.now, due) for due in {one.ship_by for one in today}}
    behind = _behind(scope, today)
    for one in today:
        if one.state == SHORT:
            yield one, SHORT
        elif one.task_id in behind:
            yield one, "queue"
        elif one.promise_s - left[one.ship_by] >= share * one.promise_s:
            yield one, "share"


def _behind(scope: Scope, today: Sequence[_Promise]) -> set[int]:
    """The open tasks that the hands at work cannot reach before their promise: of each due the last ones."""
    waiting: dict[datetime, list[int]] = defaultdict(list)
    for one in today:
        if one.task_id is not None and one.task_state == OPEN:
            waiting[one.ship_by].append(one.task_id)
    if not waiting:
        return set()
    too_many = {promise.due_at: promise.at_risk for promise in risks.promises(scope) if promise.at_risk}
    return {id_ for due, ids in waiting.items() for id_ in sorted(ids)[len(ids) - too_many.get(due, 0) :]}


def _standing_still(scope: Scope, known: Mapping[int, str], said: set[int | None]) -> Iterator[InDanger]:
    """Stages whose own clock is late or at risk, where the order's promise does not say so already."""
    for danger in risks.dangers(scope, limit=SHOWN):
        if danger.task_id not in said:
            held = danger.stage in {clocks.DO, clocks.MEND}
            holder = known.get(danger.owed_by, "") if held else ""
            reason = f"stage_{danger.stage}"
            state = next(state for state, stage in clocks.STAGE_OF.items() if stage == danger.stage)
            yield InDanger(
                danger.risk.level, reason, None, danger.task_id, danger.title, state, danger.due_at, holder
            )
