"""Writing a row at most once: the unique key decides who was first, on SQLite and PostgreSQL alike."""

from collections.abc import Mapping

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from base.db import Base


def once(session: Session, model: type[Base], values: Mapping[str, object]) -> int | None:
    """Inserts the row and returns its id, or None where a row with one of its unique keys stands already."""
    on_postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgres else sqlite.insert
    key = inspect(model).primary_key[0]
    row = insert(model.__table__).values(**values).on_conflict_do_nothing()  # type: ignore[arg-type]
    made: int | None = session.scalar(row.returning(key))
    return made
