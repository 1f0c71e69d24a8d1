"""What a criterion may say, and what one rubric changes against another."""

import pytest

from tasks import criteria
from tasks.criteria import BadCriterion

SEAL = {
    "code": "bad_seal",
    "item": "seal",
    "severity": "major",
    "weight": 15,
    "label": {"ko": "마감", "en": "Seal"},
}
RIBBON = SEAL | {"code": "own_1", "weight": 5, "severity": "minor", "label": {"ko": "리본", "en": "Ribbon"}}
DOC = {"criteria": [SEAL]}
WORDS = {"ko": "가" * 60, "en": "a" * 60}

BAD = [
    ({"label": {"ko": "마감", "en": ""}}, "label_en", "words"),
    ({"label": WORDS | {"ko": "가" * 61}}, "label_ko", "words"),
    ({"severity": "awful"}, "severity", "severity"),
    ({"weight": 0}, "weight", "points"),
    ({"weight": 101}, "weight", "points"),
    ({"item": "ribbon"}, "item", "item"),
]


@pytest.mark.parametrize(("change", "field", "why"), BAD)
def test_what_cannot_be_kept_is_named(change: dict, field: str, why: str) -> None:
    with pytest.raises(BadCriterion) as refused:
        criteria.check(SEAL | change, items={"seal"})
    assert refused.value.facts == {"field": field, "why": why}


@pytest.mark.parametrize("change", [{}, {"item": ""}, {"weight": 100}, {"weight": 1}, {"label": WORDS}])
def test_what_can_be_kept(change: dict) -> None:
    criteria.check(SEAL | change, items={"seal"})


def test_a_criterion_takes_the_place_of_its_code_or_the_end() -> None:
    both = criteria.put(DOC, RIBBON)
    assert [one["code"] for one in both["criteria"]] == ["bad_seal", "own_1"]
    again = criteria.put(both, SEAL | {"weight": 20})
    assert [(one["code"], one["weight"]) for one in again["criteria"]] == [("bad_seal", 20), ("own_1", 5)]
    assert criteria.without(again, "bad_seal") == DOC | {"criteria": [RIBBON]}
    assert DOC == {"criteria": [SEAL]}


def test_a_rubric_has_one_criterion_and_thirty_at_most() -> None:
    full = {"criteria": [SEAL | {"code": str(n)} for n in range(30)]}
    with pytest.raises(BadCriterion) as many:
        criteria.put(full, RIBBON)
    with pytest.raises(BadCriterion) as none:
        criteria.without(DOC, "bad_seal")
    assert (many.value.facts["why"], none.value.facts["why"]) == ("too_many", "last")


@pytest.mark.parametrize("points", [0, 101, -1])
def test_points_to_pass_lie_within_a_hundred(points: int) -> None:
    with pytest.raises(BadCriterion):
        criteria.passing_from(DOC, points)
    assert (criteria.passing(DOC), criteria.passing(criteria.passing_from(DOC, 80))) == (90, 80)


def test_a_code_is_never_used_twice() -> None:
    assert criteria.free_code([DOC]) == "own_1"
    assert (
        criteria.free_code([DOC, {"criteria": [RIBBON]}, {"criteria": [RIBBON | {"code": "own_3"}]}])
        == "own_2"
    )


def test_the_changes_of_a_rubric() -> None:
    new = criteria.passing_from({"criteria": [SEAL | {"weight": 20, "severity": "critical"}, RIBBON]}, 80)
    found = [(one.kind, one.item, one.field, one.old, one.new) for one in criteria.changes(DOC, new)]
    assert found == [
        ("changed", "bad_seal", "severity", "major", "critical"),
        ("changed", "bad_seal", "weight", 15, 20),
        ("added", "own_1", "", None, None),
        ("changed", "", "passing", 90, 80),
    ]
    first = criteria.changes(new, DOC)[0]
    assert (first.kind, first.item) == ("removed", "own_1")
    assert criteria.changes(new, new) == ()
