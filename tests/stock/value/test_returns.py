"""What money in goods brings back: averages over days, margins, and a won in stock a year."""

from datetime import date, timedelta

import pytest

from stock.value.costing import PARTS
from stock.value.returns import UNKNOWN, margin, mean_held, returned

pytestmark = pytest.mark.quick
TODAY = date(2026, 11, 23)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("closings", "found"),
    [
        ([], 0),
        ([(ago(200), 900)], 900),  # it stood all the time
        ([(ago(45), 900)], 450),  # half of the time
        ([(ago(200), 900), (ago(45), 300)], 600),
        ([(ago(45), 900), (ago(15), 0)], 300),
        ([(ago(10), 900), (TODAY, 10**9)], 100),  # today has not ended
    ],
)
def test_what_was_held_on_average(closings: list[tuple[date, int]], found: int) -> None:
    assert mean_held(closings, TODAY, 90) == found


def test_a_won_in_stock_earns() -> None:
    assert margin(10, 50_000, 3_000 * PARTS) == 20_000
    assert margin(10, 20_000, 3_000 * PARTS) == -10_000  # sold below its cost
    assert returned(20_000, 100_000 * PARTS, 90) == 81  # 0.2 in ninety days
    assert returned(-10_000, 100_000 * PARTS, 90) == -41
    assert (returned(0, 1, 90), returned(20_000, 0, 90)) == (0, UNKNOWN)
    assert returned(10**12, 1, 90) == UNKNOWN - 1  # never mistaken for what nobody knows
