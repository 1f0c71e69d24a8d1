"""The choice of a queue: promise, then fairness, then variety; tables and properties."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.choosing import (
    GIVEN,
    KEPT_FOR,
    NEXT,
    URGENT,
    Choice,
    Policy,
    Waits,
    Who,
    barred,
    choose,
    kind_of,
    queue_name,
    rank,
    settled,
    urgency,
)

NOW = datetime(2026, 11, 23, 0, tzinfo=UTC)
ME = Who(1)


def hours(n: float) -> datetime:
    return NOW + timedelta(hours=n)


def waits(name: str, due: float | None = None, **more: Any) -> Waits:
    return Waits(name, kind_of(name), due_at=None if due is None else hours(due), **more)


def said(choice: Choice) -> dict[str, str]:
    return {seen.queue: seen.code for seen in choice.trace}


PACKING, LISTING, TAGGING = (
    waits(name, due) for name, due in (("packing", 8), ("listing", 9), ("tagging", 30))
)


@pytest.mark.parametrize(
    ("who", "queues", "order", "codes"),
    [
        (ME, (), (), {}),
        (ME, (PACKING,), ("packing",), {"packing": "only"}),
        (ME, (waits("packing"),), (), {"packing": "empty"}),
        (ME, (LISTING, PACKING), ("packing", "listing"), {"listing": "later", "packing": "promised"}),
        # What must leave soon is given by its promise, whatever was done before.
        (
            Who(1, recent=("packing",) * 3),
            (waits("packing", 1), LISTING),
            ("packing", "listing"),
            {"packing": "urgent", "listing": "later"},
        ),
        # Of like urgency: another queue after three of the same, and not after two.
        (
            Who(1, recent=("packing",) * 3),
            (PACKING, LISTING),
            ("listing", "packing"),
            {"packing": "enough", "listing": "change"},
        ),
        (
            Who(1, recent=("packing", "packing", "listing")),
            (PACKING, LISTING),
            ("packing", "listing"),
            {"packing": "promised", "listing": "later"},
        ),
        # The promise is stronger than variety where it is a day apart.
        (
            Who(1, recent=("packing",) * 3),
            (PACKING, TAGGING),
            ("packing", "tagging"),
            {"packing": "promised", "tagging": "later"},
        ),
        (ME, (waits("packing", 1, state="paused"),), (), {"packing": "paused"}),
        (ME, (waits("listing.s3", 1, asks=frozenset({5})),), (), {"listing.s3": "not_trained"}),
        (Who(1, frozenset({5, 6})), (waits("l.s3", 1, asks=frozenset({5})),), ("l.s3",), {"l.s3": "only"}),
        (ME, (waits("packing.t2", 1, team_id=2),), (), {"packing.t2": "not_your_team"}),
        (Who(1, teams=frozenset({2})), (waits("p.t2", 1, team_id=2),), ("p.t2",), {"p.t2": "only"}),
        (
            Who(1, objects=frozenset({"listing"})),
            (LISTING, PACKING, waits("listing.t1", 1, team_id=1)),
            ("packing",),
            {"listing": "you_objected", "packing": "only", "listing.t1": "not_your_team"},
        ),
    ],
)
def test_the_queues_are_ranked_and_each_says_why(
    who: Who, queues: tuple[Waits, ...], order: tuple[str, ...], codes: dict[str, str]
) -> None:
    choice = choose(who, queues, now=NOW)
    assert (choice.order, said(choice)) == (order, codes)


SCARCE = waits("packing", 8, count=1, since=NOW)
BUSY = Who(1, lately=5)


@pytest.mark.parametrize(
    ("who", "queue", "line", "code"),
    [
        (BUSY, SCARCE, (), "only"),
        (BUSY, SCARCE, (Who(2, lately=4),), "kept"),
        (BUSY, SCARCE, (Who(2, lately=5),), "only"),  # who had as much does not go first
        (BUSY, SCARCE, (Who(1, lately=0),), "only"),  # nobody waits for oneself
        (BUSY, waits("packing", 8, count=2, since=NOW), (Who(2),), "only"),  # there is enough for both
        (BUSY, waits("packing", 8, count=2, since=NOW), (Who(2), Who(3)), "kept"),
        (BUSY, waits("packing", 1.9, count=1, since=NOW), (Who(2),), "only"),  # it must leave
        (BUSY, waits("packing", 8, count=1, since=NOW - KEPT_FOR), (Who(2),), "only"),  # their time is over
        (BUSY, SCARCE, (Who(2, objects=frozenset({"packing"})),), "only"),  # who may not have it
    ],
)
def test_what_is_scarce_is_kept_for_those_in_line_for_a_time(
    who: Who, queue: Waits, line: tuple[Who, ...], code: str
) -> None:
    assert said(choose(who, (queue,), now=NOW, line=line)) == {"packing": code}
    assert choose(who, (queue,), now=NOW, line=line, policy=Policy(fair=False)).order == ("packing",)


def test_what_is_kept_says_until_when_and_never_into_its_last_hours() -> None:
    line = (Who(2), Who(3))
    for due, until in ((8.0, NOW + KEPT_FOR), (2.25, hours(2.25) - URGENT)):
        (seen,) = choose(BUSY, (waits("packing", due, count=1, since=NOW),), now=NOW, line=line).trace
        assert (seen.code, seen.n, seen.until) == ("kept", 2, until)


def test_a_queue_is_called_by_what_narrows_it() -> None:
    names = [queue_name("own-7"), queue_name("packing", sop_id=3), queue_name("packing", sop_id=3, team_id=9)]
    assert names == ["own-7", "packing.s3", "packing.s3.t9"]
    assert [kind_of(name) for name in names] == ["own-7", "packing", "packing"]


def test_pace_and_refusals_enter_nowhere() -> None:
    """What the choice knows of a partner, whole: nothing of how fast, how well, or how often they said no."""
    assert [field.name for field in fields(Who)] == ["id", "skills", "teams", "objects", "recent", "lately"]


SKILLS = st.frozensets(st.integers(1, 3), max_size=3)
QUEUES = st.lists(
    st.builds(
        Waits,
        name=st.sampled_from(["a", "b", "c.s1", "d.t1", "e.t2", "f"]),
        kind=st.sampled_from(["a", "b"]),
        state=st.sampled_from(["open", "open", "paused", "retired"]),
        asks=SKILLS,
        team_id=st.none() | st.integers(1, 2),
        due_at=st.none() | st.integers(-10, 60).map(hours),
        count=st.integers(0, 4),
        since=st.none() | st.integers(-60, 0).map(lambda m: NOW + timedelta(minutes=m)),
    ),
    max_size=6,
    unique_by=lambda queue: queue.name,
).map(tuple)


def people(id_: st.SearchStrategy[int]) -> st.SearchStrategy[Who]:
    return st.builds(
        Who,
        id=id_,
        skills=SKILLS,
        teams=st.frozensets(st.integers(1, 2)),
        objects=st.frozensets(st.sampled_from(["a", "b"])),
        recent=st.lists(st.sampled_from(["a", "b"]), max_size=3).map(tuple),
        lately=st.integers(0, 9),
    )


@given(
    people(st.just(1)), QUEUES, st.lists(people(st.integers(1, 9)), max_size=4), st.booleans(), st.booleans()
)
def test_nothing_is_given_that_may_not_be_and_every_queue_is_explained(
    who: Who, queues: tuple[Waits, ...], line: list[Who], fair: bool, varied: bool
) -> None:
    choice = choose(who, queues, now=NOW, line=line, policy=Policy(fair, varied))
    by_name = {queue.name: queue for queue in queues}
    assert [seen.queue for seen in choice.trace] == [queue.name for queue in queues]
    for name in choice.order:
        queue = by_name[name]
        assert (barred(who, queue), queue.state, queue.due_at is None) == (None, "open", False)
        assert queue.asks <= who.skills
        assert queue.team_id is None or queue.team_id in who.teams
    if fair and varied:
        assert rank(who, queues, now=NOW, line=line) == choice.order
    codes = said(choice)
    assert [name for name in codes if codes[name] in GIVEN] == list(choice.order[:1])
    assert {name for name in codes if codes[name] in NEXT} == set(choice.order[1:])
    levels = [urgency(by_name[name].due_at, NOW) for name in choice.order]  # type: ignore[arg-type]
    assert not varied or levels == sorted(levels)


@given(QUEUES, st.lists(people(st.integers(1, 9)), min_size=1, max_size=5))
def test_somebody_may_always_have_what_is_kept(queues: tuple[Waits, ...], line: list[Who]) -> None:
    """Whoever had least of those who may is kept from nothing: no work waits that everybody is kept from."""
    for queue in queues:
        able = [who for who in line if barred(who, queue) is None]
        if able and queue.due_at is not None:
            least = min(able, key=lambda who: who.lately)
            assert choose(least, (queue,), now=NOW, line=line).order == (queue.name,)


@given(people(st.just(1)), QUEUES, st.lists(people(st.integers(1, 9)), max_size=3), st.integers(0, 4))
def test_a_few_near_at_hand_settle_only_what_all_of_them_would(
    who: Who, queues: tuple[Waits, ...], line: list[Who], looked_at: int
) -> None:
    """Whoever says after a look at the nearest that the first is settled says what the whole shop says."""
    waiting = [replace(queue, place=place) for place, queue in enumerate(queues) if queue.due_at]
    waiting.sort(key=lambda queue: (queue.due_at, queue.place))
    near, far = waiting[:looked_at], waiting[looked_at:]
    order = rank(who, near, now=NOW, line=line)
    if far and settled(who, near, order, beyond=far[0], now=NOW):
        assert rank(who, waiting, now=NOW, line=line)[:1] == order[:1]


@pytest.mark.parametrize(
    ("who", "near", "beyond", "sure"),
    [
        (ME, (), LISTING, False),  # nothing near at hand: the others must be looked at
        (ME, (PACKING,), LISTING, True),
        (ME, (TAGGING,), LISTING, False),  # what they may have of it is promised later than what lies beyond
        (Who(1, recent=("packing",) * 3), (PACKING,), LISTING, False),  # enough of it, and others are like it
        (Who(1, recent=("packing",) * 3), (PACKING,), TAGGING, True),  # none that is like it lies beyond
        (Who(1, recent=("packing",) * 3), (waits("packing", 1),), waits("listing", 1.5), True),  # it must go
    ],
)
def test_a_look_at_few_settles_the_first_or_not(
    who: Who, near: tuple[Waits, ...], beyond: Waits, sure: bool
) -> None:
    assert settled(who, near, rank(who, near, now=NOW), beyond=beyond, now=NOW) is sure
