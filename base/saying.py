"""Saying SQL straight to the driver: a statement made once, its places filled, its answer as plain rows.

Values and columns go through the types of the tables as everywhere else. A driver's error becomes one of
SQLAlchemy, so that whoever runs a lost race again, or tells refusals from failures, need not know who spoke.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

LINE = "line"  # in a session's notes: that of its transaction

Filled = Sequence[Any] | Mapping[str, Any]
Change = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the rows, and how many a change met."""

    rows: list[Any]
    rowcount: int

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def all(self) -> list[Any]:
        return self.rows

    def first(self) -> Any:
        """The first row; None where there is none."""
        return self.rows[0] if self.rows else None

    def one(self) -> Any:
        """The only row. Raises NoResultFound, MultipleResultsFound."""
        if len(self.rows) != 1:
            raise MultipleResultsFound if self.rows else NoResultFound
        return self.rows[0]

    def scalar(self) -> Any:
        """The first value of the first row; None where there is none."""
        return self.rows[0][0] if self.rows else None


@dataclass(frozen=True, slots=True)
class Say:
    """A statement in one engine's SQL: its places in order, what is always in them, and how rows are read."""

    sql: str
    places: tuple[tuple[str, Change], ...]
    fixed: Mapping[str, Any]
    named: bool
    row: Callable[..., Any] | None
    columns: tuple[tuple[int, Callable[[Any], Any]], ...]  # those whose values are changed on the way

    def filled(self, facts: Mapping[str, Any]) -> Filled:
        """The values for the driver. Raises KeyError for a place that nobody fills."""
        told = {**self.fixed, **facts}
        if self.named:
            return {name: change(told[name]) if change else told[name] for name, change in self.places}
        return [change(told[name]) if change else told[name] for name, change in self.places]

    def read(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Rows with names, as the types of their columns have them."""
        assert self.row is not None
        if not self.columns:
            return [self.row(*values) for values in found]
        return [self._read(list(values)) for values in found]

    def _read(self, values: list[Any]) -> Any:
        for place, change in self.columns:
            values[place] = change(values[place])
        assert self.row is not None
        return self.row(*values)


def say(statement: Executable, dialect: Dialect, columns: tuple[str, ...] | None = None) -> Say | None:
    """Makes a statement for an engine; `columns` are those that an insert is given.

    None for one with a list of any length in it, which is made anew for each length. Raises TypeError for a
    column whose default a function gives.
    """
    made: Any = statement.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]
    if made.post_compile_params:
        return None
    binds = made.binds
    fixed = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
    asked = list(statement.exported_columns)  # type: ignore[attr-defined]
    return Say(
        sql=str(made),
        places=tuple(
            (name, _bound(binds[name].type, dialect)) for name in (made.positiontup or tuple(binds))
        ),
        fixed=fixed | {column.key: _given(column) for column in made.insert_prefetch},
        named=not made.positional,
        row=_row([column.key for column in asked]) if asked else None,
        columns=tuple(_changed((column.type for column in asked), dialect)),
    )


def _row(names: Sequence[str]) -> Callable[..., Any]:
    return namedtuple("Row", names, rename=True)  # noqa: PYI024 (its names are known at run time alone)


def _given(column: Any) -> Any:
    if not column.default.is_scalar:
        raise TypeError(f"{column}: its default is made anew each time")
    return column.default.arg


def _bound(type_: TypeEngine[Any], dialect: Dialect) -> Change:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _changed(
    types: Iterable[TypeEngine[Any]], dialect: Dialect
) -> Iterator[tuple[int, Callable[[Any], Any]]]:
    for place, type_ in enumerate(types):
        change = type_.dialect_impl(dialect).result_processor(dialect, None)
        if change is not None:
            yield place, change


_MADE: dict[tuple[Executable, str, tuple[str, ...]], Say | None] = {}


@dataclass(slots=True, eq=False)
class Line:
    """A transaction's way to the driver, beside SQLAlchemy's own."""

    connection: Connection
    cursor: Any  # one for all it says: each answer is read before the next word
    dialect: Dialect

    @classmethod
    def of(cls, connection: Connection) -> "Line":
        return cls(connection, connection.connection.driver_connection.cursor(), connection.dialect)  # type: ignore[union-attr]

    def ask(self, statement: Executable, facts: Mapping[str, Any]) -> Answer:
        """Says a statement that was made once; one with lists in it as SQLAlchemy does. Raises DBAPIError."""
        said = self.made(statement)
        if said is None:
            found = self.connection.execute(statement, facts)
            return Answer(list(found) if found.returns_rows else [], found.rowcount)
        return self.run(said, facts)

    def made(self, statement: Executable, columns: tuple[str, ...] = ()) -> Say | None:
        """The statement in this engine's SQL; statements are few and live as long as the process."""
        key = (statement, self.dialect.name, columns)
        if key not in _MADE:
            _MADE[key] = say(statement, self.dialect, columns or None)
        return _MADE[key]

    def order(self, sql: str) -> None:
        """Says a word that has neither places nor an answer. Raises DBAPIError."""
        try:
            self.cursor.execute(sql)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._failed(sql, error) from error

    def run(self, said: Say, facts: Mapping[str, Any]) -> Answer:
        """Says it and reads the answer. Raises DBAPIError."""
        values, cursor = said.filled(facts), self.cursor
        self._heard(said.sql, values)
        try:
            cursor.execute(said.sql, values)
            return Answer(said.read(cursor.fetchall()) if said.row else [], cursor.rowcount)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._failed(said.sql, error) from error

    def put(self, said: Say, rows: Sequence[Mapping[str, Any]]) -> int:
        """Says it once for each row; how many rows it met in all. Raises DBAPIError."""
        values, cursor = [said.filled(row) for row in rows], self.cursor
        many = len(values) > 1
        self._heard(said.sql, values if many else values[0])
        try:
            cursor.executemany(said.sql, values) if many else cursor.execute(said.sql, values[0])
        except self.dialect.loaded_dbapi.Error as error:
            raise self._failed(said.sql, error) from error
        met: int = cursor.rowcount
        return met

    def _heard(self, sql: str, values: Any) -> None:
        """Whoever listens to what SQLAlchemy says to the driver hears this too."""
        for hear in self.connection.dispatch.before_cursor_execute:
            hear(self.connection, self.cursor, sql, values, None, False)

    def _failed(self, sql: str, error: Any) -> DBAPIError:
        """The error as SQLAlchemy tells it, without the values; a dead line is let go."""
        dead = self.dialect.is_disconnect(error, self.cursor.connection, None)
        if dead:
            self.connection.invalidate(error)
        told: Any = DBAPIError.instance(
            sql,
            None,
            error,
            self.dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=dead,
            dialect=self.dialect,
        )
        found: DBAPIError = told
        return found


def line(session: Session) -> Line:
    """The way of this session's transaction; what is pending is written first, where anything is."""
    session.flush()
    found: Line | None = session.info.get(LINE)
    if found is None:
        found = session.info[LINE] = Line.of(session.connection())
    return found
