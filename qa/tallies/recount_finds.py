"""The tallies of causes counted from the rows themselves: inspections, what they found, parcels, escapes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, exists, func, select
from sqlalchemy.orm import aliased

from base.rows import mine
from base.scope import Scope
from partners.models import PayLine
from qa.causes.models import Escape
from qa.models import Defect, Inspection
from qa.scoring import ACCEPT
from qa.tallies.facts import PACKING
from qa.tallies.finds import escape_dims
from qa.tallies.rules import (
    AGAIN,
    CODE,
    ESCAPED,
    FOUND,
    HOUR,
    ITEM,
    LOOK,
    OUT,
    PARTNER,
    QUALITY,
    REVISION,
    SHOP,
    SKU,
    SOP,
    Sheet,
)
from stock.lifecycle import SHIPPED
from stock.models import Order, OrderLine
from tasks.models import SopRevision, Submission, Task

Quarter = Callable[[Scope, Any], Any]  # the quarter of an hour an instant lies in, as SQL
DayOf = Callable[[int], date]


def add(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf, zone: ZoneInfo) -> None:
    """Adds what the rows say of causes."""
    _looks(scope, sheet, quarter, day)
    _hours(scope, sheet, quarter, day, zone)
    _found(scope, sheet, quarter, day)
    _codes(scope, sheet, quarter, day)
    _parcels(scope, sheet, quarter, day)
    _escapes(scope, sheet)


def _judged(scope: Scope, *columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .join(Submission, Submission.id == Inspection.submission_id)
        .join(Task, Task.id == Inspection.task_id)
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .where(Inspection.shop_id == scope.shop_id, Inspection.judged_at.is_not(None))
        .where(Task.shop_id == scope.shop_id)  # said of every table: their indexes begin with it
    )


def _looks(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf) -> None:
    work = (Submission.partner_id, SopRevision.sop_id, Task.sop_revision_id)
    how = (cast(Inspection.round > 1, Integer), cast(Inspection.verdict == ACCEPT, Integer))
    key = (quarter(scope, Inspection.judged_at), *work, *how)
    stmt = _judged(scope, *key, func.count(), func.sum(func.coalesce(Inspection.look_s, 0)))
    for when, partner, sop, revision, later, fine, n, seconds in scope.session.execute(stmt.group_by(*key)):
        on = day(int(when))
        for dim in ((SHOP, 0), (PARTNER, partner), (SOP, sop)):
            sheet.add((on, LOOK, *dim), n, n * later, int(seconds))
            sheet.add((on, AGAIN, *dim), n * (1 - fine), n * later, int(seconds) * later)
        if not later:
            sheet.add((on, QUALITY, REVISION, revision), n, n * fine)


def _hours(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf, zone: ZoneInfo) -> None:
    """By the hour of the shop in which the work was handed in, summer time and all."""
    passed = cast(Inspection.verdict == ACCEPT, Integer)
    key = (quarter(scope, Inspection.judged_at), quarter(scope, Submission.at), passed)
    stmt = _judged(scope, *key, func.count()).where(Inspection.round == 1).group_by(*key)
    for when, handed_in, fine, n in scope.session.execute(stmt):
        hour = _hour(int(handed_in), zone)
        sheet.add((day(int(when)), QUALITY, HOUR, hour), n, n * fine)


def _hour(quarter: int, zone: ZoneInfo) -> int:
    return datetime.fromtimestamp(quarter * 900, UTC).astimezone(zone).hour


def _found(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf) -> None:
    each = _things(scope)
    at = quarter(scope, Inspection.judged_at)
    key = (at, Submission.partner_id, SopRevision.sop_id)
    stmt = _judged(scope, *key, func.count(), func.sum(each.c.n)).join(each, each.c.id == Inspection.id)
    first = stmt.where(Inspection.round == 1).group_by(*key)
    for when, partner, sop, pieces, n in scope.session.execute(first):
        for dim in ((SHOP, 0), (PARTNER, partner), (SOP, sop)):
            sheet.add((day(int(when)), FOUND, *dim), int(n), pieces)
    of_goods = _judged(scope, at, OrderLine.product_id, func.count(), func.sum(each.c.n))
    of_goods = of_goods.join(each, each.c.id == Inspection.id).join(OrderLine, of_its_order(scope))
    for when, product, pieces, n in scope.session.execute(
        of_goods.where(Inspection.round == 1).group_by(at, OrderLine.product_id)
    ):
        sheet.add((day(int(when)), FOUND, SKU, product), int(n), pieces)


def of_its_order(scope: Scope) -> ColumnElement[bool]:
    """That a line is of the task's order, and the first of its product there: an index leads to both."""
    before = aliased(OrderLine)
    same = (before.order_id == OrderLine.order_id, before.product_id == OrderLine.product_id)
    twice = exists().where(before.shop_id == scope.shop_id, *same, before.id < OrderLine.id)
    return and_(OrderLine.shop_id == scope.shop_id, OrderLine.order_id == Task.order_id, ~twice)


