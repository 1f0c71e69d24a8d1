"""Models and migrations say the same, on both engines; going down and up again keeps working."""

import pytest
from alembic import command
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import DBAPIError

import app
from base import migrate
from base.db import Base, open_engines
from base.guards import APPEND_ONLY
from base.migrate import _alembic
from tests import engines as engines_
from tests.cast import Stage
from tests.engines import Database

pytestmark = pytest.mark.both  # the tables themselves

assert app.REACTIONS is not None  # the front door knows every room, so every table is in the metadata


def test_the_migrated_database_is_what_the_models_say(database: Database) -> None:
    engines = open_engines(database.owner_url)
    with engines.write.connect() as connection:
        assert migrate.differences(connection) == []
        assert set(inspect(connection).get_table_names()) == set(Base.metadata.tables) | {"alembic_version"}
    engines.dispose()


def test_numbers_that_are_given_once_are_so_on_sqlite(sqlite_database: Database) -> None:
    """What alembic does not compare: a table that was made anew keeps saying AUTOINCREMENT."""
    counting = {
        name
        for name, table in Base.metadata.tables.items()
        if table.dialect_kwargs.get("sqlite_autoincrement")
    }
    engines = open_engines(sqlite_database.owner_url)
    with engines.write.connect() as connection:
        made = connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"))
        assert set(made.scalars()) == counting == {"inspections"}
    engines.dispose()


def test_down_to_nothing_and_up_again(database: Database) -> None:
    engines = open_engines(database.owner_url)
    with engines.write.connect() as connection, connection.begin():
        command.downgrade(_alembic(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    migrate.migrate(database.owner_url, app_url=database.url)
    with engines.write.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == migrate.head()
    engines.dispose()


def _contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, seen past the row security as the owner who switched it off for this."""
    engines = open_engines(url)
    with engines.write.connect() as connection:
        rows = {
            name: sorted((tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))), key=repr)
            for name in Base.metadata.tables
        }
    engines.dispose()
    return rows


def test_every_migration_after_the_first_goes_down_and_up_with_rows(
    stage: Stage, pg_server: engines_.Server
) -> None:
    """The people of two shops, their calendars, prices and journal come through unharmed."""
    url = stage.database.owner_url
    seen_as = (
        pg_server.dsn_for(make_url(url).database or "", "postgres")
        if stage.database.engine == "postgres"
        else url
    )
    before = _contents(seen_as)
    assert len(before["audit_entries"]) > 10
    engines = open_engines(url)
    with engines.write.connect() as connection, connection.begin():
        command.downgrade(_alembic(connection), "0001")
    engines.dispose()
    migrate.migrate(url, app_url=stage.database.url)
    assert _contents(seen_as) == before


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("act", ["DELETE FROM {0}", "UPDATE {0} SET shop_id = shop_id"])
def test_the_ledgers_refuse_to_be_changed(stage: Stage, table: str, act: str) -> None:
    """By the app's role and by the owner of the tables."""
    for url in {stage.database.url, stage.database.owner_url}:
        with pytest.raises(DBAPIError):
            _do(url, act.format(table))


def _do(url: str, statement: str) -> None:
    engines = open_engines(url)
    try:
        with engines.write.begin() as connection:
            if connection.dialect.name == "sqlite":  # its triggers speak row by row, so there must be one
                connection.execute(text("PRAGMA defer_foreign_keys=ON"))
                connection.execute(text(MOVEMENT))
            connection.execute(text(statement))
    finally:
        engines.dispose()


MOVEMENT = (
    "INSERT INTO movements (shop_id, product_id, location_id, quantity, kind, reason, key, actor_id, occurred_at,"
    " recorded_at) VALUES (1, 1, 1, 1, 'receipt', '', 'k', 0, '2026-11-23', '2026-11-23')"
)
