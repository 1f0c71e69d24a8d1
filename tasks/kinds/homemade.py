"""What the first procedure of an owner's own kind starts from: two items and two defects, hers to change."""

from collections.abc import Mapping
from typing import Any


def _say(ko: str, en: str) -> dict[str, str]:
    return {"ko": ko, "en": en}


ITEMS: tuple[Mapping[str, Any], ...] = (
    {
        "key": "done",
        "type": "check",
        "label": _say("적힌 대로 마쳤어요", "Done as written"),
        "help": _say("무엇을 해야 끝난 것인지 적어 주세요.", "Say here what done means."),
        "severity": "major",
    },
    {
        "key": "result",
        "type": "text",
        "label": _say("결과", "The result"),
        "help": _say("한 일을 짧게 적어 주세요.", "Say shortly what was done."),
        "severity": "major",
    },
)

CRITERIA: tuple[Mapping[str, Any], ...] = (
    {
        "code": "not_done",
        "item": "done",
        "severity": "critical",
        "weight": 40,
        "label": _say("일이 끝나지 않았어요", "The work is not finished"),
    },
    {
        "code": "careless",
        "item": "result",
        "severity": "minor",
        "weight": 11,
        "label": _say("꼼꼼하지 않아요", "It is not careful"),
    },
)
