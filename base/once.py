"""Writing a row at most once: the unique key decides who was first, on SQLite and PostgreSQL alike."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Insert, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from base.db import Base
from base.saying import line


def once(session: Session, model: type[Base], values: Mapping[str, object]) -> int | None:
    """Inserts the row and returns its id, or None where a row with one of its unique keys stands already."""
    to = line(session)
    said = to.made(_unless_there(model, to.dialect.name), tuple(values))
    assert said is not None
    made: int | None = to.run(said, values).scalar()
    return made


@cache
def _unless_there(model: type[Base], dialect: str) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    row = insert(model.__table__).on_conflict_do_nothing()  # type: ignore[arg-type]
    return row.returning(inspect(model).primary_key[0])
