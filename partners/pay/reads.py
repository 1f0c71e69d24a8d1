"""What is read about pay: a partner's month with all that counts in it, and her statements."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from base.errors import NotFound
from base.rows import Page, mine, one, page
from base.scope import Scope
from partners.models import Partner, PayLine
from partners.pay import closing, hours, terms
from partners.pay.models import (
    PayAdjustment,
    PayDispute,
    PayMonth,
    PayMonthLine,
    PayProposal,
    PayStatement,
)
from partners.pay.months import Month
from partners.pay.settling import Settled, settle
from partners.pay.wages import Hourly, minimum_on
from partners.pay.wanting import PROPOSED
from partners.queries import Statement, pay_of
from security.models import Account, Membership


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Something put right, and whether one owner alone did so (in the partner's favour)."""

    row: PayAdjustment
    alone: bool


@dataclass(frozen=True, slots=True)
class View:
    """A partner's month: its lines, what was put right, and the statement, or what it would be by now.

    `paper` is the statement of a closed month; `so_far` is what it would be where the month is not closed and
    somebody said as what the partner is paid.
    """

    statement: Statement
    adjusted: tuple[Adjusted, ...]
    paper: PayStatement | None
    so_far: Settled | None
    hourly: Hourly
    tax_kind: str

    @property
    def put_right(self) -> int:
        return sum(one.row.won for one in self.adjusted)


@dataclass(frozen=True, slots=True)
class Paper:
    """A statement as it is printed: the month, whose it is, its days and what was put right."""

    row: PayStatement
    month: PayMonth
    name: str
    lines: tuple[PayLine, ...]
    adjusted: tuple[Adjusted, ...]
    hourly: Hourly


def view(scope: Scope, partner_id: int, *, month: Month, zone: ZoneInfo) -> View:
    """A partner's month; the edge has made sure that the reader may see it."""
    statement = pay_of(scope, partner_id, month=month, zone=zone)
    begins, ends = month.begins(zone), month.next.begins(zone)
    adjusted = _adjusted(
        scope, PayAdjustment.partner_id == partner_id, PayAdjustment.at >= begins, PayAdjustment.at < ends
    )
    closed = scope.session.scalar(mine(scope, PayMonth).where(PayMonth.month == str(month)))
    paper = _paper(scope, closed.id, partner_id) if closed else None
    kind = paper.tax_kind if paper else terms.of(scope, partner_id)
    today = scope.now.astimezone(zone).date()
    so_far = None
    if closed is None and kind:
        so_far = settle(
            earned=statement.won,
            adjusted=sum(one.row.won for one in adjusted),
            carried_in=closing.carried_now(scope).get(partner_id, 0),
            kind=kind,
            on=today,
        )
    worked = hours.of_partner(scope, partner_id, PayLine.at >= begins, PayLine.at < ends)
    hourly = Hourly(worked.won, worked.seconds, minimum_on(begins.astimezone(zone).date()))
    return View(statement, adjusted, paper, so_far, hourly, kind)


def paper(scope: Scope, statement_id: int) -> Paper:
    """A statement with its lines; the edge has made sure that the reader may see it. Raises NotFound."""
    row = one(scope, PayStatement, statement_id)
    month = one(scope, PayMonth, row.month_id)
    here = (PayMonthLine.shop_id == scope.shop_id, PayMonthLine.month_id == month.id)
    lines = scope.session.scalars(
        mine(scope, PayLine)
        .join(PayMonthLine, PayMonthLine.line_id == PayLine.id)
        .where(*here, PayLine.partner_id == row.partner_id)
        .order_by(PayLine.at, PayLine.id)
    )
    inside = select(PayMonthLine.adjustment_id).where(*here)
    adjusted = _adjusted(scope, PayAdjustment.partner_id == row.partner_id, PayAdjustment.id.in_(inside))
    name = names(scope, [row.partner_id])[row.partner_id]
    return Paper(row, month, name, tuple(lines), adjusted, hourly_of(row, month))


def own_paper(scope: Scope, statement_id: int) -> Paper:
    """A statement of the actor's own. Raises NotFound."""
    row = one(scope, PayStatement, statement_id)
    if scope.actor.partner_id is None or row.partner_id != scope.actor.partner_id:
        raise NotFound
    return paper(scope, statement_id)


def hourly_of(row: PayStatement, month: PayMonth) -> Hourly:
    """What an hour of a closed month came to."""
    first = date.fromisoformat(f"{month.month}-01")
    return Hourly(row.timed_won, row.worked_s, minimum_on(first))


def papers(scope: Scope, partner_id: int) -> list[tuple[PayStatement, PayMonth]]:
    """A partner's statements with their months, the latest first."""
    rows = scope.session.execute(
        select(PayStatement, PayMonth)
        .join(PayMonth, PayMonth.id == PayStatement.month_id)
        .where(PayStatement.shop_id == scope.shop_id, PayStatement.partner_id == partner_id)
        .order_by(PayMonth.month.desc())
        .limit(36)
    )
    return [(row, month) for row, month in rows]


