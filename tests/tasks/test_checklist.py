"""Checklists: items read, answers checked, what is missing named, editions compared."""

from typing import Any

import pytest

from tasks import checklist
from tasks.checklist import (
    BadItem,
    Change,
    Facts,
    Good,
    Missing,
    Problem,
    check,
    diff,
    missing,
    parse,
    visible,
)
from tasks.items import Item
from tasks.kinds.packing.procedure import CRITERIA, ITEMS
from tasks.scanning import compare, tally

LABEL = {"ko": "무게", "en": "Weight"}


def entry(type_: str = "check", key: str = "one", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": type_, "label": LABEL, **more}


def item(type_: str, **more: Any) -> Item:
    return parse({"items": [entry(type_, **more)]})[0]


# --- reading -----------------------------------------------------------------------------------------------

CHOICES = [{"value": "a", "label": LABEL}, {"value": "b", "label": LABEL}]


@pytest.mark.parametrize(
    ("doc", "facts"),
    [
        ({}, (0, "items", "empty")),
        ({"items": []}, (0, "items", "empty")),
        ({"items": [entry(key=f"k{n}") for n in range(61)]}, (61, "items", "too_many")),
        ({"items": ["x"]}, (1, "type", "not_one_of")),
        ({"items": [entry("tick")]}, ("one", "type", "not_one_of")),
        ({"items": [entry(), {"type": "check", "label": LABEL}]}, (2, "key", "key")),
        ({"items": [entry(key="One")]}, ("One", "key", "key")),
        ({"items": [entry(), entry()]}, ("one", "key", "twice")),
        ({"items": [{"key": "one", "type": "check"}]}, ("one", "label", "not_words")),
        ({"items": [entry(label={"ko": "무게"})]}, ("one", "label", "language_missing")),
        ({"items": [entry(label={"ko": "무게", "en": " "})]}, ("one", "label", "language_missing")),
        ({"items": [entry(label={"ko": "무게", "en": "W", "fr": "P"})]}, ("one", "label", "not_words")),
        ({"items": [entry(label={"ko": "무" * 121, "en": "W"})]}, ("one", "label", "not_words")),
        ({"items": [entry(help={"ko": 3})]}, ("one", "help", "not_words")),
        ({"items": [entry(required="yes")]}, ("one", "required", "not_yes_or_no")),
        ({"items": [entry(severity="grave")]}, ("one", "severity", "not_one_of")),
        ({"items": [entry(unit="g")]}, ("one", "unit", "unknown")),
        ({"items": [entry("number", min="low")]}, ("one", "min", "not_a_number")),
        ({"items": [entry("number", min=5, max=4)]}, ("one", "min", "above_max")),
        ({"items": [entry("number", target=5)]}, ("one", "tolerance", "not_a_number")),
        ({"items": [entry("number", target=5, tolerance=-1)]}, ("one", "tolerance", "not_a_number")),
        ({"items": [entry("number", target={"of": "x"}, tolerance=1)]}, ("one", "target", "not_a_number")),
        ({"items": [entry("number", target=True, tolerance=1)]}, ("one", "target", "not_a_number")),
        ({"items": [entry("choice")]}, ("one", "choices", "too_few_or_many")),
        ({"items": [entry("choice", choices=CHOICES[:1])]}, ("one", "choices", "too_few_or_many")),
        ({"items": [entry("choice", choices=CHOICES + CHOICES[:1])]}, ("one", "choices", "twice")),
        ({"items": [entry("choice", choices=[*CHOICES, {"value": "C"}])]}, ("one", "choices", "key")),
        ({"items": [entry("text", longest=0)]}, ("one", "longest", "out_of_range")),
        ({"items": [entry("text", longest=True)]}, ("one", "longest", "out_of_range")),
        ({"items": [entry("photo", least=11)]}, ("one", "least", "out_of_range")),
        ({"items": [entry(when={"item": "later", "is": True})]}, ("one", "when", "unknown_item")),
        ({"items": [entry(when={"item": "one", "is": True})]}, ("one", "when", "unknown_item")),
        ({"items": [entry(when={"fact": "fragile"})]}, ("one", "when", "not_a_condition")),
        ({"items": [entry(when={"fact": "a", "item": "b", "is": 1})]}, ("one", "when", "not_a_condition")),
        ({"items": [entry(when="always")]}, ("one", "when", "not_a_condition")),
    ],
)
def test_a_refusal_names_the_item_the_field_and_why(doc: dict[str, Any], facts: tuple[Any, ...]) -> None:
    with pytest.raises(BadItem) as refused:
        parse(doc)
    assert tuple(refused.value.facts.values()) == facts


def test_the_packing_procedure_and_its_rubric_fit_together() -> None:
    keys = [one.key for one in parse({"items": list(ITEMS)})]
    assert len(keys) == len(set(keys)) == 9
    assert {criterion["item"] for criterion in CRITERIA} - set(keys) == set()
    assert all(set(criterion["label"]) == {"ko", "en"} for criterion in CRITERIA)


# --- single answers ----------------------------------------------------------------------------------------

GRAMS = item("number", unit="g", min=10, max=1000)
AROUND = item("number", unit="g", target=500, tolerance="20.5")
EXPECTED = item("number", unit="g", target={"fact": "goods_g"}, tolerance=100, firm=False)
WEIGHED = Facts({"goods_g": 600})


@pytest.mark.parametrize(
    ("asked", "value", "facts", "problem"),
    [
        (item("check"), True, Facts(), None),
        (item("check"), False, Facts(), None),
        (item("check"), "on", Facts(), Problem("not_a_tick", stands=False)),
        (GRAMS, 10, Facts(), None),
        (GRAMS, "1,000", Facts(), None),
        (GRAMS, "9.9", Facts(), Problem("too_small", {"least": "10", "unit": "g"})),
        (GRAMS, 1000.5, Facts(), Problem("too_large", {"most": "1000", "unit": "g"})),
        (GRAMS, "많이", Facts(), Problem("not_a_number", stands=False)),
        (GRAMS, "NaN", Facts(), Problem("not_a_number", stands=False)),
        (GRAMS, "1e999", Facts(), Problem("not_a_number", stands=False)),
        (GRAMS, "1e-999999999", Facts(), Problem("not_a_number", stands=False)),
        (GRAMS, "0e-999999999", Facts(), Problem("not_a_number", stands=False)),
        (GRAMS, float("nan"), Facts(), Problem("not_a_number", stands=False)),
        (GRAMS, float("inf"), Facts(), Problem("not_a_number", stands=False)),
        (GRAMS, True, Facts(), Problem("not_a_number", stands=False)),
        (AROUND, "520.5", Facts(), None),
        (
            AROUND,
            "520.6",
            Facts(),
            Problem("off_target", {"low": "479.5", "high": "520.5", "unit": "g"}),
        ),
        (EXPECTED, "700", WEIGHED, None),
        (
            EXPECTED,
            "701",
            WEIGHED,
            Problem("off_target", {"low": "500", "high": "700", "unit": "g"}, warns=True),
        ),
        (EXPECTED, "9", Facts(), None),  # nobody knows what these goods weigh
        (item("choice", choices=CHOICES), "a", Facts(), None),
        (item("choice", choices=CHOICES), "c", Facts(), Problem("not_a_choice", stands=False)),
        (item("text", longest=5), "다섯글자임", Facts(), None),
        (item("text", longest=5), "여섯글자예요", Facts(), Problem("too_long", {"most": 5}, stands=False)),
        (item("text"), "900101-1234567", Facts(), Problem("resident_number", stands=False)),
        (item("text"), "번호는 9001011234567 이에요", Facts(), Problem("resident_number", stands=False)),
        (item("text"), 3, Facts(), Problem("not_a_text", stands=False)),
        (item("scan"), "8801234567893", Facts(), Problem("not_codes", stands=False)),
        (item("scan"), ["x"] * 2001, Facts(), Problem("too_many_codes", {"most": 2000}, stands=False)),
        (item("scan"), ["x" * 81], Facts(), Problem("too_many_codes", {"most": 2000}, stands=False)),
        (item("scan"), ["900101-1234567"], Facts(), Problem("resident_number", stands=False)),
        (item("photo"), "here", Facts(), Problem("not_a_photo", stands=False)),
    ],
)
def test_an_answer_is_checked(asked: Item, value: Any, facts: Facts, problem: Problem | None) -> None:
    assert check(asked, value, facts) == problem


# --- scanning ----------------------------------------------------------------------------------------------

MUG = Good("MUG-01", "8801234567893", "머그컵", 2)
TEA = Good("TEA*3", "036000291452", "차", 1)
TWIN = Good("MUG-02", "8801234567893", "머그컵 파랑", 1)


@pytest.mark.parametrize(
    ("codes", "goods", "lack", "extra", "wrong"),
    [
        (["8801234567893", "8801234567893"], [MUG], (), (), ()),
        (["8801234567893"], [MUG], (("MUG-01", 1),), (), ()),
        ([], [MUG], (("MUG-01", 2),), (), ()),
        (["8801234567893"] * 3, [MUG], (), (("MUG-01", 1),), ()),
        (["mug-01 * 2"], [MUG], (), (), ()),
        (["MUG-01×2"], [MUG], (), (), ()),
        (["ＭＵＧ－０１", "８８０１２３４５６７８９３"], [MUG], (), (), ()),
        (["4901234567894", "MUG-01*2"], [MUG], (), (), ("4901234567894",)),
        (["TEA*3"], [TEA], (), (), ()),  # the star belongs to the name
        (["0036000291452"], [TEA], (), (), ()),  # the same GTIN, read as EAN-13
        (["36000291452"], [TEA], (("TEA*3", 1),), (), ("36000291452",)),
        (["8801234567893"] * 3, [MUG, TWIN], (), (), ()),  # two products under one barcode
        (["8801234567893"] * 4, [MUG, TWIN], (), (("MUG-02", 1),), ()),
        (["MUG-02", "8801234567893*2"], [MUG, TWIN], (), (), ()),
        (["MUG-01*2"], [MUG, MUG], (("MUG-01", 2),), (), ()),  # two lines of one product add up
        (["MUG-01*99999"], [MUG], (), (("MUG-01", 99997),), ()),
        (["MUG-01*2", " "], [MUG], (), (), ()),
    ],
)
def test_scanned_codes_are_compared_with_the_goods(
    codes: list[str], goods: list[Good], lack: Any, extra: Any, wrong: Any
) -> None:
    found = compare(codes, goods)
    assert (found.missing, found.extra, found.wrong) == (lack, extra, wrong)


def test_a_scan_that_is_not_complete_is_kept_and_names_what_is_missing() -> None:
    problem = check(item("scan"), ["MUG-01", "4901234567894"], Facts(goods=(MUG,)))
    facts = {"missing": (("MUG-01", 1),), "extra": (), "wrong": ("4901234567894",)}
    assert problem == Problem("scan", facts, stands=True)
    assert tally(["MUG-01", "4901234567894"], [MUG, TEA]) == {"MUG-01": 1, "TEA*3": 0}


# --- the whole ---------------------------------------------------------------------------------------------

PROCEDURE = parse(
    {
        "items": [
            entry(key="fine", type_="choice", choices=CHOICES),
            entry(key="why", type_="text", when={"item": "fine", "is": "b"}),
            entry(key="sure", when={"item": "why", "is": "really"}),
            entry(key="cushion", type_="photo", least=2, when={"fact": "fragile", "is": True}),
            entry(key="weight", type_="number", max=100, required=False),
            entry(key="note", type_="text", required=False),
        ]
    }
)
FRAGILE = Facts({"fragile": True})


@pytest.mark.parametrize(
    ("answers", "facts", "keys"),
    [
        ({}, Facts(), ["fine", "weight", "note"]),
        ({"fine": "a"}, FRAGILE, ["fine", "cushion", "weight", "note"]),
        ({"fine": "b"}, Facts(), ["fine", "why", "weight", "note"]),
        ({"fine": "b", "why": "really"}, Facts(), ["fine", "why", "sure", "weight", "note"]),
        (
            {"fine": "a", "why": "really"},
            Facts(),
            ["fine", "weight", "note"],
        ),  # what is not asked asks nothing
    ],
)
def test_conditions_decide_what_is_asked(answers: dict[str, Any], facts: Facts, keys: list[str]) -> None:
    assert [one.key for one in visible(PROCEDURE, answers, facts)] == keys


@pytest.mark.parametrize(
    ("answers", "photos", "facts", "lacking"),
    [
        ({}, {}, Facts(), [Missing("fine", "unanswered")]),
        ({"fine": "a"}, {}, Facts(), []),
        ({"fine": "a"}, {"cushion": 1}, FRAGILE, [Missing("cushion", "photos", {"have": 1, "least": 2})]),
        ({"fine": "a"}, {"cushion": 2}, FRAGILE, []),
        ({"fine": "b", "why": ""}, {}, Facts(), [Missing("why", "unanswered")]),
        (
            {"fine": "b", "why": "really", "sure": False},
            {},
            Facts(),
            [Missing("sure", "unanswered")],
        ),
        (
            {"fine": "a", "weight": "101"},
            {},
            Facts(),
            [Missing("weight", "too_large", {"most": "100", "unit": ""})],
        ),
        ({"fine": "a", "weight": None, "note": ""}, {}, Facts(), []),
        ({"fine": "z"}, {}, Facts(), [Missing("fine", "not_a_choice")]),
    ],
)
def test_what_is_missing_is_named(
    answers: dict[str, Any], photos: dict[str, int], facts: Facts, lacking: list[Missing]
) -> None:
    assert list(missing(PROCEDURE, answers, photos, facts)) == lacking


def test_a_warning_holds_nothing_up() -> None:
    assert missing([EXPECTED], {"one": "9"}, {}, WEIGHED) == ()


def test_zero_is_an_answer() -> None:
    assert missing([item("number")], {"one": "0"}, {}, Facts()) == ()
    assert checklist.blank(0) is False


# --- editions ----------------------------------------------------------------------------------------------

A, B, C = (entry(key=key) for key in "abc")


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ([A, B], [A, B], []),
        ([A], [A, B], [Change("added", "b", LABEL, new=2)]),
        ([A, B], [B], [Change("removed", "a", LABEL)]),
        ([A, B, C], [C, A, B], [Change("moved", "c", LABEL, new=1)]),
        ([A, B, C], [B, A, C], [Change("moved", "a", LABEL, new=2)]),
        (
            [A],
            [A | {"required": False, "severity": "major"}],
            [
                Change("changed", "a", LABEL, "required", None, False),
                Change("changed", "a", LABEL, "severity", None, "major"),
            ],
        ),
        (
            [A, B],
            [B | {"label": {"ko": "부피", "en": "Size"}}, C],
            [
                Change("removed", "a", LABEL),
                Change(
                    "changed", "b", {"ko": "부피", "en": "Size"}, "label", LABEL, {"ko": "부피", "en": "Size"}
                ),
                Change("added", "c", LABEL, new=2),
            ],
        ),
    ],
)
def test_editions_are_compared_item_by_item(old: Any, new: Any, changes: list[Change]) -> None:
    assert list(diff(old, new)) == changes
