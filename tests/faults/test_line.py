"""The line that fails like a network does, and a database behind it that is late, cut off or silent."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from base import db, lines
from tests.engines import Database, Server
from tests.torture import proxy
from tests.torture.proxy import Line


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """A line to somebody who says everything back."""
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(tmp_path / "s"))
    door.listen()

    def serve() -> None:
        while True:
            try:
                call, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=repeat, args=(call,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    made = Line(str(tmp_path / "s"))
    yield made
    door.shutdown(socket.SHUT_RDWR)
    door.close()
    made.close()


def repeat(call: socket.socket) -> None:
    with call:
        while data := call.recv(4096):
            call.sendall(data)


def said(call: socket.socket, text: bytes) -> bytes:
    call.sendall(text)
    heard = b""
    while len(heard) < len(text):
        heard += call.recv(4096)
    return heard


def test_a_clear_and_a_slow_line_lose_nothing(line: Line) -> None:
    with socket.create_connection(("127.0.0.1", line.port), timeout=5) as call:
        assert said(call, b"hello") == b"hello"
        line.mood = proxy.SLOW
        assert said(call, b"x" * 1000) == b"x" * 1000


def test_a_cut_line_says_so_and_the_next_call_goes_through(line: Line) -> None:
    with socket.create_connection(("127.0.0.1", line.port), timeout=5) as call:
        assert said(call, b"hello") == b"hello"
        line.reset()
        with pytest.raises(ConnectionResetError):
            call.recv(1)
    with socket.create_connection(("127.0.0.1", line.port), timeout=5) as call:
        assert said(call, b"again") == b"again"


def test_a_silent_line_answers_nothing_until_it_is_found_dead(line: Line) -> None:
    with socket.create_connection(("127.0.0.1", line.port), timeout=0.2) as call:
        line.mood = proxy.SILENT
        call.sendall(b"hello")
        with pytest.raises(TimeoutError):
            call.recv(1)
        line.mood = proxy.CLEAR
        call.settimeout(5)
        assert call.recv(1) == b""


def test_a_database_that_never_answers_is_given_up(
    pg_server: Server, postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half-open: what was asked is swallowed and the line stays up; the next look is on a new line."""
    monkeypatch.setattr(lines, "ANSWER_S", 0.3)
    between = Line(str(pg_server.socket_dir / ".s.PGSQL.5432"))
    name = postgres_database.url.split("@/", 1)[1].split("?", 1)[0]
    tail = "?sslmode=disable&gssencmode=disable"
    open_ = db.open_engines(f"postgresql+psycopg://dari_app@127.0.0.1:{between.port}/{name}{tail}")
    try:
        with open_.write.connect() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
            between.mood = proxy.SILENT
            with pytest.raises(OperationalError) as silent:
                connection.scalar(text("SELECT 2"))
            assert silent.value.connection_invalidated is True
        between.mood = proxy.CLEAR
        with open_.write.connect() as connection:
            assert connection.scalar(text("SELECT 3")) == 3
    finally:
        open_.dispose()
        between.close()
