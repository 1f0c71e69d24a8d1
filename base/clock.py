"""The clock: the database's own, so that every process agrees on when a lease ends."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Text, cast, func, text
from sqlalchemy.orm import Session

ANCHORED = "anchored"  # in a session's notes: the shop that its transaction has been told
_ANCHOR = text("SELECT set_config('dari.shop', :shop, true), clock_timestamp()")


def telling(shop_id: ColumnElement[int]) -> ColumnElement[str]:
    """A column that tells PostgreSQL whose rows this transaction may touch; see `told`."""
    return func.set_config("dari.shop", cast(shop_id, Text), True)


def told(session: Session, shop_id: int) -> None:
    """Notes that this transaction has been told its shop, by a statement with a column of `telling`."""
    session.info[ANCHORED] = shop_id


def anchor(session: Session, shop_id: int) -> datetime:
    """Tells the database whose rows this transaction may touch and returns its clock (UTC).

    SQLite runs on this machine, so its clock is ours; PostgreSQL answers both in one round trip.
    """
    if session.get_bind().dialect.name != "postgresql":
        return datetime.now(UTC)
    row = session.execute(_ANCHOR, {"shop": str(shop_id)}).one()
    told(session, shop_id)
    now: datetime = row[1]
    return now.astimezone(UTC)


def utcnow() -> datetime:
    """The wall clock, for the edges that have no database open (logs, cookies, file names)."""
    return datetime.now(UTC)
