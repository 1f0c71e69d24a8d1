"""Brings a database to the newest form, creating it at the first start."""

import os
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as Alembic
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text

from base.config import Settings, Unsafe, private
from base.db import Base, open_engines
from base.guards import APPEND_ONLY

LOCK = 0x0DA41


class NewerDatabase(Exception):
    """The database was made by a newer edition of this program; it is not guessed at."""


def upgrade(settings: Settings) -> None:
    """Migrates as the owner of the database, one process at a time. Raises NewerDatabase, Unsafe."""
    if settings.database_url.startswith("sqlite:///"):
        _private(Path(settings.database_url.removeprefix("sqlite:///")))
    elif settings.env == "production":
        _check_bound(settings.database_url)
    migrate(settings.database_owner_url, app_url=settings.database_url)


def _check_bound(url: str) -> None:
    """Raises Unsafe for a role that the database's own rules do not bind."""
    engines = open_engines(url)
    try:
        with engines.read.connect() as connection:
            own = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            if connection.scalar(text(own)):
                raise Unsafe("DATABASE_URL must not be a superuser's: rows would not stay in their shop")
    finally:
        engines.dispose()


def migrate(url: str, *, app_url: str = "") -> None:
    """Migrates the database behind an URL to the newest form; grants the app's role what it may do."""
    engines = open_engines(url)
    try:
        with engines.write.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            _known(connection)
            command.upgrade(_alembic(connection), "head")
            _grant(connection, make_url(app_url or url).username or "")
    finally:
        engines.dispose()


def revise(url: str, message: str) -> Path:
    """Writes the migration that brings a migrated database to what the models say now."""
    engines = open_engines(url)
    try:
        with engines.write.connect() as connection:
            made: Any = command.revision(_alembic(connection), message, autogenerate=True)
            return Path(made.path)
    finally:
        engines.dispose()


def head() -> str:
    """The newest revision."""
    return ScriptDirectory.from_config(_alembic(None)).get_current_head() or ""


def differences(connection: Connection) -> list[Any]:
    """What the tables of the models have that the database has not, or the other way round."""
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    return list(compare_metadata(context, Base.metadata))


def _grant(connection: Connection, role: str) -> None:
    """Where the app is not the owner: reading and writing rows, and on the ledgers only adding them."""
    if connection.dialect.name != "postgresql" or role == connection.engine.url.username:
        return
    name = connection.dialect.identifier_preparer.quote(role)
    for statement in (
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {name}" for table in APPEND_ONLY),
    ):
        connection.execute(text(statement))


def _known(connection: Connection) -> None:
    at = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_alembic(None)).walk_revisions()}
    if at is not None and at not in known:
        raise NewerDatabase(f"the database is at {at}, which this edition does not know")


def _alembic(connection: Connection | None) -> Alembic:
    config = Alembic()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _private(path: Path) -> None:
    private(path.parent)
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
