"""Answers as cells of a file: every type of item, and editions that asked differently."""

import pytest

from tasks import checklist
from tasks.results.rule import cell, columns, row


def item(key: str, type_: str, ko: str, **more: object) -> dict[str, object]:
    return {"key": key, "type": type_, "label": {"ko": ko, "en": ko.upper()}, "severity": "minor", **more}


CHOICES = [
    {"value": "fine", "label": {"ko": "좋아요", "en": "Fine"}},
    {"value": "bad", "label": {"ko": "나빠요", "en": "Bad"}},
]
FIRST = checklist.parse({"items": [item("ok", "check", "확인"), item("memo", "text", "메모")]})
SECOND = checklist.parse(
    {"items": [item("memo", "text", "적을 말"), item("state", "choice", "상태", choices=CHOICES)]}
)
OTHERS = {
    one.key: one
    for one in checklist.parse(
        {
            "items": [
                item("ok", "check", "확인"),
                item("n", "number", "수"),
                item("state", "choice", "상태", choices=CHOICES),
                item("codes", "scan", "바코드"),
                item("memo", "text", "메모"),
                item("shots", "photo", "사진"),
            ]
        }
    )
}


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("ok", True, "✓"),
        ("ok", False, ""),
        ("ok", None, ""),
        ("n", "12", 12),
        ("n", "12.50", "12.5"),
        ("n", 1200, 1200),
        ("n", "열둘", ""),
        ("state", "fine", "Fine"),
        ("state", "bad", "Bad"),
        ("state", "gone", "gone"),
        ("state", None, ""),
        ("codes", ["880", "881"], "880, 881"),
        ("memo", "=1+1", "=1+1"),  # the file makes it harmless
        ("memo", None, ""),
    ],
)
def test_an_answer_as_a_cell(key: str, value: object, written: object) -> None:
    assert cell(OTHERS[key], value, "en") == written


def test_photos_are_counted_and_what_was_not_asked_is_empty() -> None:
    assert [cell(OTHERS["shots"], None, "ko", photos=n) for n in (0, 2)] == ["", 2]
    assert cell(None, "무엇이든", "ko") == ""


def test_every_edition_has_its_columns_and_the_newest_names_them() -> None:
    wanted = columns([SECOND, FIRST])
    assert [one.named("ko") for one in wanted] == ["적을 말", "상태", "확인"]
    asked = {one.key: one for one in FIRST}
    assert row(asked, wanted, {"ok": True, "memo": "글", "state": "fine"}, {}, "ko") == ["글", "", "✓"]
