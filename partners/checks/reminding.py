"""When somebody is reminded of what runs out: thirty days before, seven, and on the last day (pure)."""

from datetime import datetime, timedelta

DAYS = (30, 7, 0)
OWNER_FROM = 7  # from so many days before its end owners are told as well
LATE = timedelta(days=3)  # so long after the end the last reminder is still made up for


def stage(until: datetime, *, at: datetime) -> int | None:
    """Which reminder is due of what is good until an instant; none before the first and long after the end.

    A paper's last day is the day before the instant: it has n days left while more than n and at most n + 1
    days go by until then. Reminders that were missed are not made up for one by one: the nearest counts.
    """
    if at - until > LATE:
        return None
    left = [days for days in DAYS if until - at <= timedelta(days=days + 1)]
    return min(left, default=None)
