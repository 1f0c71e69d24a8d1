"""Saying SQL straight to the driver: a statement made once, its places filled, its answer as plain rows.

A driver's error becomes one of SQLAlchemy, so that whoever runs a lost race again, or tells refusals from
failures, need not know who spoke.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.orm import Session

from base.phrases import Say, say

LINE = "line"  # in a session's notes: that of its transaction


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


class Voice(Protocol):
    """How a driver is spoken to; what it raises is its own error."""

    said_badly: str  # the statement that failed last, where it is known

    def ask(self, sql: str, values: Sequence[Any], *, reads: bool) -> tuple[list[Any], int]:
        """Says a statement now: its rows, and how many a change met."""

    def ask_each(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Says a change for each row now: how many rows it met in all."""

    def tell(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Says a statement for each row; nobody waits for its answer, and what fails may be told later."""

    def must(self, sql: str, values: Sequence[Any], otherwise: Exception) -> None:
        """Says a change that must meet one row; where it does not, `otherwise` is raised, perhaps later."""


@dataclass(slots=True, eq=False)
class Plain:
    """A driver that is asked by a cursor and answers at once (SQLite's)."""

    cursor: Any  # one for all it says: each answer is read before the next word
    said_badly: str = ""

    def ask(self, sql: str, values: Sequence[Any], *, reads: bool) -> tuple[list[Any], int]:
        self.cursor.execute(sql, values)
        return self.cursor.fetchall() if reads else [], self.cursor.rowcount

    def ask_each(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        self.cursor.executemany(sql, rows)
        met: int = self.cursor.rowcount
        return met

    def tell(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        self.cursor.executemany(sql, rows)

    def must(self, sql: str, values: Sequence[Any], otherwise: Exception) -> None:
        if self.ask(sql, values, reads=False)[1] != 1:
            raise otherwise


@dataclass(frozen=True, slots=True)
class Coming:
    """A question that is said with the next breath: what it is about, and its rows once they are wanted."""

    facts: Mapping[str, Any]
    rows: Callable[[], list[Any]]


_MADE: dict[tuple[Executable, str, tuple[str, ...]], Say | None] = {}


@dataclass(slots=True, eq=False)
class Line:
    """A transaction's way to the driver, beside SQLAlchemy's own."""

    connection: Connection
    driver: Any
    voice: Voice
    dialect: Dialect
    coming: dict[str, Coming] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection) -> "Line":
        driver: Any = connection.connection.driver_connection
        voice = driver if hasattr(driver, "tell") else Plain(driver.cursor())
        return cls(connection, driver, voice, connection.dialect)

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
            self.voice.ask(sql, (), reads=False)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._failed(sql, error) from error

    def ahead(self, statement: Executable, facts: Mapping[str, Any]) -> None:
        """Says a question with the next breath; whoever asks the very same finds its answer.

        For questions that are sure to be asked, about what nobody changes until then. Where a driver answers
        at once nothing is said before it is asked.
        """
        soon = getattr(self.voice, "soon", None)
        if soon is None or (said := self.made(statement)) is None:
            return
        values = said.filled(facts)
        self._heard(said, values)
        self.coming[said.said] = Coming(facts, soon(said.said, values))

    def is_coming(self, statement: Executable) -> bool:
        """Whether this question was asked ahead, and its answer is still to be taken."""
        if not self.coming:
            return False
        said = self.made(statement)
        return said is not None and said.said in self.coming

    def must(self, said: Say, facts: Mapping[str, Any], otherwise: Exception) -> None:
        """Says a change that must meet one row, as late as with the next word, which raises `otherwise`."""
        values = said.filled(facts)
        self._heard(said, values)
        try:
            self.voice.must(said.said, values, otherwise)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._failed(said.sql, error) from error

    def run(self, said: Say, facts: Mapping[str, Any]) -> Answer:
        """Says it and reads the answer. Raises DBAPIError."""
        coming = self.coming.pop(said.said, None) if self.coming else None
        try:
            if coming is not None and coming.facts == facts:
                return Answer(said.read(coming.rows()), 0)
            values = said.filled(facts)
            self._heard(said, values)
            rows, met = self.voice.ask(said.said, values, reads=said.row is not None)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._failed(said.sql, error) from error
        return Answer(said.read(rows) if rows else [], met)

    def put(self, said: Say, rows: Sequence[Mapping[str, Any]]) -> int:
        """Says it once for each row; how many rows it met in all. Raises DBAPIError."""
        values = [said.filled(row) for row in rows]
        self._heard(said, *values)
        try:
            return self.voice.ask_each(said.said, values)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._failed(said.sql, error) from error

    def tell(self, said: Say, rows: Sequence[Mapping[str, Any]]) -> None:
        """Says it once for each row, as late as with the next word: what fails is then raised there."""
        values = [said.filled(row) for row in rows]
        self._heard(said, *values)
        try:
            self.voice.tell(said.said, values)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._failed(said.sql, error) from error

    def end(self) -> None:
        """Ends the transaction in one breath with what is owed; a driver that is never owed is left alone.

        Raises DBAPIError, which names the statement that failed.
        """
        commit = getattr(self.voice, "commit", None)
        if commit is None:
            return
        try:
            commit()
        except self.dialect.loaded_dbapi.Error as error:
            raise self._failed("COMMIT", error) from error

    def _heard(self, said: Say, *values: Sequence[Any]) -> None:
        """Whoever listens to what SQLAlchemy says to the driver hears this too."""
        for hear in self.connection.dispatch.before_cursor_execute:
            told = [said.heard(one) for one in values]
            hear(self.connection, None, said.sql, told if len(told) > 1 else told[0], None, False)

    def _failed(self, sql: str, error: Any) -> DBAPIError:
        """The error as SQLAlchemy tells it, without the values; a dead line is let go."""
        sql, self.voice.said_badly = self.voice.said_badly or sql, ""
        dead = self.dialect.is_disconnect(error, self.driver, None)
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
