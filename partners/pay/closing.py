"""Closing a month: every line that waits gets into it once, and each partner's statement is written for good.

One transaction: a month is closed whole or not at all, and closing it again changes nothing. What is written
after it goes into a later month, a line that was under way meanwhile as well.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, insert, literal, or_, select

from base import calendars
from base.db import Utc
from base.errors import Invalid, Refused
from base.once import once
from base.rows import mine
from base.scope import Scope
from partners.models import Partner, PayLine
from partners.pay import gathering, hours, terms
from partners.pay.gathering import Earned
from partners.pay.models import PayAdjustment, PayMonth, PayMonthLine, PayStatement
from partners.pay.months import Month
from partners.pay.pricing import FROM_THE_START
from partners.pay.settling import Settled, settle
from security import audit


class MonthNotOver(Refused):
    """A month is closed once it has ended. Facts: month."""

    code = "pay.month_not_over"


class EarlierOpen(Refused):
    """An earlier month has pay and is not closed: that one first. Facts: month."""

    code = "pay.earlier_open"


class TaxKindMissing(Invalid):
    """Nobody has said as what these are paid. Facts: n, partners (their ids)."""

    code = "pay.tax_kind_missing"


class DoesNotAddUp(Exception):
    """The statements of a month are not the sum of its lines: a bug, and nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a statement would be; `settled` is none where nobody has said as what the partner is paid."""

    partner_id: int
    tasks: int
    settled: Settled | None
    waits: int  # before anything is held back


def close(scope: Scope, month: Month) -> PayMonth:
    """Closes a month that has ended; one closed already is given as it stands.

    Raises MonthNotOver, EarlierOpen, TaxKindMissing.
    """
    zone = calendars.current(scope).zone
    ends = month.next.begins(zone)
    if scope.now < ends:
        raise MonthNotOver(month=str(month))
    row = {"shop_id": scope.shop_id, "month": str(month), "ends_at": ends}
    made = once(scope.session, PayMonth, row | {"closed_at": scope.now, "closed_by": scope.actor.id})
    if made is None:
        return scope.session.scalars(mine(scope, PayMonth).where(PayMonth.month == str(month))).one()
    _check_order(scope, month, zone)
    _gather(scope, made, ends)
    found = gathering.of_month(scope, made)
    kinds = terms.of_many(scope)
    if missing := sorted(set(found) - set(kinds)):
        raise TaxKindMissing(field="tax_kind", n=len(missing), partners=missing[:20])
    _write(scope, made, _settled(scope, found, kinds, scope.now.astimezone(zone).date()))
    return scope.session.scalars(mine(scope, PayMonth).where(PayMonth.id == made)).one()


def drafts(scope: Scope, *, until: datetime, partner_ids: Collection[int] | None = None) -> tuple[Draft, ...]:
    """What the statements would be, were all that waits before an instant closed now; nothing is written."""
    zone = calendars.current(scope).zone
    found, kinds = gathering.open_(scope, until, partner_ids), terms.of_many(scope, partner_ids)
    known = {id_: sums for id_, sums in found.items() if id_ in kinds}
    settled = _settled(scope, known, kinds, scope.now.astimezone(zone).date())
    return tuple(
        Draft(id_, sums.tasks, settled.get(id_, (None, None))[1], sums.earned + sums.adjusted)
        for id_, sums in sorted(found.items())
    )


def unsaid(scope: Scope, *, until: datetime) -> int:
    """Of how many partners with pay that waits nobody has said as what they are paid; to MOST_UNSAID."""
    has = [
        select(table.id).where(
            *gathering.waits(scope, table), table.at < until, table.partner_id == Partner.id
        )
        for table in (PayLine, PayAdjustment)
    ]
    nobody = (Partner.shop_id == scope.shop_id, Partner.kind_said_at.is_(None))
    found = select(Partner.id).where(*nobody, or_(*(one.exists() for one in has))).limit(MOST_UNSAID)
    return len(scope.session.scalars(found).all())


MOST_UNSAID = 100


def closed(scope: Scope) -> list[PayMonth]:
    """The closed months, the latest first."""
    return list(scope.session.scalars(mine(scope, PayMonth).order_by(PayMonth.month.desc()).limit(60)))


def next_to_close(scope: Scope) -> Month | None:
    """The earliest month with pay that is not closed and has ended; none where there is none."""
    zone = calendars.current(scope).zone
    at = _earliest(scope)
    month = Month.of(at, zone) if at else None
    return month if month is not None and month.next.begins(zone) <= scope.now else None


def asked(scope: Scope) -> tuple[int, datetime | None]:
    """Whether a month with accepted work may be closed, and since when it is over; one quick look."""
    zone = calendars.current(scope).zone
    closed = select(func.max(PayMonth.ends_at)).where(PayMonth.shop_id == scope.shop_id).scalar_subquery()
    since = func.coalesce(closed, literal(FROM_THE_START, Utc()))
    here = (PayLine.shop_id == scope.shop_id, PayLine.at >= since)
    at = scope.session.scalar(select(PayLine.at).where(*here).order_by(PayLine.at).limit(1))
    over = Month.of(at, zone).next.begins(zone) if at else None
    return (1, over) if over and over <= scope.now else (0, None)


def _check_order(scope: Scope, month: Month, zone: ZoneInfo) -> None:
    at = _earliest(scope)
    if at is not None and (first := Month.of(at, zone)) < month:
        raise EarlierOpen(month=str(first))


def _earliest(scope: Scope) -> datetime | None:
    found = [scope.session.scalar(stmt) for stmt in (_first(scope, PayLine), _first(scope, PayAdjustment))]
    return min((at for at in found if at is not None), default=None)


def _first(scope: Scope, table: Any) -> Select[Any]:
    return select(table.at).where(*gathering.waits(scope, table)).order_by(table.at).limit(1)


def _gather(scope: Scope, month_id: int, ends: datetime) -> None:
    """Puts every line that waits into the month, in one statement for each table."""
    for table, column in ((PayLine, "line_id"), (PayAdjustment, "adjustment_id")):
        waits = select(literal(scope.shop_id), literal(month_id), table.id).where(
            *gathering.waits(scope, table), table.at < ends
        )
        scope.session.execute(insert(PayMonthLine).from_select(["shop_id", "month_id", column], waits))


def _settled(
    scope: Scope, found: Mapping[int, Earned], kinds: Mapping[int, str], on: date
) -> dict[int, tuple[int, Settled]]:
    carried = carried_now(scope)
    return {
        id_: (
            sums.tasks,
            settle(
                earned=sums.earned,
                adjusted=sums.adjusted,
                carried_in=carried.get(id_, 0),
                kind=kinds[id_],
                on=on,
            ),
        )
        for id_, sums in sorted(found.items())
    }


def carried_now(scope: Scope) -> Mapping[int, int]:
    """What each partner's latest statement carries on, in won below zero; those with nothing are left out."""
    latest = (
        select(func.max(PayStatement.id))
        .where(PayStatement.shop_id == scope.shop_id)
        .group_by(PayStatement.partner_id)
    )
    rows = select(PayStatement.partner_id, PayStatement.carried_out).where(
        PayStatement.shop_id == scope.shop_id, PayStatement.carried_out < 0, PayStatement.id.in_(latest)
    )
    return dict(scope.session.execute(rows).all())


