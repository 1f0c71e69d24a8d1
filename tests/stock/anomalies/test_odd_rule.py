"""What is odd, as tables of cases; and a file replayed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from stock.anomalies import replay, rule
from stock.anomalies.rule import Past
from stock.drafts import Cancellation, Draft, Line
from tests.cast import MONDAY
from tests.stock.yard import KIM

pytestmark = pytest.mark.quick


@pytest.mark.parametrize(
    ("largest", "lines", "limit"),
    [
        ([9_000], 49, 5_000),  # nothing is known of a shop with so few lines
        ([3, 3, 2], 50, 100),  # a small shop: a hundred is the least that is ever odd
        ([74_215, 30_000, 40], 50, 240),  # two errors do not hide each other
        ([5_000, 4_000, 40], 3_999, 240),  # one in a thousand
        ([5_000, 4_000, 700, 648], 4_000, 3_888),
    ],
)
def test_how_much_is_far_beyond_a_shop(largest: list[int], lines: int, limit: int) -> None:
    assert rule.limit(largest, lines) == limit


@pytest.mark.parametrize(
    ("units", "past", "odd"),
    [
        (74_215, Past(), True),
        (3_888, Past(), False),  # at the limit
        (74_215, Past(4, 9_000, 4, 0), True),  # four lines are not yet a habit
        (74_215, Past(5, 7_421, 5, 0), True),
        (74_210, Past(5, 7_421, 5, 0), False),  # ten times the product's largest
    ],
)
def test_far_beyond_the_shop_and_the_product(units: int, past: Past, odd: bool) -> None:
    assert rule.too_many(units, beyond=3_888, past=past) == odd


@pytest.mark.parametrize(
    ("price", "past", "odd"),
    [
        ("0", Past(3, 1, 3, 0), True),
        ("0", Past(2, 1, 2, 0), False),  # sold twice: too little to tell
        ("0", Past(9, 1, 8, 1), False),  # it was given away before
        ("1", Past(3, 1, 3, 0), False),
    ],
)
def test_for_nothing(price: str, past: Past, odd: bool) -> None:
    assert rule.for_nothing(Decimal(price), past) == odd


def test_a_sku_that_doubles() -> None:
    known = ["DRMUG-01", "TEE 1/M", "컵-1"]
    new = ["drmug-01", "DR MUG 01", "ＤＲＭＵＧ０１", "DRMUG-011", "tee.1_m", "컵1", "--", "PLATE"]
    assert rule.twins(new, known) == {
        "drmug-01": "DRMUG-01",
        "DR MUG 01": "DRMUG-01",
        "ＤＲＭＵＧ０１": "DRMUG-01",
        "tee.1_m": "TEE 1/M",
        "컵1": "컵-1",
    }


def test_a_file_is_never_held_up_as_a_whole() -> None:
    assert [rule.in_moderation(*case) for case in ((10, 20), (10, 21), (1_000, 50), (1_000, 51))] == [
        True, False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("missing", "grows"),
    [
        ([0, 1, 2, 4], True),
        ([5, 1, 2, 3, 4], True),  # the last four
        ([1, 2, 2, 3], False),
        ([1, 2, 3], False),  # too few counts
        ([4, 3, 2, 1], False),
    ],
)
def test_gaps_that_only_grow(missing: list[int], grows: bool) -> None:
    assert rule.growing(missing) == grows


def order(number: int, units: int, *, sku: str = "MUG-01", price: int = 1000) -> Draft:
    """The customer's n-th order, a minute after the one before."""
    at = MONDAY + timedelta(minutes=number)
    line = Line(sku, sku, "", units, Decimal(price), 1)
    return Draft("generic", f"N-{number}", f"C{number}", at, None, KIM, (line,), ())


def test_a_replay_tells_errors_from_false_alarms() -> None:
    orders = [order(n, 1 + n % 3) for n in range(1_100)]
    orders += [order(1_100, 74_215), order(1_101, 400), order(1_102, 400), order(1_103, 1, price=0)]
    back = Cancellation("k", "C-1", "C1100", "MUG-01", 74_215, MONDAY + timedelta(minutes=1_116), 1)
    found = replay.play(orders, [back], seed=7)
    assert [(one.number, one.odd.why, one.minutes) for one in found.stopped] == [
        ("N-1100", "units", 16),
        ("N-1101", "units", None),  # meant: what follows of that size is known
        ("N-1103", "nothing", None),
    ]
    assert (found.errors, found.false_alarms, round(found.per_thousand, 2)) == (1, 2, 1.81)
    assert found.caught == {"five_digits": found.tried, "thousandfold": found.tried, "hundredfold": 17}
    assert replay.play(orders, [back], seed=7) == found
    assert replay.play([], [], seed=7).per_thousand == 0
