"""The form of an item and the words of a procedure, as values."""

import pytest

from tasks.items import TYPES, BadItem, parse
from tasks.kinds.packing.procedure import CRITERIA, ITEMS
from tasks.sop_changes import Difference, differences, troubles
from tasks.sop_conditions import options
from tasks.sop_forms import OWN, entry_of, fields_of, free_key
from tasks.sop_words import lines

MUST = {
    "label_ko": "재 주세요",
    "label_en": "Measure it",
    "severity": "minor",
    "required": "1",
}


def typed(type_: str, **fields: str) -> dict[str, object]:
    return entry_of(MUST | {"type": type_} | fields, key="new", old={})


@pytest.mark.parametrize("entry", ITEMS, ids=lambda entry: entry["key"])
def test_an_item_that_was_only_looked_at_is_the_same(entry):
    assert entry_of(fields_of(entry), key=entry["key"], old=entry) == entry


def test_every_type_of_item_has_a_form():
    assert set(OWN) == set(TYPES)


@pytest.mark.parametrize(
    ("type_", "fields", "own"),
    [
        ("check", {"unit": "kg", "longest": "9"}, {}),
        ("photo", {"least": "3"}, {"least": 3}),
        ("text", {"longest": "500"}, {}),
        (
            "number",
            {"min": "1,000", "max": "2500.50", "unit": " g "},
            {"min": 1000, "max": "2500.50", "unit": "g"},
        ),
        (
            "number",
            {"target_from": "value", "target": "12.5", "tolerance": "", "firm": "1"},
            {"target": "12.5", "tolerance": 0},
        ),
        (
            "number",
            {"target_from": "pieces", "target": "7", "tolerance": "0"},
            {"target": {"fact": "pieces"}, "tolerance": 0, "firm": False},
        ),
        (
            "choice",
            {
                "choice_0_ko": "네",
                "choice_0_en": "Yes",
                "choice_0_value": "yes",
                "choice_3_ko": "음",
                "choice_3_en": "Um",
            },
            {
                "choices": [
                    {"value": "yes", "label": {"ko": "네", "en": "Yes"}},
                    {"value": "choice_1", "label": {"ko": "음", "en": "Um"}},
                ]
            },
        ),
    ],
)
def test_what_was_typed_becomes_an_entry_that_can_be_read(type_, fields, own):
    same = {"key": "new", "type": type_, "label": {"ko": "재 주세요", "en": "Measure it"}}
    entry = typed(type_, **fields)
    assert entry == same | own
    assert parse({"items": [entry]})[0].key == "new"


@pytest.mark.parametrize(
    ("type_", "fields", "field", "why"),
    [
        ("number", {"min": "ten"}, "min", "not_a_number"),
        ("number", {"min": "9", "max": "3"}, "min", "above_max"),
        ("number", {"target_from": "value"}, "target", "not_a_number"),
        ("photo", {"least": "11"}, "least", "out_of_range"),
        ("photo", {"least": "many"}, "least", "out_of_range"),
        ("text", {"longest": ""}, "longest", "out_of_range"),
        ("choice", {"choice_0_ko": "네", "choice_0_en": "Yes"}, "choices", "too_few_or_many"),
        ("check", {"label_en": " "}, "label", "language_missing"),
        ("check", {"when": "{broken"}, "when", "not_a_condition"),
        ("check", {"severity": "awful"}, "severity", "not_one_of"),
        ("dance", {}, "type", "not_one_of"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(type_, fields, field, why):
    with pytest.raises(BadItem) as refused:
        parse({"items": [typed(type_, **fields)]})
    assert (refused.value.facts["field"], refused.value.facts["why"]) == (field, why)


def test_an_item_may_depend_on_facts_and_on_what_stands_before_it():
    known = options(ITEMS, flags=("fragile",), numbers=("pieces",), before="cushion_photo")
    assert known == [
        {"fact": "fragile", "is": True},
        {"fact": "fragile", "is": False},
        {"fact": "pieces", "at_least": None},
        {"fact": "pieces", "at_most": None},
        {"item": "picking", "is": True},
        {"item": "condition", "is": "fine"},
        {"item": "condition", "is": "box_dented"},
    ]


def test_a_new_key_was_never_used():
    assert free_key("photo", {"photo_1", "photo_3"}) == "photo_2"


def test_items_in_words():
    said = {line.key: line for line in lines(ITEMS, "ko")}
    assert said["weight"].asks == ("10–30,000 g", "목표 상품 무게의 합 (g) ± 500 g (벗어나면 알려만 줘요)")
    assert said["cushion_photo"].when == "깨지기 쉬운 상품이 있을 때"
    assert (said["condition"].asks, said["remark"].required) == (("이상 없어요 / 겉상자만 눌렸어요",), False)
    asked = {**ITEMS[3], "when": {"item": "condition", "is": "box_dented"}}
    assert (
        lines([ITEMS[2], asked], "en")[1].when
        == "when “What condition are the goods in?” is answered “Only the outer box is dented”"
    )


def test_two_editions_in_words():
    picking, scan, condition, cushion, *_rest = ITEMS
    new = [
        scan,
        picking | {"required": False},
        cushion | {"label": cushion["label"] | {"en": "Cushion"}, "least": 2},
    ]
    assert differences([picking, scan, condition, cushion], new, "ko") == (
        Difference("removed", "condition", "상품 상태는 어때요?", "", "3번째 자리", ""),
        Difference("moved", "picking", "담을 상품을 모두 꺼냈어요", "", "1번째 자리", "2번째 자리"),
        Difference("changed", "picking", "담을 상품을 모두 꺼냈어요", "required", "네", "아니요"),
        Difference(
            "changed", "cushion_photo", "완충재를 넣은 사진", "label_en", "Photo of the cushioning", "Cushion"
        ),
        Difference("changed", "cushion_photo", "완충재를 넣은 사진", "least", "1", "2"),
    )


def test_a_publisher_is_told_what_is_odd():
    condition, cushion = ITEMS[2], ITEMS[3] | {"when": {"item": "condition", "is": "gone"}}
    seen_at_seal = [one for one in CRITERIA if one["item"] == "seal"]
    found = troubles([condition, cushion], seen_at_seal, "ko")
    assert [(one.code, one.about) for one in found] == [
        ("criterion", "상자가 제대로 막히지 않았어요"),
        ("never", "완충재를 넣은 사진"),
    ]
