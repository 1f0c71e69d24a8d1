"""The words of this room's pages that are put together from parts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from base.i18n import knows, t
from tasks.cards import Sheet
from tasks.checklist import Item, Missing, Problem
from tasks.own import Finding
from tasks.sheet import finding_key


def problem(locale: str, found: Problem | Missing) -> str:
    """What is wrong at an item, in one sentence or a few."""
    if found.code == "scan":
        return " ".join(_scan(locale, found.facts))
    return t(locale, _key(found.code), **found.facts)


def finding(locale: str, kind: str, found: Finding) -> str:
    """What the machine saw, in words."""
    return t(locale, finding_key(kind, found), **found.facts)


def refused(locale: str, facts: Mapping[str, Any]) -> str:
    """The words of a BadAnswer: those of its problem where there are any."""
    key = _key(str(facts.get("problem")))
    return t(locale, key if knows(key) else "refused.tasks.bad_answer", **facts)


def saved(locale: str, found: Problem | Missing | None, seen: Sequence[str] = ()) -> str:
    """What autosave says: saved, what is still wrong, and what the machine saw."""
    said = [t(locale, "tasks.work.saved"), *([problem(locale, found)] if found else []), *seen]
    return " · ".join(dict.fromkeys(said))


def lacking(locale: str, sheet: Sheet) -> list[tuple[str, str, str]]:
    """What is missing: the item's key, its name, and what to do."""
    return [
        (card.item.key, card.item.named(locale), problem(locale, card.problem))
        for card in sheet.cards
        if isinstance(card.problem, Missing)
    ] + [("", "", problem(locale, lack)) for lack in sheet.missing if not lack.item]


def options(locale: str, item: Item) -> list[tuple[str, str]]:
    """The choices of an item as a form shows them."""
    return [(choice.value, choice.label.get(locale) or choice.label["ko"]) for choice in item.choices]


def criteria(locale: str, rubric: Mapping[str, Any]) -> dict[str, str]:
    """What the codes of a rubric are called."""
    found = rubric.get("criteria", [])
    return {one["code"]: one["label"].get(locale) or one["label"]["ko"] for one in found}


def _key(code: str) -> str:
    """The key of a problem's words: a code with a dot in it is one, as a kind's own are."""
    return code if "." in code else f"tasks.problem.{code}"


def _scan(locale: str, facts: Mapping[str, Any]) -> Iterable[str]:
    for kind in ("missing", "extra"):
        if facts[kind]:
            goods = [t(locale, "tasks.problem.scan_units", sku=sku, n=units) for sku, units in facts[kind]]
            yield t(locale, f"tasks.problem.scan_{kind}", what=", ".join(goods))
    if facts["wrong"]:
        yield t(locale, "tasks.problem.scan_wrong", what=", ".join(facts["wrong"]))
