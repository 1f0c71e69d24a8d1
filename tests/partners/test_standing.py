"""How far a partner is trusted: from inspected work alone, the latest most, and only where it is sure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.shares import wilson
from partners.standing import (
    FLOOR,
    HALF_LIFE,
    NEW,
    STEADY,
    TRUSTED,
    WATCHED,
    Results,
    add,
    band,
    mend,
    to_go,
)

START = datetime(2026, 11, 2, tzinfo=UTC)
WANTED = 0.9


def counted(passed: str, *, every: timedelta = timedelta()) -> Results:
    """Results of a row of pieces, `+` passed and `-` not, one `every` so often."""
    results = Results()
    for place, sign in enumerate(passed):
        results = add(results, passed=sign == "+", at=START + place * every)
    return results


#: What is sure at 95 %: bounds of k of n by Wilson, taken from published tables (0/10 .2775, 95/100 .8883).
@pytest.mark.parametrize(
    ("passed", "before", "stands"),
    [
        ("", NEW, NEW),
        ("+" * 9, NEW, NEW),  # nothing is said of nine
        ("-" * 9, NEW, NEW),
        ("+" * 10, NEW, STEADY),  # 10 of 10: at least .722, no more is sure
        ("-" * 10, NEW, WATCHED),  # 0 of 10: at most .278
        ("+" * 34, NEW, STEADY),  # 34 of 34: at least .898
        ("+" * 35, NEW, TRUSTED),  # 35 of 35: at least .901
        ("+" * 95 + "-" * 5, NEW, STEADY),  # .888 to .978
        ("+" * 95 + "-" * 5, TRUSTED, TRUSTED),  # within the slack of five points
        ("+" * 40 + "-", TRUSTED, TRUSTED),  # one slip is none
        ("+" * 40 + "---", TRUSTED, STEADY),  # .809
        ("+" * 8 + "-" * 4, STEADY, WATCHED),  # 8 of 12: at most .862
        ("+" * 10 + "--", STEADY, STEADY),  # 10 of 12: .552 to .953
    ],
)
def test_a_band_changes_only_where_it_is_sure(passed, before, stands):
    assert band(counted(passed), wanted=WANTED, before=before) == stands


def test_the_latest_counts_most():
    was_bad = counted("-" * 20 + "+" * 20, every=timedelta(days=10))
    was_good = counted("+" * 20 + "-" * 20, every=timedelta(days=10))
    assert (was_bad.share > 0.75, was_good.share < 0.25) == (True, True)


def test_a_half_life_halves():
    two = add(counted("-"), passed=True, at=START + HALF_LIFE)
    assert (two.weight, two.good, two.squares) == (1.5, 1.0, 1.25)
    assert two.share == pytest.approx(2 / 3)
    assert two.size == pytest.approx(1.8)


def test_time_without_work_changes_nothing():
    before = counted("+" * 12)
    after = add(before, passed=True, at=START)
    later = add(before, passed=True, at=START + timedelta(days=1))
    assert after.size == 13
    assert later.size == pytest.approx(13, abs=0.01)


def test_equal_ages_are_plain_wilson():
    results = counted("+" * 81 + "-" * 182)
    assert results.interval == (pytest.approx(0.255289, abs=5e-7), pytest.approx(0.366210, abs=5e-7))


def test_how_far_it_is_to_trust():
    assert to_go(counted("+" * 30), wanted=WANTED, at=START) == 5
    assert to_go(Results(), wanted=WANTED, at=START) == 35
    assert to_go(counted("-" * 100), wanted=WANTED, at=START) is None
    assert to_go(counted("+" * 35), wanted=WANTED, at=START) == 0


PIECES = st.lists(st.tuples(st.booleans(), st.integers(0, 400)), max_size=60)


def from_pieces(pieces: list[tuple[bool, int]]) -> Results:
    results, at = Results(), START
    for passed, hours in pieces:
        at += timedelta(hours=hours)
        results = add(results, passed=passed, at=at)
    return results


@settings(max_examples=200, deadline=None)
@given(PIECES)
def test_counting_on_equals_counting_all_at_once(pieces):
    results = from_pieces(pieces)
    at, ages = START, []
    for passed, hours in pieces:
        at += timedelta(hours=hours)
        ages.append((passed, at))
    weights = [(passed, 0.5 ** ((at - when) / HALF_LIFE)) for passed, when in ages]
    weight, good = sum(w for _, w in weights), sum(w for passed, w in weights if passed)
    squares = sum(w * w for _, w in weights)
    assert (results.n, results.weight, results.good, results.squares) == (
        len(pieces),
        pytest.approx(weight),
        pytest.approx(good),
        pytest.approx(squares),
    )
    assert 0 <= results.share <= 1
    assert results.size <= results.n + 1e-9


@settings(max_examples=200, deadline=None)
@given(PIECES, st.sampled_from([NEW, STEADY, TRUSTED, WATCHED]))
def test_a_passing_piece_never_lowers_anybody(pieces, before):
    rank = {WATCHED: 0, NEW: 1, STEADY: 1, TRUSTED: 2}  # becoming known is not being lowered
    results = from_pieces(pieces)
    at = results.at or START
    better = add(results, passed=True, at=at)
    if not results.missing:
        stands = band(results, wanted=WANTED, before=before)
        assert rank[band(better, wanted=WANTED, before=stands)] >= rank[stands]


@settings(max_examples=200, deadline=None)
@given(PIECES.filter(bool), st.data())
def test_a_verdict_turned_round_counts_as_if_it_had_been_so(pieces, data):
    turned = data.draw(st.integers(0, len(pieces) - 1))
    at = START + timedelta(hours=sum(hours for _, hours in pieces[: turned + 1]))
    passed = not pieces[turned][0]
    right = [*pieces[:turned], (passed, pieces[turned][1]), *pieces[turned + 1 :]]
    assert mend(from_pieces(pieces), passed=passed, at=at).good == pytest.approx(from_pieces(right).good)


def test_the_floor_is_below_where_anything_is_sure():
    assert wilson(FLOOR, FLOOR)[0] < WANTED
