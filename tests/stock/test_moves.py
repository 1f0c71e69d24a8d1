"""The ledger's gate on a real database: every unit accounted for, every act once."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from base.errors import NotFound, Refused
from base.scope import Actor, Scope, World
from stock import backdating, counting, handling, invariants, levels, moves, orders
from stock.handovers import gate, life, receiving, sending
from stock.levels import HOME, QUARANTINE, TRANSIT, WAREHOUSE, NoSuchPlace, OutOfStock
from stock.models import Level, Location, Movement
from stock.moves import NoUnits
from stock.sets import recipes, selling
from tests.cast import MONDAY, ActingAs, Cast
from tests.stock.yard import balance, bring, draft, held, lines, place, products, receive, state, take

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_goods_come_in_once_however_often_it_is_said(cast: Cast, acting_as: ActingAs) -> None:
    for _ in range(2):
        with acting_as(cast.haneul) as scope:
            receive(scope, {"MUG": 5, "CUP": 2}, key="delivery-1")
    with acting_as(cast.haneul) as scope:
        assert (held(scope, "MUG"), held(scope, "CUP")) == ((5, 0), (2, 0))
        assert scope.session.scalar(select(func.count(Movement.id))) == 2


def test_a_key_belongs_to_its_shop(cast: Cast, acting_as: ActingAs) -> None:
    for owner in (cast.haneul, cast.stranger):
        with acting_as(owner) as scope:
            receive(scope, {"MUG": 5}, key="delivery-1")
    for owner in (cast.haneul, cast.stranger):
        with acting_as(owner) as scope:
            assert held(scope, "MUG") == (5, 0)


def test_another_shops_product_is_not_there(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.stranger) as scope:
        theirs = products(scope, "MUG")["MUG"]
    with acting_as(cast.haneul) as scope, pytest.raises(NotFound):
        handling.receive(scope, key="k", goods={theirs: 1})


def test_a_correction_down_to_what_is_promised_and_no_further(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 10})
        place(scope, draft("1", {"MUG": 4}))
        mug = products(scope, "MUG")["MUG"]
        handling.adjust(scope, key="a", goods={mug: -6}, reason="broken")
        assert held(scope, "MUG") == (4, 4)
        with pytest.raises(OutOfStock) as refused:
            handling.adjust(scope, key="b", goods={mug: -1}, reason="broken")
        assert refused.value.facts == {"sku": "MUG", "wanted": 1, "available": 0}
        assert held(scope, "MUG") == (4, 4)


@pytest.mark.parametrize("goods", [{}, {"MUG": 0}, {"MUG": -1}])
def test_nothing_is_not_an_act(cast: Cast, acting_as: ActingAs, goods: dict[str, int]) -> None:
    with acting_as(cast.haneul) as scope:
        ids = products(scope, "MUG")
        with pytest.raises(NoUnits):
            handling.receive(scope, key="k", goods={ids[sku]: units for sku, units in goods.items()})


def test_goods_at_a_partners_home_are_owed_until_packed_or_returned(cast: Cast, acting_as: ActingAs) -> None:
    minji = cast.minji.partner_id
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 50})
        mug = products(scope, "MUG")["MUG"]
        for _ in range(2):
            sending.hand_over(scope, key="out", goods={mug: 20}, partner_id=minji)
        assert (held(scope, "MUG"), balance(scope, "MUG", kind=TRANSIT, partner_id=minji).on_hand) == (
            (30, 0),
            20,
        )
        take(scope, gate.known(scope, "out"), cast.minji.actor)
        for _ in range(2):
            moves.pack_done(scope, key="packed", goods={mug: 18}, partner_id=minji)
        bring(scope, {mug: 1}, cast.minji.actor, "back")
        assert held(scope, "MUG") == (31, 0)
        assert balance(scope, "MUG", kind=HOME, partner_id=minji).on_hand == 1
        with pytest.raises(OutOfStock):
            bring(scope, {mug: 2}, cast.minji.actor, "more")


def test_promised_goods_are_not_handed_over_and_nobodys_home_is_no_place(
    cast: Cast, acting_as: ActingAs
) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 5})
        place(scope, draft("1", {"MUG": 3}))
        mug = products(scope, "MUG")["MUG"]
        with pytest.raises(OutOfStock):
            sending.hand_over(scope, key="out", goods={mug: 3}, partner_id=cast.minji.partner_id)
        with pytest.raises(NoSuchPlace):
            sending.hand_over(scope, key="out", goods={mug: 1}, partner_id=cast.stranger_partner.partner_id)
        assert held(scope, "MUG") == (5, 3)


def test_a_return_is_not_sold_before_somebody_looked_at_it(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 2})
        (order,) = place(scope, draft("1", {"MUG": 2})).ready
        orders.ship(scope, order)
        mug = products(scope, "MUG")["MUG"]
        handling.take_back(scope, key="return", goods={mug: 2}, order_id=order)
        assert (held(scope, "MUG"), balance(scope, "MUG", kind=QUARANTINE).on_hand) == ((0, 0), 2)
        handling.clear(scope, key="good", goods={mug: 1})
        handling.scrap(scope, key="bad", goods={mug: 1})
        assert (held(scope, "MUG"), balance(scope, "MUG", kind=QUARANTINE).on_hand) == ((1, 0), 0)


def test_a_count_below_what_is_promised_is_kept_and_named(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 10})
        place(scope, draft("1", {"MUG": 4}))
        shelf = (products(scope, "MUG")["MUG"], levels.location(scope, WAREHOUSE))
        result = counting.count(scope, shelf=shelf, counted=3, begun=counting.begin(scope, shelf))
        assert (result.variance, result.over_reserved, result.balance.available) == (-7, True, -1)
        assert held(scope, "MUG") == (3, 4)


def test_a_count_keeps_what_moved_meanwhile_and_a_second_one_from_the_same_book_is_refused(
    cast: Cast, acting_as: ActingAs
) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 10})
        shelf = (products(scope, "MUG")["MUG"], levels.location(scope, WAREHOUSE))
        begun = counting.begin(scope, shelf)
        receive(scope, {"MUG": 5}, key="meanwhile")
        counting.count(scope, shelf=shelf, counted=8, begun=begun)
        assert held(scope, "MUG") == (13, 0)
        with pytest.raises(counting.CountOutdated):
            counting.count(scope, shelf=shelf, counted=10, begun=begun)
        assert held(scope, "MUG") == (13, 0)


@pytest.mark.both
def test_what_is_entered_late_changes_nothing_that_was_counted_since(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul, now=MONDAY) as scope:
        receive(scope, {"MUG": 42})
        shelf = (products(scope, "MUG")["MUG"], levels.location(scope, WAREHOUSE))
    with acting_as(cast.haneul, now=MONDAY + 2 * DAY) as scope:
        counting.count(scope, shelf=shelf, counted=1, begun=counting.begin(scope, shelf))
    with acting_as(cast.haneul, now=MONDAY + 3 * DAY) as scope:
        for _ in range(2):
            backdating.enter(scope, key="late", shelf=shelf, units=10, at=MONDAY + DAY)
        assert held(scope, "MUG") == (1, 0)
        backdating.enter(scope, key="fresh", shelf=shelf, units=3, at=MONDAY + 2 * DAY + HOUR)
        assert held(scope, "MUG") == (4, 0)
        stmt = select(Movement.occurred_at, Movement.quantity).where(Movement.reason == backdating.LATE)
        assert scope.session.execute(stmt.order_by(Movement.id)).all() == [
            (MONDAY + DAY, 10),
            (MONDAY + 2 * DAY, -10),
            (MONDAY + 2 * DAY + HOUR, 3),
        ]


def test_no_later_day_falls_below_zero(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul, now=MONDAY) as scope:
        receive(scope, {"MUG": 10})
        shelf = (products(scope, "MUG")["MUG"], levels.location(scope, WAREHOUSE))
    with acting_as(cast.haneul, now=MONDAY + 2 * DAY) as scope:
        handling.adjust(scope, key="out", goods={shelf[0]: -8}, reason="broken")
    with acting_as(cast.haneul, now=MONDAY + 3 * DAY) as scope:
        receive(scope, {"MUG": 20}, key="in")
    with acting_as(cast.haneul, now=MONDAY + 4 * DAY) as scope:
        with pytest.raises(backdating.BadBackdate) as refused:
            backdating.enter(scope, key="late", shelf=shelf, units=-5, at=MONDAY + DAY)
        assert refused.value.facts == {"on": "2026-11-25", "field": "at"}
        with pytest.raises(backdating.NotYet):
            backdating.enter(scope, key="late", shelf=shelf, units=5, at=MONDAY + 5 * DAY)
        backdating.enter(scope, key="late", shelf=shelf, units=-2, at=MONDAY + DAY)
        assert held(scope, "MUG") == (20, 0)


@dataclass(slots=True)
class Way:
    """A hand-over of one product: which way, how many, and how many came when it was said twice."""

    way: str
    sku: str
    sent: int
    asked: bool = False
    received: int = -1

    @property
    def left(self) -> int:
        return max(0, self.sent - max(0, self.received))


class Truth:
    """What must be so, in plain numbers."""

    def __init__(self) -> None:
        self.here: dict[str, int] = dict.fromkeys(SKUS, 0)
        self.home: dict[str, int] = dict.fromkeys(SKUS, 0)
        self.ways: dict[int, Way] = {}  # by hand-over
        self.promised: dict[int, dict[str, int]] = {}
        self.waiting: dict[int, dict[str, int]] = {}

    def free(self, sku: str) -> int:
        return self.here[sku] - sum(order.get(sku, 0) for order in self.promised.values())

    def place(self, order: int, units: dict[str, int]) -> None:
        self.waiting[order] = units
        self.fill()

    def fill(self) -> None:
        for order, units in sorted(self.waiting.items()):
            if all(self.free(sku) >= count for sku, count in units.items()):
                self.promised[order] = self.waiting.pop(order)

    def come(self, sku: str, units: int) -> None:
        self.here[sku] += units
        self.fill()

    def go(self, sku: str, units: int) -> bool:
        if self.free(sku) < units:
            return False
        self.here[sku] -= units
        return True

    def leave(self, way: str, sku: str, units: int) -> bool:
        """Units leave for a home, or a home."""
        if way == life.OUT:
            return self.go(sku, units)
        if self.home[sku] < units:
            return False
        self.home[sku] -= units
        return True

    def arrive(self, way: str, sku: str, units: int) -> None:
        """Units have come where this way leads."""
        if way == life.OUT:
            self.home[sku] += units
        elif units:
            self.come(sku, units)

    def settle(self, number: int, outcome: str) -> bool:
        one = self.ways[number]
        off = one.received - one.sent
        other = life.BACK if one.way == life.OUT else life.OUT
        if off > 0 and outcome == life.SENDER:
            if not self.leave(one.way, one.sku, off):
                return False
            self.arrive(one.way, one.sku, off)
        elif off > 0 and outcome == life.FOUND:
            self.arrive(one.way, one.sku, off)
        elif off < 0 and outcome != life.LOST:
            self.arrive(other if outcome == life.SENDER else one.way, one.sku, -off)
        del self.ways[number]
        return True

    def on_way(self, sku: str) -> int:
        return sum(one.left for one in self.ways.values() if one.sku == sku)

    def cancel(self, order: int) -> None:
        self.promised.pop(order, None)
        self.waiting.pop(order, None)
        self.fill()

    def ship(self, order: int) -> bool:
        units = self.promised.get(order)
        if units is None or any(self.here[sku] < count for sku, count in units.items()):
            return False
        del self.promised[order]
        for sku, count in units.items():
            self.here[sku] -= count
        return True

    def counted(self, sku: str, units: int) -> None:
        found = units > self.here[sku]
        self.here[sku] = units
        if found and self.free(sku) > 0:
            self.fill()


SKUS = ("A", "B", "C")
SET = {"A": 2, "B": 1}
numbers = itertools.count(1)


class Warehouse(RuleBasedStateMachine):
    """Any acts in any order: the database says what the model says."""

    open_scope: Callable[[], Any]
    partner: Actor
    partner_id: int

    @initialize()
    def begin(self) -> None:
        self.truth, self.placed = Truth(), list[int]()
        self.prefix = f"X{next(numbers)}-"
        with self.open_scope() as scope:
            self.ids = {sku: products(scope, self.prefix + sku)[self.prefix + sku] for sku in SKUS}
            handling.receive(scope, key=self.key(), goods=dict.fromkeys(self.ids.values(), 6))
            gift = products(scope, f"{self.prefix}SET")[f"{self.prefix}SET"]
            recipes.declare(scope, gift, {self.ids[sku]: units for sku, units in SET.items()})
        self.truth.here |= dict.fromkeys(SKUS, 6)
        self.with_sets = set[int]()

    def key(self) -> str:
        return f"act-{next(numbers)}"

    def try_(self, act: Callable[[Scope], object]) -> bool:
        try:
            with self.open_scope() as scope:
                act(scope)
        except Refused:
            return False
        return True

    @rule(sku=st.sampled_from(SKUS), units=st.integers(1, 5))
    def receive(self, sku: str, units: int) -> None:
        assert self.try_(lambda scope: handling.receive(scope, key=self.key(), goods={self.ids[sku]: units}))
        self.truth.come(sku, units)

    @rule(sku=st.sampled_from(SKUS), units=st.integers(1, 5))
    def lose(self, sku: str, units: int) -> None:
        goods = {self.ids[sku]: -units}
        done = self.try_(lambda scope: handling.adjust(scope, key=self.key(), goods=goods, reason="lost"))
        assert done == self.truth.go(sku, units)

    @rule(sku=st.sampled_from(SKUS), units=st.integers(1, 5), way=st.sampled_from(life.WAYS))
    def send(self, sku: str, units: int, way: str) -> None:
        goods, key, made = {self.ids[sku]: units}, self.key(), list[int]()

        def act(scope: Scope) -> None:
            if way == life.OUT:
                made.append(sending.hand_over(scope, key=key, goods=goods, partner_id=self.partner_id))
            else:
                made.append(sending.give_back(self.as_partner(scope), key=key, goods=goods))

        done = self.try_(act)
        assert done == self.truth.leave(way, sku, units)
        if done:
            self.truth.ways[made[0]] = Way(way, sku, units)

    def as_partner(self, scope: Scope) -> Scope:
        return replace(scope, actor=self.partner)

    def under_way(self) -> list[int]:
        return [number for number, one in sorted(self.truth.ways.items()) if one.received < 0]

    @precondition(lambda self: self.under_way())
    @rule(data=st.data(), off=st.sampled_from((0, 0, -2, -1, 1)))
    def say_what_came(self, data: st.DataObject, off: int) -> None:
        number = data.draw(st.sampled_from(self.under_way()))
        one = self.truth.ways[number]
        units = max(0, one.sent + off)
        with self.open_scope() as scope:
            (line,) = gate.lines(scope, number)
            who = self.as_partner(scope) if one.way == life.OUT else scope
            receiving.tell(who, line.id, units=units, seen=line.version)
        if units == one.sent:
            del self.truth.ways[number]
            self.truth.arrive(one.way, one.sku, units)
        elif one.asked:
            one.received = units
            self.truth.arrive(one.way, one.sku, min(units, one.sent))
        one.asked = True

    @precondition(lambda self: set(self.truth.ways) - set(self.under_way()))
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(set(self.truth.ways) - set(self.under_way()))))
        one = self.truth.ways[number]
        outcome = data.draw(st.sampled_from(life.outcomes(sent=one.sent, received=one.received)))

        def act(scope: Scope) -> None:
            receiving.settle(scope, gate.lines(scope, number)[0].id, outcome=outcome)

        assert self.try_(act) == self.truth.settle(number, outcome)

    @precondition(lambda self: self.under_way())
    @rule(data=st.data())
    def call_off(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.under_way()))
        assert self.try_(lambda scope: sending.call_off(scope, number))
        one = self.truth.ways.pop(number)
        self.truth.arrive(life.BACK if one.way == life.OUT else life.OUT, one.sku, one.sent)

    @rule(sku=st.sampled_from(SKUS), units=st.integers(0, 8))
    def count(self, sku: str, units: int) -> None:
        with self.open_scope() as scope:
            shelf = (self.ids[sku], levels.location(scope, WAREHOUSE))
            result = counting.count(scope, shelf=shelf, counted=units, begun=counting.begin(scope, shelf))
        self.truth.counted(sku, units)
        assert result.over_reserved == (self.truth.free(sku) < 0)

    @rule(units=st.dictionaries(st.sampled_from(SKUS), st.integers(1, 4), min_size=1))
    def place(self, units: dict[str, int]) -> None:
        with self.open_scope() as scope:
            wanted = {self.prefix + sku: count for sku, count in units.items()}
            (order,) = place(scope, draft(f"{self.prefix}{next(numbers)}", wanted)).orders
        self.placed.append(order)
        self.truth.place(order, units)

    @rule(sets=st.integers(1, 3), beside=st.integers(0, 2))
    def place_sets(self, sets: int, beside: int) -> None:
        with self.open_scope() as scope:
            wanted = {f"{self.prefix}SET": sets} | ({f"{self.prefix}A": beside} if beside else {})
            (order,) = place(scope, draft(f"{self.prefix}{next(numbers)}", wanted)).orders
        self.placed.append(order)
        self.with_sets.add(order)
        units = {sku: count * sets for sku, count in SET.items()}
        self.truth.place(order, units | {"A": units["A"] + beside})

    def with_sets_alive(self) -> list[int]:
        return sorted(self.with_sets & (self.truth.promised.keys() | self.truth.waiting.keys()))

    @precondition(lambda self: self.with_sets_alive())
    @rule(data=st.data())
    def cancel_one_set(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.with_sets_alive()))
        with self.open_scope() as scope:
            (sold,) = selling.on_orders(scope, [order])
            if not sold.left:
                return
            orders.cancel_lines(scope, order, sold.units(1), why="asked")
        alive = self.truth.promised | self.truth.waiting
        for sku, count in SET.items():
            alive[order][sku] -= count
            if not alive[order][sku]:
                del alive[order][sku]
        self.truth.fill() if alive[order] else self.truth.cancel(order)

    def single(self) -> list[int]:
        """Orders without sets that have not ended: of these a unit can be taken out."""
        return sorted((self.truth.promised.keys() | self.truth.waiting.keys()) - self.with_sets)

    @precondition(lambda self: self.placed)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.placed))
        alive = order in self.truth.promised or order in self.truth.waiting
        assert self.try_(lambda scope: orders.cancel(scope, order, why="asked")) == alive
        self.truth.cancel(order)

    @precondition(lambda self: self.single())
    @rule(data=st.data())
    def cancel_one_unit(self, data: st.DataObject) -> None:
        alive = self.truth.promised | self.truth.waiting
        order = data.draw(st.sampled_from(self.single()))
        sku = data.draw(st.sampled_from(sorted(alive[order])))
        with self.open_scope() as scope:
            orders.cancel_lines(scope, order, {lines(scope, order)[self.prefix + sku]: 1}, why="asked")
        alive[order][sku] -= 1
        if not alive[order][sku]:
            del alive[order][sku]
        self.truth.fill() if alive[order] else self.truth.cancel(order)

    @precondition(lambda self: self.placed)
    @rule(data=st.data())
    def ship(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.placed))
        assert self.try_(lambda scope: orders.ship(scope, order)) == self.truth.ship(order)

    @invariant()
    def books_agree(self) -> None:
        if not hasattr(self, "ids"):
            return
        with self.open_scope() as scope:
            for sku in SKUS:
                now = balance(scope, self.prefix + sku)
                assert (now.on_hand, now.available) == (self.truth.here[sku], self.truth.free(sku))
                ledger = select(func.sum(Movement.quantity)).where(Movement.product_id == self.ids[sku])
                known = (self.truth.here[sku], self.truth.home[sku], self.truth.on_way(sku))
                assert scope.session.scalar(ledger) == sum(known)
                told = [self.where(scope, sku, kind) for kind in (HOME, TRANSIT)]
                assert told == list(known[1:])
            for order in self.truth.promised:
                assert state(scope, order) == "ready"
            for order in self.truth.waiting:
                assert state(scope, order) == "short"

    def where(self, scope: Scope, sku: str, kind: str) -> int:
        place = scope.session.scalar(
            select(Level.on_hand)
            .join(Location, Location.id == Level.location_id)
            .where(Location.kind == kind, Level.product_id == self.ids[sku], Level.shop_id == scope.shop_id)
        )
        return place or 0

    def teardown(self) -> None:
        with self.open_scope() as scope:
            assert invariants.findings(scope) == []


@pytest.mark.both
def test_any_acts_in_any_order(world: World, cast: Cast, acting_as: ActingAs) -> None:
    """Fewer stories on PostgreSQL: the rules are the same, only the statements that keep them can differ."""
    Warehouse.open_scope = staticmethod(lambda: acting_as(cast.haneul))
    Warehouse.partner, Warehouse.partner_id = cast.minji.actor, cast.minji.partner_id
    quiet = settings(
        max_examples=15 if world.engines.dialect == "sqlite" else 4,
        stateful_step_count=20,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # making a failing story shorter takes longer than reading it
    )
    run_state_machine_as_test(Warehouse, settings=quiet)
