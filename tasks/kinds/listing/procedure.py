"""The listing procedure a new shop starts from, and the rubric its listings are judged by."""

from collections.abc import Mapping
from typing import Any

TITLE = "상품 등록"


def _say(ko: str, en: str) -> dict[str, str]:
    return {"ko": ko, "en": en}


ITEMS: tuple[Mapping[str, Any], ...] = (
    {
        "key": "read",
        "type": "check",
        "label": _say(
            "공급처 설명과 사진을 끝까지 봤어요", "I read the supplier's text and looked at every picture"
        ),
        "help": _say(
            "설명과 사진이 다르면 적지 말고 남길 말에 알려 주세요.",
            "Where text and pictures disagree, do not guess: say so in the note.",
        ),
        "severity": "major",
    },
    {
        "key": "numbers",
        "type": "check",
        "label": _say(
            "크기·무게·용량을 설명과 다시 맞춰 봤어요",
            "I checked sizes, weights and volumes against the text",
        ),
        "help": _say(
            "단위를 바꾼 값은 한 번 더 계산해 보세요.",
            "Where you changed a unit, calculate it once more.",
        ),
        "severity": "critical",
    },
    {
        "key": "own_words",
        "type": "check",
        "label": _say("다른 상점의 글이나 사진을 옮겨 적지 않았어요", "Nothing is copied from another shop"),
        "help": _say("공급처가 준 것만 쓸 수 있어요.", "Only what the supplier gave may be used."),
        "severity": "critical",
    },
    {
        "key": "remark",
        "type": "text",
        "label": _say("사장님께 남길 말", "Anything to tell the owner"),
        "help": _say(
            "설명에 없어서 못 적은 것이 있으면 적어 주세요.", "What could not be told because nobody says it?"
        ),
        "required": False,
        "longest": 300,
        "severity": "minor",
    },
)

CRITERIA: tuple[Mapping[str, Any], ...] = (
    {"code": "wrong_fact", "item": "own-description", "severity": "critical", "weight": 40,
     "label": _say("상품과 다른 내용이에요", "It says something that is not so")},
    {"code": "wrong_number", "item": "own-attributes", "severity": "critical", "weight": 40,
     "label": _say("크기·무게·용량이 틀렸어요", "A size, weight or volume is wrong")},
    {"code": "notice_wrong", "item": "own-notice", "severity": "critical", "weight": 30,
     "label": _say("상품정보제공고시가 틀리거나 모자라요", "The product notice is wrong or lacks something")},
    {"code": "wrong_price", "item": "own-price", "severity": "critical", "weight": 40,
     "label": _say("가격이 틀렸어요", "The price is wrong")},
    {"code": "poor_title", "item": "own-title", "severity": "major", "weight": 15,
     "label": _say("상품명으로 무엇인지 알기 어려워요", "The title does not say what it is")},
    {"code": "options_wrong", "item": "own-options", "severity": "major", "weight": 20,
     "label": _say("옵션이 틀리거나 빠졌어요", "An option is wrong or missing")},
    {"code": "wrong_category", "item": "own-category", "severity": "major", "weight": 15,
     "label": _say("카테고리가 맞지 않아요", "The category does not fit")},
    {"code": "off_brand", "item": "own-description", "severity": "minor", "weight": 5,
     "label": _say("브랜드 말투와 달라요", "Not in the brand's tone")},
    {"code": "bad_pictures", "item": "own-pictures", "severity": "minor", "weight": 5,
     "label": _say("사진 순서나 고른 사진이 알맞지 않아요", "The pictures or their order do not suit")},
)  # fmt: skip
