"""Parts of a shop's day: 0 is when it opens, 1 when it closes (pure)."""

from datetime import datetime, timedelta

from base.hours import Calendar, spans_on

NEXT_DAY = timedelta(seconds=1)  # past closing: whoever waits until then is called at the next opening


def moment(calendar: Calendar, now: datetime, share: float) -> datetime | None:
    """The instant of today's hours at this share of them; None on a day off."""
    open_ = spans_on(calendar, now.astimezone(calendar.zone).date())
    return open_[0][0] + share * (open_[-1][1] - open_[0][0]) if open_ else None


def until(calendar: Calendar, now: datetime, share: float) -> timedelta | None:
    """How long until this part of today; None when it is over or there is none."""
    at = moment(calendar, now, share)
    return at - now if at is not None and at >= now else None


def past_closing(calendar: Calendar, now: datetime) -> timedelta:
    """How long until today's hours are over."""
    return (until(calendar, now, 1) or timedelta()) + NEXT_DAY


def away(calendar: Calendar, now: datetime, begins: float, ends: float) -> timedelta:
    """How long somebody who works from one part of the day to another is away from now on."""
    leaves = until(calendar, now, ends)
    if not leaves:
        return past_closing(calendar, now)
    return until(calendar, now, begins) or timedelta()
