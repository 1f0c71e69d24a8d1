"""The tallies: whatever happens in whatever order, what is kept from the journal is what the rows say."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from base import errands
from base.errors import Refused
from base.periodic import tick
from base.scope import THE_HOUSE, acting
from qa.causes import escapes
from qa.models import CountTally, Inspection, Tally
from qa.reviewers import knowing, looking, planning, settling
from qa.reviewers.models import Known
from qa.reviewers.rules import opinion
from qa.tallies import keeping, store
from qa.tallies.commands import tallies as command
from qa.tallies.recount import recounted
from qa.tallies.rules import PAY, PROMISE, QUALITY, SHOP, SKU, SOLD, Sheet
from stock import claims, orders
from stock.claim_tables import Claim
from stock.models import Order, OrderLine
from tasks import dispatch
from tasks.models import Task
from tests.cast import MONDAY, Person
from tests.qa.road import LOOSE, Road
from tests.stock import yard

pytestmark = pytest.mark.both  # sums made by statements

PACKERS = ("minji", "sujin")
ACTS = settings(
    max_examples=5,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Crash(Exception):
    """The hand that counts is gone before it has settled."""


def kept(road: Road, *, crash: bool = False) -> None:
    """The errand of counting, done or broken off at its end."""
    with (
        suppress(Crash),
        acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope,
    ):
        keeping.keep(scope)
        if crash:
            raise Crash


def stored(road: Road) -> Sheet:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return store.stored(scope).trimmed()


def true(road: Road) -> Sheet:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return recounted(scope).trimmed()


def differences(road: Road) -> list[str]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return keeping.differences(scope)


# --- any order of acts and of counting ----------------------------------------------------------------------


class Life:
    """A shop's acts and the errand that counts, each with a number that chooses among what there is."""

    def __init__(self, road: Road) -> None:
        self.road = road

    def some(self, model: Any, nth: int, *states: str) -> Any:
        """One of the rows in these states, None where there is none."""
        with self.road.acting_as(self.road.cast.haneul, reading=True) as scope:
            rows = scope.session.scalars(
                select(model).where(model.state.in_(states)).order_by(model.id)
            ).all()
        return rows[nth % len(rows)] if rows else None

    def hand(self, nth: int) -> Person:
        return (self.road.cast.minji, self.road.cast.sujin)[nth % 2]

    def receive(self, nth: int) -> None:
        self.road.receive(1 + nth % 6)

    def order(self, nth: int) -> None:
        self.road.order(ship_by=self.road.now + timedelta(hours=(1, 9, 30, 200)[nth % 4], seconds=nth))

    def cancel_order(self, nth: int) -> None:
        if order := self.some(Order, nth, "short", "ready"):
            with self.road.acting_as(self.road.cast.haneul) as scope:
                orders.cancel(scope, order.id, why="asked")

    def claim(self, nth: int) -> None:
        if task := self.some(Task, nth, "open"):
            self.road.claim(self.hand(nth), task.id)

    def hand_in(self, nth: int) -> None:
        if task := self.some(Task, nth, "open"):
            self.road.hand_in(self.hand(nth), task.id)

    def hand_in_again(self, nth: int) -> None:
        """What was sent back comes again from the hand that has it."""
        if task := self.some(Task, nth, "rework"):
            hand = next(one for one in (self.hand(0), self.hand(1)) if one.partner_id == task.holder_id)
            self.road.finish(hand, task.id)

    def release(self, nth: int) -> None:
        if task := self.some(Task, nth, "claimed", "rework"):
            with self.road.acting_as(self.hand(nth)) as scope:
                dispatch.release(scope, task.id, reason="no_time")

    def cancel_task(self, nth: int) -> None:
        if task := self.some(Task, nth, "open", "claimed"):
            with self.road.acting_as(self.road.cast.haneul) as scope:
                dispatch.cancel(scope, task.id)

    def judge(self, nth: int) -> None:
        verdict = ("accept", "accept", "send_back", "reject")[nth % 4]
        if inspection := self.some(Inspection, nth, "waiting"):
            self.road.judge(inspection, verdict, *([] if verdict == "accept" else [LOOSE]))

    def look_again(self, nth: int) -> None:
        """Somebody else looks at what was judged, not knowing it; now and then at what is known."""
        found = self.some(Inspection, nth, "judged")
        with self.road.acting_as(self.road.cast.haneul) as scope:
            if found is None or found.reviewer_id == scope.actor.id:
                return
            meant = planning.Meant("second", barred_id=found.reviewer_id)
            if nth % 3 == 0:
                knowing.know(scope, found.id, opinion(found.verdict, ()), source="owner")
                known = scope.session.scalars(select(Known.id).where(Known.inspection_id == found.id)).one()
                meant = planning.Meant("gold", for_id=scope.actor.id, known_id=known)
            look = planning.plan(scope, scope.session.merge(found), meant, seed=str(nth))
            scope.session.flush()
            look.number, look.state = planning.next_number(scope.session), "waiting"
            look.due_at = scope.now + timedelta(hours=nth % 2 - 1)
            scope.session.flush()
            verdict = ("accept", "send_back", "reject")[nth % 4 % 3]
            seen = [] if verdict == "accept" else [LOOSE]
            looking.judge(scope, look, version=look.version, verdict=verdict, defects=seen, note="")

    def settle_case(self, nth: int) -> None:
        with self.road.acting_as(self.road.cast.haneul) as scope:
            for case in settling.open_cases(scope)[:1]:
                verdict, codes = (("accept", []), ("reject", ["bad_seal"]))[nth % 2]
                settling.settle(scope, case.pair.look_id, verdict=verdict, codes=codes)

    def claim_something(self, nth: int) -> None:
        """A customer claims of a parcel that left, and the owner says whose fault it was."""
        if order := self.some(Order, nth, "shipped"):
            with self.road.acting_as(self.road.cast.haneul) as scope:
                line = scope.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
                reason = ("broken", "late", "not_as_described")[nth % 3]
                made = claims.record(scope, claims.Told(line, "return", reason, 1, scope.now))
                outcome = ("ours", "ours", "not_ours")[nth // 3 % 3]
                claims.settle(scope, made, outcome=outcome, cost=100 * nth, version=1)

    def think_again(self, nth: int) -> None:
        """A settled claim is opened again, or its escape is tied to other work."""
        if claim := self.some(Claim, nth, "settled"):
            with self.road.acting_as(self.road.cast.haneul) as scope:
                if nth % 2:
                    claims.step(scope, claim.id, "reopen", version=claim.version)
                else:
                    work = escapes.candidates(scope, scope.session.get_one(Claim, claim.id))
                    escapes.tie(scope, claim.id, work[0].id if work and nth % 4 else None)

    def time_passes(self, nth: int) -> None:
        self.road.later(hours=(0.2, 3, 26)[nth % 3])
        with self.road.acting_as(self.road.cast.haneul) as scope:
            dispatch.expire_due(scope)

    def count(self, nth: int) -> None:
        kept(self.road, crash=nth % 3 == 0)


MEASURES = {
    *("promise", "quality", "pay", "pace", "sold", "moved"),
    *("found", "look", "again", "out", "escaped"),
    *("verdict", "review", "looked", "alike", "twice", "settled", "known"),
}
OFTEN = ("order", "receive", "hand_in", "judge", "look_again")
SELDOM = (
    "settle_case",
    "claim_something",
    "think_again",
    "cancel_order",
    "claim",
    "release",
    "cancel_task",
    "time_passes",
    "count",
)


def test_any_order_of_acts_and_counting_gives_the_sums_of_the_rows(road: Road) -> None:
    life = Life(road)
    road.rules(newcomer_n=2, revision_n=0, sample_percent=50)
    kept(road)

    @ACTS
    @given(st.lists(st.tuples(st.sampled_from((*OFTEN, *OFTEN, *SELDOM)), st.integers(0, 59)), min_size=15))
    def lived(acts: list[tuple[str, int]]) -> None:
        for act, nth in acts:
            with suppress(Refused):
                getattr(life, act)(nth)
        assert differences(road) == []

    lived()
    for nth in range(9):  # whatever was drawn, every act comes to pass in several ways
        for act in (*OFTEN, "hand_in_again", "settle_case", "claim_something"):
            with suppress(Refused):
                getattr(life, act)(nth)
    kept(road)
    kept(road)
    assert stored(road) == true(road)
    assert {key[1] for key in stored(road).days} == MEASURES  # every measure was met


def test_hands_at_work_while_others_count(road: Road) -> None:
    """Two partners and two counters at once: each line is counted once, none is missed."""
    road.rules(newcomer_n=0, revision_n=0, sample_percent=1)
    road.receive(40)
    for _ in range(12):
        road.order(ship_by=MONDAY + timedelta(hours=9))

    def pack(name: str) -> None:
        person = getattr(road.cast, name)
        for _ in range(6):
            road.finish(person, road.claim_next(person))

    def count() -> None:
        for _ in range(12):
            kept(road)

    with ThreadPoolExecutor(4) as hands:
        for done in [
            hands.submit(count),
            hands.submit(count),
            *(hands.submit(pack, name) for name in PACKERS),
        ]:
            done.result()
    kept(road)
    assert stored(road) == true(road)
    accepted, _none, won = stored(road).days[MONDAY.date(), PAY, SHOP, 0]
    assert (accepted + stored(road).counts["flow.inspection"], won) == (12, accepted * 700)


# --- what is counted ----------------------------------------------------------------------------------------


def test_a_day_in_sums(road: Road) -> None:
    road.receive(6)
    first, second, third = (road.order(ship_by=MONDAY + timedelta(hours=hours)) for hours in (9, 1, 9))
    road.hand_in(road.cast.minji, road.task_of(first))
    road.judge(road.inspection(road.task_of(first)), "accept")
    road.hand_in(road.cast.sujin, road.task_of(second))
    road.later(hours=2)
    road.judge(road.inspection(road.task_of(second)), "accept")
    road.hand_in(road.cast.minji, road.task_of(third))
    road.judge(road.inspection(road.task_of(third)), "send_back", LOOSE)
    kept(road)
    day, found = MONDAY.date(), stored(road)
    assert found.days[day, PROMISE, SHOP, 0] == (3, 1, 2)  # promised, kept, gone
    assert found.days[day, QUALITY, SHOP, 0] == (3, 2, 0)
    assert found.days[day, PAY, SHOP, 0] == (2, 0, 1400)
    assert [sums for key, sums in found.days.items() if key[1:3] == (SOLD, SKU)] == [(2, 1, 4)]
    assert (found.counts["flow.rework"], sum(found.dues.values())) == (1, 1)


def test_a_thousand_orders_are_counted_by_a_few_statements(road: Road) -> None:
    """An import writes a line a minute, not a line an order; counting them is a bounded number of statements."""
    kept(road)

    def counted(count: int) -> int:
        road.placed += count
        with road.acting_as(road.cast.haneul) as scope:
            numbers = range(road.placed - count, road.placed)
            orders.place(scope, [yard.draft(f"B{n:05}", {"MUG-01": 1}) for n in numbers])
        said: list[str] = []
        event.listen(road.world.engines.write, "before_cursor_execute", lambda *a: said.append(a[2]))
        kept(road)
        return len(said)

    few, many = counted(2), counted(600)
    assert many == few
    assert stored(road) == true(road)


# --- the errand, and the command ----------------------------------------------------------------------------


def test_the_errand_comes_when_the_journal_has_gone_on_and_not_otherwise(road: Road) -> None:
    turn = timedelta(seconds=5)

    def turned(now: int) -> int:
        at = MONDAY + now * turn
        tick(road.world, now=at)
        return errands.drain(road.world, now=at)

    turned(1)
    before = turned(2)  # leases and sweepers have their own turns
    road.order()
    assert (turned(3) - before, stored(road) == true(road)) == (2, True)  # the other rolls up the demand
    assert turned(4) == before


def test_what_is_spoilt_is_named_and_counted_anew(road: Road) -> None:
    runner, slug = CliRunner(), ["rebuild", "--shop", "haneul"]
    road.receive(4)
    road.order()
    kept(road)
    assert runner.invoke(command, [*slug, "--check"], obj=lambda: road.world).exit_code == 0
    with road.acting_as(road.cast.haneul) as scope:
        here = (CountTally.shop_id == scope.shop_id, CountTally.name == "flow.open")
        scope.session.execute(update(CountTally).where(*here).values(n=7))
        scope.session.execute(update(Tally).where(Tally.measure == PROMISE).values(hits=3))
    found = runner.invoke(command, [*slug, "--check", "--json"], obj=lambda: road.world)
    day = str(road.order_row(1).ship_by.astimezone().date())
    named = json.loads(found.stdout)["shops"]["haneul"]
    assert (found.exit_code, len(named), named[-1]) == (1, 2, "flow.open")
    assert day[:4] == named[0][:4]
    assert runner.invoke(command, ["rebuild", "--all"], obj=lambda: road.world).exit_code == 0
    assert (differences(road), stored(road)) == ([], true(road))


@pytest.mark.parametrize("words", [[], ["--shop", "haneul", "--all"], ["--shop", "nobody"]])
def test_the_command_says_which_shop_it_wants(road: Road, words: list[str]) -> None:
    assert CliRunner().invoke(command, ["rebuild", *words], obj=lambda: road.world).exit_code != 0
