"""What a partner says of her time: hours of the week, days off, and taking both back. The gate of both."""

from datetime import date, timedelta

from sqlalchemy import delete, func, select, update

from base import calendars
from base.errors import Invalid, NotFound
from base.once import once
from base.rows import changed, one
from base.scope import Scope
from partners.availability import week as weeks
from partners.availability.models import OfferedHours, TimeOff
from partners.availability.week import Week
from partners.wishes import own
from security import audit

MOST_OFF = 20  # spans of days off that lie ahead
LONGEST_OFF, FARTHEST_OFF = timedelta(days=92), timedelta(days=366)


class BadHours(Invalid):
    """The hours of a weekday cannot be read. Facts: field, day, why."""

    code = "partners.bad_hours"


class BadDaysOff(Invalid):
    """Days off begin today or later, end no earlier, and are few. Facts: field, most, days."""

    code = "partners.bad_days_off"


def offer(scope: Scope, week: Week) -> None:
    """The actor offers these hours from now on; none at all takes back what was said. Raises NotFound."""
    partner = own(scope)
    said = {"week": weeks.written(week), "since": scope.now}
    row = {"shop_id": scope.shop_id, "partner_id": partner.id, **said}
    this = (OfferedHours.shop_id == scope.shop_id, OfferedHours.partner_id == partner.id)
    if not weeks.seconds(week):
        changed(scope, delete(OfferedHours).where(*this))
    elif once(scope.session, OfferedHours, row) is None:
        changed(scope, update(OfferedHours).where(*this).values(said))
    audit.note(scope, "hours.offered")


def take_off(scope: Scope, first: date, last: date) -> None:
    """The actor wants to be offered nothing on these days. Raises NotFound, BadDaysOff."""
    partner, today = own(scope), calendars.today(scope)
    fits = today <= first <= last <= first + LONGEST_OFF and last <= today + FARTHEST_OFF
    if not fits or _ahead(scope, partner.id, today) >= MOST_OFF:
        raise BadDaysOff(field="first", most=MOST_OFF, days=LONGEST_OFF.days)
    _forget_past(scope, partner.id, today)
    row = TimeOff(partner_id=partner.id, first=first, last=last, made_at=scope.now)
    row.shop_id = scope.shop_id
    scope.session.add(row)
    scope.session.flush()
    audit.note(scope, "hours.days_off")


def work_after_all(scope: Scope, off_id: int) -> None:
    """The actor takes days off back. Raises NotFound."""
    row = one(scope, TimeOff, off_id)
    if row.partner_id != scope.actor.partner_id:
        raise NotFound
    this = (TimeOff.shop_id == scope.shop_id, TimeOff.id == row.id)
    if changed(scope, delete(TimeOff).where(*this)):
        audit.note(scope, "hours.days_back")


def forget(scope: Scope, partner_id: int) -> None:
    """Whoever left has said nothing any more."""
    for table in (OfferedHours, TimeOff):
        here = (table.shop_id == scope.shop_id, table.partner_id == partner_id)
        changed(scope, delete(table).where(*here))


def _ahead(scope: Scope, partner_id: int, today: date) -> int:
    here = (TimeOff.shop_id == scope.shop_id, TimeOff.partner_id == partner_id, TimeOff.last >= today)
    return scope.session.scalar(select(func.count()).select_from(TimeOff).where(*here)) or 0


def _forget_past(scope: Scope, partner_id: int, today: date) -> None:
    """Days off that are over say nothing any more, and nobody is to look back at them."""
    over = (TimeOff.shop_id == scope.shop_id, TimeOff.partner_id == partner_id, TimeOff.last < today)
    changed(scope, delete(TimeOff).where(*over))
