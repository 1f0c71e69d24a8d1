"""A product's months at each place: what was there and what came and went is what is left, to the last part."""

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stock.flow.telling import Held, Row, allotted, rows
from stock.value.folding import TOLD, Line, State, fold

pytestmark = pytest.mark.quick
OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))
SHELF, HOME = 1, 2


def line(  # noqa: PLR0917 (a row of a table)
    id_: int, kind: str, units: int, place: int, month: date, paid: int | None = None
) -> Line:
    return Line(id_, kind, units, month.replace(day=5), paid, place)


def test_every_month_and_place_adds_up() -> None:
    """Ten at 100; four go home; ten at 200 make those at home dearer too; a late line stays in its month."""
    lines = [
        line(1, "receipt", 10, SHELF, OCTOBER, 1000),
        line(2, "transfer", -4, SHELF, NOVEMBER),
        line(3, "transfer", 4, HOME, NOVEMBER),
        line(4, "receipt", 10, SHELF, DECEMBER, 2000),
        line(5, "issue", -2, HOME, NOVEMBER),  # booked after a line of December
        line(6, TOLD, 0, SHELF, DECEMBER, 100),
    ]
    assert list(rows({}, fold(State(), lines).months)) == [
        Row(OCTOBER, SHELF, {"received": (10, 1000)}, 0, Held(10, 1000)),
        Row(NOVEMBER, SHELF, {"moved_out": (-4, -400)}, 0, Held(6, 600)),
        Row(NOVEMBER, HOME, {"moved_in": (4, 400)}, 0, Held(4, 400)),
        Row(DECEMBER, SHELF, {"received": (10, 2000)}, -1000, Held(16, 1600)),
        Row(DECEMBER, HOME, {"issued": (-2, -300)}, 100, Held(2, 200)),
    ]


@pytest.mark.parametrize(
    ("parts", "units", "found"),
    [
        (100, {1: 1, 2: 2}, {1: 33, 2: 67}),
        (100, {1: 0, 2: 5}, {1: 0, 2: 100}),
        (7, {1: -3, 2: 4, 3: 1}, {1: 0, 2: 6, 3: 1}),
        (0, {}, {}),
        (0, {1: 0}, {1: 0}),
    ],
)
def test_a_whole_is_shared_to_the_last_part(parts: int, units: dict[int, int], found: dict[int, int]) -> None:
    assert allotted(parts, units) == found


acts = st.lists(
    st.tuples(
        st.sampled_from(["receipt", "issue", "return", "adjustment", "transfer"]),
        st.integers(1, 30),
        st.sampled_from([SHELF, HOME]),
        st.sampled_from([OCTOBER, NOVEMBER, DECEMBER]),
        st.none() | st.integers(0, 10**7),
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(acts, st.integers(0, 30))
def test_told_in_two_parts_it_is_the_same_flow(
    done: list[tuple[str, int, int, date, int | None]], cut: int
) -> None:
    """And what is left anywhere is what the product is worth, whatever moved and however often it is told."""
    lines = list[Line]()
    for kind, units, place, month, paid in done:
        signs = (-1, 1) if kind == "transfer" else (-1 if kind == "issue" else 1,)
        for at, sign in enumerate(signs):
            where = HOME + SHELF - place if at else place
            lines.append(line(len(lines) + 1, kind, sign * units, where, month, paid))
    whole, first = fold(State(), lines), fold(State(), lines[:cut])
    once, part = list(rows({}, whole.months)), list(rows({}, first.months))
    left = {row.place: row.closing for row in part}
    rest = rows(left, fold(first.end, lines[cut:]).months)
    assert _together([*part, *rest]) == _together(once)
    ends = {row.place: row.closing for row in once}
    assert sum(one.units for one in ends.values()) == whole.end.worth.units
    assert sum(one.parts for one in ends.values()) == whole.end.worth.parts
    for place in ends:
        held = Held()
        for row in (row for row in once if row.place == place):
            units = held.units + sum(count for count, _ in row.sums.values())
            held = Held(units, held.parts + sum(parts for _, parts in row.sums.values()) + row.revalued)
            assert held == row.closing


def _together(found: list[Row]) -> dict[tuple[date, int], tuple[dict[str, tuple[int, int]], int, Held]]:
    """Rows as they are kept: sums grow, what is left takes its place; what came to nothing says nothing."""
    sums = defaultdict[tuple[date, int, str], list[int]](lambda: [0, 0])
    revalued, closing = defaultdict[tuple[date, int], int](int), dict[tuple[date, int], Held]()
    for row in found:
        for sort, (units, parts) in row.sums.items():
            sums[row.month, row.place, sort][0] += units
            sums[row.month, row.place, sort][1] += parts
        revalued[row.month, row.place] += row.revalued
        closing[row.month, row.place] = row.closing
    return {
        key: (
            {sort: (one[0], one[1]) for (*at, sort), one in sums.items() if tuple(at) == key},
            revalued[key],
            closing[key],
        )
        for key in closing
        if revalued[key] or any(tuple(at) == key for *at, _ in sums)
    }
