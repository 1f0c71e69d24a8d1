"""The turnstile before SQLite's writer: in turn, given up at death, and never for ever."""

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from base import turnstile
from base.config import ROOT
from base.turnstile import Turnstile

HOLDS = """
import sys; from pathlib import Path; from base.turnstile import Turnstile
gate = Turnstile(Path(sys.argv[1])); gate.enter(); print("in", flush=True); sys.stdin.readline()
"""


def holder(database: Path) -> "subprocess.Popen[bytes]":
    """Another process that has the turn until it reads a line."""
    made = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(database)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert made.stdout is not None
    assert made.stdout.readline() == b"in\n"
    return made


@contextmanager
def turnstile_waiting(gate: Turnstile, order: list[str]) -> Iterator[None]:
    """Somebody else asks for the turn, notes when it comes, and gives it on."""

    def pass_through() -> None:
        gate.enter()
        order.append("theirs")
        gate.leave()

    thread = Thread(target=pass_through)
    thread.start()
    yield
    thread.join()


def is_taken(lock: Path) -> bool:
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_who_waits_is_next_and_who_had_it_is_not(tmp_path: Path) -> None:
    mine, theirs, order = Turnstile(tmp_path / "db"), Turnstile(tmp_path / "db"), []
    mine.enter()
    with turnstile_waiting(theirs, order):
        while not order:  # until the other holds the place of who is next
            order += ["waits"] if is_taken(tmp_path / "db-next") else []
        mine.leave()
        mine.enter()  # asks again at once
        order.append("mine")
    assert order == ["waits", "theirs", "mine"]


def test_the_turn_of_a_killed_process_is_free(tmp_path: Path) -> None:
    other, gate = holder(tmp_path / "db"), Turnstile(tmp_path / "db")
    other.kill()
    other.communicate()
    began = time.monotonic()
    gate.enter()
    assert time.monotonic() - began < turnstile.PATIENCE_S / 2


def test_nobody_waits_for_ever(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(turnstile, "PATIENCE_S", 0.05)
    other, gate = holder(tmp_path / "db"), Turnstile(tmp_path / "db")
    gate.enter()  # comes back without the turn: SQLite's own lock decides
    assert is_taken(tmp_path / "db-turn")
    assert not is_taken(tmp_path / "db-next")
    gate.leave()
    assert is_taken(tmp_path / "db-turn")
    other.communicate(b"\n")
