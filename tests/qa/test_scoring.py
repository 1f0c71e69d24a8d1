"""Scoring: a table of defects against points and verdicts, and shares with their intervals."""

import pytest

from base.shares import Share, wilson
from qa.scoring import PASS, Criterion, Rubric, Score, parse, points, score, suggest
from tasks.kinds.packing.procedure import CRITERIA

PACKING = parse({"criteria": CRITERIA})


@pytest.mark.parametrize(
    ("defects", "left", "critical", "passes"),
    [
        ([], 100, False, True),
        ([("photo_unclear", "minor")], 95, False, True),
        ([("photo_unclear", "minor"), ("weight_off", "minor")], 90, False, True),
        ([("photo_unclear", "minor"), ("weight_off", "minor"), ("other", "minor")], 85, False, False),
        ([("bad_seal", "major")], 85, False, False),
        ([("bad_seal", "major"), ("bad_cushioning", "major")], 70, False, False),
        ([("wrong_item", "critical")], 60, True, False),
        ([("damaged", "critical")], 70, True, False),
        ([("other", "critical")], 60, True, False),
        ([("damaged", "minor")], 95, False, True),  # the reviewer saw it as less than the rubric does
        ([("photo_unclear", "critical")], 60, True, False),  # and here as more
        ([("bad_seal", "major"), ("bad_seal", "major")], 85, False, False),  # seen twice, counted once
        ([("bad_seal", "minor"), ("bad_seal", "major")], 85, False, False),  # at its worst
        (
            [("wrong_item", "critical"), ("missing_item", "critical"), ("label_wrong", "critical")],
            0,
            True,
            False,
        ),
    ],
)
def test_defects_take_points(defects, left, critical, passes):
    assert score(PACKING, defects) == Score(left, critical, passes)


def test_a_light_critical_defect_fails_alone():
    rubric = Rubric((Criterion("crumb", "", "critical", 1, {}),))
    assert score(rubric, [("crumb", "critical")]) == Score(99, critical=True, passes=False)


@pytest.mark.parametrize(("left", "passing", "passes"), [(95, 95, True), (95, 96, False)])
def test_the_pass_mark_is_the_rubrics(left, passing, passes):
    rubric = parse({"criteria": CRITERIA, "pass": passing})
    assert score(rubric, [("photo_unclear", "minor")]) == Score(left, critical=False, passes=passes)


@pytest.mark.parametrize(
    ("code", "severity", "taken"),
    [
        ("bad_seal", "major", 15),
        ("damaged", "critical", 30),
        ("damaged", "major", 15),
        ("unheard_of", "minor", 5),
    ],
)
def test_what_one_defect_takes(code, severity, taken):
    assert points(PACKING, code, severity) == taken


@pytest.mark.parametrize(
    ("passes", "last_round", "verdict"),
    [(True, False, "accept"), (True, True, "accept"), (False, False, "send_back"), (False, True, "reject")],
)
def test_the_verdict_a_score_suggests(passes, last_round, verdict):
    assert suggest(Score(50, critical=False, passes=passes), last_round=last_round) == verdict


def test_a_rubric_says_only_what_it_must():
    rubric = parse(
        {"criteria": [{"code": "torn"}, {"code": "wet", "severity": "major", "label": {"ko": "젖음"}}]}
    )
    assert rubric.criteria == (
        Criterion("torn", "", "minor", 5, {}),
        Criterion("wet", "", "major", 15, {"ko": "젖음"}),
    )
    assert [one.named("en") for one in rubric.criteria] == ["torn", "젖음"]
    assert (rubric.passing, parse({}).criteria) == (PASS, ())


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (0, 10, 0, 0.277533),
        (10, 10, 0.722467, 1),
        (81, 263, 0.255289, 0.366210),
        (95, 100, 0.888250, 0.978456),
        (0, 0, 0, 1),
    ],
)
def test_wilson(hits, n, low, high):
    assert wilson(hits, n) == (pytest.approx(low, abs=5e-7), pytest.approx(high, abs=5e-7))


def test_three_of_three_is_not_a_hundred_percent():
    assert (round(wilson(3, 3)[0], 3), round(wilson(190, 200)[0], 3)) == (0.439, 0.910)


ONE_SIDED = 1.6448536269514722


@pytest.mark.parametrize(
    ("bound", "errors", "n"), [(0.95, 0, 52), (0.95, 1, 87), (0.98, 0, 133), (0.98, 2, 300)]
)
def test_how_many_units_a_bound_needs(bound, errors, n):
    assert wilson(n - errors, n, ONE_SIDED)[0] >= bound > wilson(n - 1 - errors, n - 1, ONE_SIDED)[0]


@pytest.mark.parametrize(("hits", "n"), [(2, 1), (-1, 5)])
def test_more_hits_than_tries_is_a_mistake(hits, n):
    with pytest.raises(ValueError, match="hits"):
        wilson(hits, n)


@pytest.mark.parametrize(("n", "enough"), [(0, False), (9, False), (10, True)])
def test_a_few_are_not_enough_to_say_a_share(n, enough):
    assert Share(n, n).enough is enough
