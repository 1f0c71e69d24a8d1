"""The words of this room's pages that are put together from parts."""

from collections.abc import Iterable, Mapping
from typing import Any

from base.i18n import knows, t
from tasks.cards import Sheet
from tasks.checklist import Item, Missing, Problem


def problem(locale: str, found: Problem | Missing) -> str:
    """What is wrong at an item, in one sentence or a few."""
    if found.code == "scan":
        return " ".join(_scan(locale, found.facts))
    return t(locale, f"tasks.problem.{found.code}", **found.facts)


def refused(locale: str, facts: Mapping[str, Any]) -> str:
    """The words of a BadAnswer: those of its problem where there are any."""
    key = f"tasks.problem.{facts.get('problem')}"
    return t(locale, key if knows(key) else "refused.tasks.bad_answer", **facts)


def saved(locale: str, found: Problem | Missing | None) -> str:
    """What autosave says: saved, and what is still wrong."""
    words = t(locale, "tasks.work.saved")
    return f"{words} · {problem(locale, found)}" if found else words


def lacking(locale: str, sheet: Sheet) -> list[tuple[str, str, str]]:
    """What is missing: the item's key, its name, and what to do."""
    return [
        (card.item.key, card.item.named(locale), problem(locale, card.problem))
        for card in sheet.cards
        if isinstance(card.problem, Missing)
    ]


def options(locale: str, item: Item) -> list[tuple[str, str]]:
    """The choices of an item as a form shows them."""
    return [(choice.value, choice.label.get(locale) or choice.label["ko"]) for choice in item.choices]


def criteria(locale: str, rubric: Mapping[str, Any]) -> dict[str, str]:
    """What the codes of a rubric are called."""
    found = rubric.get("criteria", [])
    return {one["code"]: one["label"].get(locale) or one["label"]["ko"] for one in found}


def _scan(locale: str, facts: Mapping[str, Any]) -> Iterable[str]:
    for kind in ("missing", "extra"):
        if facts[kind]:
            goods = [t(locale, "tasks.problem.scan_units", sku=sku, n=units) for sku, units in facts[kind]]
            yield t(locale, f"tasks.problem.scan_{kind}", what=", ".join(goods))
    if facts["wrong"]:
        yield t(locale, "tasks.problem.scan_wrong", what=", ".join(facts["wrong"]))
