"""The API of judging: the queue, the evidence, the verdict; and the owner's board in numbers."""

from datetime import datetime
from typing import Annotated

from flask import Blueprint
from pydantic import Field

from base.calls import After, Sent, Told, call
from base.openapi import PREFIX
from base.scope import Scope
from qa import queries, review, shapes, veil, waiting
from qa.appeals import api as appeals_api
from qa.appeals import reads as appeals
from qa.board import measures, outlook
from qa.causes import api as quality_api
from qa.judgement import MOST_DEFECTS
from qa.marking import Seen
from qa.shapes import Inspections, InspectionShown, NewDefect, Note, Verdict
from security.doors import needs

api = Blueprint("qa_api", __name__, url_prefix=PREFIX)
appeals_api.register(api)
quality_api.register(api)


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
    appeal_id = appeals.is_blind(scope, inspection_id)
    if appeal_id is not None:
        raise appeals.LookAgain(appeal_id=appeal_id)
    veil.check(scope, inspection_id)
    return shapes.shown(queries.desk(scope, inspection_id))


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
