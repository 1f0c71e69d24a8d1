"""The API of judging: the queue, the evidence, the verdict; and the owner's board in numbers."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field, JsonValue

from base.calls import After, Listed, RowId, Sent, Told, call, text
from base.openapi import PREFIX
from base.scope import Scope
from qa import queries, review, waiting
from qa.board import measures, outlook
from qa.judgement import LONGEST_NOTE, MOST_DEFECTS
from qa.marking import Seen
from security.doors import needs
from tasks.work_api import Wanted

api = Blueprint("qa_api", __name__, url_prefix=PREFIX)

Verdict = Literal["accept", "send_back", "reject"]
Severity = Literal["critical", "major", "minor"]
Note = Annotated[str, text(LONGEST_NOTE)]
PerMille = Annotated[int, Field(ge=0, le=1000)]


class InspectionRow(Told):
    """A submission that waits for a verdict; `due_at` is when it must be judged so that nothing is late."""

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


class Inspections(Listed[InspectionRow]):
    """A page of the queue, first what will be late first."""


class Answered(Told):
    """An item as it was answered."""

    key: str
    type: str
    label: dict[str, str]
    value: JsonValue
    problem: str
    photos: list[int]
    back: bool


class Criterion(Told):
    """A defect the rubric names."""

    code: str
    severity: str
    item: str


class DefectFound(Told):
    """A defect that was found."""

    item: str
    code: str
    severity: str
    note: str
    photo_id: int | None


class InspectionShown(InspectionRow):
    """A submission with its evidence and the rubric; whose work it is, is not told."""

    score: int | None
    note: str
    items: list[Answered]
    goods: list[Wanted]
    rubric: list[Criterion]
    defects: list[DefectFound]
    own: bool
    last_round: bool
    order_cancelled: bool


class NewDefect(Sent):
    """A defect as it was seen; the box is per mille of the photo's sides."""

    code: Annotated[str, text(60, shortest=1)]
    item: Annotated[str, text(60)] = ""
    severity: Severity | Literal[""] = ""
    note: Note = ""
    photo_id: RowId | None = None
    x: PerMille | None = None
    y: PerMille | None = None
    w: PerMille | None = None
    h: PerMille | None = None


class Judgement(Sent):
    """A verdict on the version that was seen; work that does not pass needs a defect or a note."""

    version: Annotated[int, Field(ge=0, le=1_000_000)]
    verdict: Verdict
    defects: Annotated[list[NewDefect], Field(default_factory=list, max_length=MOST_DEFECTS)]
    note: Note = ""


class Judged(Told):
    """The verdict as it stands."""

    id: int
    task_id: int
    state: str
    verdict: Verdict
    score: int | None
    version: int


class Today(Told):
    """How today stands: orders due, those that left or are in danger, and all that is late."""

    due: int
    left: int
    at_risk: int
    late: int
    oldest: datetime | None
    code: str


class InDanger(Told):
    """An order or a task that will be late, or is, and why."""

    level: str
    reason: str
    order_id: int | None
    task_id: int | None
    title: str
    state: str
    due_at: datetime


class Share(Told):
    """A share of `n`, and of the week before; none where too few were counted."""

    percent: int | None
    n: int
    points: int | None


class Amount(Told):
    """An amount, and its change on the week before in percent."""

    now: int
    change: int | None


class Board(Told):
    """The owner's board in numbers."""

    today: Today
    promises: Share
    quality: Share
    stock: Amount
    cost: Amount
    at_risk: list[InDanger]


@api.get("/inspections")
@needs("review.queue")
@call(Inspections, query=After)
def queue(scope: Scope, query: After) -> object:
    """Lists what waits for a verdict, never the reviewer's own work."""
    return waiting.queue(scope, after=query.after, size=query.size)


@api.get("/inspections/<int:inspection_id>")
@needs("review.judge")
@call(InspectionShown)
def show_inspection(scope: Scope, inspection_id: int) -> object:
    """Shows a submission with its evidence and the rubric."""
    return _shown(queries.desk(scope, inspection_id))


@api.post("/inspections/<int:inspection_id>/verdict")
@needs("review.judge")
@call(Judged, body=Judgement)
def judge(scope: Scope, inspection_id: int, body: Judgement) -> object:
    """Accepts the work, sends it back to the same hand, or rejects it for good."""
    return review.judge(
        scope,
        inspection_id,
        version=body.version,
        verdict=body.verdict,
        defects=[Seen(**each.model_dump()) for each in body.defects],
        note=body.note,
    )


@api.get("/board")
@needs("board.see")
@call(Board)
def board(scope: Scope) -> object:
    """Tells how the day stands: promises, quality, stock, cost, and what is in danger."""
    seen = outlook.outlook(scope)
    tiles = measures.tiles(scope, seen.horizon)
    return Board(
        today=Today.model_validate(seen.verdict),
        promises=_share(tiles.promises),
        quality=_share(tiles.quality),
        stock=Amount(now=tiles.stock.units, change=tiles.stock.change),
        cost=Amount.model_validate(tiles.cost),
        at_risk=[InDanger.model_validate(row) for row in seen.rows],
    )


def _share(rate: measures.Rate) -> Share:
    return Share(percent=rate.now.percent if rate.now.enough else None, n=rate.now.n, points=rate.points)


def _shown(desk: queries.Desk) -> InspectionShown:
    return InspectionShown(
        **asdict(desk.at_hand),
        score=desk.score,
        note=desk.note,
        items=[
            Answered(
                key=each.item.key,
                type=each.item.type,
                label=dict(each.item.label),
                value=each.value,
                problem=each.problem.code if each.problem else "",
                photos=list(each.photos),
                back=each.back,
            )
            for each in desk.items
        ],
        goods=[Wanted.model_validate(line) for line in desk.goods],
        rubric=[Criterion.model_validate(one) for one in desk.rubric.criteria],
        defects=[DefectFound.model_validate(defect) for defect in desk.defects],
        own=desk.own,
        last_round=desk.last_round,
        order_cancelled=desk.order_cancelled,
    )
