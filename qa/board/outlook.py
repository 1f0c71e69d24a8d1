"""How today's promises stand: what is late, what is in danger and why, and what stands still."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from base import calendars
from base.scope import Scope
from partners.queries import names
from qa.board import measures, promised
from qa.board.days import last_days
from qa.board.promised import Endangered, Horizon
from stock.lifecycle import SHORT
from stock.models import Order
from tasks import clocks, risks
from tasks.live import NOT_ENDED
from tasks.models import Task

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
    """How today stands: orders due today, those of them that left or are in danger; and all that is late.

    `more` says that more are at risk than were counted.
    """

    due: int
    left: int
    at_risk: int
    late: int
    oldest: datetime | None
    more: bool = False

    @property
    def code(self) -> str:
        """Which sentence of `qa.board.verdict.…` says it."""
        if self.at_risk:
            return "at_risk_or_more" if self.more else "at_risk"
        if not self.due:
            return "nothing"
        return "done" if self.left == self.due else "calm"


@dataclass(frozen=True, slots=True)
class Outlook:
    """The verdict and the first rows behind it, the late ones first."""

    verdict: Verdict
    rows: tuple[InDanger, ...]
    horizon: Horizon


def outlook(scope: Scope) -> Outlook:
    """How today's promises stand now; a bounded number of statements and rows, whatever the shop's size."""
    seen, found = today(scope)
    late = sum(promised.late_days(scope, seen).values())
    known = names(scope)
    rows = [*(late_rows(scope, seen, known) if late else ()), *risky_rows(scope, found.orders[:SHOWN], known)]
    standing = _standing_still(scope, known, {row.task_id for row in rows})
    promises = measures.sums(scope, last_days(scope.now, calendars.current(scope).zone, 1))[measures.PROMISE]
    oldest = rows[0].due_at if late and rows else None
    verdict = Verdict(promises.n[-1], promises.amount[-1], len(found.orders), late, oldest, found.more)
    return Outlook(verdict, (*rows[:SHOWN], *standing), seen)


def today(scope: Scope) -> tuple[Horizon, Endangered]:
    """What waits until tonight, and what of it is at risk."""
    day = last_days(scope.now, calendars.current(scope).zone, 1)
    seen = promised.horizon(scope, day.end)
    return seen, promised.endangered(scope, seen)


def late_rows(
    scope: Scope, seen: Horizon, known: Mapping[int, str], *, after: tuple[datetime, int] | None = None
) -> list[InDanger]:
    """Orders that are late, the oldest promise first, from just after a place in the list."""
    stmt = select(Order.id).where(Order.shop_id == scope.shop_id, promised.is_late(seen))
    if after is not None:
        at, id_ = after
        stmt = stmt.where((Order.ship_by > at) | ((Order.ship_by == at) & (Order.id > id_)))
    ids = scope.session.scalars(stmt.order_by(Order.ship_by, Order.id).limit(SHOWN)).all()
    return _rows(scope, LATE, dict.fromkeys(ids, LATE), known)


def risky_rows(
    scope: Scope, orders: Sequence[tuple[datetime, int, str]], known: Mapping[int, str]
) -> list[InDanger]:
    """These endangered orders as rows."""
    return _rows(scope, AT_RISK, {order_id: reason for _at, order_id, reason in orders}, known)


def _rows(scope: Scope, level: str, why: Mapping[int, str], known: Mapping[int, str]) -> list[InDanger]:
    """Orders with the task that is under way, by their promise."""
    if not why:
        return []
    live = (Task.shop_id == Order.shop_id) & (Task.order_id == Order.id) & NOT_ENDED
    columns = (Order.id, Order.number, Order.ship_by, Order.state, Task.id, Task.state, Task.holder_id)
    rows = scope.session.execute(
        select(*columns)
        .outerjoin(Task, live)
        .where(Order.shop_id == scope.shop_id, Order.id.in_(why))
        .order_by(Order.ship_by, Order.id)
    )
    return [
        InDanger(
            level=level,
            reason=SHORT if state == SHORT else why[id_],
            order_id=id_,
            task_id=task_id,
            title=number,
            state=task_state or state,
            due_at=ship_by,
            holder=known.get(holder_id or 0, ""),
        )
        for id_, number, ship_by, state, task_id, task_state, holder_id in rows
    ]


def _standing_still(
    scope: Scope, known: Mapping[int, str], said: Collection[int | None]
) -> Iterator[InDanger]:
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
