"""How returning is declared: units to sort, a sum that must fit, and goods that move once it is accepted."""

from collections.abc import Mapping
from typing import Any

from base.scope import Scope
from tasks.checklist import Answers, Facts, Problem
from tasks.items import Item
from tasks.kinds.kind import Kind
from tasks.kinds.returning import acts, reads, sorting
from tasks.kinds.returning.procedure import CRITERIA, ITEMS, TITLE
from tasks.models import Task
from tasks.own import Finding


def _say(ko: str, en: str) -> dict[str, str]:
    return {"ko": ko, "en": en}


#: What each field asks, and what it means, by what becomes of its units.
LABELS = {
    "good": (_say("다시 팔 수 있는 것", "Fit to be sold again"), _say("새것과 같아요", "As good as new")),
    "mending": (
        _say("고치면 되는 것", "To be mended"),
        _say("닦거나 다시 싸면 돼요", "By cleaning or wrapping it anew"),
    ),
    "scrap": (_say("버릴 것", "To be thrown away"), _say("팔 수 없어요", "Cannot be sold")),
}


def fields(_scope: Scope, _task: Task) -> tuple[Item, ...]:
    """How many units become what."""
    return tuple(
        Item(
            key=key,
            type="own",
            label=LABELS[fate][0],
            help=LABELS[fate][1],
            required=False,
            severity="critical",
        )
        for key, fate in sorting.FIELDS.items()
    )


def typed(item: Item, form: Any) -> Any:
    """Units, or what was typed instead of them."""
    return sorting.units(form.get(f"answer-{item.key}", ""))


def check(_item: Item, value: Any, _facts: Facts) -> Problem | None:
    """A whole number."""
    return None if isinstance(value, int) and value >= 0 else Problem("not_units", {}, stands=False)


def look(scope: Scope, task: Task, answers: Answers) -> tuple[Finding, ...]:
    """Every unit that came must become something: the sheet waits until the sum fits."""
    found = reads.about(scope, task)
    told = sum(sorting.fates(answers).values())
    if found is None or told == found.arrived:
        return ()
    return (Finding("sum", "own-good", {"told": told, "units": found.arrived}, holds_up=True),)


def shown(scope: Scope, task: Task, answers: Answers) -> Mapping[str, object]:
    """The return, and how its units are sorted."""
    return {"about": reads.about(scope, task), "fates": sorting.fates(answers)}


KIND = Kind(
    name="returning",
    sop_title=TITLE,
    items=ITEMS,
    criteria=CRITERIA,
    first_price=500,
    fields=fields,
    typed=typed,
    check=check,
    look=look,
    shown=shown,
    ready=acts.in_quarantine,
    accepted=acts.sort,
)
