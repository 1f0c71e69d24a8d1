"""The clock: the database's own, so that every process agrees on when a lease ends."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, DateTime, Text, bindparam, cast, func, select
from sqlalchemy.orm import Session

from base.saying import line

ANCHORED = "anchored"  # in a session's notes: the shop that its transaction has been told
SETTING = "dari.shop"  # of PostgreSQL: the shop, which its row-level security reads
_ANCHOR = select(
    func.set_config(SETTING, bindparam("shop", type_=Text), True),
    func.clock_timestamp(type_=DateTime(timezone=True)).label("now"),
)


def telling(shop_id: ColumnElement[int]) -> ColumnElement[str]:
    """A column that tells PostgreSQL whose rows this transaction may touch; see `told`."""
    return func.set_config(SETTING, cast(shop_id, Text), True)


def told(session: Session, shop_id: int) -> None:
    """Notes that this transaction has been told its shop, by a statement with a column of `telling`."""
    session.info[ANCHORED] = shop_id


def anchor(session: Session, shop_id: int) -> datetime:
    """Tells the database whose rows this transaction may touch and returns its clock (UTC).

    SQLite runs on this machine, so its clock is ours; PostgreSQL answers both in one round trip.
    """
    if session.get_bind().dialect.name != "postgresql":
        return datetime.now(UTC)
    row = line(session).ask(_ANCHOR, {"shop": str(shop_id)}).one()
    told(session, shop_id)
    now: datetime = row.now
    return now.astimezone(UTC)


def utcnow() -> datetime:
    """The wall clock, for the edges that have no database open (logs, cookies, file names)."""
    return datetime.now(UTC)
