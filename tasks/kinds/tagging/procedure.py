"""The procedure tagging starts from, and the rubric its answers are judged by where one is drawn."""

from collections.abc import Mapping
from typing import Any

TITLE = "사진 태그"


def _say(ko: str, en: str) -> dict[str, str]:
    return {"ko": ko, "en": en}


ITEMS: tuple[Mapping[str, Any], ...] = (
    {
        "key": "checked",
        "type": "check",
        "label": _say("사진을 한 장씩 다 보고 골랐어요", "I looked at every picture by itself"),
        "help": _say(
            "보이는 것만 골라요. 알아볼 수 없으면 억지로 고르지 말고 ‘알아볼 수 없어요’를 눌러요.",
            "Choose only what you see. If you cannot make it out, say so instead of guessing.",
        ),
        "severity": "major",
    },
    {
        "key": "remark",
        "type": "text",
        "label": _say("남길 말", "Anything to note"),
        "help": _say("낱말 목록에 없는 것이 보이면 적어 주세요.", "Tell us what the words do not cover."),
        "required": False,
        "longest": 300,
    },
)

CRITERIA: tuple[Mapping[str, Any], ...] = (
    {
        "code": "wrong_tag",
        "severity": "major",
        "weight": 15,
        "label": _say("태그가 사진과 달라요", "A tag does not match the picture"),
    },
    {
        "code": "missing_tag",
        "severity": "minor",
        "weight": 8,
        "label": _say("보이는 것이 빠졌어요", "Something visible is not tagged"),
    },
    {
        "code": "wrong_place",
        "severity": "minor",
        "weight": 8,
        "label": _say("표시한 자리가 달라요", "A mark is in the wrong place"),
    },
    {
        "code": "not_looked",
        "severity": "critical",
        "weight": 40,
        "label": _say("사진을 보지 않고 골랐어요", "Chosen without looking"),
    },
)
