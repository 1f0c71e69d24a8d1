"""What a shop looks at before it says yes, and how each thing stands (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

STATUS, DOCUMENT, CONTRACT, MEETING, OTHER = "status", "document", "contract", "meeting", "other"
KINDS = (STATUS, DOCUMENT, CONTRACT, MEETING, OTHER)
ANY, PERSON, BUSINESS = "any", "person", "business"
WHOM = (ANY, PERSON, BUSINESS)
GOOD, BAD = "good", "bad"
MISSING, SEEN, SOON, OVER = "missing", "seen", "soon", "over"
REMINDED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Item:
    """Something to look at: of whom, and whether it runs out on a day."""

    id: int
    what: str
    name: str
    whom: str
    lasts: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody saw of it: good or not, on which day, and the last day on which it counts."""

    item_id: int
    outcome: str
    saw: str
    by: int
    day: date
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """One item with the latest look at it, and how it stands."""

    item: Item
    look: Look | None
    stands: str


def asked_of(items: Iterable[Item], *, kind: str) -> tuple[Item, ...]:
    """The items that are asked of somebody; an employee is asked what a person is."""
    mine = BUSINESS if kind == BUSINESS else PERSON
    return tuple(item for item in items if item.whom in {ANY, mine})


def lines(items: Iterable[Item], looks: Sequence[Look], *, kind: str, today: date) -> tuple[Line, ...]:
    """How everything stands that is asked of somebody; `looks` with the latest last."""
    latest = {look.item_id: look for look in looks}
    return tuple(_line(item, latest.get(item.id), today) for item in asked_of(items, kind=kind))


def _line(item: Item, look: Look | None, today: date) -> Line:
    if look is None:
        return Line(item, None, MISSING)
    if look.outcome == BAD:
        return Line(item, look, BAD)
    if look.last_day is None:
        return Line(item, look, SEEN)
    if look.last_day < today:
        return Line(item, look, OVER)
    return Line(item, look, SOON if look.last_day <= today + REMINDED else SEEN)


def open_(found: Iterable[Line]) -> tuple[Line, ...]:
    """The lines that keep a yes back."""
    return tuple(line for line in found if line.stands not in {SEEN, SOON})


def good_until(look: Look | None, *, zone: ZoneInfo) -> datetime | None:
    """From when on a look counts no more; none where it never did, `datetime.max` for no end."""
    if look is None or look.outcome == BAD:
        return None
    if look.last_day is None:
        return datetime.max.replace(tzinfo=zone)
    return datetime.combine(look.last_day + timedelta(days=1), datetime.min.time(), tzinfo=zone)
