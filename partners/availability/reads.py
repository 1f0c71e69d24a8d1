"""What is read of offered time: one's own, whether somebody is off today, and the sum of all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from base import calendars
from base.hours import Calendar
from base.rows import mine
from base.scope import Scope
from partners.availability import week as weeks
from partners.availability.models import OfferedHours, TimeOff
from partners.availability.week import Supply, Week
from partners.lifecycle import WORKING
from partners.models import Partner


@dataclass(frozen=True, slots=True)
class Own:
    """What a partner has said of her time: her week, and the days off that lie ahead."""

    week: Week
    off: tuple[TimeOff, ...]

    @property
    def seconds(self) -> int:
        return weeks.seconds(self.week)


def own(scope: Scope, partner_id: int) -> Own:
    """One partner's own words."""
    here = (TimeOff.partner_id == partner_id, TimeOff.last >= calendars.today(scope))
    off = scope.session.scalars(mine(scope, TimeOff).where(*here).order_by(TimeOff.first, TimeOff.id))
    return Own(_week_of(scope, partner_id), tuple(off))


def _week_of(scope: Scope, partner_id: int) -> Week:
    here = (OfferedHours.shop_id == scope.shop_id, OfferedHours.partner_id == partner_id)
    return weeks.read(scope.session.scalar(select(OfferedHours.week).where(*here)) or "")


def off_until(scope: Scope, partner_id: int) -> date | None:
    """The last of the days off that somebody is in today; None where they are in none."""
    today = calendars.today(scope)
    here = (TimeOff.shop_id == scope.shop_id, TimeOff.partner_id == partner_id)
    now = (TimeOff.first <= today, TimeOff.last >= today)
    return scope.session.scalar(select(func.max(TimeOff.last)).where(*here, *now))


def calendar_of(scope: Scope, partner_id: int) -> Calendar | None:
    """The hours somebody offers, without the days off; None where they have said none."""
    said = own(scope, partner_id)
    if not said.seconds:
        return None
    off = [day for row in said.off for day in weeks.days(row.first, row.last)]
    return weeks.calendar(said.week, calendars.current(scope).tz, off)


@dataclass(frozen=True, slots=True)
class Offered:
    """What active partners offer together; how many of them have said anything at all."""

    supply: Supply
    said: int


def together(scope: Scope, until: datetime) -> Offered:
    """What is offered between now and an instant: two statements, a row for each different week."""
    since, tz = scope.now, calendars.current(scope).tz
    here = (OfferedHours.shop_id == scope.shop_id, Partner.state.in_(WORKING))
    weeks_said = scope.session.execute(
        select(OfferedHours.week, func.count())
        .join(Partner, Partner.id == OfferedHours.partner_id)
        .where(*here)
        .group_by(OfferedHours.week)
    ).all()
    if not weeks_said:
        return Offered(weeks.supply((), since=since, until=until), 0)
    everybody = [(weeks.calendar(weeks.read(text), tz), people) for text, people in weeks_said]
    offers = [*everybody, *_without_days_off(scope, until, tz)]
    return Offered(weeks.supply(offers, since=since, until=until), sum(people for _, people in weeks_said))


def _without_days_off(scope: Scope, until: datetime, tz: str) -> Iterator[tuple[Calendar, int]]:
    """Takes out the whole week of each who is off before then, and puts it back without those days."""
    last = calendars.day_of(scope, until)
    found: dict[tuple[int, str], set[date]] = {}
    for partner_id, text, first, final in scope.session.execute(
        select(TimeOff.partner_id, OfferedHours.week, TimeOff.first, TimeOff.last)
        .join(OfferedHours, OfferedHours.partner_id == TimeOff.partner_id)
        .join(Partner, Partner.id == TimeOff.partner_id)
        .where(
            TimeOff.shop_id == scope.shop_id,
            OfferedHours.shop_id == scope.shop_id,
            Partner.state.in_(WORKING),
            TimeOff.first <= last,
            TimeOff.last >= calendars.today(scope),
        )
    ):
        found.setdefault((partner_id, text), set()).update(weeks.days(first, min(final, last)))
    for (_, text), off in found.items():
        yield weeks.calendar(weeks.read(text), tz), -1
        yield weeks.calendar(weeks.read(text), tz, off), 1
