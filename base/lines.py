"""Lines to PostgreSQL: statements said together in one breath, and a patience that ends.

What has no answer that anybody waits for now (rows that are put down, questions whose answer is wanted later)
is owed, and said with the next question or with the end: the server is asked a third as often. Statements are
made ready on the server the first time a line says them, and said by name from then on. `wait`, through which
psycopg says everything else, says first what is owed, so that all is said in its order.

A network that swallows an answer must not hold a thread for ever: a line that hears nothing is given up.
"""

import select
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg import pq
from psycopg.abc import RV, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.rows import tuple_row

#: Seconds for one answer: a little longer than the server lets any statement run (`statement_timeout`).
ANSWER_S = 65.0
INTERVAL_S = 0.1
AT_ONCE = 200  # words that are owed at most

IDLE = pq.TransactionStatus.IDLE
READY, FAILED = pq.ExecStatus.COMMAND_OK, pq.ExecStatus.FATAL_ERROR
NUMBERS = frozenset({20, 21, 23})  # the server's whole numbers: one place takes small ones and large ones


class Word(NamedTuple):
    """A statement, and what fills its places, ready for the server; type 0 is what the place says.

    `hear` is told the answer when it has come, and may raise what follows from it.
    """

    sql: str
    values: Sequence[Any] = ()
    types: Sequence[int] = ()
    hear: Callable[[Any], None] | None = None


COMMIT, ROLLBACK = Word("COMMIT"), Word("ROLLBACK")
BEGIN, BEGIN_READING = Word("BEGIN"), Word("BEGIN READ ONLY")


