"""The procedure a shop starts from when returned goods are looked at, and what its reviewers look for."""

from collections.abc import Mapping
from typing import Any

TITLE = "반품 확인"


def _say(ko: str, en: str) -> dict[str, str]:
    return {"ko": ko, "en": en}


ITEMS: tuple[Mapping[str, Any], ...] = (
    {
        "key": "unwrapped",
        "type": "check",
        "label": _say("포장을 풀고 상품을 모두 꺼냈어요", "I have unwrapped every unit"),
        "help": _say(
            "상자와 완충재 안쪽까지 봐 주세요. 받는 분 이름이나 주소가 적힌 것은 찍지 마세요.",
            "Look into box and cushioning. Do not photograph anything with a name or an address on it.",
        ),
        "severity": "major",
    },
    {
        "key": "right_goods",
        "type": "choice",
        "label": _say("보낸 상품이 맞나요?", "Is it what was sent?"),
        "choices": [
            {"value": "same", "label": _say("맞아요", "Yes")},
            {"value": "parts_missing", "label": _say("구성품이 빠졌어요", "Parts are missing")},
            {"value": "other", "label": _say("다른 상품이에요", "It is something else")},
        ],
        "severity": "critical",
    },
    {
        "key": "used",
        "type": "choice",
        "label": _say("쓴 흔적이 있나요?", "Has it been used?"),
        "choices": [
            {"value": "new", "label": _say("새것 같아요", "As new")},
            {"value": "opened", "label": _say("열어만 봤어요", "Opened only")},
            {"value": "worn", "label": _say("쓴 흔적이나 흠이 있어요", "Used or damaged")},
        ],
        "severity": "critical",
    },
    {
        "key": "state_photo",
        "type": "photo",
        "label": _say("상품 상태 사진", "Photo of its state"),
        "help": _say(
            "흠이 있으면 그곳이 또렷하게, 없으면 전체가 보이게 찍어 주세요.",
            "Show the flaw clearly; without one, show the whole.",
        ),
        "severity": "critical",
    },
    {
        "key": "remark",
        "type": "text",
        "label": _say("남길 말", "Anything to note"),
        "required": False,
        "longest": 300,
    },
)

CRITERIA: tuple[Mapping[str, Any], ...] = (
    {
        "code": "wrong_fate",
        "item": "state_photo",
        "severity": "critical",
        "weight": 40,
        "label": _say("사진의 상태와 정한 것이 달라요", "What was decided does not fit the photo"),
    },
    {
        "code": "flaw_missed",
        "item": "used",
        "severity": "critical",
        "weight": 40,
        "label": _say("흠을 놓쳤어요", "A flaw was missed"),
    },
    {
        "code": "photo_unclear",
        "item": "state_photo",
        "severity": "minor",
        "weight": 10,
        "label": _say("사진이 흐리거나 어두워요", "The photo is blurred or dark"),
    },
)
