"""Stage clocks: begun and ended with the steps, in business seconds, paused for a reason, frozen at the end."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from base import calendars
from base.calendars import Plan
from base.errors import NotFound, Stale
from base.rows import one
from base.scope import Scope
from tasks import clocks, dispatch, risks
from tasks.lifecycle import CLAIMED
from tasks.models import Task
from tasks.running import running
from tests.cast import MONDAY
from tests.tasks.bench import Bench

HOUR = timedelta(hours=1)
HALF_DAY = 4 * 3600


def told(bench: Bench, task_id: int) -> list[tuple[str, int, str, int, int]]:
    return [
        (clock.stage, clock.round, clock.verdict, clock.elapsed_s, clock.late_s)
        for clock in bench.clocks(task_id)
    ]


def test_each_stage_has_its_clock_and_its_verdict(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)  # Monday 09:00
    bench.later(hours=1)
    bench.claim("minji", task_id)
    bench.later(minutes=30)
    bench.hand_in("minji", task_id)
    bench.later(hours=5)  # 15:30, an hour late: the office has no lunch break
    bench.send_back(task_id, "seal")
    assert told(bench, task_id) == [
        ("claim", 1, "met", 3600, 0),
        ("do", 1, "met", 1800, 0),
        ("review", 1, "breached", 18000, 3600),
        ("rework", 2, "", 0, 0),
    ]
    rework = bench.clocks(task_id)[-1]
    assert (rework.owed_by, rework.target_s) == (bench.people["minji"].partner_id, HALF_DAY)
    assert rework.due_at == MONDAY + timedelta(days=1, hours=1.5)  # 2.5 hours today, 1.5 tomorrow


def test_what_is_given_back_has_no_verdict_unless_it_was_late(bench: Bench) -> None:
    early, late = bench.tasks(2)
    for task_id, hours in ((early, 1), (late, 5)):
        bench.claim("minji", task_id)
        bench.later(hours=hours)
        with bench.acting_as("house") as scope:
            dispatch.expire_due(scope)
    outcomes = [told(bench, task_id)[1] for task_id in (early, late)]
    assert outcomes == [("do", 1, "void", 3600, 0), ("do", 1, "breached", 18000, 3600)]
    assert [clock.round for clock in bench.clocks(late)] == [1, 1, 2]  # it waits to be claimed a second time


def test_a_pause_stops_the_clock_and_says_who_owes_it(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    bench.later(minutes=30)
    with bench.acting_as("haneul") as scope:
        clocks.pause(scope, task_id, reason="송장 용지가 없어요", owed_by="owner")
    assert bench.clocks(task_id)[-1].due_at is None
    bench.later(hours=3)
    with bench.acting_as("haneul") as scope:
        clocks.resume(scope, task_id)
    assert bench.clocks(task_id)[-1].due_at == MONDAY + 7 * HOUR
    assert bench.findings() == []


def test_a_pause_the_holder_owes_stops_nothing(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    with bench.acting_as("haneul") as scope:
        clocks.pause(scope, task_id, reason="잠시 외출", owed_by="partner")
    assert bench.clocks(task_id)[-1].due_at == MONDAY + 4 * HOUR


def test_what_ends_while_paused_is_judged_without_the_wait(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.later(hours=3)
    with bench.acting_as("haneul") as scope:
        clocks.pause(scope, task_id, reason="상품 확인", owed_by="owner")
    bench.later(hours=4)
    bench.claim("minji", task_id)
    assert told(bench, task_id)[0] == ("claim", 1, "met", 3 * 3600, 0)
    assert bench.findings() == []


@pytest.mark.both
def test_a_clock_is_paused_once_and_resumed_once(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    with bench.acting_as("haneul") as scope:
        with pytest.raises(clocks.NotRunning):
            clocks.resume(scope, task_id)
        clocks.pause(scope, task_id, reason="확인", owed_by="owner")
        with pytest.raises(clocks.NotRunning):
            clocks.pause(scope, task_id, reason="확인", owed_by="owner")
        with pytest.raises(clocks.NoSuchParty):
            clocks.pause(scope, task_id, reason="확인", owed_by="nobody")
        with pytest.raises(NotFound):
            clocks.pause(scope, task_id + 99, reason="확인", owed_by="owner")


def stop_and_end(scope: Scope, task_id: int) -> None:
    """Ends the clock as it was before it was stopped, as if the task had gone back to the claim meanwhile."""
    seen = running(scope, task_id)
    assert seen is not None
    clocks.pause(scope, task_id, reason="송장 용지가 없어요", owed_by="owner")
    of_doing = replace(seen, clock=replace(seen.clock, stage=clocks.DO))
    clocks.follow(scope, one(scope, Task, task_id), CLAIMED, of_doing)


def test_a_clock_that_was_stopped_meanwhile_is_not_ended_as_it_was_seen(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    with pytest.raises(Stale), bench.acting_as("haneul") as scope:
        stop_and_end(scope, task_id)
    assert [clock[:3] for clock in told(bench, task_id)] == [("claim", 1, "")]


def test_a_new_calendar_moves_no_promise_already_made(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    due = bench.clocks(task_id)[-1].due_at
    with bench.acting_as("haneul") as scope:
        calendars.save(scope, Plan(hours={"mon": [["09:00", "10:00"]], "tue": [["09:00", "10:00"]]}))
    bench.later(hours=3)
    bench.claim("minji", task_id)
    first, second = bench.clocks(task_id)
    assert (first.elapsed_s, first.due_at, first.verdict) == (3 * 3600, due, "met")
    assert second.calendar_version == first.calendar_version + 1


@pytest.mark.both
def test_a_transaction_that_began_before_the_task_was_opened_may_claim_it(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.later(seconds=-1)
    bench.claim("minji", task_id)
    assert told(bench, task_id)[0] == ("claim", 1, "met", 0, 0)


# --- what is in danger -------------------------------------------------------------------------------------


def levels(bench: Bench, **later: float) -> list[tuple[str, str, str]]:
    at = bench.now + timedelta(**later)
    with bench.acting_as("house", reading=True) as scope:
        return [
            (danger.title, danger.risk.level, danger.risk.reason) for danger in risks.dangers(scope.at(at))
        ]


def test_a_clock_is_at_risk_before_it_is_late(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    title = bench.task(task_id).title
    assert levels(bench, hours=3) == []
    assert levels(bench, hours=3.2) == [(title, "at_risk", "share")]
    assert levels(bench, hours=4) == [(title, "at_risk", "share")]
    assert levels(bench, hours=4.1) == [(title, "late", "")]


def promised(bench: Bench) -> list[tuple[datetime, int, int, int]]:
    with bench.acting_as("house", reading=True) as scope:
        return [(one.due_at, one.count, one.late, one.at_risk) for one in risks.promises(scope, "packing")]


@pytest.mark.both
def test_the_queue_ahead_may_leave_no_time(bench: Bench) -> None:
    at_four = [
        bench.tasks(1, ship_in_hours=8)[0] for _ in range(5)
    ]  # two partners, four hours each: four of them
    tomorrow = bench.tasks(1, ship_in_hours=32)
    assert promised(bench) == [(MONDAY + 8 * HOUR, 5, 0, 1), (MONDAY + 32 * HOUR, 1, 0, 0)]
    bench.later(hours=9)
    assert promised(bench) == [(MONDAY + 8 * HOUR, 5, 5, 0), (MONDAY + 32 * HOUR, 1, 0, 1)]
    assert (len(at_four), len(tomorrow)) == (5, 1)


@pytest.mark.both
def test_the_usual_pace_is_the_middle_of_what_was_measured(bench: Bench) -> None:
    with bench.acting_as("house", reading=True) as scope:
        assert risks.usual_pace_s(scope) == HALF_DAY
    for minutes in (10, 20, 30, 40, 50):
        (task_id,) = bench.tasks(1)
        bench.claim("minji", task_id)
        bench.later(minutes=minutes)
        bench.hand_in("minji", task_id)
    with bench.acting_as("house", reading=True) as scope:
        assert risks.usual_pace_s(scope) == 1800
