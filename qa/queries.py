"""What reviewers see: the queue, and everything about the one submission at hand. Never whose work it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from base.rows import Page, mine, one, page
from base.scope import Scope
from qa import holding, judgement, scoring
from qa.marking import Spot, box
from qa.models import Defect, Inspection
from qa.sampling import REVISION
from qa.scoring import Rubric
from security.shops import rules
from stock.lifecycle import CANCELLED
from stock.models import Order
from tasks import checklist, practice, sheet
from tasks.checklist import Facts, Item, Problem
from tasks.models import Submission, Task
from tasks.own import Finding
from tasks.scanning import tally

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """One submission in the queue; due is when it must be judged so that nothing is late."""

    id: int
    task_id: int
    title: str
    kind: str
    round: int
    reason: str
    due_at: datetime
    drawn_at: datetime
    state: str
    verdict: str
    version: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of a product that belong into the parcel, and how many were scanned."""

    sku: str
    name: str
    units: int
    scanned: int


@dataclass(frozen=True, slots=True)
class Answered:
    """One item as it was asked and answered; `back` when an earlier round was sent back for it."""

    item: Item
    value: Any
    problem: Problem | None
    photos: tuple[int, ...]
    back: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """How an earlier round was judged."""

    round: int
    verdict: str
    score: int | None
    note: str
    defects: tuple[Defect, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a reviewer needs for one decision."""

    at_hand: Waiting
    score: int | None
    note: str
    items: tuple[Answered, ...]
    goods: tuple[Wanted, ...]
    rubric: Rubric
    defects: tuple[Defect, ...]
    earlier: tuple[Earlier, ...]
    marks: Mapping[int, list[tuple[int, int, int, int]]]
    own: bool
    elsewhere: bool
    last_round: bool
    clean: tuple[int, int] | None  # clean pieces of this hand under a new edition, and how many are wanted
    order_cancelled: bool
    findings: tuple[Finding, ...]
    shown: Mapping[str, object]

    @property
    def fields(self) -> tuple[Answered, ...]:
        """The kind's own fields, which its reviewer.html draws."""
        return tuple(one for one in self.items if one.item.type == "own")

    @property
    def photos(self) -> list[tuple[int, Item]]:
        """Photo ids with their items, in the order of the procedure."""
        return [(photo, answered.item) for answered in self.items for photo in answered.photos]


def queue(scope: Scope, *, after: str = "", size: int = SHOWN, but: int = 0) -> Page[Waiting]:
    """What waits for a verdict, first what will be late first; never the reviewer's own work.

    What another reviewer has open is left out, and `but`, the one that is being decided just now.
    """
    stmt = (
        mine(scope, Inspection)
        .where(*holding.for_me(scope), Inspection.id != but)
        .options(joinedload(Inspection.task))
    )
    by = (Inspection.due_at, Inspection.id)
    found = page(scope, stmt, by=by, after=after, size=size, newest_first=False)
    return Page([_waiting(row) for row in found.rows], found.next)


def count(scope: Scope) -> int:
    """How many wait for a verdict of this reviewer."""
    waiting = select(func.count()).where(Inspection.shop_id == scope.shop_id, *holding.for_me(scope))
    return scope.session.scalar(waiting) or 0


def elsewhere(scope: Scope) -> int:
    """How many are open at another reviewer's desk, and so not offered."""
    held = select(func.count()).where(
        Inspection.shop_id == scope.shop_id,
        Inspection.held_by != scope.actor.id,
        Inspection.held_until > scope.now,
        ~judgement.own_work(scope),
    )
    return scope.session.scalar(held) or 0


def around(rows: Sequence[Waiting], inspection_id: int) -> tuple[int | None, int | None]:
    """The ids before and after one in the queue; the first of the others where it is not among them."""
    ids = [row.id for row in rows]
    if inspection_id not in ids:
        return None, (ids[0] if ids else None)
    place = ids.index(inspection_id)
    before = ids[place - 1] if place else None
    return before, (ids[place + 1] if place + 1 < len(ids) else None)


def desk(scope: Scope, inspection_id: int) -> Desk:
    """One inspection with its evidence, its rubric and what earlier rounds were told. Raises NotFound."""
    inspection = one(scope, Inspection, inspection_id)
    task, submission = one(scope, Task, inspection.task_id), one(scope, Submission, inspection.submission_id)
    facts = sheet.facts_of(scope, task)
    earlier = _earlier(scope, inspection)
    back = {defect.item for one_ in earlier[:1] for defect in one_.defects}
    items = _items(sheet.items_of(scope, task), submission, facts, back)
    return Desk(
        at_hand=_waiting(inspection),
        score=inspection.score,
        note=inspection.note,
        items=items,
        goods=_goods(items, facts),
        rubric=scoring.parse(task.revision.rubric),
        defects=tuple(inspection.defects),
        earlier=earlier,
        marks=_marks([*inspection.defects, *(defect for one_ in earlier for defect in one_.defects)]),
        own=judgement.is_own(scope, inspection),
        elsewhere=holding.is_held_by_other(scope, inspection),
        last_round=not judgement.may_send_back(scope, inspection),
        clean=_clean(scope, inspection, submission, task),
        order_cancelled=_is_cancelled(scope, task),
        findings=sheet.findings_of(scope, task, submission.answers),
        shown=sheet.shown_of(scope, task, submission.answers),
    )


def _waiting(row: Inspection) -> Waiting:
    return Waiting(
        id=row.id,
        task_id=row.task_id,
        title=row.task.title,
        kind=row.task.kind,
        round=row.round,
        reason=row.reason,
        due_at=row.due_at,
        drawn_at=row.drawn_at,
        state=row.state,
        verdict=row.verdict,
        version=row.version,
    )


def _items(
    asked: Sequence[Item], submission: Submission, facts: Facts, back: set[str]
) -> tuple[Answered, ...]:
    answers = submission.answers
    return tuple(
        Answered(
            item=item,
            value=answers.get(item.key),
            problem=_problem(item, answers.get(item.key), facts),
            photos=tuple(submission.photos.get(item.key, ())),
            back=item.key in back,
        )
        for item in checklist.visible(asked, answers, facts)
    )


def _problem(item: Item, value: Any, facts: Facts) -> Problem | None:
    if checklist.blank(value) or (item.type == "scan" and not facts.goods):
        return None  # of a cancelled order nothing is wanted any more, so nothing can be compared
    return checklist.check(item, value, facts)


def _goods(items: Sequence[Answered], facts: Facts) -> tuple[Wanted, ...]:
    scans = [one_.value for one_ in items if one_.item.type == "scan" and one_.value]
    found = tally(scans[0], facts.goods) if scans else {}
    return tuple(Wanted(good.sku, good.name, good.quantity, found.get(good.sku, 0)) for good in facts.goods)


def _earlier(scope: Scope, inspection: Inspection) -> tuple[Earlier, ...]:
    """The judged rounds before this one, the latest first."""
    rows = scope.session.scalars(
        mine(scope, Inspection)
        .where(Inspection.task_id == inspection.task_id, Inspection.round < inspection.round)
        .where(Inspection.state == "judged")
        .options(selectinload(Inspection.defects))
        .order_by(Inspection.round.desc())
    )
    return tuple(Earlier(row.round, row.verdict, row.score, row.note, tuple(row.defects)) for row in rows)


def _marks(defects: Sequence[Defect]) -> dict[int, list[tuple[int, int, int, int]]]:
    found: dict[int, list[tuple[int, int, int, int]]] = {}
    for seen in defects:
        if seen.photo_id is not None and seen.x is not None and seen.y is not None:
            spot = Spot(seen.photo_id, seen.x, seen.y, seen.w or 0, seen.h or 0)
            found.setdefault(seen.photo_id, []).append(box(spot))
    return found


def _clean(
    scope: Scope, inspection: Inspection, submission: Submission, task: Task
) -> tuple[int, int] | None:
    if inspection.reason != REVISION:
        return None
    whose = {"partner_id": submission.partner_id, "revision_id": task.sop_revision_id}
    return practice.clean(scope, **whose), rules(scope).revision_n


def _is_cancelled(scope: Scope, task: Task) -> bool:
    state = select(Order.state).where(Order.shop_id == scope.shop_id, Order.id == task.order_id)
    return scope.session.scalar(state) == CANCELLED
