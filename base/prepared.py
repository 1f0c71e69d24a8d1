"""Statements that are made once and said often: not built again for every act, no objects made of their rows.

The ORM builds a statement anew each time it is asked, and that costs several times what the database takes to
answer it. What runs at every claim and every handing-in is therefore written down once, beside the function
that says it, with places (`bindparam`) for what changes.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Insert, bindparam, insert

from base.db import Base, Big
from base.scope import CONNECTION, Scope

#: Stands in a prepared statement for the shop whose rows are meant; `run` fills it in.
SHOP = bindparam("shop", type_=Big)


def run(scope: Scope, statement: Executable, facts: Mapping[str, object] | None = None) -> CursorResult[Any]:
    """Says a statement that was made once, in this scope's transaction and about its shop."""
    told = {"shop": scope.shop_id} | dict(facts or {})
    return _connection(scope).execute(statement, told)


def _connection(scope: Scope) -> Connection:
    """The connection of this transaction; what is pending is written first, where anything is."""
    scope.session.flush()
    notes = scope.session.info
    if CONNECTION not in notes:
        notes[CONNECTION] = scope.session.connection()
    connection: Connection = notes[CONNECTION]
    return connection


def put(scope: Scope, model: type[Base], *rows: Mapping[str, object]) -> None:
    """Writes rows of the shop in one statement."""
    told = [{"shop_id": scope.shop_id, **row} for row in rows]
    if told:
        _connection(scope).execute(_many(model), told if len(told) > 1 else told[0])


def put_one(scope: Scope, model: type[Base], row: Mapping[str, object]) -> int:
    """Writes one row of the shop and returns its id."""
    made = _connection(scope).execute(_into(model), {"shop_id": scope.shop_id, **row})
    key: Any = made.inserted_primary_key
    return int(key[0])


@cache
def _into(model: type[Base]) -> Insert:
    return insert(model.__table__)  # type: ignore[arg-type]


@cache
def _many(model: type[Base]) -> Insert:
    return _into(model).inline()  # their ids are not asked for
