"""The tallies counted from the rows themselves: another road to the same sums, and the check of the first."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, case, cast, extract, func, or_, select

from base import calendars
from base.scope import Scope
from partners.models import PayLine
from qa.appeals.reads import fallen
from qa.models import Inspection
from qa.scoring import ACCEPT
from qa.tallies import recount_eyes, recount_finds, shelves
from qa.tallies.facts import JUDGED
from qa.tallies.rules import LIVE as STATES
from qa.tallies.rules import MOVED, ORDERS, PACE, PARTNER, PAY, PROMISE, QUALITY, SHOP, SKU, SOLD, SOP, Sheet
from stock.deadlines import MET
from stock.lifecycle import SHIPPED, WAITING
from stock.models import Movement, Order, OrderLine
from tasks.clocks import DO
from tasks.models import SopRevision, StageClock, Submission, Task
from tasks.steps import IS_OPEN

#: Rows are summed by quarters of an hour, of which days and hours consist in every zone of today.
QUARTER = 15 * 60


def recounted(scope: Scope) -> Sheet:
    """All tallies of the shop, from orders, tasks, inspections, clocks, pay lines and movements."""
    sheet = Sheet(counts=_flow(scope))
    sheet.dues.update(dict(_dues(scope)))
    zone = calendars.current(scope).zone

    @cache
    def day(quarter: int) -> date:
        return datetime.fromtimestamp(quarter * QUARTER, UTC).astimezone(zone).date()

    for measure, dim, stmt in _asked(scope):
        for quarter, id_, n, hits, amount in scope.session.execute(stmt):
            sheet.add((day(int(quarter)), measure, dim, id_), int(n), int(hits or 0), int(amount or 0))
    recount_finds.add(scope, sheet, _quarter, day, zone)
    recount_eyes.add(scope, sheet, _quarter, day)
    sheet.counts.update(shelves.counts(scope))
    return sheet


def _flow(scope: Scope) -> Counter[str]:
    rows = scope.session.execute(
        select(Task.state, func.count())
        .where(Task.shop_id == scope.shop_id, Task.state.in_(STATES))
        .group_by(Task.state)
    )
    return Counter({f"flow.{state}": n for state, n in rows})


def _dues(scope: Scope) -> Iterator[tuple[tuple[str, int, int], int]]:
    due = _minute(scope, Order.ship_by)
    waiting = (Order.shop_id == scope.shop_id, Order.state.in_(WAITING))
    orders = select(due, Order.calendar_version, func.count()).where(*waiting)
    for minute, edition, n in scope.session.execute(orders.group_by(due, Order.calendar_version)):
        yield (ORDERS, int(minute), edition), n
    due = _minute(scope, Task.due_at)
    tasks = select(Task.kind, due, func.count()).where(Task.shop_id == scope.shop_id, IS_OPEN)
    for kind, minute, n in scope.session.execute(tasks.group_by(Task.kind, due)):
        yield (kind, int(minute), 0), n


def _asked(scope: Scope) -> Iterator[tuple[str, str, Any]]:
    """A statement for each measure and dimension: quarter, id, n, hits, amount."""
    yield PROMISE, SHOP, _promises(scope)
    yield SOLD, SKU, _sold(scope)
    yield MOVED, SHOP, _moved(scope)
    yield QUALITY, SKU, _quality_of_goods(scope)
    for dim in (SHOP, PARTNER, SOP):
        yield PAY, dim, _pay(scope, dim)
        yield PACE, dim, _pace(scope, dim)
        yield QUALITY, dim, _quality(scope, dim)


def _promises(scope: Scope) -> Any:
    due, gone = _quarter(scope, Order.ship_by), Order.state == SHIPPED
    sums = (func.count(), _sum((Order.verdict == MET) & gone), _sum(gone))
    here = (Order.shop_id == scope.shop_id, Order.state.in_([*WAITING, SHIPPED]))
    return select(due, cast(0, Integer), *sums).where(*here).group_by(due)


def _sold(scope: Scope) -> Any:
    gone, units = _quarter(scope, Order.shipped_at), OrderLine.quantity - OrderLine.cancelled
    parcels = (
        select(
            gone.label("quarter"),
            OrderLine.product_id,
            OrderLine.order_id,
            Order.verdict,
            func.sum(units).label("units"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.shop_id == scope.shop_id, Order.state == SHIPPED, units > 0)
        .group_by(Order.id, Order.shipped_at, OrderLine.product_id, OrderLine.order_id, Order.verdict)
        .subquery()
    )
    sums = (func.count(), _sum(parcels.c.verdict == MET), func.sum(parcels.c.units))
    return select(parcels.c.quarter, parcels.c.product_id, *sums).group_by(
        parcels.c.quarter, parcels.c.product_id
    )


def _moved(scope: Scope) -> Any:
    at = _quarter(scope, Movement.recorded_at)
    sums = (cast(0, Integer), cast(0, Integer), func.sum(Movement.quantity))
    return select(at, cast(0, Integer), *sums).where(Movement.shop_id == scope.shop_id).group_by(at)


def _pay(scope: Scope, dim: str) -> Any:
    at, id_ = _quarter(scope, PayLine.at), _id(dim, PayLine.partner_id)
    stmt = select(at, id_, func.count(), cast(0, Integer), func.sum(PayLine.won))
    stmt = _with_sop(stmt, dim, PayLine.task_id).where(PayLine.shop_id == scope.shop_id)
    return stmt.group_by(at, id_)


def _pace(scope: Scope, dim: str) -> Any:
    at, id_ = _quarter(scope, StageClock.ended_at), _id(dim, StageClock.owed_by)
    stmt = select(at, id_, func.count(), _sum(StageClock.verdict == MET), func.sum(StageClock.elapsed_s))
    done = (StageClock.shop_id == scope.shop_id, StageClock.stage == DO, StageClock.verdict.in_(JUDGED))
    return _with_sop(stmt, dim, StageClock.task_id).where(*done).group_by(at, id_)


def _quality(scope: Scope, dim: str) -> Any:
    at, id_ = _quarter(scope, Inspection.judged_at), _id(dim, Submission.partner_id)
    stmt = select(at, id_, func.count(), _sum(_passed()), cast(0, Integer))
    stmt = stmt.join(Submission, Submission.id == Inspection.submission_id)
    return _with_sop(stmt, dim, Inspection.task_id).where(*_first(scope)).group_by(at, id_)


def _quality_of_goods(scope: Scope) -> Any:
    at = _quarter(scope, Inspection.judged_at)
    return (
        select(at, OrderLine.product_id, func.count(), _sum(_passed()), cast(0, Integer))
        .join(Task, Task.id == Inspection.task_id)
        .join(OrderLine, recount_finds.of_its_order(scope))
        .where(*_first(scope), Task.shop_id == scope.shop_id)
        .group_by(at, OrderLine.product_id)
    )


def _first(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """First rounds that were judged."""
    return Inspection.shop_id == scope.shop_id, Inspection.round == 1, Inspection.judged_at.is_not(None)


def _passed() -> ColumnElement[bool]:
    """Passed when it was judged, or at a second look."""
    return or_(Inspection.verdict == ACCEPT, fallen())


def _id(dim: str, partner: Any) -> Any:
    return {SHOP: cast(0, Integer), PARTNER: partner, SOP: SopRevision.sop_id}[dim]


def _with_sop(stmt: Any, dim: str, task_id: Any) -> Any:
    if dim != SOP:
        return stmt
    return stmt.join(Task, Task.id == task_id).join(SopRevision, SopRevision.id == Task.sop_revision_id)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _quarter(scope: Scope, column: Any) -> ColumnElement[int]:
    """The quarter of an hour an instant lies in, counted from 1970."""
    return _minute(scope, column).op("/")(15)


def _minute(scope: Scope, column: Any) -> ColumnElement[int]:
    """The minute an instant lies in, counted from 1970."""
    if scope.world.engines.dialect == "sqlite":
        return cast(func.strftime("%s", column), Integer).op("/")(60)
    seconds = cast(extract("epoch", func.date_trunc("minute", column)), BigInteger)
    return seconds.op("/")(60)
