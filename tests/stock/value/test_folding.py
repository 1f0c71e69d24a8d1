"""What each line of the ledger was worth: bought at its price, gone at the average, nothing at nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stock.value.costing import Worth
from stock.value.folding import TOLD, Line, State, fold

pytestmark = pytest.mark.quick
DAY = date(2026, 11, 23)


def line(id_: int, kind: str, units: int, paid: int | None = None, day: date = DAY) -> Line:
    return Line(id_, kind, units, day, paid)


@pytest.mark.parametrize(
    ("lines", "end", "parts"),
    [
        ([line(1, "receipt", 10, 1000)], State(Worth(10, 1000), 100, 1), [1000]),
        (  # ten at 100, ten at 150; fifteen go at 125
            [line(1, "receipt", 10, 1000), line(2, "receipt", 10, 1500), line(3, "issue", -15)],
            State(Worth(5, 625), 125, 3),
            [1000, 1500, -1875],
        ),
        (  # the last ones take the rest of what does not divide, and leave exactly nothing
            [line(1, "receipt", 3, 1000), line(2, "issue", -1), line(3, "issue", -2)],
            State(Worth(0, 0), 334, 3),
            [1000, -333, -667],
        ),
        (  # what comes back, or is found, comes at the last known average
            [
                line(1, "receipt", 2, 500),
                line(2, "issue", -2),
                line(3, "return", 1),
                line(4, "adjustment", 1),
            ],
            State(Worth(2, 500), 250, 4),
            [500, -500, 250, 250],
        ),
        (  # nobody knew the cost of the first count: told later, the goods that are left are worth it
            [line(1, "receipt", 5), line(2, "issue", -1), line(2, TOLD, 0, 300), line(3, "issue", -1)],
            State(Worth(3, 900), 300, 3),
            [0, 0, -300],
        ),
        (  # a purchase at a wrong price is taken back at that price, not at the average
            [line(1, "receipt", 10, 1000), line(2, "receipt", 10, 2000), line(3, "adjustment", -10, 2000)],
            State(Worth(10, 1000), 100, 3),
            [1000, 2000, -2000],
        ),
        (  # some of it is gone: what is left goes at the average
            [line(1, "receipt", 10, 1000), line(2, "issue", -5), line(3, "adjustment", -10, 1000)],
            State(Worth(-5, 0), 100, 3),
            [1000, -500, -500],
        ),
        (  # an act that takes before it brings: the hole is filled, and what stands is worth its part
            [line(1, "adjustment", -5), line(2, "receipt", 10, 1000)],
            State(Worth(5, 500), 100, 2),
            [0, 500],
        ),
    ],
)
def test_lines(lines: list[Line], end: State, parts: list[int]) -> None:
    found = fold(State(), lines)
    assert (replace(found.end, month=date.min), list(found.parts.values())) == (end, parts)


def test_days_say_what_came_went_and_stood() -> None:
    lines = [
        line(1, "receipt", 10, 1000),
        line(2, "issue", -4),
        line(3, "issue", -1, day=DAY + timedelta(days=2)),
        line(4, "return", 1, day=DAY + timedelta(days=2)),
    ]
    days = fold(State(), lines).days
    assert {day: (of.sums, of.closing) for day, of in days.items()} == {
        DAY: ({"received": (10, 1000), "issued": (-4, -400)}, Worth(6, 600)),
        DAY + timedelta(days=2): ({"issued": (-1, -100), "returned": (1, 100)}, Worth(6, 600)),
    }


moves = st.lists(
    st.tuples(
        st.sampled_from(["receipt", "issue", "return", "adjustment"]),
        st.integers(1, 40),
        st.none() | st.integers(0, 10**8),
        st.booleans(),
    ),
    max_size=25,
)


@settings(max_examples=80)
@given(moves, st.integers(0, 25))
def test_told_in_two_parts_it_is_the_same_story(
    done: list[tuple[str, int, int | None, bool]], cut: int
) -> None:
    """And the worth is the sum of its lines, never below nothing, and nothing where nothing is."""
    lines = [
        line(number, kind, -units if kind == "issue" or (kind == "adjustment" and out) else units, paid)
        for number, (kind, units, paid, out) in enumerate(done, 1)
    ]
    whole, first = fold(State(), lines), fold(State(), lines[:cut])
    rest = fold(first.end, lines[cut:])
    assert (rest.end, first.parts | rest.parts) == (whole.end, whole.parts)
    assert whole.end.worth == Worth(sum(one.units for one in lines), sum(whole.parts.values()))
    assert whole.end.worth.parts >= 0
    assert whole.end.worth.units > 0 or whole.end.worth.parts == 0
