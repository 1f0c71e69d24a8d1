"""Rates of demand, held to every shared case, and to what must hold of any series."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stock.demand import forecast

pytestmark = pytest.mark.quick
VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "intermittent_forecast.json").read_text())
series = st.lists(st.integers(0, 50), min_size=1, max_size=40)


def rate(case: dict[str, Any]) -> float:
    days, said = VECTORS["series"][case["series"]], case["params"]
    ways = {
        "mean": lambda: forecast.mean(days),
        "ses": lambda: forecast.ses(days, said["alpha"]),
        "croston": lambda: forecast.croston(days, said["alpha"]),
        "sba": lambda: forecast.sba(days, said["alpha"]),
        "tsb": lambda: forecast.tsb(days, said["alpha_d"], said["alpha_p"]),
        "croston_optimized": lambda: forecast.croston_fitted(days, *said["alpha_bounds"]),
    }
    return ways[case["method"]]()


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_shared_case(case: dict[str, Any]) -> None:
    assert rate(case) == pytest.approx(case["expected"], rel=1e-4, abs=1e-12)


@pytest.mark.parametrize(
    ("days", "enough"),
    [([], False), ([0] * 90, False), ([5, 0, 0, 9], False), ([1, 0, 1, 0, 1], True), ([4, 4, 4], True)],
)
def test_three_demands_are_enough(days: list[int], enough: bool) -> None:
    assert forecast.is_enough(days) is enough


@pytest.mark.parametrize(
    ("days", "dying"),
    [
        ([0, 0, 0], False),
        ([1, 1, 1], False),
        ([1, 1, 1, 0, 0, 0], False),  # 3 days: not more than twice 6/3
        ([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], True),  # 7 days, twice 10/3
        ([0, 0, 0, 0, 1], False),
    ],
)
def test_what_nobody_asked_for_lately_is_dying(days: list[int], dying: bool) -> None:
    assert forecast.is_dying(days) is dying
    assert forecast.expected(days) == (forecast.tsb(days) if dying else forecast.ses(days))


@settings(max_examples=60)
@given(days=series, way=st.sampled_from(sorted(forecast.METHODS)))
def test_a_rate_lies_between_none_and_the_largest_day(days: list[int], way: str) -> None:
    assert 0 <= forecast.METHODS[way](days) <= max(days) + 1e-9


@settings(max_examples=60)
@given(days=series, times=st.integers(1, 9), way=st.sampled_from(sorted(forecast.METHODS)))
def test_demand_in_packs_is_the_rate_in_packs(days: list[int], times: int, way: str) -> None:
    rate = forecast.METHODS[way]
    assert rate([day * times for day in days]) == pytest.approx(times * rate(days))


@settings(max_examples=60)
@given(days=series, quiet=st.integers(1, 20))
def test_quiet_days_lower_tsb_and_leave_croston(days: list[int], quiet: int) -> None:
    longer = [*days, *[0] * quiet]
    assert forecast.tsb(longer) <= forecast.tsb(days)
    assert forecast.croston(longer) == forecast.croston(days)
