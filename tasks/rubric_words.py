"""A rubric in words: what a draft's criteria change against the edition in use."""

from typing import Any

from tasks import criteria, sop_changes
from tasks.comparing import Change
from tasks.items import LANGUAGES
from tasks.models import SopRevision
from tasks.sop_changes import Difference
from tasks.sop_words import Speech, speech


def all_differences(old: SopRevision, new: SopRevision, locale: str) -> tuple[Difference, ...]:
    """What an edition changes against another in words: its items, then what they are judged by."""
    return sop_changes.of_documents(old.items, new.items, locale) + differences(old, new, locale)


def differences(old: SopRevision, new: SopRevision, locale: str) -> tuple[Difference, ...]:
    """What an edition's rubric changes against another's, in words."""
    before, after = speech(old.items["items"], locale), speech(new.items["items"], locale)
    found = [_told(change, before, after) for change in criteria.changes(old.rubric, new.rubric)]
    return tuple(difference for told in found for difference in told)


def _told(change: Change, before: Speech, after: Speech) -> list[Difference]:
    label = after.words(change.label) or after.say("rubric")
    if change.field == "label":
        told = [(each, change.old.get(each, ""), change.new.get(each, "")) for each in LANGUAGES]
        return [
            Difference("changed", change.item, label, f"label_{each}", old, new)
            for each, old, new in told
            if old != new
        ]
    old, new = (
        (_value(change.field, change.old, before), _value(change.field, change.new, after))
        if change.field
        else ("", "")
    )
    field = "seen_at" if change.field == "item" else change.field
    return [Difference(change.kind, change.item, label, field, old, new)]


def _value(field: str, value: Any, speaks: Speech) -> str:
    if not value:
        return ""
    if field == "example":
        return str(value.get(speaks.locale) or value.get("ko") or speaks.say("example_picture"))
    if field == "severity":
        return speaks.say(f"severity.{value}")
    return speaks.named(value) if field == "item" else speaks.say("points_n", n=value)
