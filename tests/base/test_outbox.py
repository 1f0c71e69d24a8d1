"""Background work is neither lost nor doubled, whatever ends at whatever moment."""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

import pytest

from base import errands, outbox
from base.clock import utcnow
from base.errors import NotFound
from base.scope import THE_HOUSE, World, acting
from tests.base import ground
from tests.base.ground import SHOP, effects, errand_rows, letters, put
from tests.engines import Database

pytestmark = pytest.mark.both  # leases and locks

LATER = timedelta(minutes=1)
Start = Callable[..., ForkProcess]
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the engine has no part in it
on_postgres = pytest.mark.parametrize("database", ["postgres"], indirect=True)


@pytest.fixture
def url(database: Database) -> str:
    return database.url


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    made = ground.open_world(database.url, tmp_path)
    ground.build(database)
    yield made
    made.engines.dispose()


@pytest.fixture
def start(url: str, tmp_path: Path) -> Iterator[Start]:
    """Does something in a process of its own."""
    started: list[ForkProcess] = []

    def start_(act: Callable[..., object], *arguments: object) -> ForkProcess:
        started.append(
            get_context("fork").Process(target=ground.apart, args=(url, tmp_path, act, *arguments))
        )
        started[-1].start()
        return started[-1]

    yield start_
    for process in started:
        process.kill()
        process.join()


def end_of(process: ForkProcess) -> int | None:
    process.join(20)
    return process.exitcode


def test_the_same_errand_twice_is_one(world: World) -> None:
    put(world, "record", 1, 1)
    put(world, "record", 1)
    assert errands.drain(world) == 1
    put(world, "record", 1)
    assert errands.drain(world) == 0
    assert effects(world) == [1]


@on_sqlite
def test_an_errand_waits_until_it_is_due(world: World) -> None:
    with acting(world, shop_id=SHOP, actor=THE_HOUSE) as scope:
        outbox.put(scope, "record", key="k", due=scope.now + LATER, n=1)
        assert scope.errands == []
    assert errands.drain(world) == 0
    assert errands.drain(world, now=utcnow() + 2 * LATER) == 1


@on_sqlite
def test_an_errand_carries_no_prose(world: World) -> None:
    with acting(world, shop_id=SHOP, actor=THE_HOUSE) as scope:
        for text in (ground.CANARY, "a b", "", "x" * 121, "김민지"):
            with pytest.raises(ValueError, match="ids and codes"):
                outbox.put(scope, "record", key="k", name=text)
            with pytest.raises(ValueError, match="ids and codes"):
                outbox.put(scope, "record", key=text)
    assert errand_rows(world) == []


@on_sqlite
def test_a_bell_that_breaks_breaks_nothing(world: World) -> None:
    class Cracked:
        def ring(self, _errands: object, /) -> None:
            raise OSError

    with acting(replace(world, bell=Cracked()), shop_id=SHOP, actor=THE_HOUSE) as scope:
        outbox.put(scope, "record", key="k", n=1)
    assert errands.drain(world) == 1


@pytest.mark.parametrize(
    ("where", "stands"),
    [("before_insert", []), ("after_insert", []), ("before_commit", []), ("after_commit", [1, 100])],
)
def test_row_and_errand_stand_or_fall_together(
    world: World, start: Start, where: str, stands: list[int]
) -> None:
    assert end_of(start(ground.put_and_die, where)) == 9
    errands.drain(world)
    assert effects(world) == stands


@pytest.mark.parametrize("job", ["vanish_in_job", "vanish_before_commit"])
def test_a_worker_killed_in_the_middle_does_nothing_twice(world: World, start: Start, job: str) -> None:
    put(world, job, 1)
    assert end_of(start(errands.drain)) == 9
    assert errands.drain(world) == 0  # its lease still runs
    assert errands.drain(world, now=utcnow() + LATER) == 1
    assert effects(world) == [1]
    assert errand_rows(world) == [(job, "done", 2)]


def test_a_worker_killed_right_after_its_lease_loses_nothing(world: World, start: Start) -> None:
    put(world, "record", 1)
    assert end_of(start(ground.lease_and, ground.die)) == 9
    assert errands.drain(world, now=utcnow() + LATER) == 1
    assert effects(world) == [1]


@on_sqlite
def test_what_left_the_machine_is_repeated_under_the_same_key(
    world: World, start: Start, tmp_path: Path
) -> None:
    put(world, "post_and_vanish", 1)
    assert end_of(start(errands.drain)) == 9
    assert errands.drain(world, now=utcnow() + LATER) == 1
    assert errands.drain(world, now=utcnow() + 2 * LATER) == 0
    assert letters(tmp_path) == ["errand-1 1", "errand-1 1"]


@on_sqlite
def test_nothing_to_send_is_done(world: World, tmp_path: Path) -> None:
    put(world, "post", 0, 5)
    assert errands.drain(world) == 2
    assert letters(tmp_path) == ["errand-2 5"]
    assert errand_rows(world) == [("post", "done", 1), ("post", "done", 1)]


def test_twenty_deliveries_have_one_effect(world: World, tmp_path: Path) -> None:
    put(world, "record", 1)
    put(world, "post", 2)
    with ThreadPoolExecutor(20) as hands:
        taken = Counter(hands.map(lambda k: errands.perform(world, 1 + k % 2), range(40)))
    assert taken == {True: 2, False: 38}
    assert effects(world) == [1]
    assert letters(tmp_path) == ["errand-2 2"]


