"""Clocks that jump: of this machine's processes by a file, of PostgreSQL by a function in front of its own."""

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import psycopg

from base import clock

WHERE = "DARI_TORTURE_SKEW"
#: The app's role finds this function before the built-in one; nothing else of the database is changed.
IN_DATABASE = (
    "CREATE SCHEMA torture",
    "CREATE TABLE torture.skew (s double precision NOT NULL)",
    "INSERT INTO torture.skew VALUES (0)",
    "GRANT USAGE ON SCHEMA torture TO PUBLIC",
    "GRANT SELECT ON torture.skew TO PUBLIC",
    (
        "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS"
        " 'SELECT pg_catalog.clock_timestamp() + make_interval(secs => s) FROM torture.skew'"
    ),
    "ALTER ROLE dari_app IN DATABASE torture SET search_path = public, pg_catalog",
)


class Skewed(datetime):
    """The wall clock as far off as the file says."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + by(Path(os.environ[WHERE]))


def by(file: Path) -> timedelta:
    return timedelta(seconds=float(file.read_text() or 0))


def wear(file: Path) -> None:
    """This process sees its clock through the file from now on."""
    os.environ[WHERE] = str(file)
    clock.datetime = Skewed  # type: ignore[misc]


def take_off() -> None:
    """The true time again."""
    clock.datetime = datetime  # type: ignore[misc]


def jump(file: Path, seconds: float) -> None:
    """Every process that wears the file jumps to so many seconds off the true time."""
    new = file.with_suffix(".new")
    new.write_text(str(seconds))
    new.rename(file)


def jump_database(dsn: str, seconds: float) -> None:
    """The database's own clock jumps."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("UPDATE torture.skew SET s = %s", [seconds])
