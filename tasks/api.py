"""The API of work: what is on offer, taking it, giving it back; and all tasks, for the owner."""

from datetime import datetime
from typing import Annotated, Literal

from flask import Blueprint, Response
from sqlalchemy import select

from base import files
from base.calls import After, Listed, Sent, Told, call, text
from base.openapi import PREFIX
from base.rows import mine, one
from base.scope import Scope
from security.doors import needs
from tasks import day, dispatch, evidence, queries, stopping
from tasks.models import Submission, Task

api = Blueprint("tasks_api", __name__, url_prefix=PREFIX)

State = Literal["open", "claimed", "submitted", "inspection", "rework", "accepted", "rejected", "cancelled"]
KindName = Annotated[str, text(60)]
Reason = Literal["no_time", "goods_missing", "goods_damaged", "unclear", "mistake", "other"]
Why = Literal["order_changed", "goods_missing", "new_procedure", "mistake", "other"]


class TaskRow(Told):
    """A unit of a partner's work; `fence` is the number of its present hold."""

    id: int
    kind: str
    title: str
    state: State
    order_id: int | None
    product_id: int | None
    target: str
    slot: int
    note: str
    replaces_id: int | None
    holder_id: int | None
    round: int
    fence: int
    due_at: datetime
    opened_at: datetime
    claimed_at: datetime | None
    submitted_at: datetime | None
    ended_at: datetime | None
    lease_until: datetime | None
    won: int | None


class Tasks(Listed[TaskRow]):
    """A page of tasks: live ones by their promise, ended ones latest first."""


class WhichTasks(After):
    """Which tasks: those in a state, of a kind or of every one."""

    state: State = "open"
    kind: KindName = ""


class WhichOffers(After):
    """Which work: of a kind; where none is said, that of the task promised first."""

    kind: KindName = ""


class WhichNext(Sent):
    """Of which kind the next task is wanted; of any where none is said."""

    kind: KindName = ""


class HandedIn(Told):
    """A submission: which round, by whom, when, and with which photos."""

    id: int
    round: int
    partner_id: int
    at: datetime
    photos: dict[str, list[int]]


class TaskShown(TaskRow):
    """A task with what was handed in."""

    submissions: list[HandedIn]


class Stopping(Sent):
    """Why work is cancelled."""

    reason: Why


class Offer(Told):
    """Work that may be taken; `why_not` are the codes of what keeps it from this partner."""

    id: int
    kind: str
    title: str
    note: str
    due_at: datetime
    pieces: int
    kinds: int
    won: int
    why_not: list[str]


class Offers(Listed[Offer]):
    """A page of offers, the earliest promise first."""


class Held(Told):
    """A task in this partner's hands; `marked` are the items that came back."""

    id: int
    kind: str
    title: str
    state: Literal["claimed", "rework"]
    due_at: datetime
    lease_until: datetime
    won: int
    pieces: int
    marked: list[str]
    note: str


class InHand(Told):
    """What is in this partner's hands, and how many tasks they may hold."""

    rows: list[Held]
    capacity: int


class GivingBack(Sent):
    """Why a task is given back."""

    reason: Reason


@api.get("/tasks")
@needs("task.see")
@call(Tasks, query=WhichTasks)
def list_tasks(scope: Scope, query: WhichTasks) -> object:
    """Lists the shop's tasks in a state."""
    return queries.tasks(scope, state=query.state, kind=query.kind, after=query.after, size=query.size)


@api.get("/tasks/<int:task_id>")
@needs("task.see")
@call(TaskShown)
def show_task(scope: Scope, task_id: int) -> object:
    """Shows a task with what was handed in."""
    task = one(scope, Task, task_id)
    handed_in = mine(scope, Submission).where(Submission.task_id == task.id).order_by(Submission.round)
    row = TaskRow.model_validate(task).model_dump()
    return TaskShown(
        **row, submissions=[HandedIn.model_validate(s) for s in scope.session.scalars(handed_in)]
    )


@api.post("/tasks/<int:task_id>/cancel")
@needs("task.cancel")
@call(TaskRow, body=Stopping)
def cancel_task(scope: Scope, task_id: int, body: Stopping) -> object:
    """Cancels work that is open or in somebody's hands."""
    stopping.cancel(scope, task_id, reason=body.reason)
    return fresh(scope, task_id)


@api.get("/offers")
@needs("task.offers")
@call(Offers, query=WhichOffers)
def offers(scope: Scope, query: WhichOffers) -> object:
    """Lists work that may be taken."""
    found = queries.offers(scope, kind=query.kind, after=query.after, size=query.size)
    return {"rows": [_offer(offer) for offer in found.rows], "next": found.next}


@api.post("/offers/next")
@needs("task.claim")
@call(TaskRow, query=WhichNext)
def claim_next(scope: Scope, query: WhichNext) -> object:
    """Takes the open task that is promised first, of a kind or of any."""
    return fresh(scope, dispatch.claim_next(scope, query.kind).id)


@api.post("/offers/<int:task_id>/claim")
@needs("task.claim")
@call(TaskRow)
def claim(scope: Scope, task_id: int) -> object:
    """Takes this task; one already in hand is given again."""
    return fresh(scope, dispatch.claim(scope, task_id).id)


@api.get("/work")
@needs("task.work")
@call(InHand)
def in_hand(scope: Scope) -> object:
    """Lists what is in this partner's hands, what came back first."""
    today = day.today(scope)
    return InHand(rows=[_held(held) for held in (*today.sent_back, *today.held)], capacity=today.capacity)


@api.post("/work/<int:task_id>/release")
@needs("task.work")
@call(body=GivingBack)
def release(scope: Scope, task_id: int, body: GivingBack) -> None:
    """Gives a task back for a reason; what was done so far is kept as a draft."""
    dispatch.release(scope, task_id, reason=body.reason)


@api.get("/work/<int:task_id>/pictures/<string:name>")
@needs("task.work")
@call(media="image/jpeg")
def shown_picture(scope: Scope, task_id: int, name: str) -> Response:
    """Sends a product picture that a task in hand shows, by its number or its field's key."""
    return Response(evidence.shown(scope, task_id, name), mimetype="image/jpeg")


@api.get("/photos/<int:photo_id>")
@needs("photo.see")
@call(media="image/jpeg")
def photo(scope: Scope, photo_id: int) -> Response:
    """Sends a photo; partners get those they took."""
    row = evidence.visible_to(scope, photo_id)
    return Response(files.get(scope.world.files, row.file_key), mimetype="image/jpeg")


def fresh(scope: Scope, task_id: int) -> Task:
    """The task as the database has it now, after a guarded UPDATE."""
    stmt = select(Task).where(Task.shop_id == scope.shop_id, Task.id == task_id)
    return scope.session.scalars(stmt.execution_options(populate_existing=True)).one()


def _offer(offer: queries.Offer) -> Offer:
    told = {name: getattr(offer, name) for name in Offer.model_fields if name != "why_not"}
    return Offer(**told, why_not=[reason.code for reason in offer.why_not])


def _held(held: day.Held) -> Held:
    told = {name: getattr(held, name) for name in Held.model_fields if name != "marked"}
    return Held(**told, marked=sorted({mark.item for mark in held.marks if mark.item}))


from tasks import dispatch_api, kind_api, work_api  # noqa: E402, F401 (its doors open on `api`)
