"""The shapes in which the API of judging tells what is judged, by what, and what was seen."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from base.calls import Listed, RowId, Sent, Told, text
from qa import queries
from qa.judgement import LONGEST_NOTE
from tasks.work_api import Wanted

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


class Example(Told):
    """What a defect looks like, in words by language; `picture` is the key of one, or empty."""

    text: dict[str, str]
    picture: str


class Criterion(Told):
    """A defect the rubric names, what it takes of a hundred points, and examples of it."""

    code: str
    severity: str
    item: str
    weight: int
    label: dict[str, str]
    example: Example


class Rubric(Told):
    """What work of a kind is judged by: of which edition, and from how many points it passes."""

    kind: str
    edition: int
    passing: int
    criteria: list[Criterion]


class DefectFound(Told):
    """A defect that was found."""

    item: str
    code: str
    severity: str
    note: str
    photo_id: int | None
    begins: int | None
    ends: int | None


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
    """A defect as it was seen: a box per mille of the photo's sides, or a stretch of the item's text."""

    code: Annotated[str, text(60, shortest=1)]
    item: Annotated[str, text(60)] = ""
    severity: Severity | Literal[""] = ""
    note: Note = ""
    photo_id: RowId | None = None
    x: PerMille | None = None
    y: PerMille | None = None
    w: PerMille | None = None
    h: PerMille | None = None
    begins: Annotated[int | None, Field(ge=0, le=100_000)] = None
    ends: Annotated[int | None, Field(ge=1, le=100_000)] = None


def shown(desk: queries.Desk) -> InspectionShown:
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
