"""What a journal line adds to the tallies (pure): the same lines in the same order always add the same."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tasks.choosing import kind_of

SHOP, PARTNER, SOP, SKU = "shop", "partner", "sop", "sku"
HOUR, REVISION, REVIEWER = "hour", "revision", "reviewer"
#: Dimensions that are texts: what was found and where, by procedure; and why a customer claimed.
CODE, ITEM, WHY = "code:", "item:", "why:"
#: n, hits and amount of a day: orders promised for it, kept, gone · first rounds judged, passed ·
#: tasks paid, won · tasks handed in, in time, business seconds · parcels gone, in time, units · units moved.
PROMISE, QUALITY, PAY, PACE, SOLD, MOVED = "promise", "quality", "pay", "pace", "sold", "moved"
#: Of causes: things found at first rounds, pieces with one · looks, of them later ones, seconds · pieces sent
#: back, looks at later rounds, their seconds · lines of parcels gone · escapes, of them inspected, won.
FOUND, LOOK, AGAIN, OUT, ESCAPED = "found", "look", "again", "out", "escaped"
ORDERS, OVERTURNED = "orders", "appeal.overturned"
FIRST = "packing"  # the queue of lines from before there were several
OPEN, CLAIMED = "open", "claimed"
LIVE = (OPEN, CLAIMED, "submitted", "inspection", "rework")
Key = tuple[date, str, str, int]  # day, measure, dim, id
Due = tuple[str, int, int]  # what, minute, edition of the calendar
Sums = tuple[int, int, int]  # n, hits, amount


@dataclass(frozen=True, slots=True)
class Line:
    """A journal line as far as it counts."""

    seq: int
    act: str
    subject_id: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What never changes of a task."""

    kind: str
    due: int
    sop_id: int


@dataclass(frozen=True, slots=True)
class Held:
    """A stage of doing that ended with a verdict."""

    at: datetime
    partner_id: int
    met: bool
    seconds: int


@dataclass(frozen=True, slots=True)
class Paid:
    """A pay line."""

    at: datetime
    partner_id: int
    won: int


@dataclass(frozen=True, slots=True)
class Judged:
    """An inspection that ended; the products are those of the order."""

    at: datetime
    round: int
    passed: bool
    partner_id: int
    sop_id: int
    products: tuple[int, ...]
    revision_id: int = 0
    handed_in: datetime | None = None
    seconds: int = 0  # of looking at it
    found: tuple[tuple[str, str], ...] = ()  # item and code of each thing found
    verdict: str = ""
    reviewer_id: int = 0
    reason: str = ""
    clock: tuple[bool, int] | None = None  # whether it was judged in time, and the business seconds


@dataclass(frozen=True, slots=True)
class Looked:
    """Another look at what was judged, and the first: by whom, what was said; the known verdict, if any."""

    at: datetime
    in_time: bool
    reviewer_id: int
    verdict: str
    first_by: int
    first: str
    sop_id: int
    known: str = ""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What never changes of an order that has ended; units by product."""

    due: int
    edition: int
    met: bool
    shipped_at: datetime | None
    goods: Mapping[int, int]
    lines: int = 0
    hand: tuple[int, int] | None = None  # who packed it, by which procedure


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rows say that the lines name."""

    zone: ZoneInfo
    tasks: Mapping[int, TaskFacts] = field(default_factory=dict)
    held: Mapping[tuple[int, int], Held] = field(default_factory=dict)  # by task and fence
    paid: Mapping[int, Paid] = field(default_factory=dict)
    judged: Mapping[int, Judged] = field(default_factory=dict)
    looks: Mapping[int, Looked] = field(default_factory=dict)
    orders: Mapping[int, OrderFacts] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """Sums by key: what stands, or what is to be added to it."""

    days: dict[Key, Sums] = field(default_factory=dict)
    dues: Counter[Due] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, key: Key, n: int = 0, hits: int = 0, amount: int = 0) -> None:
        """Adds to a day."""
        old = self.days.get(key, (0, 0, 0))
        self.days[key] = (old[0] + n, old[1] + hits, old[2] + amount)

    def plus(self, other: "Sheet") -> "Sheet":
        """Both together."""
        made = Sheet(dict(self.days), self.dues.copy(), self.counts.copy())
        for key, sums in other.days.items():
            made.add(key, *sums)
        made.dues.update(other.dues)
        made.counts.update(other.counts)
        return made

    def trimmed(self) -> "Sheet":
        """Without what is nothing."""
        return Sheet(
            {key: sums for key, sums in self.days.items() if any(sums)},
            Counter({key: n for key, n in self.dues.items() if n}),
            Counter({key: n for key, n in self.counts.items() if n}),
        )


def day_of(minute: int, zone: ZoneInfo) -> date:
    """The local day a minute lies in."""
    return local(datetime.fromtimestamp(minute * 60, UTC), zone)


