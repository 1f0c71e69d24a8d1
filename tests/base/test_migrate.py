"""Models and migrations say the same, on both engines; going down and up again keeps working."""

from alembic import command
from sqlalchemy import inspect, text

import app
from base import migrate
from base.db import Base, open_engines
from base.migrate import _alembic
from tests.engines import Database

assert app.REACTIONS is not None  # the front door knows every room, so every table is in the metadata


def test_the_migrated_database_is_what_the_models_say(database: Database) -> None:
    engines = open_engines(database.owner_url)
    with engines.write.connect() as connection:
        assert migrate.differences(connection) == []
        assert set(inspect(connection).get_table_names()) == set(Base.metadata.tables) | {"alembic_version"}
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
