"""What one edition of a procedure changes against another, in words, and what is odd about a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.comparing import DEFAULTS, Change, diff
from tasks.conditions import clauses_of
from tasks.items import LANGUAGES
from tasks.sop_words import Speech, choices_of, speech, speech_of, value_of

Entry = Mapping[str, Any]
WORDY = {"label", "help"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One change in words: at which item, what, and how it was and is."""

    kind: str
    item: str
    label: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is odd about a draft although it may be published: a code and the words it names."""

    code: str
    item: str
    about: str = ""


def of_documents(old: Entry, new: Entry, locale: str) -> tuple[Difference, ...]:
    """What a document changes against another: its purpose, its sections, then its items."""
    before, after = speech_of(old, locale), speech_of(new, locale)
    told = _purpose(old, new, after) + _sections(before, after)
    found = [_difference(change, before, after) for change in diff(old["items"], new["items"])]
    return (*told, *(one for change in found for one in change))


def _purpose(old: Entry, new: Entry, speaks: Speech) -> list[Difference]:
    was, is_ = old.get("purpose", {}), new.get("purpose", {})
    return [
        Difference("changed", "", speaks.say("purpose"), f"purpose_{language}", *said)
        for language in LANGUAGES
        if (said := (was.get(language, ""), is_.get(language, "")))[0] != said[1]
    ]


def _sections(before: Speech, after: Speech) -> list[Difference]:
    """Headings that came, went or were reworded; items that moved between them say so themselves."""
    gone = [key for key in before.sections if key not in after.sections]
    found = [
        Difference("removed", "", before.words(before.sections[key]), "section_gone", "", "") for key in gone
    ]
    for key, title in after.sections.items():
        was = before.sections.get(key)
        if was is None:
            found.append(Difference("added", "", after.words(title), "section_new", "", ""))
            continue
        found += [
            Difference("changed", "", after.words(title), f"title_{each}", was.get(each, ""), title[each])
            for each in LANGUAGES
            if was.get(each, "") != title[each]
        ]
    return found


def differences(old: Sequence[Entry], new: Sequence[Entry], locale: str) -> tuple[Difference, ...]:
    """What the new items change against the old ones, in words."""
    before, after = speech(old, locale), speech(new, locale)
    found = [_difference(change, before, after) for change in diff(old, new)]
    return tuple(one for change in found for one in change)


def _difference(change: Change, before: Speech, after: Speech) -> list[Difference]:
    label = after.words(change.label)
    if change.kind != "changed":
        return [
            Difference(change.kind, change.item, label, "", _place(change, before), _place(change, after))
        ]
    if change.field in WORDY:
        return _reworded(change, label)
    old, new = _told(before, change, change.old), _told(after, change, change.new)
    if old == new and change.field == "choices":  # only the other language's words changed
        old, new = (choices_of(change.old, before.other), choices_of(change.new, after.other))
    return [Difference("changed", change.item, label, change.field, old, new)]


def _place(change: Change, speaks: Speech) -> str:
    keys = list(speaks.items)
    return speaks.say("place", n=keys.index(change.item) + 1) if change.item in keys else ""


def _told(speaks: Speech, change: Change, value: Any) -> str:
    """A changed field's value; what an item leaves out stands at its default."""
    entry = speaks.items.get(change.item, {})
    means = value is None and (change.field != "firm" or "target" in entry)
    return value_of(speaks, change.field, DEFAULTS.get(change.field) if means else value)


def _reworded(change: Change, label: str) -> list[Difference]:
    """Words changed: each language by itself, because both are read."""
    old, new = change.old or {}, change.new or {}
    return [
        Difference(
            "changed",
            change.item,
            label,
            f"{change.field}_{language}",
            old.get(language, ""),
            new.get(language, ""),
        )
        for language in LANGUAGES
        if old.get(language, "") != new.get(language, "")
    ]


def for_reader(found: Sequence[Difference], locale: str) -> tuple[Difference, ...]:
    """What a partner has to know: without the other language, headings, and the purpose shown above."""
    others = tuple(f"_{language}" for language in LANGUAGES if language != locale)
    known = [one for one in found if not one.field.endswith(others)]
    return tuple(one for one in known if not one.field.startswith(("section", "purpose", "title")))


def troubles(entries: Sequence[Entry], criteria: Sequence[Entry], locale: str) -> tuple[Trouble, ...]:
    """What a publisher should know: criteria that look at no item, and conditions nobody can meet."""
    speaks = speech(entries, locale)
    lost = [
        Trouble("criterion", criterion["item"], speaks.words(criterion["label"]))
        for criterion in criteria
        if criterion.get("item") and criterion["item"] not in speaks.items
    ]
    never = [
        Trouble("never", entry["key"], speaks.named(entry["key"]))
        for entry in entries
        if _never(entry, speaks)
    ]
    return (*lost, *never)


def _never(entry: Entry, speaks: Speech) -> bool:
    """Whether no answer there is can fulfil the condition."""
    when = entry.get("when") or {}
    said = [_impossible(clause, speaks) for clause in clauses_of(when)]
    return bool(said) and (all(said) if "any" in when else any(said))


def _impossible(clause: Entry, speaks: Speech) -> bool:
    asked = speaks.items.get(clause.get("item", ""), {})
    if asked.get("type") != "choice" or "is" not in clause:
        return False
    return all(choice["value"] != clause["is"] for choice in asked["choices"])
