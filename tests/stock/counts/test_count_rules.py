"""What is counted this week, and what follows a blind entry: tables of cases, and what holds of all of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stock.counts import life
from stock.counts.plan import DIFFERED, DUE, EVERY, NEVER, Shelved, Wanted, plan

pytestmark = pytest.mark.quick
TODAY = date(2026, 11, 23)
SHELF, HOME = 1, 2
GRADES = {1: "A", 2: "B", 3: "C", 4: "A"}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (Shelved(1, SHELF, 100, None), NEVER),
        (Shelved(1, SHELF, 100, ago(27)), ""),
        (Shelved(1, SHELF, 100, ago(28)), DUE),
        (Shelved(2, SHELF, 100, ago(83)), ""),
        (Shelved(2, SHELF, 100, ago(84)), DUE),
        (Shelved(3, SHELF, 100, ago(181)), ""),
        (Shelved(3, SHELF, 100, ago(182)), DUE),
        (Shelved(3, SHELF, 100, ago(6), differed=True), ""),
        (Shelved(3, SHELF, 100, ago(7), differed=True), DIFFERED),
    ],
)
def test_when_something_is_due(one: Shelved, why: str) -> None:
    week = plan([one], GRADES, {SHELF: 9}, TODAY)
    assert [(found.product_id, found.why) for found in week.wanted] == (
        [(one.product_id, why)] if why else []
    )


def test_what_differed_then_what_is_dear_then_what_waited_longest() -> None:
    shelved = [
        Shelved(3, SHELF, 10, ago(182 * 2)),
        Shelved(1, SHELF, 500, ago(28)),
        Shelved(4, SHELF, 900, ago(28)),
        Shelved(2, SHELF, 50, ago(8), differed=True),
        Shelved(2, HOME, 50, None),
        Shelved(1, HOME, 60, ago(56)),
    ]
    week = plan(shelved, GRADES, {SHELF: 3, HOME: 1}, TODAY)
    assert week.wanted == (
        Wanted(2, SHELF, "B", DIFFERED),
        Wanted(1, HOME, "A", DUE),
        Wanted(4, SHELF, "A", DUE),
        Wanted(1, SHELF, "A", DUE),
    )
    assert week.waiting == 2


@given(
    st.dictionaries(
        st.tuples(st.integers(1, 4), st.integers(1, 3)),
        st.tuples(st.integers(0, 10**6), st.none() | st.integers(0, 400), st.booleans()),
        max_size=12,
    ),
    st.integers(0, 5),
)
def test_no_place_is_asked_for_more_than_its_share_and_nothing_twice(
    lying: dict[tuple[int, int], tuple[int, int | None, bool]], most: int
) -> None:
    shelved = [
        Shelved(product, place, worth, None if age is None else ago(age), differed)
        for (product, place), (worth, age, differed) in lying.items()
    ]
    week = plan(shelved, GRADES, {1: most, 2: most}, TODAY)
    asked = [(one.product_id, one.place_id) for one in week.wanted]
    assert len(asked) == len(set(asked))
    assert max((sum(place == here for _, here in asked) for place in (1, 2)), default=0) <= most
    assert all(place != 3 for _, place in asked)  # a place without a share is not asked
    late = [key for key, (_, age, _) in lying.items() if age is None or age >= EVERY[GRADES[key[0]]]]
    assert len(asked) + week.waiting >= len(late)


@pytest.mark.parametrize(
    ("variances", "price", "limit", "step"),
    [
        ([0], "1000", 50_000, life.BOOK),
        ([-3], "1000", 50_000, life.TELL),
        ([-3, 0], "1000", 50_000, life.BOOK),
        ([-3, -3], "1000", 50_000, life.BOOK),
        ([-3, -3], "16666.67", 50_000, life.ASK),
        ([-3, -3], "1000", 0, life.ASK),
        ([-3, -3], None, 50_000, life.ASK),
        ([-3, -2], "1000", 50_000, life.TELL),
        ([-3, -2, -3], "1000", 50_000, life.BOOK),
        ([-3, -2, -2], "1000", 50_000, life.BOOK),
        ([-3, -2, -1], "1000", 50_000, life.ASK),
        ([-3, -2, 0], "1000", 50_000, life.BOOK),
        ([50, 50], "1000", 50_000, life.ASK),
        ([49, 49], "1000", 50_000, life.BOOK),
    ],
)
def test_what_follows_an_entry(variances: list[int], price: str | None, limit: int, step: str) -> None:
    told = Decimal(price) if price else None
    assert life.next_step(variances, price=told, limit=limit) == step


@given(st.lists(st.integers(-3, 3), min_size=3, max_size=3), st.integers(0, 10_000))
def test_three_entries_always_end_it(variances: list[int], limit: int) -> None:
    """Whoever counts is asked three times at most, and every step leads somewhere from where it is taken."""
    state = life.DUE
    for n in range(1, 4):
        step = life.next_step(variances[:n], price=Decimal(1000), limit=limit)
        to = life.end(state, step)
        assert to is not None
        state = to
        if state not in life.OPEN:
            break
    assert state in (life.COUNTED, life.WAITING)


def test_what_has_ended_stays() -> None:
    ended = [state for state in life.STATES if state not in life.LIVE]
    assert [(state, step) for state, step, _, _ in life.STEPS if state in ended] == []