def of_month(scope: Scope, month_id: int, *, after: str = "") -> Page[PayStatement]:
    """The statements of a closed month, a page of them."""
    stmt = mine(scope, PayStatement).where(PayStatement.month_id == month_id)
    return page(scope, stmt, by=(PayStatement.id,), after=after, newest_first=False)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the statements of months come to, by month."""

    partners: int
    gross: int
    held_back: int
    net: int


def sums(scope: Scope) -> Mapping[int, Sums]:
    """What each closed month came to."""
    rows = scope.session.execute(
        select(
            PayStatement.month_id,
            func.count(),
            func.sum(PayStatement.gross),
            func.sum(PayStatement.income_tax + PayStatement.local_tax),
            func.sum(PayStatement.net),
        )
        .where(PayStatement.shop_id == scope.shop_id)
        .group_by(PayStatement.month_id)
    )
    return {id_: Sums(n, int(gross), int(held), int(net)) for id_, n, gross, held, net in rows}


def below_minimum(scope: Scope, month: PayMonth) -> list[PayStatement]:
    """The statements of a month whose hour came to less than the minimum, the lowest first."""
    rows = scope.session.scalars(
        mine(scope, PayStatement).where(
            PayStatement.month_id == month.id,
            PayStatement.worked_s > 0,
            PayStatement.timed_won * 3600
            < minimum_on(date.fromisoformat(f"{month.month}-01")).won * PayStatement.worked_s,
        )
    )
    found = [row for row in rows if hourly_of(row, month).below]
    return sorted(found, key=lambda row: (hourly_of(row, month).won or 0, row.partner_id))


def asks_me(scope: Scope, partner_id: int) -> list[PayProposal]:
    """What is to be taken off a partner's pay and waits for a yes."""
    stmt = mine(scope, PayProposal).where(
        PayProposal.partner_id == partner_id, PayProposal.state == PROPOSED, PayProposal.won < 0
    )
    return list(scope.session.scalars(stmt.order_by(PayProposal.id)))


def outcomes(scope: Scope, disputes: Collection[PayDispute]) -> Mapping[int, PayProposal]:
    """What the answers to questions put right, by the proposal's id."""
    ids = [row.proposal_id for row in disputes if row.proposal_id]
    if not ids:
        return {}
    rows = scope.session.scalars(mine(scope, PayProposal).where(PayProposal.id.in_(ids)))
    return {row.id: row for row in rows}


def about(
    scope: Scope, disputes: Collection[PayDispute]
) -> Mapping[int, PayLine | PayAdjustment | PayStatement]:
    """What each question is about, by the question's id: three statements, however many there are."""
    found: dict[int, PayLine | PayAdjustment | PayStatement] = {}
    tables: tuple[tuple[Any, str], ...] = (
        (PayLine, "line_id"),
        (PayAdjustment, "adjustment_id"),
        (PayStatement, "statement_id"),
    )
    for table, column in tables:
        of = {getattr(row, column): row.id for row in disputes if getattr(row, column)}
        rows = scope.session.scalars(mine(scope, table).where(table.id.in_(of))) if of else ()
        found |= {of[row.id]: row for row in rows}
    return found


def names(scope: Scope, partner_ids: Collection[int]) -> Mapping[int, str]:
    """The names of these partners by id."""
    rows = (
        select(Partner.id, Account.name)
        .join(Membership, Membership.id == Partner.id)
        .join(Account, Account.id == Membership.account_id)
        .where(Partner.shop_id == scope.shop_id, Partner.id.in_(partner_ids))
    )
    return dict(scope.session.execute(rows).all())


def account_names(scope: Scope, account_ids: Collection[int]) -> Mapping[int, str]:
    """The names of these people of the shop by account."""
    here = (Membership.shop_id == scope.shop_id, Membership.account_id.in_(account_ids))
    rows = select(Account.id, Account.name).join(Membership, Membership.account_id == Account.id).where(*here)
    return dict(scope.session.execute(rows).all())


def _paper(scope: Scope, month_id: int, partner_id: int) -> PayStatement | None:
    here = (PayStatement.month_id == month_id, PayStatement.partner_id == partner_id)
    return scope.session.scalar(mine(scope, PayStatement).where(*here))


def _adjusted(scope: Scope, *within: Any) -> tuple[Adjusted, ...]:
    about = aliased(PayProposal)
    rows = scope.session.execute(
        select(PayAdjustment, about.alone)
        .join(about, about.id == PayAdjustment.proposal_id)
        .where(PayAdjustment.shop_id == scope.shop_id, about.shop_id == scope.shop_id, *within)
        .order_by(PayAdjustment.at.desc(), PayAdjustment.id.desc())
    )
    return tuple(Adjusted(row, alone) for row, alone in rows)
