"""The task page as data: one card for each item, how it stands, and the goods beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from base.scope import Scope
from tasks import checklist, marks, sheet, work
from tasks.checklist import Facts, Good, Item, Missing, Problem
from tasks.lifecycle import REWORK
from tasks.marks import Mark
from tasks.models import Photo, Task
from tasks.own import Finding
from tasks.scanning import Slot, slots, tally
from tasks.sheet import Given


@dataclass(frozen=True, slots=True)
class Card:
    """One item as it is asked now. `again`: the reviewer marked it, and it has not been done again yet."""

    item: Item
    value: Any
    version: int
    photos: tuple[Photo, ...]
    marks: tuple[Mark, ...]
    problem: Problem | Missing | None
    slots: tuple[Slot, ...]
    usual: tuple[Decimal | None, Decimal] | None
    done: bool
    again: bool

    @property
    def stands(self) -> str:
        """How the card is shown: done, failed or todo."""
        if self.done:
            return "done"
        return "failed" if self.again else "todo"


@dataclass(frozen=True, slots=True)
class Picked:
    """A line of the picking list and how many of it were scanned."""

    good: Good
    scanned: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole page: what is to be done, what stands from the last round, and what is missing."""

    task: Task
    cards: tuple[Card, ...]
    stood: tuple[Card, ...]
    goods: tuple[Picked, ...]
    missing: tuple[Missing, ...]
    fragile: bool
    findings: tuple[Finding, ...]
    shown: Mapping[str, object]

    @property
    def own(self) -> tuple[Card, ...]:
        """The kind's own fields, which its partner.html draws."""
        return tuple(card for card in self.cards if card.item.type == "own")

    @property
    def asked(self) -> tuple[Card, ...]:
        """The items of the procedure."""
        return tuple(card for card in self.cards if card.item.type != "own")

    def seen(self, key: str) -> tuple[Finding, ...]:
        """What the machine saw at an item; of the whole where the key is empty."""
        return tuple(one for one in self.findings if one.item == key)

    @property
    def total(self) -> int:
        return sum(card.item.required or card.done for card in self.cards)

    @property
    def done(self) -> int:
        return sum(card.done for card in self.cards)

    def card(self, key: str) -> Card | None:
        """The card of an item, if it is asked."""
        return next((card for card in self.cards if card.item.key == key), None)


@dataclass(frozen=True, slots=True)
class _Known:
    task: Task
    facts: Facts
    answers: Mapping[str, Given]
    photos: Mapping[str, list[Photo]]
    missing: tuple[Missing, ...]

    @property
    def values(self) -> dict[str, Any]:
        return {key: answer.value["v"] for key, answer in self.answers.items()}


def sheet_of(scope: Scope, task: Task) -> Sheet:
    """The page of a task: a few reads, whatever the number of items."""
    answers, photos = sheet.done_so_far(scope, task)
    facts = sheet.facts_of(scope, task)
    known = _Known(task, facts, answers, photos, work.missing(scope, task, facts, answers, photos))
    stood = sheet.stood(scope, task)
    cards = [
        _card(known, item)
        for item in checklist.visible(sheet.items_of(scope, task), known.values, known.facts)
    ]
    return Sheet(
        task=task,
        cards=tuple(card for card in cards if card.item.key not in stood),
        stood=tuple(card for card in cards if card.item.key in stood),
        goods=_picked(cards, known.facts),
        missing=known.missing,
        fragile=known.facts.values.get("fragile") is True,
        findings=sheet.findings_of(scope, task, known.values),
        shown=sheet.shown_of(scope, task, known.values),
    )


def _card(known: _Known, item: Item) -> Card:
    answer, photos = known.answers.get(item.key), known.photos.get(item.key, [])
    value = answer.value["v"] if answer and not sheet.asked_anew(known.task, item, answer) else None
    lacks = next((one for one in known.missing if one.item == item.key), None)
    given = bool(photos) if item.type == "photo" else not checklist.blank(value)
    return Card(
        item=item,
        value=value,
        version=answer.version if answer else 0,
        photos=tuple(photos),
        marks=tuple(mark for mark in marks.marks_of(known.task) if mark.item == item.key),
        problem=lacks if lacks or not given else _warning(item, value, known.facts),
        slots=slots(value or [], known.facts.goods) if item.type == "scan" else (),
        usual=checklist.usually(item, known.facts),
        done=given and lacks is None,
        again=lacks is not None and known.task.state == REWORK and item.key in marks.failed(known.task),
    )


def _warning(item: Item, value: Any, facts: Facts) -> Problem | None:
    return None if item.type == "photo" else checklist.check(item, value, facts)


def _picked(cards: list[Card], facts: Facts) -> tuple[Picked, ...]:
    codes = [code for card in cards if card.item.type == "scan" for code in card.value or []]
    counts = tally(codes, facts.goods)
    return tuple(Picked(good, counts.get(good.sku, 0)) for good in facts.goods)