class Patient(psycopg.Connection[Any]):
    """A connection that waits so long for an answer and no longer; then it is dead."""

    def __init__(self, pgconn: Any, row_factory: Any = tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self.said_badly = ""  # the statement that failed last
        self._owed: list[Word] = []
        self._names: dict[str, bytes] = {}  # of what this line has made ready on the server
        self._numbers = count()
        self._values = Transformer(self)
        self._ear = select.poll()

    def ask(self, sql: str, values: Sequence[Any], *, reads: bool) -> tuple[list[Any], int]:
        """Says a statement now: its rows, and how many a change met. Raises psycopg.Error."""
        answer = self._speak([*self._taken(), self._word(sql, values)])[-1]
        return self._read(answer) if reads else [], answer.command_tuples or 0

    def ask_each(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Says a change for each row now: how many rows it met in all. Raises psycopg.Error."""
        owed = self._taken()
        answers = self._speak([*owed, *(self._word(sql, values) for values in rows)])
        return sum(answer.command_tuples or 0 for answer in answers[len(owed) :])

    def tell(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Says a statement for each row, with the next question at the latest, which raises what fails."""
        for values in rows:
            self._owed.append(self._word(sql, values))
            if len(self._owed) >= AT_ONCE:
                self._speak(self._taken())

    def must(self, sql: str, values: Sequence[Any], otherwise: Exception) -> None:
        """Says a change with the next question at the latest, which raises `otherwise` if it met none."""

        def hear(answer: Any) -> None:
            if answer.command_tuples != 1:
                raise otherwise

        self._owed.append(self._word(sql, values)._replace(hear=hear))

    def soon(self, sql: str, values: Sequence[Any]) -> Callable[[], list[Any]]:
        """Asks with the next question at the latest; gives what gives the answer. Raises psycopg.Error."""
        heard: list[list[Any]] = []
        word = self._word(sql, values)
        self._owed.append(word._replace(hear=lambda answer: heard.append(self._read(answer))))

        def rows() -> list[Any]:
            if not heard:
                self._speak(self._taken())
            return heard[0]

        return rows

    def commit(self) -> None:
        """Ends the transaction, and says with it what is owed; what may be refused is heard before.

        Raises psycopg.Error.
        """
        if any(word.hear for word in self._owed):
            self._speak(self._taken())
        if self._owed or self.pgconn.transaction_status != IDLE:
            self._speak([*self._taken(), COMMIT])

    def rollback(self) -> None:
        """Undoes the transaction; what was owed is never said."""
        self._owed.clear()
        if self.pgconn.transaction_status != IDLE:
            self._speak([ROLLBACK])

    def wait(self, gen: PQGen[RV], interval: float = INTERVAL_S, timeout: float | None = None) -> RV:
        """The answer. Raises psycopg.OperationalError when none came; the connection is closed by then."""
        if self._owed:
            self._speak(self._taken())
        try:
            return super().wait(gen, interval, timeout or ANSWER_S)
        except psycopg.errors._WaitTimeout as silent:
            if timeout is None:
                self.pgconn.finish()
                raise psycopg.OperationalError("the server does not answer") from silent
            raise

    def _deallocate(self, name: bytes | None) -> PQGen[None]:
        """psycopg lets go of all that is ready on the server, ours as well, when a savepoint is undone."""
        if name is None:
            self._names.clear()
        return super()._deallocate(name)

    def _word(self, sql: str, values: Sequence[Any]) -> Word:
        told = self._values.dump_sequence(values, [PyFormat.TEXT] * len(values))
        if sql in self._names:
            return Word(sql, told)
        return Word(sql, told, [0 if type_ in NUMBERS else type_ for type_ in self._values.types or ()])

    def _taken(self) -> list[Word]:
        owed, self._owed = self._owed, []
        return owed

    def _speak(self, words: Sequence[Word]) -> list[Any]:
        """The server's answer to each word. Raises psycopg.Error for the first that failed."""
        if self.pgconn.transaction_status == IDLE and not self.autocommit:
            return self._speak_whole([BEGIN_READING if self.read_only else BEGIN, *words])[1:]
        return self._speak_whole(words)

    def _speak_whole(self, words: Sequence[Word]) -> list[Any]:
        try:
            answers = list(self._answers(words))
        except BaseException:  # nobody knows any more what has been heard
            self.pgconn.finish()
            raise
        for word, answer in zip(words, answers, strict=True):
            if answer.status == FAILED:
                self.said_badly = word.sql
                raise error_from_result(answer, self.info.encoding)
        for word, answer in zip(words, answers, strict=True):
            if word.hear is not None:
                word.hear(answer)
        return answers

    def _answers(self, words: Sequence[Word]) -> Iterator[Any]:
        """Says the words in one breath and hears them answered, one by one."""
        self.pgconn.enter_pipeline_mode()
        new: dict[str, bytes] = {}
        ready = [self._send(word, new) for word in words]
        self.pgconn.pipeline_sync()
        while self.pgconn.flush():
            self._hear(select.POLLIN | select.POLLOUT)
        for word, name in zip(words, ready, strict=True):
            made = self._answer() if name else None
            answer = self._answer()
            if made is not None and made.status == FAILED:
                yield made
                continue
            if made is not None and made.status == READY:
                self._names[word.sql] = name
            yield answer
        self._heard()
        self.pgconn.exit_pipeline_mode()

    def _send(self, word: Word, new: dict[str, bytes]) -> bytes:
        """Sends a statement; the name under which it is made ready with it, if it was not before."""
        if not word.values:
            self.pgconn.send_query_params(word.sql.encode(), None)
            return b""
        if name := self._names.get(word.sql) or new.get(word.sql):
            self.pgconn.send_query_prepared(name, word.values)
            return b""
        new[word.sql] = name = f"dari_{next(self._numbers)}".encode()
        self.pgconn.send_prepare(name, word.sql.encode(), word.types)
        self.pgconn.send_query_prepared(name, word.values)
        return name

    def _answer(self) -> Any:
        answer = self._heard()
        while self._heard() is not None:
            pass
        return answer

    def _heard(self) -> Any:
        """What the server says next; nothing where it has said all to a word."""
        while self.pgconn.is_busy():
            self._hear(select.POLLIN)
        return self.pgconn.get_result()

    def _hear(self, events: int) -> None:
        """Waits for the server. Raises psycopg.OperationalError when it stays silent."""
        self._ear.register(self.pgconn.socket, events)
        if not self._ear.poll(1000 * ANSWER_S):
            raise psycopg.OperationalError("the server does not answer")
        self.pgconn.consume_input()

    def _read(self, answer: Any) -> list[Any]:
        self._values.set_pgresult(answer)
        return self._values.load_rows(0, answer.ntuples, tuple)


def patient(_dialect: object, _record: object, places: list[Any], named: dict[str, Any]) -> Patient:
    """Opens a line for SQLAlchemy (its event `do_connect`)."""
    return Patient.connect(*places, **named)