def _things(scope: Scope) -> Any:
    """How much was found in each inspection in which anything was."""
    stmt = select(Defect.inspection_id.label("id"), func.count().label("n"))
    return stmt.where(Defect.shop_id == scope.shop_id).group_by(Defect.inspection_id).subquery()


def _codes(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf) -> None:
    for prefix, column in ((CODE, Defect.code), (ITEM, Defect.item)):
        key = (quarter(scope, Inspection.judged_at), SopRevision.sop_id, column)
        sums = (func.count(), func.count(func.distinct(Inspection.id)))
        stmt = _judged(scope, *key, *sums).join(Defect, Defect.inspection_id == Inspection.id)
        stmt = stmt.where(Defect.shop_id == scope.shop_id)
        for when, sop, name, n, pieces in scope.session.execute(
            stmt.where(Inspection.round == 1).group_by(*key)
        ):
            sheet.add((day(int(when)), FOUND, prefix + name, sop), n, pieces)


def _parcels(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf) -> None:
    at = quarter(scope, Order.shipped_at)
    here = (Order.shop_id == scope.shop_id, Order.state == SHIPPED)
    wanted = (*here, OrderLine.quantity > OrderLine.cancelled)
    lines = select(at, func.count()).join(OrderLine, OrderLine.order_id == Order.id).where(*wanted)
    for when, n in scope.session.execute(lines.group_by(at)):
        sheet.add((day(int(when)), OUT, SHOP, 0), n)
    hands = _hands(scope)
    by = (at, hands.c.partner, hands.c.sop)
    packed = select(*by, func.count()).join(OrderLine, OrderLine.order_id == Order.id)
    packed = packed.join(hands, hands.c.order_id == Order.id).where(*wanted).group_by(*by)
    for when, partner, sop, n in scope.session.execute(packed):
        sheet.add((day(int(when)), OUT, PARTNER, partner), n)
        sheet.add((day(int(when)), OUT, SOP, sop), n)


def _hands(scope: Scope) -> Any:
    """Whose acceptance let each parcel go, by which procedure; see `facts`."""
    stmt = (
        select(Task.order_id, PayLine.partner_id.label("partner"), SopRevision.sop_id.label("sop"))
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .join(PayLine, PayLine.task_id == Task.id)
        .join(Order, Order.id == Task.order_id)
    )
    here = (Task.shop_id == scope.shop_id, Task.kind == PACKING, PayLine.at == Order.shipped_at)
    return stmt.where(*here).subquery()


def _escapes(scope: Scope, sheet: Sheet) -> None:
    for row in scope.session.scalars(mine(scope, Escape)):
        for dim in escape_dims(row.product_id, row.reason, row.partner_id, row.sop_id, row.reviewer_id):
            sheet.add((row.day, ESCAPED, *dim), 1, row.inspection_id is not None, row.won)
