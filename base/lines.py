"""Lines to PostgreSQL that give up: a network that swallows an answer must not hold a thread for ever."""

from typing import Any

import psycopg
from psycopg.abc import RV, PQGen

#: Seconds for one answer: a little longer than the server lets any statement run (`statement_timeout`).
ANSWER_S = 65.0
INTERVAL_S = 0.1


class Patient(psycopg.Connection[Any]):
    """A connection that waits so long for an answer and no longer; then it is dead."""

    def wait(self, gen: PQGen[RV], interval: float = INTERVAL_S, timeout: float | None = None) -> RV:
        """The answer. Raises psycopg.OperationalError when none came; the connection is closed by then."""
        try:
            return super().wait(gen, interval, timeout or ANSWER_S)
        except psycopg.errors._WaitTimeout as silent:
            if timeout is None:
                self.pgconn.finish()
                raise psycopg.OperationalError("the server does not answer") from silent
            raise


def patient(_dialect: object, _record: object, places: list[Any], named: dict[str, Any]) -> Patient:
    """Opens a line for SQLAlchemy (its event `do_connect`)."""
    return Patient.connect(*places, **named)
