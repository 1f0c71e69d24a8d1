"""The database: naming, column types, and the engines for reading and writing on SQLite and PostgreSQL."""

import functools
import math
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Index,
    Integer,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from base.saying import Line
from base.turnstile import Turnstile

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(TypeDecorator[datetime]):
    """An aware instant, stored in UTC and read back aware; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Big = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

Id = Annotated[int, mapped_column(Big, primary_key=True)]
Doc = Annotated[dict[str, Any], mapped_column(Json)]


class Base(DeclarativeBase):
    """Every table of every room."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Utc(), int: Big}  # noqa: RUF012 (SQLAlchemy reads it off the class)


class InShop:
    """The column that makes a table the shop's own: the access, key and distribution boundary."""

    shop_id: Mapped[int] = mapped_column(Big)
    if TYPE_CHECKING:
        id: Mapped[int]


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows that fulfil a condition, on both engines."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


@dataclass(frozen=True, slots=True)
class Engines:
    """One database seen twice: `read` cannot write, `write` takes its lock when it begins."""

    read: Engine
    write: Engine

    @property
    def dialect(self) -> str:
        return self.write.dialect.name

    def dispose(self) -> None:
        self.read.dispose()
        self.write.dispose()


def open_engines(url: str) -> Engines:
    """Opens both engines for a SQLite or PostgreSQL URL."""
    if url.startswith("sqlite"):
        return Engines(read=_sqlite(url, reading=True), write=_sqlite(url, reading=False))
    return _postgres(url)


def in_turn(engines: Engines) -> Engines:
    """Lets SQLite's writer out only in this process's turn, which ends when its connection comes back.

    For whoever serves: processes that write all day. What writes now and then asks SQLite itself.
    """
    if engines.dialect == "sqlite" and engines.write.url.database:
        turnstile = Turnstile(Path(engines.write.url.database))
        event.listen(engines.write, "checkout", lambda _driver, _record, _proxy: turnstile.enter())
        event.listen(engines.write, "checkin", lambda _driver, _record: turnstile.leave())
        event.listen(engines.write, "engine_disposed", lambda _engine: turnstile.close())
    return engines


PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=15000",
    "foreign_keys=ON",
    "recursive_triggers=ON",  # so that INSERT OR REPLACE meets the guards of the ledgers
    "secure_delete=ON",
    "trusted_schema=OFF",
)
READING = ("query_only=ON",)
WRITING = ("wal_autocheckpoint=4000",)  # pages: what many acts change goes back to its place less often


REOPENED_S = 3 * 3600  # a connection knows of its tables what stood in `base.statistics` when it was opened


def _driver() -> Any:
    """The newest SQLite at hand: `pysqlite3` where installed, else the one Python was built with."""
    try:
        from pysqlite3 import dbapi2  # an optional extra: Debian's own library is old
    except ImportError:
        return sqlite3
    return dbapi2


def _sqlite(url: str, *, reading: bool) -> Engine:
    # One connection writes, and whoever waits stands in a row for it: SQLite itself only looks again after
    # naps that grow to 100 ms, while the lock lies idle or a newcomer takes it.
    places, more, patience = (10, 20, 20) if reading else (1, 0, 60)
    engine = create_engine(
        url,
        module=_driver(),
        pool_size=places,
        max_overflow=more,
        pool_timeout=patience,
        pool_recycle=REOPENED_S,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _tuned(reading))
    event.listen(engine, "begin", _begun("BEGIN" if reading else "BEGIN IMMEDIATE"))
    return engine


def _tuned(reading: bool) -> Callable[[Any, object], None]:
    def tune(dbapi: Any, _record: object) -> None:
        dbapi.isolation_level = None  # the driver must not open transactions by itself
        for pragma in (*PRAGMAS, *(READING if reading else WRITING)):
            dbapi.execute(f"PRAGMA {pragma}")

    return tune


def _begun(statement: str) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        Line.of(connection).order(statement)

    return begin


RESTED_S = 5.0  # a line that lay idle for longer is asked whether it lives; a busy one is not, see `acting`


def _rests(_driver: object, record: ConnectionPoolEntry) -> None:
    record.info["since"] = time.monotonic()


def _wakes(engine: Engine, driver: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Raises DisconnectionError for a line that died while it rested: the pool then opens another."""
    if time.monotonic() - record.info.get("since", math.inf) <= RESTED_S:
        return
    try:
        engine.dialect.do_ping(driver)
    except engine.dialect.loaded_dbapi.Error as dead:
        raise DisconnectionError from dead


def _postgres(url: str) -> Engines:
    from base.lines import patient  # psycopg takes its time to import, which a shop on SQLite need not wait

    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_timeout=10,
        hide_parameters=True,  # an error's text must not carry what was being written
        connect_args={
            "connect_timeout": 5,
            "options": "-c timezone=UTC -c statement_timeout=60000 -c lock_timeout=15000"
            " -c idle_in_transaction_session_timeout=60000",
        },
    )
    event.listen(engine, "do_connect", patient)
    event.listen(engine, "checkin", _rests)
    event.listen(engine, "checkout", functools.partial(_wakes, engine))
    return Engines(read=engine.execution_options(postgresql_readonly=True), write=engine)