def test_two_workers_share_the_work(world: World, start: Start) -> None:
    numbers = list(range(1, 101))
    put(world, "record", *numbers)
    assert [end_of(worker) for worker in (start(errands.drain), start(errands.drain))] == [0, 0]
    assert effects(world) == numbers
    assert {attempts for _, _, attempts in errand_rows(world)} == {1}


def test_a_worker_stopped_beyond_its_lease_is_fenced(world: World, start: Start, tmp_path: Path) -> None:
    put(world, "record", 1)
    late = start(ground.lease_and, ground.freeze)
    os.waitpid(late.pid, os.WUNTRACED)
    assert errands.drain(world, now=utcnow() + LATER) == 1
    os.kill(late.pid, signal.SIGCONT)
    assert end_of(late) == 0
    said = [json.loads(line)["said"] for line in (tmp_path / "log").read_text().splitlines()]
    assert said == ["errand went to another hand"]
    assert effects(world) == [1]
    assert errand_rows(world) == [("record", "done", 2)]


def test_a_late_hand_neither_works_nor_fails_for_the_one_that_holds(world: World) -> None:
    put(world, "record", 1)
    put(world, "poison", 2)
    late = [errands.lease(world), errands.lease(world)]
    held = [errands.lease(world, now=utcnow() + LATER) for _ in late]
    for leased in late:
        assert leased is not None
        errands.carry_out(world, leased)
    assert effects(world) == []
    assert errand_rows(world) == [("record", "leased", 2), ("poison", "leased", 2)]
    for leased in held:
        assert leased is not None
        errands.carry_out(world, leased)
    assert effects(world) == [1]
    assert errand_rows(world) == [("record", "done", 2), ("poison", "waiting", 2)]


@on_sqlite
def test_an_effect_that_stands_is_not_made_again(world: World) -> None:
    put(world, "record", 1)
    errands.drain(world)
    with world.engines.write.begin() as connection:
        connection.exec_driver_sql("UPDATE errands SET state = 'waiting', due_at = created_at")
    assert errands.drain(world) == 1
    assert effects(world) == [1]
    assert errand_rows(world) == [("record", "done", 2)]


@on_postgres
def test_a_transaction_that_stands_still_is_left_alone(world: World, start: Start) -> None:
    put(world, "freeze_in_job", 1)
    still = start(errands.drain)
    os.waitpid(still.pid, os.WUNTRACED)
    assert errands.drain(world, now=utcnow() + LATER) == 0
    os.kill(still.pid, signal.SIGCONT)
    assert end_of(still) == 0
    assert effects(world) == [1]


@on_sqlite
def test_poison_ends_as_a_dead_letter_and_others_flow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "PATIENCE", 0.15)
    for job in ("poison", "refuse", "leave", "endless", "unheard_of"):
        put(world, job, 1)
    put(world, "record", *range(1, 6))
    now = utcnow()
    for hour in range(errands.ATTEMPTS + 1):
        errands.drain(world, now=now + timedelta(hours=2 * hour))
    with acting(world, shop_id=SHOP, actor=THE_HOUSE, reading=True) as scope:
        dead = {letter.job: (letter.reason, letter.attempts) for letter in outbox.dead_letters(scope)}
    assert dead == {
        "poison": ("ValueError", 10),
        "refuse": ("NoParcel test.no_parcel", 10),
        "leave": ("SystemExit", 10),
        "endless": ("Endless", 10),
        "unheard_of": ("UnknownJob", 10),
    }
    assert effects(world) == [1, 2, 3, 4, 5]


@on_sqlite
def test_a_job_that_takes_its_process_along_is_buried(world: World) -> None:
    put(world, "record", 1)
    now = utcnow()
    for n in range(errands.ATTEMPTS):
        assert errands.lease(world, now=now + n * LATER) is not None
    assert errands.lease(world, now=now + errands.ATTEMPTS * LATER) is None
    assert errand_rows(world) == [("record", "dead", 10)]


@on_sqlite
def test_the_owner_wakes_a_dead_errand_once(world: World) -> None:
    put(world, "refuse", 1)
    now = utcnow()
    for hour in range(errands.ATTEMPTS):
        errands.drain(world, now=now + timedelta(hours=2 * hour))
    assert errand_rows(world) == [("refuse", "dead", 10)]
    for rung in ([1], []):
        with acting(world, shop_id=SHOP, actor=THE_HOUSE) as scope:
            outbox.retry(scope, 1)
            assert scope.errands == rung
    assert errand_rows(world) == [("refuse", "waiting", 0)]


@on_sqlite
def test_another_shops_errand_is_not_found(world: World) -> None:
    put(world, "refuse", 1)
    with acting(world, shop_id=2, actor=THE_HOUSE) as scope, pytest.raises(NotFound):
        outbox.retry(scope, 1)


def test_waits_double_up_to_an_hour() -> None:
    seconds = [errands.pause(attempts).total_seconds() for attempts in (1, 2, 3, 20)]
    bounds = [(2.5, 7.5), (5, 15), (10, 30), (1800, 5400)]
    assert [low <= wait <= high for wait, (low, high) in zip(seconds, bounds, strict=True)] == [True] * 4


def test_old_errands_are_swept_and_open_ones_kept(world: World) -> None:
    put(world, "record", 1)
    errands.drain(world)
    put(world, "record", 2)
    later = utcnow() + timedelta(days=91)
    with acting(world, shop_id=SHOP, actor=THE_HOUSE, now=later) as scope:
        outbox.sweep(scope)
    assert errand_rows(world) == [("record", "waiting", 0)]
