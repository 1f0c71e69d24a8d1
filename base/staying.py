"""Staying with who asks: a thread that has answered waits a moment for the next question on the same line."""

import select
from threading import get_ident
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

MOMENT_MS = 20  # a script's next call, a page's next file; a person takes longer


class StayingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threads, which do not hand each kept line back to the loop between two questions.

    That way round (the loop's selector, its queue, another thread) costs more than reading a question does. A
    thread stays only while another is free, so whoever comes new is served at once.
    """

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        self._at_work: set[int] = set()  # threads

    def handle(self, conn: TConn) -> Any:
        """Answers what came, and what follows within the moment; what is returned is the last one's."""
        self._at_work.add(get_ident())
        try:
            kept = super().handle(conn)
            while kept is True and self._may_stay() and _speaks(conn):
                kept = super().handle(conn)
            return kept
        finally:
            self._at_work.discard(get_ident())

    def _may_stay(self) -> bool:
        return bool(self.alive and len(self._at_work) < self.cfg.threads)


def _speaks(conn: TConn) -> bool:
    """Whether more has come within the moment, or was read ahead already."""
    if conn.parser.unreader.buf.getvalue():
        return True
    ear = select.poll()
    ear.register(conn.sock, select.POLLIN)
    return bool(ear.poll(MOMENT_MS))
