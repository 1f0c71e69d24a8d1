"""A task's life in words: what happened when by whom, and what was handed in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from base.i18n import knows, t, won
from security.journal import Entry
from tasks.items import Item, parse
from tasks.models import Submission
from tasks.numbers import decimal_of
from tasks.records import Record

HOUSE = "layout.name"
SAYS_HOW = {"task.accepted", "task.sent_back", "task.rejected", "pay.accrued"}  # acts that tell a verdict


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened: when, by whom, what, and a remark."""

    at: datetime
    who: str
    what: str
    remark: str


@dataclass(frozen=True, slots=True)
class Handed:
    """A submission in words: its answers with the names of their items, and the photos by item."""

    round: int
    at: datetime
    who: str
    answers: tuple[tuple[str, str], ...]
    photos: tuple[tuple[str, tuple[int, ...]], ...]


def life(record: Record, locale: str, *, veiled: datetime | None = None) -> tuple[Told, ...]:
    """What happened to a task, the latest first, but for what is veiled from whoever is to judge it again.

    That it was opened is told by the task itself.
    """
    lines = [line for line in record.lines if not _is_opening(line) and not _is_veiled(line, veiled)]
    told = [_told(line, record.people, locale) for line in lines]
    if veiled:
        told.insert(0, Told(veiled, t(locale, HOUSE), t(locale, "worklist.act.veiled"), ""))
    opened = Told(record.task.opened_at, t(locale, HOUSE), t(locale, "worklist.act.opened"), "")
    return (*told, opened) if not record.more else tuple(told)


def _is_opening(line: Entry) -> bool:
    """The line of a whole import stands at its first task alone."""
    return line.act in {"tasks.opened", "task.reopened"}


def _is_veiled(line: Entry, since: datetime | None) -> bool:
    return since is not None and (line.at > since or (line.at == since and line.act in SAYS_HOW))


def _told(line: Entry, people: Mapping[int, str], locale: str) -> Told:
    key = f"worklist.act.{line.act}"
    what = t(locale, key) if knows(key) else line.act
    who = people.get(line.actor_id) if line.role != "house" else None
    return Told(line.at, who or t(locale, HOUSE), what, _remark(line, locale))


def _remark(line: Entry, locale: str) -> str:
    facts = line.facts
    if line.act == "pay.accrued":
        return won(int(facts.get("won", 0)), locale)
    if line.act == "clock.paused":
        return t(locale, "worklist.owes", party=t(locale, f"worklist.party.{facts['owed_by']}"))
    for words in ("worklist.reason", "tasks.release_reason"):
        if knows(f"{words}.{facts.get('reason')}"):
            return t(locale, f"{words}.{facts['reason']}")
    return t(locale, "worklist.round_n", n=facts["round"]) if facts.get("round", 1) > 1 else ""


def handed_in(record: Record, locale: str) -> tuple[Handed, ...]:
    """What was handed in, the latest round first."""
    items = parse(record.task.revision.items)
    return tuple(_handed(one, items, record.partners, locale) for one in reversed(record.submissions))


def _handed(one: Submission, items: Iterable[Item], partners: Mapping[int, str], locale: str) -> Handed:
    shown = [item for item in items if item.type != "photo" and item.key in one.answers]
    photos = [item for item in items if one.photos.get(item.key)]
    return Handed(
        round=one.round,
        at=one.at,
        who=partners.get(one.partner_id, ""),
        answers=tuple((item.named(locale), _said(item, one.answers[item.key], locale)) for item in shown),
        photos=tuple((item.named(locale), tuple(one.photos[item.key])) for item in photos),
    )


def _said(item: Item, value: Any, locale: str) -> str:
    """An answer as people say it; nothing for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return t(locale, "sops.yes" if value else "sops.no")
    if isinstance(value, list):
        return ", ".join(_counted(value))
    if item.type == "choice":
        return next(
            (c.label.get(locale) or c.label["ko"] for c in item.choices if c.value == value), str(value)
        )
    number = decimal_of(value) if item.type == "number" else None
    return str(value) if number is None else f"{number:,f} {item.unit}".strip()


def _counted(codes: list[str]) -> Iterator[str]:
    for code in dict.fromkeys(codes):
        times = codes.count(code)
        yield code if times == 1 else f"{code} × {times}"
