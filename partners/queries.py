"""What is read about partners: what they earned, who they are, what work pays."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select

from base.errors import NotFound
from base.scope import Scope
from partners.models import Partner, PayLine, Price
from partners.pay.months import Month
from security.models import Account, Membership


@dataclass(frozen=True, slots=True)
class Earned:
    """One accepted task and what it earned, in won."""

    id: int
    task_id: int
    kind: str
    won: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """What one day earned, the latest line first."""

    day: date
    lines: tuple[Earned, ...]

    @property
    def won(self) -> int:
        return sum(line.won for line in self.lines)


@dataclass(frozen=True, slots=True)
class Statement:
    """A month of a partner's pay, the latest day first."""

    month: Month
    days: tuple[Day, ...]

    @property
    def won(self) -> int:
        return sum(day.won for day in self.days)

    @property
    def count(self) -> int:
        return sum(len(day.lines) for day in self.days)


@dataclass(frozen=True, slots=True)
class Card:
    """A partner as the owner sees them; won and tasks are those of the month asked for."""

    id: int
    name: str
    state: str
    capacity: int
    joined_at: datetime
    won: int
    tasks: int


@dataclass(frozen=True, slots=True)
class Rate:
    """What a kind of work pays from an instant on."""

    kind: str
    won: int
    since: datetime


def own_pay(scope: Scope, *, month: Month, zone: ZoneInfo) -> Statement:
    """The actor's own pay in a month. Raises NotFound for somebody who is no partner."""
    if scope.actor.partner_id is None:
        raise NotFound
    return pay_of(scope, scope.actor.partner_id, month=month, zone=zone)


def pay_of(scope: Scope, partner_id: int, *, month: Month, zone: ZoneInfo) -> Statement:
    """A partner's pay in a month; the edge has made sure that the reader may see it."""
    lines = scope.session.execute(
        select(PayLine.id, PayLine.task_id, PayLine.kind, PayLine.won, PayLine.at)
        .where(
            PayLine.shop_id == scope.shop_id,
            PayLine.partner_id == partner_id,
            PayLine.at >= month.begins(zone),
            PayLine.at < month.next.begins(zone),
        )
        .order_by(PayLine.at.desc(), PayLine.id.desc())
    )
    days: dict[date, list[Earned]] = {}
    for line in lines:
        days.setdefault(line.at.astimezone(zone).date(), []).append(Earned(*line))
    return Statement(month, tuple(Day(day, tuple(earned)) for day, earned in days.items()))


def partners(scope: Scope, *, month: Month, zone: ZoneInfo) -> list[Card]:
    """The shop's partners with what the month earned them; those who left last."""
    earned = and_(
        PayLine.shop_id == scope.shop_id,
        PayLine.partner_id == Partner.id,
        PayLine.at >= month.begins(zone),
        PayLine.at < month.next.begins(zone),
    )
    rows = scope.session.execute(
        select(
            Partner.id,
            Account.name,
            Partner.state,
            Partner.capacity,
            Partner.joined_at,
            func.coalesce(func.sum(PayLine.won), 0),
            func.count(PayLine.id),
        )
        .join(Membership, Membership.id == Partner.id)
        .join(Account, Account.id == Membership.account_id)
        .outerjoin(PayLine, earned)
        .where(Partner.shop_id == scope.shop_id)
        .group_by(Partner.id, Account.name, Partner.state, Partner.capacity, Partner.joined_at)
        .order_by(Partner.state == "left", Account.name, Partner.id)
    )
    return [Card(*row[:5], won=int(row[5]), tasks=row[6]) for row in rows]


def names(scope: Scope) -> dict[int, str]:
    """The names of the shop's partners by id."""
    rows = scope.session.execute(
        select(Partner.id, Account.name)
        .join(Membership, Membership.id == Partner.id)
        .join(Account, Account.id == Membership.account_id)
        .where(Partner.shop_id == scope.shop_id)
    )
    return {id_: name for id_, name in rows}  # noqa: C416 (rows are not pairs to the type checker)


def rates(scope: Scope) -> list[Rate]:
    """Every price, by kind, the latest first."""
    rows = scope.session.execute(
        select(Price.kind, Price.won, Price.since)
        .where(Price.shop_id == scope.shop_id)
        .order_by(Price.kind, Price.since.desc())
    )
    return [Rate(*row) for row in rows]
