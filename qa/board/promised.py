"""Orders that wait, and when they are late or at risk: one definition in business seconds.

An order is late once a whole open second has passed since its promise, by the edition of the calendar the
promise was made in: what its verdict would be if it left now. It is at risk as `tasks.sla.at_risk` says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal_column, or_, select, union_all

from base import calendars
from base.hours import Calendar
from base.scope import Scope
from base.workdays import NeverOpen, elapsed, sub
from qa.models import DueTally
from qa.tallies.rules import ORDERS
from security.shops import rules
from stock.deadlines import minute
from stock.lifecycle import READY, SHORT
from stock.models import Order
from stock.queries import IS_WAITING
from tasks import queues, risks
from tasks.models import Task
from tasks.opening import PACKING
from tasks.sla import at_risk
from tasks.steps import IS_OPEN

#: What is counted one by one, and no further: "1,000 or more" says enough of a bad day.
MOST = 1000
MINUTES = 300  # of a day, told apart when risks are looked for
QUEUE_REASON, SHARE_REASON = "queue", "share"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
#: As SQL text, because an index of a part of a table serves only conditions it can read.
SOME = DueTally.n != literal_column("0")


@dataclass(frozen=True, slots=True)
class Due:
    """How many are due in a minute, promised by an edition of the calendar."""

    minute: int
    edition: int
    n: int

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.minute * 60, UTC)


@dataclass(frozen=True, slots=True)
class Horizon:
    """What waits until tonight, by minute, and up to when each edition calls a promise late."""

    until: datetime
    dues: tuple[Due, ...]
    late_to: Mapping[int, datetime]  # by edition
    editions: Mapping[int, Calendar] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Endangered:
    """Orders at risk with the reason, by promise; `more` when they were not counted to the end."""

    orders: Sequence[tuple[datetime, int, str]]  # ship_by, order id, reason
    more: bool


def horizon(scope: Scope, until: datetime) -> Horizon:
    """What waits and is due before an instant, from the tallies: as many rows as there are minutes."""
    dues = tuple(_dues(scope, ORDERS, until))
    versions = {due.edition for due in dues}
    editions = {version: calendars.edition(scope, version) for version in versions}
    late_to = {version: _late_to(edition, scope.now) for version, edition in editions.items()}
    return Horizon(until, dues, late_to, editions)


def _dues(scope: Scope, what: str, until: datetime) -> Iterator[Due]:
    columns = (DueTally.minute, DueTally.edition, DueTally.n)
    here = (DueTally.shop_id == scope.shop_id, DueTally.what == what, SOME, DueTally.minute < minute(until))
    for row in scope.session.execute(select(*columns).where(*here).order_by(DueTally.minute)):
        yield Due(*row)


def _late_to(calendar: Calendar, now: datetime) -> datetime:
    """The last promise that an open second has passed since."""
    try:
        return sub(calendar, now, 1)
    except NeverOpen:
        return datetime.min.replace(tzinfo=UTC)


def is_late(seen: Horizon) -> ColumnElement[bool]:
    """The orders that wait and are late, as the database finds them."""
    if not seen.late_to:
        return false()
    newest = max(seen.late_to.values())
    exact = (and_(Order.calendar_version == v, Order.ship_by <= at) for v, at in seen.late_to.items())
    return and_(IS_WAITING, Order.ship_by <= newest, or_(*exact))


def late_days(scope: Scope, seen: Horizon) -> dict[int, int]:
    """How many are late by the minute they were due: whole minutes from the tallies, the last one by one."""
    found: dict[int, int] = {}
    for due in seen.dues:
        edge = minute(seen.late_to[due.edition])
        if due.minute < edge:
            found[due.minute] = found.get(due.minute, 0) + due.n
        elif due.minute == edge:
            found[due.minute] = found.get(due.minute, 0) + _in_last_minute(
                scope, due, seen.late_to[due.edition]
            )
    return found


def _in_last_minute(scope: Scope, due: Due, late_to: datetime) -> int:
    of_minute = (Order.ship_by >= due.at, Order.ship_by <= late_to, Order.calendar_version == due.edition)
    some = (
        select(Order.id).where(Order.shop_id == scope.shop_id, IS_WAITING, *of_minute).limit(MOST).subquery()
    )
    return scope.session.scalar(select(func.count()).select_from(some)) or 0


def endangered(scope: Scope, seen: Horizon) -> Endangered:
    """What is due before the horizon, not late, and lacks goods, time or hands; three statements at most."""
    ahead = [due for due in seen.dues if due.at + MINUTE > seen.late_to[due.edition]]
    if not ahead:
        return Endangered((), more=False)
    asked = ((SHORT, _short(scope, seen)), (SHARE_REASON, _used_up(scope, seen, ahead)))
    found: dict[int, tuple[datetime, int, str]] = {}
    full = False
    for reason, rows in (*asked, (QUEUE_REASON, _behind(scope, seen))):
        full |= len(rows) >= MOST
        for order_id, ship_by in rows:
            if reason == QUEUE_REASON or order_id not in found:  # the queue says more than the share does
                found[order_id] = (ship_by, order_id, reason)
    listed = sorted(found.values())
    return Endangered(listed[:MOST], more=full or len(listed) > MOST)


def _short(scope: Scope, seen: Horizon) -> Sequence[tuple[int, datetime]]:
    rows = scope.session.execute(
        select(Order.id, Order.ship_by)
        .where(
            Order.shop_id == scope.shop_id, Order.state == SHORT, Order.ship_by < seen.until, ~is_late(seen)
        )
        .order_by(Order.ship_by, Order.id)
        .limit(MOST)
    )
    return [(id_, ship_by) for id_, ship_by in rows]


def _used_up(scope: Scope, seen: Horizon, ahead: Sequence[Due]) -> Sequence[tuple[int, datetime]]:
    """Ready orders of whose promise most is used: found by minute, then judged one by one."""
    percent = rules(scope).at_risk_percent
    arms = [arm for due in ahead[:MINUTES] if (arm := _arm(scope, seen, due, percent)) is not None]
    if not arms:
        return ()
    columns = (Order.id, Order.ship_by, Order.promise_s, Order.calendar_version)
    rows = scope.session.execute(
        select(*columns)
        .where(Order.shop_id == scope.shop_id, IS_WAITING, Order.state == READY, or_(*arms))
        .limit(2 * MOST)
    )
    return [
        (id_, ship_by)
        for id_, ship_by, promise_s, edition in rows
        if _at_risk(scope, seen.editions[edition], ship_by, promise_s, percent)
    ]


def _arm(scope: Scope, seen: Horizon, due: Due, percent: int) -> ColumnElement[bool] | None:
    """Who of a minute may be at risk: whose promise was long enough for what is left of it to be little."""
    left = elapsed(seen.editions[due.edition], scope.now, due.at)
    if percent == 100 and left:
        return None
    least = ceil(left * 100 / (100 - percent)) if percent < 100 else 0
    in_minute = (Order.ship_by >= due.at, Order.ship_by < due.at + MINUTE)
    return and_(*in_minute, Order.calendar_version == due.edition, Order.promise_s >= least)


def _at_risk(scope: Scope, calendar: Calendar, ship_by: datetime, promise_s: int, percent: int) -> bool:
    return at_risk(calendar, ship_by, promise_s, scope.now, share=percent / 100).level == "at_risk"


def _behind(scope: Scope, seen: Horizon) -> Sequence[tuple[int, datetime]]:
    """Orders whose open tasks the hands at work cannot reach in time: of each minute the last ones."""
    waiting = [(due.at, due.n) for due in _dues(scope, PACKING, seen.until)]
    too_many = [one for one in risks.reach(scope, waiting) if one.at_risk] if waiting else []
    if not too_many:
        return ()
    arms = [select(_last(scope, one.due_at, min(one.at_risk, MOST)).subquery()) for one in too_many[:MINUTES]]
    rows: Any = scope.session.execute(union_all(*arms).limit(MOST))
    return [(order_id, due_at) for order_id, due_at in rows if order_id is not None]


def _last(scope: Scope, at: datetime, count: int) -> Any:
    return (
        select(Task.order_id, Task.due_at)
        .where(
            Task.shop_id == scope.shop_id,
            Task.queue.in_(queues.of_kind(scope, PACKING)),
            Task.slot == 0,
            IS_OPEN,
        )
        .where(Task.due_at >= at, Task.due_at < at + MINUTE)
        .order_by(Task.due_at.desc(), Task.id.desc())
        .limit(count)
    )
