"""What goods are worth: the shared cases, and value exactly nothing where nothing is, whatever happened."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stock.value import costing
from stock.value.costing import Layer, Unvalued, Worth

pytestmark = pytest.mark.quick
CASES = json.loads((Path(__file__).parents[2] / "vectors" / "costing.json").read_text())["cases"]
OF = {method: [case for case in CASES if case["method"] == method] for method in ("fifo", "moving_average")}


@pytest.mark.parametrize("case", OF["fifo"], ids=lambda case: case["id"])
def test_first_in_first_out(case: dict[str, Any]) -> None:
    layers: list[Layer] = [(units, Decimal(price)) for units, price in case["start"]]
    issued = []
    for op, units, *price in case["ops"]:
        if op == "in":
            layers = costing.laid(layers, units, Decimal(price[0]))
        else:
            layers, value = costing.first_out(layers, units)
            issued.append(float(value))
    assert [[units, float(price)] for units, price in layers] == case["expected_layers"]
    assert issued == case["expected_issue_values"]


@pytest.mark.parametrize("case", OF["moving_average"], ids=lambda case: case["id"])
def test_moving_average(case: dict[str, Any]) -> None:
    worth, issued, expected = Worth(), list[int](), case["expected"]
    for op, units, *price in case["ops"]:
        if op == "in":
            worth = costing.came(worth, units, units * costing.parts(price[0]))
        else:
            worth, taken = costing.went(worth, units)
            issued.append(taken)
    exact = [float(costing.won(parts)) for parts in issued]
    whole = [costing.said(parts) for parts in issued]
    assert expected["issue_values"] in (exact, whole)
    assert worth.units == expected["qty"]
    assert float(round(costing.won(worth.parts), 2)) == expected["value"]
    assert float(worth.average) == pytest.approx(expected["avg"], abs=1e-4)


def test_more_than_is_there_cannot_leave() -> None:
    with pytest.raises(Unvalued):
        costing.went(Worth(3, 100), 4)
    with pytest.raises(Unvalued):
        costing.first_out([(3, Decimal(5))], 4)


def test_a_receipt_is_taken_back_at_its_own_price() -> None:
    """Ten at 100 and ten at 200 by mistake: its reverse leaves ten at 100, not at the average."""
    worth = costing.came(costing.came(Worth(), 10, 1000), 10, 2000)
    assert costing.reversed_(worth, 10, 2000) == Worth(10, 1000)
    sold, _ = costing.went(worth, 15)
    with pytest.raises(Unvalued):
        costing.reversed_(sold, 10, 2000)


acts = st.lists(st.tuples(st.sampled_from(["in", "out", "undo"]), st.integers(1, 30), st.integers(0, 10**9)))


@settings(max_examples=80)
@given(acts)
def test_value_is_the_sum_of_its_lines_and_nothing_at_nothing(done: list[tuple[str, int, int]]) -> None:
    worth, lines = Worth(), list[tuple[int, int]]()
    for act, units, parts in done:
        if act == "in":
            worth = costing.came(worth, units, parts)
            lines.append((units, parts))
        elif act == "out" and worth.units:
            worth, taken = costing.went(worth, min(units, worth.units))
            lines.append((-min(units, sum(line[0] for line in lines)), -taken))
        elif act == "undo" and lines:
            try:
                worth = costing.reversed_(worth, *lines[-1])
            except Unvalued:
                continue
            lines.append((-lines[-1][0], -lines[-1][1]))
        assert worth == Worth(sum(line[0] for line in lines), sum(line[1] for line in lines))
        assert worth.parts >= 0
        assert worth.units or not worth.parts


@settings(max_examples=60)
@given(st.integers(1, 999), st.integers(0, 10**12))
def test_sold_one_by_one_the_last_takes_the_rest(units: int, parts: int) -> None:
    worth, total = costing.came(Worth(), units, parts), 0
    for _ in range(units):
        worth, taken = costing.went(worth, 1)
        total += taken
    assert (worth, total) == (Worth(), parts)
