"""Business numbers: every case of the vector, the reference's two dummies, and every digit that is changed."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from partners.joining.business_number import normalised, written

VECTOR = json.loads((Path(__file__).parent.parent / "vectors" / "kr_brn.json").read_text("utf-8"))
CASES = VECTOR["cases"]
REAL = [case["input"] for case in CASES if case["valid"] and len(case["input"]) == 10]


def test_every_case_of_the_vector() -> None:
    wrong = [case for case in CASES if (normalised(case["input"]) is not None) is not case["valid"]]
    assert (len(CASES), wrong) == (118, [])


def test_what_is_between_the_digits_is_left_out() -> None:
    spelt = [(case["input"], case["normalised"]) for case in CASES if "normalised" in case]
    assert len(spelt) == 8
    assert [normalised(text) for text, _ in spelt] == [digits for _, digits in spelt]
    assert normalised("１０２-８１-０３５２５") == "1028103525"  # full-width digits
    assert written("1028103525") == "102-81-03525"


def test_the_dummies_of_the_reference_have_the_form() -> None:
    assert [normalised(text) for text in ("123-45-67891", "123-45-00060")] == ["1234567891", "1234500060"]


def test_what_is_no_number() -> None:
    odd = [
        "0000000000",
        "100-81-03525",
        "102-00-03525",
        "1028103525 1048125258",
        "102810352",
        "102810352x",
        "-",
    ]
    assert [normalised(text) for text in odd] == [None] * len(odd)


def test_every_single_changed_digit_is_found() -> None:
    """The vector's own figure: 0 undetected of all changes of one digit."""
    changes = [
        number[:place] + str(digit) + number[place + 1 :]
        for number in REAL
        for place in range(10)
        for digit in range(10)
        if str(digit) != number[place]
    ]
    assert (len(changes), [text for text in changes if normalised(text)]) == (len(REAL) * 90, [])


@given(st.text(max_size=14))
def test_no_text_makes_it_fall(text: str) -> None:
    found = normalised(text)
    assert found is None or normalised(written(found)) == found
