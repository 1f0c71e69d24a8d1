"""The bell may be late, lost, frozen or dead; the errands are done once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from base import config, errands, jobs, rq_bell, rq_worker
from base.background import Periodic
from base.scope import World
from tests.base import ground
from tests.base.ground import effects, errand_rows, eventually, put
from tests.engines import Database, Valkey

ROOT = Path(__file__).parents[2]
Workers = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> Iterator[World]:
    made = ground.open_world(sqlite_database.url, tmp_path)
    ground.build(sqlite_database)
    yield made
    made.engines.dispose()


@pytest.fixture
def postgres_world(postgres_database: Database, tmp_path: Path) -> Iterator[World]:
    made = ground.open_world(postgres_database.url, tmp_path)
    ground.build(postgres_database)
    yield made
    made.engines.dispose()


@pytest.fixture
def rung(world: World, valkey_server: Valkey) -> World:
    """A world whose bell hangs in Redis."""
    settings = replace(world.settings, redis_url=valkey_server.url)
    return replace(world, settings=settings, bell=jobs.bell(settings))


def _program(world: World, folder: Path) -> Iterator[Workers]:
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        arguments = [world.settings.database_url, str(folder), world.settings.redis_url]
        with (folder / "log").open("a") as log:
            command = [sys.executable, "-m", "tests.base.ground", *arguments]
            started.append(subprocess.Popen(command, cwd=ROOT, stderr=log, text=True))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(20)


@pytest.fixture
def worker(rung: World, tmp_path: Path) -> Iterator[Workers]:
    """Starts `./dari worker` with Redis."""
    yield from _program(rung, tmp_path)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


# --- without Redis -----------------------------------------------------------------------------------------


def test_the_thread_hears_the_bell_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TICK", 3600.0)
    heard = replace(world, bell=jobs.bell(world.settings))
    stop = jobs.start(heard)
    for n in range(1, 6):
        put(heard, "record", n)
        assert eventually(lambda n=n: effects(world) == list(range(1, n + 1)))
    stop()
    put(heard, "record", 6)
    assert effects(world) == [1, 2, 3, 4, 5]


def test_the_thread_looks_without_being_rung(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TICK", 0.02)
    stop = jobs.start(replace(world, bell=jobs.ThreadBell()))
    put(world, "record", 1)
    assert eventually(lambda: effects(world) == [1])
    stop()


def test_a_broken_turn_does_not_end_the_thread(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TICK", 0.02)
    broken = iter([OSError()] * 2)

    def shops(_session: object) -> list[int]:
        for error in broken:
            raise error
        return [ground.SHOP]

    turns = {"turn": Periodic(timedelta(days=1), lambda scope: ground.record(scope, n=7))}
    stop = jobs.start(replace(world, bell=jobs.ThreadBell(), shops=shops, periodic=turns))
    assert eventually(lambda: effects(world) == [7])
    stop()


def test_a_worker_without_redis_ends_when_told(world: World, tmp_path: Path) -> None:
    program = _program(world, tmp_path)
    process = next(program)()
    put(world, "record", 1)
    assert eventually(lambda: effects(world) == [1])
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


# --- with Redis --------------------------------------------------------------------------------------------


def test_redis_delivers_ids_and_nothing_else(rung: World, worker: Workers, valkey_server: Valkey) -> None:
    put(rung, "record", 1, 2, 3)
    assert eventually(lambda: rq_bell.queue(valkey_server.client()).count == 3)
    with valkey_server.client() as client:
        queue = rq_bell.queue(client)
        seen = [(job.func_name, job.args, job.result_ttl, job.failure_ttl) for job in queue.jobs]
        raw = [client.hget(f"rq:job:{job.id}", "data") for job in queue.jobs]
    assert seen == [("base.rq_worker.deliver", [n], 0, 7 * 86400) for n in (1, 2, 3)]
    assert len(raw) == 3
    put(rung, "poison", 4)
    process = worker()
    assert eventually(lambda: effects(rung) == [1, 2, 3] and errand_rows(rung)[3] == ("poison", "waiting", 1))
    with valkey_server.client() as client:
        kept = [client.dump(key) for key in client.scan_iter()]
    assert [blob for blob in kept if blob and ("김민지".encode() in blob or b"1234" in blob)] == []
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_what_redis_forgets_arrives(rung: World, worker: Workers, valkey_server: Valkey) -> None:
    numbers = list(range(1, 21))
    put(rung, "record", *numbers)
    with valkey_server.client() as client:
        assert eventually(lambda: rq_bell.queue(client).count == 20)
        client.flushall()
    worker()
    assert eventually(lambda: effects(rung) == numbers)
    assert {state for _, state, _ in errand_rows(rung)} == {"done"}


def test_work_horses_share_no_connection(
    postgres_world: World, valkey_server: Valkey, tmp_path: Path
) -> None:
    settings = replace(postgres_world.settings, redis_url=valkey_server.url)
    rung = replace(postgres_world, settings=settings, bell=jobs.bell(settings))
    program = _program(rung, tmp_path)
    start = next(program)
    start(), start()
    assert eventually(lambda: said(tmp_path) == ["worker started"] * 2)
    for n in range(40):
        put(rung, "record", n)
    assert eventually(lambda: effects(rung) == list(range(40)))
    assert next(program, None) is None
    assert {(state, attempts) for _, state, attempts in errand_rows(rung)} == {("done", 1)}
    assert said(tmp_path) == ["worker started"] * 2


def said(folder: Path) -> list[str]:
    return [json.loads(line)["said"] for line in (folder / "log").read_text().splitlines()]


def test_a_killed_worker_is_replaced_and_its_errand_done_once(
    rung: World, worker: Workers, tmp_path: Path
) -> None:
    process = worker()
    put(rung, "hold", 1)
    assert eventually((tmp_path / "mark-1").exists)
    for pid in (tmp_path / "mark-1").read_text().split():  # the work-horse and its worker
        os.kill(int(pid), signal.SIGKILL)
    assert eventually(lambda: effects(rung) == [1])
    assert errand_rows(rung) == [("hold", "done", 2)]
    assert process.poll() is None


def test_no_worker_outlives_its_supervisor(rung: World, worker: Workers) -> None:
    process = worker()
    assert eventually(lambda: children(process.pid) != [])
    orphans = children(process.pid)
    process.kill()
    assert eventually(lambda: [pid for pid in orphans if running(pid)] == [])


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_frozen_redis_costs_no_request_anything(
    rung: World, worker: Workers, valkey_server: Valkey
) -> None:
    put(rung, "record", 1)
    worker()
    assert eventually(lambda: effects(rung) == [1])
    valkey_server.pause()
    began = time.monotonic()
    for n in range(2, 12):
        put(rung, "record", n)
    assert time.monotonic() - began < 1.0
    assert eventually(lambda: effects(rung) == list(range(1, 12)))  # while it is frozen
    valkey_server.cont()
    put(rung, "record", 12)
    assert eventually(lambda: effects(rung) == list(range(1, 13)))


def test_a_dead_redis_is_done_without(rung: World, worker: Workers, valkey_server: Valkey) -> None:
    valkey_server.kill()
    put(rung, "record", 1)
    worker()
    assert eventually(lambda: effects(rung) == [1])
    valkey_server.restart()
    put(rung, "record", 2)
    assert eventually(lambda: effects(rung) == [1, 2])


def test_the_circuit_stays_open_for_a_while(valkey_server: Valkey) -> None:
    bell = rq_bell.Direct(valkey_server.url)
    assert bell.rang([1]) is True
    valkey_server.pause()
    began = time.monotonic()
    assert [bell.rang([n]) for n in range(50)] == [False] * 50
    assert 0.9 < time.monotonic() - began < 2.0
    valkey_server.cont()
    bell.quiet_until = 0.0
    assert bell.rang([2]) is True


def test_a_crowd_in_redis_is_not_added_to(valkey_server: Valkey) -> None:
    bell = rq_bell.Direct(valkey_server.url)
    assert bell.rang(range(rq_bell.CROWD)) is True
    assert bell.rang([9]) is True
    assert bell.queue.count == rq_bell.CROWD


def test_an_errand_is_not_rung_for_at_every_look(
    rung: World, valkey_server: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rq_worker, "LATE", timedelta(0))
    put(replace(rung, bell=jobs.ThreadBell()), "record", 1)
    bell, remembered = rq_bell.Direct(valkey_server.url), dict[int, float]()
    for _ in range(3):
        rq_worker.remind(rung, bell, remembered, lambda: False)
    assert bell.queue.count == 1
    remembered[1] -= rq_worker.REMIND
    rq_worker.remind(rung, bell, remembered, lambda: False)
    assert bell.queue.count == 2


def test_a_redis_that_forgets_on_purpose_is_refused(rung: World, valkey_server: Valkey) -> None:
    with valkey_server.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        with pytest.raises(config.Unsafe, match="noeviction"):
            rq_worker.supervise(rung, ended=lambda: True)
        client.config_set("maxmemory-policy", "noeviction")
    rq_worker.supervise(rung, ended=lambda: True)


@pytest.mark.parametrize(
    ("url", "reasons"),
    [
        ("redis://127.0.0.1:1/0", 0),
        ("unix:///nowhere/s", 0),
        ("rediss://:secret@127.0.0.2:1/0", 0),
        ("rediss://127.0.0.2:1/0", 1),
        ("redis://127.0.0.2:1/0", 2),
    ],
)
def test_a_remote_redis_needs_a_password_and_tls(url: str, reasons: int) -> None:
    assert len(rq_bell.unfit(url)) == reasons


def test_the_work_horse_raises_nothing(rung: World) -> None:
    token = rq_worker.AT_WORK.set(replace(rung, jobs={}))
    put(rung, "record", 1)
    rq_worker.deliver(1)
    rq_worker.deliver(999)
    rq_worker.AT_WORK.reset(token)
    assert errand_rows(rung) == [("record", "waiting", 1)]
    assert errands.drain(rung) == 0
    assert effects(rung) == []