def _write(scope: Scope, month_id: int, settled: Mapping[int, tuple[int, Settled]]) -> None:
    worked = hours.of_month(scope, month_id)
    rows = [
        _row(one)
        | {"shop_id": scope.shop_id, "month_id": month_id, "partner_id": id_}
        | {"tasks": tasks, "worked_s": worked[id_].seconds, "timed_won": worked[id_].won}
        for id_, (tasks, one) in settled.items()
    ]
    if rows:
        scope.session.execute(insert(PayStatement), rows)
    gross = sum(row["earned"] + row["adjusted"] for row in rows)
    if gross != _total(scope, month_id):
        raise DoesNotAddUp(month_id)
    facts = {"partners": len(rows), "won": gross, "net": sum(row["net"] for row in rows)}
    audit.note(scope, "pay.month_closed", subject="pay_month", subject_id=month_id, **facts)


def _row(one: Settled) -> dict[str, Any]:
    return {
        "tax_kind": one.kind,
        "earned": one.earned,
        "adjusted": one.adjusted,
        "carried_in": one.carried_in,
        "gross": one.gross,
        "income_tax": one.held.income_tax,
        "local_tax": one.held.local_tax,
        "net": one.net,
        "carried_out": one.carried_out,
    }


def _total(scope: Scope, month_id: int) -> int:
    """The won of every line in the month, counted from the lines themselves."""
    here = (PayMonthLine.shop_id == scope.shop_id, PayMonthLine.month_id == month_id)
    total = 0
    for table, column in ((PayLine, PayMonthLine.line_id), (PayAdjustment, PayMonthLine.adjustment_id)):
        total += int(
            scope.session.scalar(
                select(func.coalesce(func.sum(table.won), 0)).where(table.id == column, *here)
            )
            or 0
        )
    return total
