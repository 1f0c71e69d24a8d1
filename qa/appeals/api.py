"""The API of appeals: filing one's own, and the second look; and what a kind of work is judged by."""

from datetime import datetime
from typing import Annotated

from flask import Blueprint
from pydantic import Field

from base.calls import After, Listed, RowId, Sent, Told, call, text
from base.scope import Scope
from qa import rubric_reads
from qa.appeals import filing, judging, reads
from qa.appeals.filing import LONGEST, MOST_PHOTOS, Chance
from qa.appeals.models import Appeal
from qa.judgement import MOST_DEFECTS
from qa.marking import Seen
from qa.shapes import InspectionShown, NewDefect, Note, Rubric, Verdict, shown
from security.doors import needs


class NewAppeal(Sent):
    """Why the latest verdict on one's own work is wrong, and photos of the work to point at."""

    text: Annotated[str, text(LONGEST, shortest=1)]
    photos: Annotated[list[RowId], Field(default_factory=list, max_length=MOST_PHOTOS)]


class AppealTold(Told):
    """One's own appeal. `effect` says what came of it: whole, paid or known."""

    id: int
    task_id: int
    state: str
    opened_at: datetime
    judge_by: datetime
    ended_at: datetime | None
    note: str
    effect: str
    alone: bool


class Stands(Told):
    """How one's own work stands: until when to appeal, where that is possible, and the appeal there is."""

    task_id: int
    open: bool
    until: datetime | None
    appeal: AppealTold | None


class AppealRow(Told):
    """An appeal that waits for a second look."""

    id: int
    task_id: int
    title: str
    kind: str
    round: int
    opened_at: datetime
    judge_by: datetime


class Appeals(Listed[AppealRow]):
    """A page of the appeals one may judge, first what is due first."""


class AppealShown(Told):
    """A second look: the evidence and the partner's words; neither the first verdict nor any name."""

    id: int
    state: str
    judge_by: datetime
    words: str | None
    photos: list[int]
    alone: bool
    barred: str
    inspection: InspectionShown


class SecondVerdict(Sent):
    """What the second reviewer sees: accept overturns the first verdict, anything else upholds it."""

    verdict: Verdict
    defects: Annotated[list[NewDefect], Field(default_factory=list, max_length=MOST_DEFECTS)]
    note: Note = ""


class AppealJudged(Told):
    """The appeal as it ended."""

    id: int
    state: str
    verdict: str
    score: int | None
    effect: str
    alone: bool


def register(api: Blueprint) -> None:
    """Hangs these calls into the room's."""
    api.get("/work/<int:task_id>/appeal")(own_appeal)
    api.post("/work/<int:task_id>/appeal")(file_appeal)
    api.post("/appeals/<int:appeal_id>/withdraw")(withdraw_appeal)
    api.get("/appeals")(list_appeals)
    api.get("/appeals/<int:appeal_id>")(show_appeal)
    api.post("/appeals/<int:appeal_id>/verdict")(judge_appeal)
    api.get("/rubrics/<string:kind>")(show_rubric)


@needs("appeal.file")
@call(Stands)
def own_appeal(scope: Scope, task_id: int) -> object:
    """Tells whether a verdict on one's own work may be appealed against, and how the appeal stands."""
    return _stands(filing.chance(scope, task_id))


@needs("appeal.file")
@call(AppealTold, body=NewAppeal, status=201)
def file_appeal(scope: Scope, task_id: int, body: NewAppeal) -> object:
    """Appeals against the latest verdict on one's own work."""
    return _told(filing.appeal(scope, task_id, text=body.text, photos=body.photos))


@needs("appeal.file")
@call(AppealTold)
def withdraw_appeal(scope: Scope, appeal_id: int) -> object:
    """Takes one's own appeal back."""
    return _told(filing.withdraw(scope, appeal_id))


@needs("review.judge")
@call(Appeals, query=After)
def list_appeals(scope: Scope, query: After) -> object:
    """Lists the appeals that one may judge."""
    return reads.queue(scope, after=query.after, size=query.size)


@needs("review.judge")
@call(AppealShown)
def show_appeal(scope: Scope, appeal_id: int) -> object:
    """Shows the evidence of an appeal, without a name and without the first verdict."""
    look = reads.second(scope, appeal_id)
    return AppealShown(
        id=look.appeal_id,
        state=look.state,
        judge_by=look.judge_by,
        words=look.words,
        photos=list(look.photos),
        alone=look.alone,
        barred=look.barred,
        inspection=shown(look.desk),
    )


@needs("review.judge")
@call(AppealJudged, body=SecondVerdict)
def judge_appeal(scope: Scope, appeal_id: int, body: SecondVerdict) -> object:
    """Judges an appeal by what the second look sees."""
    seen = [Seen(**each.model_dump()) for each in body.defects]
    return judging.judge(scope, appeal_id, verdict=body.verdict, defects=seen, note=body.note)


@needs("review.queue")
@call(Rubric)
def show_rubric(scope: Scope, kind: str) -> object:
    """Shows what work of a kind is judged by today: its criteria, what they take, and examples."""
    return rubric_reads.today(scope, kind)


def _stands(chance: Chance) -> Stands:
    return Stands(
        task_id=chance.task.id,
        open=chance.open,
        until=chance.until if chance.open else None,
        appeal=_told(chance.appeal) if chance.appeal else None,
    )


def _told(appeal: Appeal) -> AppealTold:
    return AppealTold.model_validate(appeal)
