"""What reviewers see: the queue, and everything about the one submission at hand. Never whose work it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from base.rows import mine, one
from base.scope import Scope
from qa import holding, judgement, marking, scoring, veil
from qa.marking import Spot, box
from qa.models import Defect, Inspection
from qa.reviewers import looking, offered
from qa.reviewers.models import Look
from qa.sampling.draws import REVISION
from qa.scoring import Rubric
from qa.waiting import Waiting, as_waiting
from security.shops import rules
from stock.lifecycle import CANCELLED
from stock.models import Order
from tasks import checklist, practice, sheet
from tasks.checklist import Facts, Item, Problem
from tasks.models import Submission, Task
from tasks.own import Finding
from tasks.scanning import tally

TEXTS = ("text", "own")  # items whose answer may be a text that can be marked


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
    def texts(self) -> list[tuple[Item, str, list[tuple[str, bool]]]]:
        """Texts that marks may lie on, and their pieces with what was marked in them."""
        return [
            (one.item, one.value, marking.pieces(one.value, _stretches(self.defects, one.item.key)))
            for one in self.items
            if one.item.type in TEXTS and isinstance(one.value, str) and one.value
        ]

    @property
    def photos(self) -> list[tuple[int, Item]]:
        """Photo ids with their items, in the order of the procedure."""
        return [(photo, answered.item) for answered in self.items for photo in answered.photos]


def desk(scope: Scope, inspection_id: int) -> Desk:
    """One inspection with its evidence, its rubric and what earlier rounds were told. Raises NotFound.

    How another judged it is told as far as `veil` lets the actor read it.
    """
    inspection = offered.at_desk(scope, inspection_id)
    task, submission = one(scope, Task, inspection.task_id), one(scope, Submission, inspection.submission_id)
    facts = sheet.facts_of(scope, task)
    earlier = _earlier(scope, inspection)
    told = veil.tells(scope, inspection)
    back = {defect.item for one_ in earlier[:1] for defect in one_.defects}
    items = _items(sheet.items_of(scope, task), submission, facts, back)
    defects = _defects(inspection) if told else []
    at_hand = as_waiting(inspection, task)
    return Desk(
        at_hand=at_hand if told else replace(at_hand, verdict=""),
        score=inspection.score if told else None,
        note=inspection.note if told else "",
        items=items,
        goods=_goods(items, facts),
        rubric=scoring.parse(task.revision.rubric),
        defects=tuple(defects),
        earlier=earlier,
        marks=_marks([*defects, *(defect for one_ in earlier for defect in one_.defects)]),
        own=judgement.is_own(scope, inspection),
        elsewhere=holding.is_held_by_other(scope, inspection),
        last_round=not judgement.may_send_back(scope, inspection),
        clean=_clean(scope, inspection, submission, task),
        order_cancelled=_is_cancelled(scope, task),
        findings=sheet.findings_of(scope, task, submission.answers),
        shown=sheet.shown_of(scope, task, submission.answers),
    )


def _defects(of: Inspection | Look) -> Sequence[Defect]:
    return of.defects if isinstance(of, Inspection) else looking.defects_of(of)


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


def _earlier(scope: Scope, inspection: Inspection | Look) -> tuple[Earlier, ...]:
    """The judged rounds before this one, the latest first; none that the actor is to judge blind before."""
    rows = scope.session.scalars(
        mine(scope, Inspection)
        .where(Inspection.task_id == inspection.task_id, Inspection.round < inspection.round)
        .where(Inspection.state == "judged", veil.unveiled(scope))
        .options(selectinload(Inspection.defects))
        .order_by(Inspection.round.desc())
    )
    return tuple(Earlier(row.round, row.verdict, row.score, row.note, tuple(row.defects)) for row in rows)


def _stretches(defects: Sequence[Defect], item: str) -> list[tuple[int, int]]:
    return [
        (one.begins, one.ends)
        for one in defects
        if one.item == item and one.begins is not None and one.ends is not None
    ]


def _marks(defects: Sequence[Defect]) -> dict[int, list[tuple[int, int, int, int]]]:
    found: dict[int, list[tuple[int, int, int, int]]] = {}
    for seen in defects:
        if seen.photo_id is not None and seen.x is not None and seen.y is not None:
            spot = Spot(seen.photo_id, seen.x, seen.y, seen.w or 0, seen.h or 0)
            found.setdefault(seen.photo_id, []).append(box(spot))
    return found


def _clean(
    scope: Scope, inspection: Inspection | Look, submission: Submission, task: Task
) -> tuple[int, int] | None:
    """As it stood while this was waiting: whoever is inspected for a new edition has not enough yet."""
    if inspection.reason != REVISION:
        return None
    whose = {"partner_id": submission.partner_id, "revision_id": task.sop_revision_id}
    wanted = rules(scope).revision_n
    known = practice.clean(scope, **whose)
    return min(known, max(wanted - 1, 0)) if inspection.state == "waiting" else known, wanted


def _is_cancelled(scope: Scope, task: Task) -> bool:
    state = select(Order.state).where(Order.shop_id == scope.shop_id, Order.id == task.order_id)
    return scope.session.scalar(state) == CANCELLED
