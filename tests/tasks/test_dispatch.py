"""Dispatch: who gets which work, for how long, and how it comes back."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select, func, select, text

from base import statistics
from base.errors import NotFound
from base.scope import Scope
from partners.models import Partner
from stock.models import Order
from stock.news import OrdersCancelled, OrdersReady
from tasks import day, dispatch, matching, queries, queues, steps, surveyed, work
from tasks.matching import Reason, Work, Worker
from tasks.models import Answer, LateDraft, Photo, Task
from tests.tasks.bench import Bench, finish, statements

# --- opening -----------------------------------------------------------------------------------------------


def test_an_order_that_became_ready_is_packing_due_by_its_ship_by(bench: Bench) -> None:
    (order_id,) = bench.orders(1)
    with bench.acting_as("house", reading=True) as scope:
        task = scope.session.scalars(select(Task)).one()
        order = scope.session.get_one(Order, order_id)
        seen = (
            task.order_id,
            task.state,
            task.kind,
            task.title,
            task.due_at,
            task.revision.state,
            task.fence,
        )
        assert seen == (order_id, "open", "packing", order.number, order.ship_by, "published", 0)
    assert [(clock.stage, clock.owed_by, clock.verdict) for clock in bench.clocks(task.id)] == [
        ("claim", 0, "")
    ]


@pytest.mark.both
def test_an_order_told_twice_becomes_one_task(bench: Bench) -> None:
    order_ids = bench.orders(3)
    with bench.acting_as("house") as scope:
        scope.tell(OrdersReady(tuple(order_ids)))
        assert scope.session.scalar(select(func.count()).select_from(Task)) == 3


@pytest.mark.both
def test_thousands_of_orders_open_in_as_many_statements_as_a_few(bench: Bench) -> None:
    bench.orders(1)  # the first one publishes the procedure
    said = {}
    for count in (10, 3000):
        with bench.acting_as("house") as scope:
            order_ids = tuple(bench.place(scope, count))
            with statements(bench.world) as heard:
                assert len(dispatch.open_packing(scope, OrdersReady(order_ids))) == count
            said[count] = [line for line in heard if not line.startswith("INSERT INTO stage_clocks")]
    assert len(said[3000]) == len(said[10]) == 6
    assert bench.findings() == []


# --- next task ---------------------------------------------------------------------------------------------


@pytest.mark.both
def test_the_earliest_promise_comes_first(bench: Bench) -> None:
    later = bench.tasks(1, ship_in_hours=40)
    sooner = bench.tasks(1, ship_in_hours=10)
    with bench.acting_as("minji") as scope:
        given = [dispatch.claim_next(scope).id, dispatch.claim_next(scope).id]
    assert given == sooner + later


def test_a_claim_holds_for_an_hour_at_todays_price(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    with bench.acting_as("minji") as scope:
        dispatch.claim_next(scope)
    task = bench.task(task_id)
    seen = (task.state, task.holder_id, task.fence, task.won, task.lease_until)
    assert seen == ("claimed", bench.people["minji"].partner_id, 1, 1200, bench.now + timedelta(hours=1))


def test_an_empty_queue_says_so(bench: Bench) -> None:
    with bench.acting_as("minji") as scope, pytest.raises(dispatch.NothingOpen):
        dispatch.claim_next(scope)


@pytest.mark.both
def test_nobody_holds_more_than_agreed(bench: Bench) -> None:
    ids = bench.tasks(5)
    with bench.acting_as("minji") as scope:
        for _ in range(3):
            dispatch.claim_next(scope)
    with bench.acting_as("minji") as scope:
        with pytest.raises(dispatch.AtCapacity) as refused:
            dispatch.claim_next(scope)
        assert refused.value.facts == {"held": 3, "capacity": 3}
        with pytest.raises(dispatch.AtCapacity):
            dispatch.claim(scope, ids[4])


@pytest.mark.both
def test_a_paused_partner_gets_nothing(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    with bench.acting_as("haneul") as scope:
        scope.session.get_one(Partner, bench.people["minji"].partner_id).state = "paused"
    with bench.acting_as("minji") as scope:
        for attempt in (lambda: dispatch.claim_next(scope), lambda: dispatch.claim(scope, task_id)):
            with pytest.raises(dispatch.NotActive):
                attempt()


def count_claim(bench: Bench) -> int:
    with statements(bench.world) as said, bench.acting_as("minji") as scope:
        task = dispatch.claim_next(scope)
    with bench.acting_as("minji") as scope:
        dispatch.release(scope, task.id, reason="no_time")
    return len(said)


@pytest.mark.both
def test_a_claim_costs_the_same_with_ten_tasks_and_with_ten_thousand(bench: Bench) -> None:
    bench.tasks(10)
    few = count_claim(bench)
    bench.tasks(10_000, ship_in_hours=50)
    assert (count_claim(bench), few <= 16) == (few, True)


def plan_of(scope: Scope, stmt: Select[Any]) -> list[str]:
    query = str(stmt.compile(scope.session.get_bind(), compile_kwargs={"literal_binds": True}))
    if scope.world.engines.dialect == "sqlite":
        return [row[3] for row in scope.session.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    scope.session.execute(text("SET LOCAL enable_seqscan = off"))  # a small table is cheaper to read whole
    return list(scope.session.scalars(text(f"EXPLAIN {query}")))


@pytest.mark.both
def test_dispatch_reads_the_partial_indexes_and_sorts_nothing(bench: Bench) -> None:
    bench.tasks(1000)
    with bench.acting_as("minji") as scope:
        told = {"shop": scope.shop_id, "in_queue": "packing", "partner": 7, "now": scope.now}
        told |= {"from_slot": 0, "from_due": scope.now, "from_task": 1}
        next_ = plan_of(scope, steps.NEXT_OPEN.params(told))
        held = plan_of(scope, steps.HELD_BY.params(shop=scope.shop_id, to=7))
    assert [line for line in next_ if "ix_tasks_open" in line] != []
    assert [line for line in next_ if "Sort Key" in line or "TEMP B-TREE" in line] == []
    assert [
        line for line in next_ if "waiting" in line and "ix_tasks_open" not in line and "SCAN" in line
    ] == []
    assert [line for line in next_ if "uq_tasks_one_each" in line] != []
    assert [line for line in held if "ix_tasks_held" in line] != []


# --- a chosen task -----------------------------------------------------------------------------------------


@pytest.mark.both
def test_the_second_hand_is_told_and_offered_the_next(bench: Bench) -> None:
    first, second = bench.tasks(2)
    bench.claim("minji", first)
    with bench.acting_as("sujin") as scope, pytest.raises(dispatch.Taken) as refused:
        dispatch.claim(scope, first)
    assert refused.value.facts == {"next_id": second}


def test_claiming_what_one_holds_gives_it_again(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    assert (bench.claim("minji", task_id), bench.claim("minji", task_id)) == (1, 1)


def test_another_shops_task_is_not_there(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    with bench.acting_as("minji") as scope:
        elsewhere = replace(scope, shop_id=scope.shop_id + 1)
        with pytest.raises(NotFound):
            dispatch.claim(elsewhere, task_id)
        with pytest.raises(NotFound):
            dispatch.claim(scope, task_id + 999)


# --- release, lease and expiry -----------------------------------------------------------------------------


def test_what_is_given_back_goes_to_others_first(bench: Bench) -> None:
    first, second = bench.tasks(2)
    bench.claim("minji", first)
    with bench.acting_as("minji") as scope:
        dispatch.release(scope, first, reason="goods_damaged")
        assert dispatch.claim_next(scope).id == second
    with bench.acting_as("sujin") as scope:
        assert dispatch.claim_next(scope).id == first


def test_a_reason_is_one_of_the_known(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    with bench.acting_as("minji") as scope, pytest.raises(dispatch.UnknownReason):
        dispatch.release(scope, task_id, reason="because")


def test_only_the_holder_gives_back(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    with bench.acting_as("sujin") as scope, pytest.raises(NotFound):
        dispatch.release(scope, task_id, reason="no_time")
    with bench.acting_as("minji") as scope:
        dispatch.release(scope, task_id, reason="no_time")
        with pytest.raises(dispatch.NotHeld):
            dispatch.release(scope, task_id, reason="no_time")


def test_working_renews_the_lease_once_half_of_it_is_gone(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    ends = []
    for item in ("picking", "seal", "label"):
        bench.later(minutes=20)
        with bench.acting_as("minji") as scope:
            ends.append(work.answer(scope, task_id, item=item, value=True, version=0).lease_until)
    start = bench.now - timedelta(minutes=60)
    assert ends == [start + timedelta(minutes=minutes) for minutes in (60, 100, 100)]


@pytest.mark.both
def test_a_lease_that_ended_opens_the_task_clean_for_the_next_hand(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    with bench.acting_as("minji") as scope:
        finish(scope, scope.session.get_one(Task, task_id))
    bench.later(minutes=59)
    with bench.acting_as("house") as scope:
        assert dispatch.expire_due(scope) == 0
    bench.later(minutes=1)
    with bench.acting_as("house") as scope:
        assert dispatch.expire_due(scope) == 1
        live = select(func.count()).select_from(Photo).where(Photo.removed_at.is_(None))
        assert (scope.session.scalar(select(func.count(Answer.id))), scope.session.scalar(live)) == (0, 0)
        kept = scope.session.scalars(select(LateDraft)).one()
        assert (kept.partner_id, kept.answers["weight"]) == (bench.people["minji"].partner_id, "650")
    task = bench.task(task_id)
    assert (task.state, task.holder_id, task.won, task.fence) == ("open", None, None, 1)
    assert bench.findings() == []


@pytest.mark.both
def test_the_same_hand_finds_its_draft_again(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    with bench.acting_as("minji") as scope:
        finish(scope, scope.session.get_one(Task, task_id))
        dispatch.release(scope, task_id, reason="no_time")
    bench.later(hours=1)
    assert bench.claim("minji", task_id) == 2
    with bench.acting_as("minji") as scope:
        work.submit(scope, task_id, fence=2)
    assert bench.state(task_id) == "submitted"


def test_another_hand_finds_nothing_of_it(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    with bench.acting_as("minji") as scope:
        finish(scope, scope.session.get_one(Task, task_id))
        dispatch.release(scope, task_id, reason="no_time")
    bench.claim("sujin", task_id)
    with bench.acting_as("sujin") as scope:
        with pytest.raises(work.Unfinished) as refused:
            work.submit(scope, task_id, fence=2)
        assert refused.value.facts["n"] == 7


@pytest.mark.both
def test_rework_that_was_not_done_is_rejected_and_opened_anew_for_others(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.hand_in("minji", task_id)
    bench.send_back(task_id, "packed_photo")
    bench.later(days=1)
    with bench.acting_as("house") as scope:
        assert dispatch.expire_due(scope) == 1
        anew = scope.session.scalars(select(Task).where(Task.replaces_id == task_id)).one()
        assert (anew.state, anew.left_by_id) == ("open", bench.people["minji"].partner_id)
    assert bench.state(task_id) == "rejected"
    with bench.acting_as("minji") as scope, pytest.raises(dispatch.NothingOpen):
        dispatch.claim_next(scope)
    with bench.acting_as("sujin") as scope:
        assert dispatch.claim_next(scope).replaces_id == task_id
    assert bench.findings() == []


# --- cancelling --------------------------------------------------------------------------------------------


def test_cancelled_orders_take_their_work_away_and_the_holder_sees_it(bench: Bench) -> None:
    order_ids = bench.orders(2)
    with bench.acting_as("minji") as scope:
        held = dispatch.claim_next(scope)
    with bench.acting_as("house") as scope:
        scope.tell(OrdersCancelled(tuple(order_ids)))
    assert bench.state(held.id) == "cancelled"
    assert [clock.verdict for clock in bench.clocks(held.id)] == ["met", "void"]
    with bench.acting_as("minji", reading=True) as scope:
        seen = day.today(scope)
        assert (seen.cancelled, seen.held, seen.offers) == ((held.title,), (), 0)
    assert bench.findings() == []


def test_work_under_review_is_not_taken_away(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.hand_in("minji", task_id)
    order_id = bench.task(task_id).order_id or 0
    with bench.acting_as("house") as scope:
        scope.tell(OrdersCancelled((order_id,)))
    assert bench.state(task_id) == "inspection"
    with bench.acting_as("haneul") as scope, pytest.raises(steps.NoSuchStep):
        dispatch.cancel(scope, task_id)


@pytest.mark.both
def test_no_task_takes_the_place_of_one_whose_order_is_off(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    bench.hand_in("minji", task_id)
    with bench.acting_as("house") as scope:
        scope.session.get_one(Order, bench.task(task_id).order_id).state = "cancelled"
    bench.judge(task_id, "reject")
    with bench.acting_as("boram") as scope:
        assert dispatch.reopen(scope, scope.session.get_one(Task, task_id)) is None


# --- why ---------------------------------------------------------------------------------------------------

FREE = Worker(1, "active", 0, 3)


@pytest.mark.parametrize(
    ("worker", "work_", "reasons"),
    [
        (FREE, Work("open"), ()),
        (FREE, Work("open", ahead=4), (Reason("promised_sooner", 4),)),
        (FREE, Work("open", left_by_id=1), (Reason("you_let_it_go"),)),
        (FREE, Work("open", left_by_id=2), ()),
        (Worker(1, "active", 3, 3), Work("open"), (Reason("at_capacity", 3, 3),)),
        (Worker(1, "paused", 0, 3), Work("open"), (Reason("not_active"),)),
        (
            Worker(1, "paused", 3, 3),
            Work("open", left_by_id=1, ahead=1),
            (
                Reason("not_active"),
                Reason("at_capacity", 3, 3),
                Reason("you_let_it_go"),
                Reason("promised_sooner", 1),
            ),
        ),
        (FREE, Work("claimed", holder_id=1), (Reason("yours"),)),
        (FREE, Work("rework", holder_id=1), (Reason("yours"),)),
        (FREE, Work("claimed", holder_id=2), (Reason("taken"),)),
        (FREE, Work("inspection", holder_id=1), (Reason("handed_in"),)),
        (FREE, Work("accepted", holder_id=2), (Reason("ended"),)),
        (FREE, Work("cancelled"), (Reason("cancelled"),)),
    ],
)
def test_the_reasons_are_named(worker: Worker, work_: Work, reasons: tuple[Reason, ...]) -> None:
    assert matching.why_not_next(worker, work_) == reasons


@pytest.mark.both
def test_one_may_choose_what_next_task_would_not_give(bench: Bench) -> None:
    assert matching.may(FREE, Work("open", left_by_id=1, ahead=9)) is True
    first, second = bench.tasks(2)
    with bench.acting_as("minji", reading=True) as scope:
        assert (queries.why(scope, first), queries.why(scope, second)) == (
            (),
            (Reason("promised_sooner", 1),),
        )
        assert [offer.id for offer in queries.offers(scope).rows] == [first, second]
    assert bench.claim("minji", second) == 1


@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_what_waits_is_counted_along_its_queues_own_line(bench: Bench) -> None:
    """Whatever SQLite believes of a queue: from the sample it looks at, that it holds all there is."""
    bench.tasks(3000)
    with bench.acting_as("house") as scope:
        statistics.refresh(scope)
    bench.world.engines.dispose()
    with bench.acting_as("house", reading=True) as scope:
        told = {"shop": scope.shop_id, "name_0": "packing"}
        lines = plan_of(scope, queues._waiting(1).params(told))  # type: ignore[attr-defined]
        lines += plan_of(scope, surveyed.counts(1).params(told | {"partner": 7, "now": scope.now}))
    read = [line for line in lines if re.search(r"SEARCH (tasks|waiting) ", line)]
    assert ([line for line in read if "ix_tasks_open" not in line], len(read)) == ([], 4)
