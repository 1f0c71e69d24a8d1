"""A database that is locked, full, read-only or gone: said in words, nothing half done, nothing shown unjournalled."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from base.scope import World
from tests.attacks.conftest import Scene
from tests.attacks.database import file_of, name_of, superuser
from tests.attacks.estate import ON_POSTGRES, canaries
from tests.attacks.test_foreign_ids import belongings
from tests.cast import Cast, SignedIn, Stage
from tests.engines import Server

pytestmark = pytest.mark.both  # how an engine goes away


def tell_connections(world: World, *said: str) -> None:
    """Says something to every new connection that writes, and lets the present ones go."""

    def tell(dbapi: Any, _record: object) -> None:
        for statement in said:
            dbapi.execute(statement)
        dbapi.commit()

    event.listen(world.engines.write, "connect", tell)
    world.engines.dispose()


@contextmanager
def locked(scene: Scene) -> Iterator[None]:
    """Somebody else writes and does not finish."""
    if scene.server is None:
        tell_connections(scene.world, "PRAGMA busy_timeout=100")
        other: Any = sqlite3.connect(file_of(scene.stage), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        tell_connections(scene.world, "SET lock_timeout=100")
        other = superuser(scene.stage, scene.server)
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM partners, tasks FOR UPDATE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def full(scene: Scene) -> Iterator[None]:
    """The disk takes not one page more, and the journal's last page is written to its end."""
    if scene.server is None:
        fill(sqlite3.connect(file_of(scene.stage), isolation_level=None))
        tell_connections(scene.world, "PRAGMA max_page_count=1")  # never less than there are
    else:
        with superuser(scene.stage, scene.server) as other:
            other.execute(NO_ROOM)
            other.execute(NO_ROOM_FOR_LINES)
    yield


def fill(file: sqlite3.Connection) -> None:
    file.execute("PRAGMA max_page_count=1")
    line = "INSERT INTO audit_entries (shop_id, seq, at, actor_id, role, act, subject, subject_id, ip, facts, mac)"
    with suppress(sqlite3.OperationalError):
        for seq in range(100_000):
            file.execute(f"{line} VALUES (999, {seq}, '2026-01-01', 0, '', '', '', 0, '', '', '')")
    file.close()


NO_ROOM = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$
"""
NO_ROOM_FOR_LINES = (
    "CREATE TRIGGER no_room BEFORE INSERT ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION no_room()"
)


@contextmanager
def read_only(scene: Scene) -> Iterator[None]:
    """The file system was mounted again for reading, or the server is a standby now."""
    on_sqlite = scene.server is None
    tell_connections(
        scene.world, "PRAGMA query_only=ON" if on_sqlite else "SET default_transaction_read_only=on"
    )
    yield


@contextmanager
def mute(scene: Scene) -> Iterator[None]:
    """Only the journal takes nothing."""
    if scene.server is None:
        there = sqlite3.connect(file_of(scene.stage))
        there.execute(
            "CREATE TRIGGER mute BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'mute'); END"
        )
        there.close()
    else:
        with superuser(scene.stage, scene.server) as other:
            other.execute("REVOKE INSERT ON audit_entries FROM dari_app")
    yield


TROUBLES = {"locked": locked, "full": full, "read-only": read_only, "mute journal": mute}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_nothing_is_half_done_and_nothing_shown(scene: Scene, signed_in: SignedIn, trouble: str) -> None:
    world, cast, estates = scene.world, scene.cast, scene.estates
    client, task = signed_in(cast.minji), estates.ours.ids["task_id"]
    before = belongings(world, cast.haneul)
    with TROUBLES[trouble](scene):
        asked = [
            posted(client, f"/work/{task}/recipient", purpose="label"),
            posted(client, "/offers/next"),
            posted(client, f"/work/{task}/release", reason="no_time"),
        ]
        told = [answer.get_data(as_text=True) for answer in asked]
        assert [answer.status_code for answer in asked] == [503, 503, 503]
        assert {answer.headers["Retry-After"] for answer in asked} == {"5"}
        assert [word for word in canaries(estates.ours) if any(word in text for text in told)] == []
        assert [text.count("sqlalchemy") + text.count("Traceback") for text in told] == [0, 0, 0]
        assert client.get("/today").status_code == 200
    assert belongings(world, cast.haneul) == before


def posted(client: FlaskClient, path: str, **form: str) -> TestResponse:
    told = form | {"csrf": client.csrf, "client_id": f"away-{abs(hash(path))}"}  # type: ignore[attr-defined]
    return client.post(path, data=told)


@ON_POSTGRES
def test_a_database_that_is_gone_is_said_in_words_and_found_again(
    stage: Stage, pg_server: Server, cast: Cast, world: World, signed_in: SignedIn
) -> None:
    client, name = signed_in(cast.minji), name_of(stage)
    assert client.get("/today").status_code == 200
    pg_server.admin(
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    answers = [
        client.get("/today"),
        posted(client, "/offers/next"),
        client.get("/readyz"),
        client.get("/sign-in"),
    ]
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "5")] * 4
    assert client.get("/livez").status_code == 200
    pg_server.admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert [client.get("/today").status_code, posted(client, "/offers/next").status_code] == [200, 302]


def test_a_pool_that_is_used_up_is_said_in_words(world: World, cast: Cast, signed_in: SignedIn) -> None:
    """So many hands at once and no more: the next is told to come back."""
    client = signed_in(cast.minji)
    pool: Any = world.engines.read.pool
    pool._timeout = 0.1
    with ExitStack() as hands:
        for _ in range(pool.size() + pool._max_overflow):
            hands.enter_context(world.engines.read.connect()).execute(text("SELECT 1"))
        assert client.get("/today").status_code == 503
    assert client.get("/today").status_code == 200