def local(at: datetime, zone: ZoneInfo) -> date:
    """The local day of an instant."""
    return at.astimezone(zone).date()


def fold(lines: Iterable[Line], facts: Facts) -> Sheet:
    """What these lines add."""
    sheet = Sheet()
    for line in lines:
        _one(sheet, line, facts)
    return sheet


def _one(sheet: Sheet, line: Line, facts: Facts) -> None:
    if line.act in {"tasks.opened", "task.reopened"}:
        sheet.counts[f"flow.{OPEN}"] += line.facts["count"]
        sheet.dues[kind_of(str(line.facts.get("queue", FIRST))), line.facts["due"], 0] += line.facts["count"]
    elif "was" in line.facts:
        _step(sheet, line, facts)
    elif line.act == "pay.accrued":
        paid(sheet, facts.paid[line.subject_id], facts.tasks[line.subject_id].sop_id, facts.zone)
    elif line.act == "inspection.judged":
        judged(sheet, facts.judged[line.subject_id], facts.zone)
    elif line.act == OVERTURNED:
        overturned(sheet, facts.judged[line.facts["inspection"]], facts.zone)
    elif line.act in {"orders.promised", "orders.taken_back"}:
        sign = 1 if line.act == "orders.promised" else -1
        promised(sheet, line.facts["due"], line.facts["edition"], sign * line.facts["count"], facts.zone)
    elif line.act == "order.shipped":
        shipped(sheet, facts.orders[line.subject_id], facts.zone)
    elif line.act == "order.cancelled" and line.facts["whole"]:
        gone = facts.orders[line.subject_id]
        promised(sheet, gone.due, gone.edition, -1, facts.zone)


def _step(sheet: Sheet, line: Line, facts: Facts) -> None:
    was, to, task = line.facts["was"], line.facts["to"], facts.tasks[line.subject_id]
    for state, by in ((was, -1), (to, 1)):
        if state in LIVE:
            sheet.counts[f"flow.{state}"] += by
        if state == OPEN:
            sheet.dues[task.kind, task.due, 0] += by
    ended = facts.held.get((line.subject_id, line.facts.get("fence", -1)))
    if was == CLAIMED and ended is not None:
        handed_in(sheet, ended, task.sop_id, facts.zone)


def promised(sheet: Sheet, due: int, edition: int, count: int, zone: ZoneInfo) -> None:
    """Orders that wait."""
    sheet.dues[ORDERS, due, edition] += count
    sheet.add((day_of(due, zone), PROMISE, SHOP, 0), n=count)


def shipped(sheet: Sheet, gone: OrderFacts, zone: ZoneInfo) -> None:
    """An order that waited and left."""
    sheet.dues[ORDERS, gone.due, gone.edition] -= 1
    left(sheet, gone, zone)


def left(sheet: Sheet, gone: OrderFacts, zone: ZoneInfo) -> None:
    """An order that left."""
    sheet.add((day_of(gone.due, zone), PROMISE, SHOP, 0), hits=gone.met, amount=1)
    if gone.shipped_at is not None:
        for product_id, units in gone.goods.items():
            sheet.add((local(gone.shipped_at, zone), SOLD, SKU, product_id), 1, gone.met, units)


def paid(sheet: Sheet, line: Paid, sop_id: int, zone: ZoneInfo) -> None:
    """A task that was accepted."""
    for dim, id_ in ((SHOP, 0), (PARTNER, line.partner_id), (SOP, sop_id)):
        sheet.add((local(line.at, zone), PAY, dim, id_), n=1, amount=line.won)


def handed_in(sheet: Sheet, held: Held, sop_id: int, zone: ZoneInfo) -> None:
    """A task that left its hand, in time or not."""
    for dim, id_ in ((SHOP, 0), (PARTNER, held.partner_id), (SOP, sop_id)):
        sheet.add((local(held.at, zone), PACE, dim, id_), 1, held.met, held.seconds)


def judged(sheet: Sheet, seen: Judged, zone: ZoneInfo) -> None:
    """A first round that was judged; later rounds say nothing about getting it right at once."""
    if seen.round != 1:
        return
    for dim, id_ in _dims(seen):
        sheet.add((local(seen.at, zone), QUALITY, dim, id_), n=1, hits=seen.passed)


def overturned(sheet: Sheet, seen: Judged, zone: ZoneInfo) -> None:
    """A first round whose verdict fell at a second look: it had passed, on the day it was judged."""
    if seen.round == 1 and not seen.passed:
        for dim, id_ in _dims(seen):
            sheet.add((local(seen.at, zone), QUALITY, dim, id_), hits=1)


def _dims(seen: Judged) -> list[tuple[str, int]]:
    return [(SHOP, 0), (PARTNER, seen.partner_id), (SOP, seen.sop_id), *((SKU, id_) for id_ in seen.products)]
