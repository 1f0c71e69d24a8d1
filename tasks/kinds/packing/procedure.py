"""The packing procedure a new shop starts from, and the rubric its parcels are judged by."""

from collections.abc import Mapping
from typing import Any

TITLE = "기본 포장"


def _say(ko: str, en: str) -> dict[str, str]:
    return {"ko": ko, "en": en}


ITEMS: tuple[Mapping[str, Any], ...] = (
    {
        "key": "picking",
        "type": "check",
        "label": _say("담을 상품을 모두 꺼냈어요", "I have laid out every item on the list"),
        "help": _say(
            "목록의 상품명·옵션·수량을 하나씩 맞춰 보세요.",
            "Compare name, option and quantity line by line.",
        ),
        "severity": "major",
    },
    {
        "key": "scan",
        "type": "scan",
        "label": _say("상품을 하나씩 스캔해 주세요", "Scan every item"),
        "help": _say(
            "바코드가 없으면 상품코드를 적어요. 같은 상품이 많으면 코드*12처럼 적어도 돼요.",
            "No barcode? Type the SKU. For many of the same, type CODE*12.",
        ),
        "severity": "critical",
    },
    {
        "key": "condition",
        "type": "choice",
        "label": _say("상품 상태는 어때요?", "What condition are the goods in?"),
        "help": _say(
            "파손·오염·유통기한을 봐 주세요. 문제가 있으면 포장하지 말고 일감을 돌려주세요.",
            "Look for damage, stains and dates. If something is wrong, do not pack: give the task back.",
        ),
        "choices": [
            {"value": "fine", "label": _say("이상 없어요", "All fine")},
            {"value": "box_dented", "label": _say("겉상자만 눌렸어요", "Only the outer box is dented")},
        ],
        "severity": "critical",
    },
    {
        "key": "cushion_photo",
        "type": "photo",
        "label": _say("완충재를 넣은 사진", "Photo of the cushioning"),
        "help": _say(
            "깨지기 쉬운 상품이 있어요. 위·아래·옆 세 면이 보이게 찍어 주세요.",
            "There is something fragile. Show the top, bottom and sides.",
        ),
        "when": {"fact": "fragile", "is": True},
        "severity": "major",
    },
    {
        "key": "packed_photo",
        "type": "photo",
        "label": _say("상자를 닫기 전 사진", "Photo before closing the box"),
        "help": _say(
            "상품이 모두 보이게, 밝은 곳에서 찍어 주세요.",
            "All goods in view, in good light.",
        ),
        "severity": "major",
    },
    {
        "key": "weight",
        "type": "number",
        "label": _say("다 싼 상자의 무게", "Weight of the packed box"),
        "help": _say(
            "예상과 많이 다르면 빠진 상품이 없는지 다시 봐 주세요.",
            "Far from what is expected? Check that nothing is missing.",
        ),
        "unit": "g",
        "min": 10,
        "max": 30000,
        "target": {"fact": "goods_g"},
        "tolerance": 500,
        "firm": False,
        "severity": "minor",
    },
    {
        "key": "seal",
        "type": "check",
        "label": _say("테이프로 열리는 곳을 모두 막았어요", "Every opening is taped shut"),
        "help": _say("흔들어서 소리가 나면 완충재를 더 넣어요.", "If it rattles, add cushioning."),
        "severity": "major",
    },
    {
        "key": "label",
        "type": "check",
        "label": _say("송장을 붙이고 받는 분을 확인했어요", "The label is on and the recipient checked"),
        "help": _say(
            "보이는 이름 글자와 전화번호 앞자리가 송장과 같은지 보세요.",
            "What is shown of the name and the phone number must match the label.",
        ),
        "severity": "critical",
    },
    {
        "key": "remark",
        "type": "text",
        "label": _say("남길 말", "Anything to note"),
        "help": _say(
            "받는 분의 이름·전화번호·주소는 적지 마세요.",
            "Do not write the recipient's name, phone or address.",
        ),
        "required": False,
        "longest": 300,
    },
)

CRITERIA: tuple[Mapping[str, Any], ...] = (
    {
        "code": "wrong_item",
        "item": "scan",
        "severity": "critical",
        "weight": 40,
        "label": _say("다른 상품이 들어갔어요", "A wrong item is in the box"),
    },
    {
        "code": "missing_item",
        "item": "packed_photo",
        "severity": "critical",
        "weight": 40,
        "label": _say("상품이 빠졌어요", "An item is missing"),
    },
    {
        "code": "label_wrong",
        "item": "label",
        "severity": "critical",
        "weight": 40,
        "label": _say("송장이 다르거나 없어요", "The label is wrong or missing"),
    },
    {
        "code": "damaged",
        "item": "condition",
        "severity": "critical",
        "weight": 30,
        "label": _say("상품이 파손·오염됐어요", "Goods are damaged or stained"),
    },
    {
        "code": "bad_cushioning",
        "item": "cushion_photo",
        "severity": "major",
        "weight": 15,
        "label": _say("완충이 부족해요", "Not enough cushioning"),
    },
    {
        "code": "bad_seal",
        "item": "seal",
        "severity": "major",
        "weight": 15,
        "label": _say("상자가 제대로 막히지 않았어요", "The box is not sealed well"),
    },
    {
        "code": "photo_unclear",
        "item": "packed_photo",
        "severity": "minor",
        "weight": 5,
        "label": _say("사진으로 확인하기 어려워요", "The photo does not show enough"),
    },
    {
        "code": "weight_off",
        "item": "weight",
        "severity": "minor",
        "weight": 5,
        "label": _say("무게가 예상과 달라요", "The weight is not as expected"),
    },
)
