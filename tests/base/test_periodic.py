"""Each turn of periodic work happens once, however many schedulers there are and however long they slept."""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base import errands, periodic
from base.background import Periodic
from base.periodic import due_turns, tick
from base.scope import World
from tests.base import ground
from tests.engines import Database

pytestmark = pytest.mark.both  # unique turns and locks

NINE = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EACH = Periodic(MINUTE * 5, ground.record, coalesce=False)
ONE = Periodic(MINUTE * 5, ground.record)
DAWN = Periodic(timedelta(days=1), ground.record, offset=timedelta(hours=19))  # 04:00 in Seoul


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    made = ground.open_world(database.url, tmp_path)
    ground.build(database)
    each = Periodic(MINUTE * 5, lambda scope, *, turn: ground.record(scope, n=turn), coalesce=False)
    one = Periodic(MINUTE * 5, lambda scope: ground.record(scope, n=scope.shop_id))
    yield replace(made, periodic={"each": each, "one": one})
    made.engines.dispose()


@pytest.mark.parametrize(
    ("work", "last", "now", "turns"),
    [
        (EACH, None, NINE, [NINE]),
        (EACH, None, NINE + MINUTE * 4, [NINE]),
        (EACH, NINE, NINE + MINUTE * 4, []),
        (EACH, NINE, NINE + MINUTE * 5, [NINE + MINUTE * 5]),
        (EACH, NINE, NINE + MINUTE * 16, [NINE + MINUTE * m for m in (5, 10, 15)]),
        (ONE, NINE, NINE + MINUTE * 16, [NINE + MINUTE * 15]),
        (ONE, NINE, NINE, []),
        (EACH, NINE, NINE - HOUR, []),  # a clock that was set back
        (DAWN, None, NINE, [NINE - HOUR * 5]),
        (DAWN, NINE - HOUR * 5, NINE + HOUR * 18, []),
        (DAWN, NINE - HOUR * 5, NINE + HOUR * 19, [NINE + HOUR * 19]),
    ],
)
def test_turns_due(work: Periodic, last: datetime | None, now: datetime, turns: list[datetime]) -> None:
    assert due_turns(now, work, last) == turns


@given(
    every=st.integers(500, 100_000),
    offset=st.integers(0, 100_000),
    looks=st.lists(st.integers(0, 50_000), min_size=1, max_size=20),
)
def test_looking_at_any_moments_finds_every_turn_once(every: int, offset: int, looks: list[int]) -> None:
    work = Periodic(timedelta(seconds=every), ground.record, coalesce=False, offset=timedelta(seconds=offset))
    last, now, found = None, NINE, []
    for seconds in looks:
        now += timedelta(seconds=seconds)
        while turns := due_turns(now, work, last):
            found += turns
            last = turns[-1]
    assert found == [found[0] + work.every * n for n in range(len(found))]
    assert found[0] <= NINE + timedelta(seconds=looks[0])
    assert found[-1] <= now < found[-1] + work.every


@given(every=st.integers(1, 100_000), slept=st.integers(0, 10_000_000))
def test_coalescing_finds_the_newest_alone(every: int, slept: int) -> None:
    one = Periodic(timedelta(seconds=every), ground.record)
    now = NINE + timedelta(seconds=slept)
    first = due_turns(NINE, one, None)[0]
    turns = due_turns(now, one, first)
    assert turns == due_turns(now, one, None) if now >= first + one.every else turns == []


def test_three_schedulers_over_an_hour_open_each_turn_once(world: World) -> None:
    seeded = random.Random(3)
    moments = [NINE + timedelta(seconds=s) for s in range(0, 3600, 45)]
    opened = 0
    with ThreadPoolExecutor(3) as schedulers:
        for moment in moments:
            late = [moment + timedelta(seconds=seeded.randrange(40)) for _ in range(3)]
            opened += sum(schedulers.map(lambda now: tick(world, now=now), late))
    assert opened == 12 + 12
    errands.drain(world, now=NINE + HOUR * 2)
    turns = {int(NINE.timestamp()) + 300 * n: 1 for n in range(12)}
    assert Counter(ground.effects(world)) == turns | {ground.SHOP: 12}


def test_turns_missed_in_three_hours_are_made_up_for_as_declared(world: World) -> None:
    tick(world, now=NINE)
    assert tick(world, now=NINE + HOUR * 3) == 36 + 1
    assert tick(world, now=NINE + HOUR * 3) == 0
    errands.drain(world, now=NINE + HOUR * 4)
    turns = {int(NINE.timestamp()) + 300 * n: 1 for n in range(37)}
    assert Counter(ground.effects(world)) == turns | {ground.SHOP: 2}


def test_after_a_long_sleep_turns_come_in_portions(world: World) -> None:
    tick(world, now=NINE)
    later = NINE + timedelta(days=1)
    assert [tick(world, now=later) for _ in range(4)] == [101, 100, 88, 0]


def test_every_shop_gets_its_turn(world: World) -> None:
    both = replace(world, shops=lambda _session: [1, 2])
    assert tick(both, now=NINE) == 2
    errands.drain(both, now=NINE)
    assert ground.effects(both) == sorted([1, 2, int(NINE.timestamp()), int(NINE.timestamp())])


def test_old_turns_are_forgotten_and_not_opened_again(world: World) -> None:
    for day in range(5):
        tick(world, now=NINE + timedelta(days=day))
    with world.engines.read.begin() as connection:
        oldest = connection.exec_driver_sql("SELECT min(turn) FROM slots WHERE name = 'one'").scalar_one()
    assert str(oldest)[:10] == "2026-11-25"
    assert tick(world, now=NINE) == 0


def test_nothing_due_takes_no_lock(world: World) -> None:
    tick(world, now=NINE)
    with world.engines.write.begin():  # somebody writes
        assert tick(world, now=NINE + MINUTE) == 0


def test_portions_are_bounded() -> None:
    assert len(due_turns(NINE + timedelta(days=9), EACH, NINE)) == periodic.MOST_AT_ONCE
