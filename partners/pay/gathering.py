"""Which lines wait for a month to close, and what the lines of each partner come to: reads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from base import calendars
from base.scope import Scope
from partners.models import PayLine
from partners.pay.models import PayAdjustment, PayMonth, PayMonthLine
from partners.pay.months import Month

MOST = 20_000  # lines that a page adds up; a month is added up whole when it is closed


@dataclass(frozen=True, slots=True)
class Earned:
    """What one partner's lines come to, in won, before anything is carried or held back."""

    tasks: int = 0
    earned: int = 0
    adjusted: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """What waits in all; `whole` where every line of it was looked at."""

    partners: int
    won: int
    whole: bool


def waits(scope: Scope, table: Any) -> tuple[ColumnElement[bool], ...]:
    """Lines of this shop that are in no closed month.

    None of them lies before the last closed one: lines are written at their instant, and the month was over.
    """
    column = PayMonthLine.line_id if table is PayLine else PayMonthLine.adjustment_id
    paid = select(PayMonthLine.id).where(PayMonthLine.shop_id == scope.shop_id, column == table.id)
    latest = select(func.max(PayMonth.month)).where(PayMonth.shop_id == scope.shop_id)
    told = scope.session.scalar(latest.where(PayMonth.closed_at < scope.now))
    last = Month.parse(told) if told else None
    here = (table.shop_id == scope.shop_id, ~paid.exists())
    return (*here, table.at >= last.begins(calendars.current(scope).zone)) if last else here


def of_month(scope: Scope, month_id: int) -> dict[int, Earned]:
    """What each partner's lines of a gathered month come to."""
    lines, adjustments = (
        (PayMonthLine.shop_id == scope.shop_id, PayMonthLine.month_id == month_id, column == table.id)
        for table, column in (
            (PayLine, PayMonthLine.line_id),
            (PayAdjustment, PayMonthLine.adjustment_id),
        )
    )
    return _sums(scope, lines, adjustments)


def open_(scope: Scope, until: datetime, partner_ids: Collection[int] | None = None) -> dict[int, Earned]:
    """What the lines that wait before an instant come to: of these partners, or of all."""
    lines, adjustments = (
        (
            *waits(scope, table),
            table.at < until,
            *(() if partner_ids is None else (table.partner_id.in_(partner_ids),)),
        )
        for table in (PayLine, PayAdjustment)
    )
    return _sums(scope, lines, adjustments)


def total(scope: Scope, until: datetime) -> Total:
    """What waits before an instant in all, looking at so many lines and no more."""
    partners, won, lines = set[int](), 0, 0
    for table in (PayLine, PayAdjustment):
        here = (*waits(scope, table), table.at < until)
        some = select(table.partner_id, table.won).where(*here).limit(MOST + 1).subquery()
        each = select(some.c.partner_id, func.sum(some.c.won), func.count()).group_by(some.c.partner_id)
        for partner_id, sum_, count in scope.session.execute(each):
            partners.add(partner_id)
            won, lines = won + int(sum_), lines + count
    return Total(len(partners), won, lines <= MOST)


def _sums(scope: Scope, lines: Any, adjustments: Any) -> dict[int, Earned]:
    earned = (
        select(PayLine.partner_id, func.count(), func.sum(PayLine.won))
        .where(PayLine.shop_id == scope.shop_id, *lines)
        .group_by(PayLine.partner_id)
    )
    adjusted = (
        select(PayAdjustment.partner_id, func.sum(PayAdjustment.won))
        .where(PayAdjustment.shop_id == scope.shop_id, *adjustments)
        .group_by(PayAdjustment.partner_id)
    )
    found = {id_: Earned(n, int(won)) for id_, n, won in scope.session.execute(earned)}
    for id_, won in scope.session.execute(adjusted):
        was = found.get(id_, Earned())
        found[id_] = Earned(was.tasks, was.earned, int(won))
    return found
