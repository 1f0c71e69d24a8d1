"""Sampling: what is inspected, and draws that anyone can repeat."""

import hashlib
import hmac

import pytest

from qa.sampling.draws import Past, Plan, Sample, roll, sample, why

PLAN = Plan(newcomer_n=5, percent=20, revision_n=3)


@pytest.mark.parametrize(
    ("round_", "of_kind", "clean", "reason", "percent"),
    [
        (1, 0, 0, "newcomer", 100),
        (1, 4, 4, "newcomer", 100),
        (1, 5, 0, "revision", 100),
        (1, 5, 2, "revision", 100),
        (1, 5, 3, "fraction", 20),
        (1, 500, 500, "fraction", 20),
        (2, 0, 0, "rework", 100),
        (3, 500, 500, "rework", 100),
    ],
)
def test_what_a_submission_falls_under(round_, of_kind, clean, reason, percent):
    drawn = sample(PLAN, Past(round_, of_kind, clean), seed="s", submission_id=1)
    assert (drawn.reason, drawn.percent) == (reason, percent)
    assert drawn.drawn or percent < 100


@pytest.mark.parametrize(
    ("revision_n", "of_kind", "clean", "reason"),
    [
        (0, 5, 0, "fraction"),
        (1, 5, 0, "revision"),
        (1, 5, 1, "fraction"),
        (2, 900, 1, "revision"),  # however much was handed in: only what was clean counts
        (2, 900, 2, "fraction"),
        (3, 4, 9, "newcomer"),
    ],
)
def test_all_of_a_new_edition_is_inspected_until_enough_was_clean(revision_n, of_kind, clean, reason):
    assert why(Plan(5, 20, revision_n), Past(1, of_kind, clean)) == reason


@pytest.mark.parametrize(
    ("percent", "rolled", "drawn"),
    [
        (20, 0, True),
        (20, 1999, True),
        (20, 2000, False),
        (20, 9999, False),
        (1, 99, True),
        (1, 100, False),
        (100, 9999, True),
    ],
)
def test_a_roll_below_the_percentage_is_drawn(percent, rolled, drawn):
    assert Sample("fraction", percent, rolled).drawn is drawn


@pytest.mark.parametrize(
    ("seed", "submission_id"), [("a" * 32, 1), ("a" * 32, 2), ("", 7), ("씨앗", 123_456)]
)
def test_anyone_can_repeat_a_draw(seed, submission_id):
    digest = hmac.new(seed.encode(), str(submission_id).encode(), hashlib.sha256).hexdigest()
    assert roll(seed, submission_id) == int(digest, 16) % 10_000


def test_a_roll_never_changes():
    assert [roll("2026", n) for n in (1, 2, 3)] == [2369, 1069, 9942]  # computed with openssl


def test_rolls_are_even_enough():
    drawn = sum(roll(f"seed-{n}", n) < 2000 for n in range(10_000))
    assert 1880 < drawn < 2120  # three standard deviations around a fifth
