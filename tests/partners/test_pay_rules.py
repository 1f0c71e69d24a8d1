"""The arithmetic of pay, held to its vectors: what is held back, what adds up, what an hour came to."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.pay.banks import digits_of
from partners.pay.settling import settle, settle_months
from partners.pay.wages import Hourly, in_hand, minimum_on
from partners.pay.withholding import BUSINESS, EMPLOYEE, INDIVIDUAL, TAX_KINDS, withhold

VECTORS = Path(__file__).parent.parent / "vectors"
TODAY = date(2026, 12, 1)
WITHHELD = json.loads((VECTORS / "withholding_3_3.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", WITHHELD["cases"], ids=lambda case: case["id"])
def test_what_is_held_back_of_an_individual(case):
    held = withhold(case["gross_krw"], kind=INDIVIDUAL, on=TODAY)
    assert (held.income_tax, held.local_tax, held.net) == (
        case["income_tax"],
        case["local_income_tax"],
        case["net"],
    )


def test_what_public_pages_say_is_held_back():
    sums = {gross: withhold(int(gross), kind=INDIVIDUAL, on=TODAY) for gross in WITHHELD["page_checked"]}
    assert {gross: held.income_tax + held.local_tax for gross, held in sums.items()} == WITHHELD[
        "page_checked"
    ]


def test_small_sums_were_let_off_until_the_end_of_june_2024():
    days = (date(2024, 6, 30), date(2024, 7, 1))
    small, just = ([withhold(won, kind=INDIVIDUAL, on=day).net for day in days] for won in (33_000, 33_400))
    assert (small, just) == ([33_000, 31_920], [32_300, 32_300])


def test_nothing_is_held_back_of_businesses_and_employees():
    assert [withhold(1_000_000, kind=kind, on=TODAY).net for kind in (BUSINESS, EMPLOYEE)] == [1_000_000] * 2


MONTHS = st.lists(st.tuples(st.integers(0, 9_999_999), st.integers(-3_000_000, 3_000_000)), max_size=12)


@settings(max_examples=2500, deadline=None)
@given(MONTHS, st.sampled_from(TAX_KINDS))
def test_statements_add_up_over_ten_thousand_random_months(months, kind):
    """Some 10,000 months in all: what came in is what was paid, held back, or waits to be taken off."""
    made, carried = settle_months(months, kind=kind, on=TODAY)
    paid = sum(one.net + one.held.income_tax + one.held.local_tax for one in made)
    assert paid + carried == sum(earned + adjusted for earned, adjusted in months)
    before = 0
    for (earned, adjusted), one in zip(months, made, strict=True):
        assert (one.carried_in, one.earned, one.adjusted) == (before, earned, adjusted)
        assert earned + adjusted + one.carried_in == one.gross + one.carried_out
        assert (one.net >= 0, one.gross >= 0, one.carried_out <= 0) == (True, True, True)
        assert one.gross == 0 or one.carried_out == 0
        before = one.carried_out
    assert carried <= 0


def test_what_is_below_zero_is_taken_off_the_next_month_first():
    made, carried = settle_months([(10_000, -15_000), (2_000, 0), (50_000, 0)], kind=BUSINESS, on=TODAY)
    assert [(one.gross, one.carried_out) for one in made] == [(0, -5_000), (0, -3_000), (47_000, 0)]
    assert carried == 0


@pytest.mark.parametrize("wrong", [{"carried_in": 1}, {"earned": -1}, {"kind": "pirate"}])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        settle(**{"earned": 0, "adjusted": 0, "carried_in": 0, "kind": INDIVIDUAL, "on": TODAY} | wrong)


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        ([], 0),
        ([(0, 60)], 60),
        ([(0, 60), (60, 90)], 90),
        ([(0, 100), (0, 100), (0, 100)], 100),  # three parcels at once are one time
        ([(50, 70), (0, 60), (200, 210)], 80),
        ([(0, 100), (10, 20)], 100),
        ([(30, 20)], 0),
    ],
)
def test_time_in_hand_counts_once(spans, seconds):
    assert in_hand(spans) == seconds


def test_an_hours_pay_and_the_minimum():
    minimum = minimum_on(TODAY)
    assert (minimum.won, minimum.year) == (10_320, 2026)
    assert (minimum_on(date(2031, 1, 1)).year, minimum_on(date(1999, 1, 1)).year) == (2026, 2020)
    hours = [Hourly(100_000, seconds, minimum) for seconds in (7_199, 7_200, 36_000)]
    assert [(one.won, one.below) for one in hours] == [(None, False), (50_000, False), (10_000, True)]


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("110-123-456789", "110123456789"),
        (" 3333 01 2345678 ", "3333012345678"),
        ("12345", None),
        ("1" * 17, None),
        ("110-123-45678a", None),
        ("１１０１２３４５６７８９", None),
        ("=1+1", None),
        ("", None),
    ],
)
def test_an_account_number_is_digits(typed, digits):
    assert digits_of(typed) == digits
