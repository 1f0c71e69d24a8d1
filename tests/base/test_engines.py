"""The servers tests run on are real, unprivileged, and leave nothing behind."""

import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, text

from tests import engines
from tests.engines import Database

pytestmark = [pytest.mark.slow, pytest.mark.both]  # the engines themselves

START_AND_TELL = """
import sys
sys.path.insert(0, {tests!r})
from tests import engines
with engines.{engine}() as server:
    print(server.process.room, *server.process.pids(), flush=True)
    {fault}
    sys.stdin.read()
"""


def _ask(url: str, sql: str) -> object:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.scalar(text(sql))
    finally:
        engine.dispose()


def _janitor_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return next(
        int(child) for child in children if b"janitor.py" in Path(f"/proc/{child}/cmdline").read_bytes()
    )


def test_postgres_keeps_hangul_and_listens_on_no_network(pg_server: engines.Server) -> None:
    with psycopg.connect(pg_server.admin_dsn) as connection:
        answer = connection.execute("SELECT lower('가ÀB'), current_setting('listen_addresses')").fetchone()
    assert answer == ("가àb", "")


def test_no_server_runs_as_root(pg_server: engines.Server, valkey_server: engines.Valkey) -> None:
    pids = pg_server.process.pids() + valkey_server.process.pids()
    assert len(pids) > 2
    assert 0 not in [Path(f"/proc/{pid}").stat().st_uid for pid in pids]


def test_owner_and_app_are_ordinary_roles(pg_server: engines.Server) -> None:
    with psycopg.connect(pg_server.admin_dsn) as connection:
        rows = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls"
            " FROM pg_roles WHERE rolname LIKE 'dari%' ORDER BY 1"
        ).fetchall()
    assert rows == [("dari_app", True, *[False] * 4), ("dari_owner", True, *[False] * 4)]


def test_app_owns_nothing_of_its_database(postgres_database: Database) -> None:
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    create = "SELECT has_schema_privilege('public', 'CREATE')"
    assert _ask(postgres_database.url, owner) == "dari_owner"
    assert _ask(postgres_database.url, create) is False
    assert _ask(postgres_database.owner_url, create) is True


@pytest.mark.parametrize("time", [1, 2])
def test_every_test_gets_its_own_database(database: Database, time: int) -> None:
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_over (n integer)"))
        connection.execute(text("INSERT INTO left_over VALUES (1)"))
    engine.dispose()
    assert _ask(database.owner_url, "SELECT count(*) FROM left_over") == 1


def test_valkey_answers_and_starts_empty(valkey_server: engines.Valkey) -> None:
    with valkey_server.client() as client:
        assert client.dbsize() == 0
        client.set("k", "v")
        assert client.get("k") == b"v"


def test_valkey_frozen_then_awake(valkey_server: engines.Valkey) -> None:
    with valkey_server.client() as client:
        client.set("k", "v")
        valkey_server.pause()
        with redis.Redis.from_url(valkey_server.url, socket_timeout=0.2) as hurried:
            with pytest.raises(redis.TimeoutError):
                hurried.get("k")
        valkey_server.cont()
        assert client.get("k") == b"v"


def test_valkey_killed_then_back_empty(valkey_server: engines.Valkey) -> None:
    with valkey_server.client() as client:
        client.set("k", "v")
    valkey_server.kill()
    with valkey_server.client() as client, pytest.raises(redis.ConnectionError):
        client.ping()
    valkey_server.restart()
    with valkey_server.client() as client:
        assert client.get("k") is None


def test_valkey_is_healed_for_the_next_test(valkey_server: engines.Valkey) -> None:
    valkey_server.kill()
    valkey_server.refresh()
    valkey_server.pause()
    valkey_server.refresh()
    with valkey_server.client() as client:
        assert client.ping() is True


def _shared_memory(room: Path) -> list[str]:
    """The numbers of PostgreSQL's System V segments, which outlive a killed server."""
    return [file.read_text().splitlines()[6].split()[1] for file in room.glob("data/postmaster.pid")]


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""  # a zombie nobody has reaped has none
    except OSError:
        return False


def test_postgres_killed_keeps_what_it_committed() -> None:
    with engines.postgres() as server:
        server.admin("CREATE TABLE kept (n integer)", "INSERT INTO kept VALUES (7)", "CHECKPOINT")
        server.process.kill()
        with pytest.raises(psycopg.OperationalError):
            server.admin("SELECT 1")
        server.process.restart()
        with psycopg.connect(server.admin_dsn) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]


@pytest.mark.parametrize(
    "fault", ["pass", "server.process.pause()", "server.process.kill()"], ids=["well", "frozen", "dead"]
)
@pytest.mark.parametrize("engine", ["postgres", "valkey"])
def test_a_killed_test_process_leaves_no_server_and_no_file(engine: str, fault: str) -> None:
    code = START_AND_TELL.format(tests=str(Path(engines.__file__).parents[1]), engine=engine, fault=fault)
    tests = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert tests.stdout
    room, *pids = tests.stdout.readline().split()
    shared = _shared_memory(Path(room))
    janitor = os.pidfd_open(_janitor_of(tests.pid))
    os.kill(tests.pid, signal.SIGKILL)
    tests.communicate()
    assert select.select([janitor], [], [], 20)[0] == [janitor]
    os.close(janitor)
    assert not Path(room).exists()
    assert [pid for pid in pids if _lives(pid)] == []
    assert [
        line for line in Path("/proc/sysvipc/shm").read_text().splitlines() if line.split()[1] in shared
    ] == []


def test_a_room_the_server_cannot_enter_is_not_opened_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with engines.valkey() as server, server.client() as client:
        assert client.ping() is True
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []


def test_binaries_below_a_closed_folder_are_copied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    copy = closed / "valkey-server"
    copy.write_bytes(engines.valkey_binary().read_bytes())
    copy.chmod(0o755)
    monkeypatch.setenv("DARI_TEST_VALKEY", str(copy))
    with engines.valkey() as server, server.client() as client:
        assert client.ping() is True
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("variable", "engine"), [("PG_BIN", "postgres"), ("VALKEY", "valkey")])
def test_a_missing_engine_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, engine: str) -> None:
    monkeypatch.setenv(f"DARI_TEST_{variable}", "/nowhere")
    with pytest.raises(engines.NoEngine, match=re.escape(f"DARI_TEST_{variable}")):
        with getattr(engines, engine)():
            pass
