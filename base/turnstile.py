"""A turnstile before SQLite's one writer: processes take their turn in the order in which they came.

SQLite lets in whoever asks at the right moment, and whoever finds the door shut looks again after naps that
grow to 100 ms: the lock lies idle meanwhile, or a newcomer takes it again and again. So who wants to write
first passes two locks on files beside the database. One is the turn, the other the place of who is next: as
nobody asks for the turn without holding that place, nobody who has just had it takes it before who waited.

It is a courtesy, not the lock: it ends with its process however that dies, and who has waited too long goes
to SQLite itself, which decides.
"""

import fcntl
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE_S = 15.0
NAP_S = 0.0005


@dataclass(slots=True)
class Turnstile:
    """The turnstile of one database, as one process sees it; one thread of it at a time passes."""

    database: Path
    _next: int = field(default=-1, init=False)
    _turn: int = field(default=-1, init=False)

    def enter(self) -> None:
        """Waits for the turn, or for as long as patience lasts."""
        if self._turn < 0:
            self._next, self._turn = self._opened("next"), self._opened("turn")
        until = time.monotonic() + PATIENCE_S
        if _taken(self._next, until):
            _taken(self._turn, until)
            fcntl.flock(self._next, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Gives the turn on; without one it changes nothing."""
        if self._turn >= 0:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def close(self) -> None:
        """Lets go of the files; the next time they are opened anew."""
        for lock in {self._next, self._turn} - {-1}:
            os.close(lock)
        self._next = self._turn = -1

    def _opened(self, place: str) -> int:
        return os.open(f"{self.database}-{place}", os.O_RDWR | os.O_CREAT, 0o600)


def _taken(lock: int, until: float) -> bool:
    """Whether the lock could be taken in time."""
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(NAP_S)
        else:
            return True
