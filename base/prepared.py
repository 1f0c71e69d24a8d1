"""Statements made once and said often: written once for the driver, and no objects made of their rows.

SQLAlchemy looks a statement up and dresses its answer anew each time it is said, and the ORM builds it anew.
That costs several times what the database takes to answer. What runs at every claim and every handing-in is
therefore written down once, beside the function that says it, with places (`bindparam`) for what changes.
Here it becomes SQL once for each engine, and goes straight to the driver.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Executable, Insert, Select, bindparam, func, insert, inspect, literal_column, select
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningInsert

from base.db import Base, Big
from base.saying import Answer, line
from base.scope import Scope

M = TypeVar("M", bound=Base)

#: Stands in a prepared statement for the shop whose rows are meant; `run` fills it in.
SHOP = bindparam("shop", type_=Big)


def run(scope: Scope, statement: Executable, facts: Mapping[str, object] | None = None) -> Answer:
    """Says a statement that was made once, in this scope's transaction and about its shop."""
    return line(scope.session).ask(statement, {"shop": scope.shop_id, **(facts or {})})


def tell(scope: Scope, statement: Executable, facts: Mapping[str, object]) -> None:
    """Says a change that was made once and that nobody waits for: what fails is raised a little later."""
    to = line(scope.session)
    said = to.made(statement)
    assert said is not None
    to.tell(said, [{"shop": scope.shop_id, **facts}])


def ahead(scope: Scope, statement: Executable, facts: Mapping[str, object]) -> None:
    """Says a question with the next breath; `run` finds its answer, see `Line.ahead`."""
    line(scope.session).ahead(statement, {"shop": scope.shop_id, **facts})


def must(scope: Scope, statement: Executable, facts: Mapping[str, object], otherwise: Exception) -> None:
    """Says a change that must meet one row: `otherwise` is raised where it does not, or a little later."""
    to = line(scope.session)
    said = to.made(statement)
    assert said is not None
    to.must(said, {"shop": scope.shop_id, **facts}, otherwise)


def run_each(scope: Scope, statement: Executable, rows: Sequence[Mapping[str, object]]) -> int:
    """Says a change that was made once about each of these; how many rows it met in all."""
    if not rows:
        return 0
    to = line(scope.session)
    said = to.made(statement)
    assert said is not None
    return to.put(said, [{"shop": scope.shop_id, **row} for row in rows])


def put(scope: Scope, model: type[Base], *rows: Mapping[str, object]) -> None:
    """Writes rows of the shop, all with the same columns; what fails is raised a little later."""
    if rows:
        to = line(scope.session)
        said = to.made(_into(model), ("shop_id", *rows[0]))
        assert said is not None
        to.tell(said, [{"shop_id": scope.shop_id, **row} for row in rows])


def number_ahead(scope: Scope, model: type[Base]) -> None:
    """Asks with the next breath for the id of a row that `put_one` is going to write, and need not wait then.

    Where a driver answers at once (SQLite) the row itself says its id.
    """
    line(scope.session).ahead(_numbering(model), {})


def put_one(scope: Scope, model: type[Base], row: Mapping[str, object]) -> int:
    """Writes one row of the shop and returns its id."""
    to = line(scope.session)
    if to.is_coming(_numbering(model)):
        made: int = to.ask(_numbering(model), {}).scalar()
        put(scope, model, {inspect(model).primary_key[0].name: made, **row})
        return made
    said = to.made(_keyed(model), ("shop_id", *row))
    assert said is not None
    made = to.run(said, {"shop_id": scope.shop_id, **row}).scalar()
    return made


def found(scope: Scope, model: type[M], row: Any) -> M:
    """The object of a row that was read with all its columns, as if the ORM had loaded it just now.

    What the row holds besides them is left to the caller.
    """
    session, names = scope.session, _names(model)
    values = {name: value for name, value in zip(row._fields, row, strict=True) if name in names}
    known = session.identity_map.get(session.identity_key(model, row.id))
    if isinstance(known, model):
        for name, value in values.items():
            set_committed_value(known, name, value)
        return known
    made = model()
    made.__dict__.update(values)
    make_transient_to_detached(made)
    session.add(made)
    return made


@cache
def _names(model: type[Base]) -> frozenset[str]:
    return frozenset(column.name for column in model.__table__.columns)


@cache
def _numbering(model: type[Base]) -> Select[int]:
    key = inspect(model).primary_key[0]  # as PostgreSQL names its counter
    return select(func.nextval(literal_column(f"'{key.table.name}_{key.name}_seq'"), type_=Big))


@cache
def _into(model: type[Base]) -> Insert:
    return insert(model.__table__).inline()  # type: ignore[arg-type]


@cache
def _keyed(model: type[Base]) -> ReturningInsert[tuple[int]]:
    return insert(model.__table__).returning(inspect(model).primary_key[0])  # type: ignore[arg-type]
