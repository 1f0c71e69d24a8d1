"""The clock: the database's own, so that every process agrees on when a lease ends."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

ANCHORED = "anchored"  # in a session's notes: the shop that its transaction has been told
_ANCHOR = text("SELECT set_config('dari.shop', :shop, true), clock_timestamp()")


def anchor(session: Session, shop_id: int) -> datetime:
    """Tells the database whose rows this transaction may touch and returns its clock (UTC).

    SQLite runs on this machine, so its clock is ours; PostgreSQL answers both in one round trip.
    """
    if session.get_bind().dialect.name != "postgresql":
        return datetime.now(UTC)
    row = session.execute(_ANCHOR, {"shop": str(shop_id)}).one()
    session.info[ANCHORED] = shop_id
    now: datetime = row[1]
    return now.astimezone(UTC)


def utcnow() -> datetime:
    """The wall clock, for the edges that have no database open (logs, cookies, file names)."""
    return datetime.now(UTC)
