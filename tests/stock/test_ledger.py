"""The arithmetic of stock, held to the shared scenarios and to cases of its own."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stock import ledger
from stock.ledger import Balance, Entry, Impossible, Want

pytestmark = pytest.mark.quick
SCENARIOS = json.loads((Path(__file__).parents[1] / "vectors" / "stock_scenarios.json").read_text())["cases"]


class Book:
    """Plays the operations of a scenario on the pure rules."""

    def __init__(self, start: dict[str, Any]) -> None:
        self.skus = {sku: Balance(units) for sku, units in start.get("skus", {}).items()}
        self.balance = Balance(start.get("on_hand", 0), start.get("reserved", 0))
        self.homes: dict[str, Balance] = {}
        self.entries = [Entry(day(at), units) for at, units in start.get("ledger", [])]
        self.counts: list[datetime] = []
        self.keys: set[str] = set()
        self.successes, self.errors = 0, 0
        self.flag = ""
        self.mark, self.last_count, self.seen = 0, 0, (0, 0)

    def play(self, op: str, *args: Any) -> None:
        getattr(self, op)(*args)

    def receive(self, units: int) -> None:
        self.balance = ledger.receive(self.balance, units)

    def reserve(self, units: int) -> None:
        self.reserve_batch([("", units)])

    def release(self, units: int) -> None:
        self.balance = ledger.release(self.balance, units)

    cancel_order = release

    def ship(self, units: int, key: str = "") -> None:
        if key and key in self.keys:
            return
        self.balance = (ledger.consume if self.balance.reserved else ledger.issue)(self.balance, units)
        self.keys.add(key)

    def set(self, units: int) -> None:
        self._set(units, self.mark, self.balance.on_hand)

    def stale_reader_opens(self) -> None:
        self.seen = (self.mark, self.balance.on_hand)

    def stale_reader_set(self, units: int) -> None:
        self._set(units, *self.seen)

    def _set(self, units: int, begun: int, book: int) -> None:
        counted = ledger.count(self.balance, units, book=book, begun=begun, last_count=self.last_count)
        self.balance, self.flag = counted.balance, "over_reserved" if counted.over_reserved else ""
        self.mark += 1
        self.last_count = self.mark

    def reserve_batch(self, lines: list[tuple[str, int]]) -> None:
        """Without SKUs of its own a scenario is about one product, whatever its lines are called."""
        asked = ledger.demand((sku if self.skus else "", units) for sku, units in lines)
        shelves = self.skus or {"": self.balance}
        free = {sku: balance.available for sku, balance in shelves.items()}
        if ledger.fill(free, [Want(1, asked)]).missing:
            raise Impossible("insufficient_stock")
        after = {sku: shelves[sku].moved(reserved=units) for sku, units in asked.items()}
        self.balance = after.get("", self.balance)
        self.skus |= after if self.skus else {}

    def concurrent(self, ops: list[list[Any]]) -> None:
        for op, *args in ops:
            try:
                self.play(op, *args)
                self.successes += 1
            except Impossible:
                self.errors += 1

    def count(self, *args: Any) -> None:
        if len(args) == 2:
            at, counted = args
            book = sum(entry.quantity for entry in self.entries)
            self.entries.append(Entry(day(at), counted - book))
            self.counts.append(day(at))
        else:
            self.set(*args)

    def backdate_receipt(self, at: str, units: int) -> None:
        self.entries += ledger.backdated(self.entries, self.counts, Entry(day(at), units))

    def backdate_issue(self, at: str, units: int) -> None:
        self.entries += ledger.backdated(self.entries, self.counts, Entry(day(at), -units))

    def handover(self, who: str, units: int) -> None:
        self.balance = ledger.issue(self.balance, units)
        self.homes[who] = ledger.receive(self.homes.get(who, Balance()), units)

    def pack_done(self, who: str, units: int) -> None:
        self.homes[who] = ledger.issue(self.homes[who], units)

    def return_from_partner(self, who: str, units: int) -> None:
        self.homes[who] = ledger.issue(self.homes[who], units)
        self.balance = ledger.receive(self.balance, units)

    def on_hand(self) -> int:
        return sum(entry.quantity for entry in self.entries) if self.entries else self.balance.on_hand

    def after(self, at: str) -> int:
        return sum(entry.quantity for entry in self.entries if entry.at <= day(at))


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("case", SCENARIOS, ids=[case["id"] for case in SCENARIOS])
def test_a_scenario_ends_as_it_should(case: dict[str, Any]) -> None:
    book, expected, refusal = Book(case["start"]), dict(case["expected"]), None
    for op, *args in case["ops"]:
        try:
            book.play(op, *args)
        except Impossible as impossible:
            refusal = impossible
    assert told(refusal) == (expected.pop("error", "stale" if expected.pop("conflict", False) else ""))
    assert {name: SEEN[name](book) for name in expected if name != "on_hand_after"} == {
        name: value for name, value in expected.items() if name != "on_hand_after"
    }
    if "on_hand_after" in expected:
        at, units = expected["on_hand_after"].split(" => ")
        assert book.after(at) == int(units)


SEEN: dict[str, Callable[[Book], Any]] = {
    "on_hand": Book.on_hand,
    "reserved": lambda book: book.balance.reserved,
    "available": lambda book: book.balance.available,
    "successes": lambda book: book.successes,
    "errors": lambda book: book.errors,
    "flag": lambda book: book.flag,
    "at_partner": lambda book: {who: home.on_hand for who, home in book.homes.items()},
    "unexplained": lambda book: {who: home.on_hand for who, home in book.homes.items()},
}


def told(refusal: Impossible | None) -> str:
    if refusal is None:
        return ""
    return f"{refusal.code}_on {refusal.on:%Y-%m-%d}" if refusal.on else refusal.code


def test_two_lines_of_one_product_are_one_demand() -> None:
    assert ledger.demand([(7, 3), (8, 1), (7, 2)]) == {7: 5, 8: 1}


def test_whole_orders_are_filled_in_turn_and_a_short_one_holds_nothing_back() -> None:
    wants = [Want(1, {7: 4}), Want(2, {7: 3, 8: 1}), Want(3, {7: 2})]
    filling = ledger.fill({7: 6}, wants)
    assert (filling.filled, dict(filling.taken)) == ([1, 3], {7: 6})
    assert filling.missing == {2: {7: 1, 8: 1}}


@pytest.mark.parametrize("act", [ledger.receive, ledger.release, ledger.issue, ledger.consume])
@pytest.mark.parametrize("units", [0, -1])
def test_no_act_is_about_nothing(act: Callable[[Balance, int], Balance], units: int) -> None:
    with pytest.raises(ValueError, match="quantity: not above zero"):
        act(Balance(5, 5), units)


@pytest.mark.parametrize(
    ("balance", "book", "counted", "expected"),
    [
        (Balance(10, 4), 10, 10, (10, 0, False)),
        (Balance(7, 0), 10, 9, (6, -1, False)),  # three left while counting
        (Balance(12, 0), 10, 11, (13, 1, False)),  # two came while counting
        (Balance(10, 4), 10, 3, (3, -7, True)),
    ],
)
def test_a_count_is_held_against_the_book_at_its_start(
    balance: Balance, book: int, counted: int, expected: tuple[int, int, bool]
) -> None:
    result = ledger.count(balance, counted, book=book, begun=3, last_count=3)
    assert (result.balance.on_hand, result.variance, result.over_reserved) == expected


def test_a_count_that_cannot_be_true_any_more_is_refused() -> None:
    with pytest.raises(Impossible, match="stale"):
        ledger.count(
            Balance(5), 3, book=10, begun=3, last_count=2
        )  # five left meanwhile, only three were there


@pytest.mark.parametrize(("available", "asked", "booked"), [(5, -3, -3), (2, -3, -2), (-1, -3, 0), (0, 4, 4)])
def test_a_correction_is_booked_as_far_as_goods_are_there(available: int, asked: int, booked: int) -> None:
    assert ledger.as_far_as_there(available, asked) == booked
