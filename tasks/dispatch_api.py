"""The API of being given work: why this or none, some at once, saying no; and assigning and offering."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from base.calls import Sent, Told, call, text
from base.rows import one
from base.scope import Scope
from partners.models import Partner
from security.doors import needs
from tasks import dispatch, explaining, offering
from tasks.api import TaskRow, api, fresh
from tasks.choosing import Seen
from tasks.claiming import MOST_TOGETHER

Ident = Annotated[int, Field(ge=1, le=2**62)]


class QueueSeen(Told):
    """What dispatch decided about a queue: `code` says why, the rest are its facts where it has any."""

    queue: str
    kind: str
    code: str
    due_at: datetime | None
    until: datetime | None
    n: int
    missing: list[int]
    team_id: int | None


class Bar(Told):
    """What keeps a partner from all work: `n` of `of`."""

    code: str
    n: int
    of: int


class WhyWork(Told):
    """Why this work or none: what bars from all of it, the queue that is given from, and every queue."""

    first: str
    bars: list[Bar]
    held: int
    capacity: int
    taken_today: int
    day_limit: int | None
    queues: list[QueueSeen]


class Several(Sent):
    """How many tasks are wanted at once, of which kind or queue; of any where none is said."""

    count: Annotated[int, Field(ge=2, le=MOST_TOGETHER)]
    kind: Annotated[str, text(60)] = ""


class TakenTogether(Told):
    """The tasks that were taken; fewer than wanted where less waits or hands are full."""

    rows: list[TaskRow]


class Assigning(Sent):
    """To whom an open task is given."""

    partner_id: Ident


class Offering(Sent):
    """To whom an open task is shown first, and until when."""

    partner_ids: Annotated[list[Ident], Field(min_length=1, max_length=offering.MOST_CHOSEN)]
    until: datetime


@api.get("/offers/why")
@needs("task.offers")
@call(WhyWork)
def why_work(scope: Scope) -> object:
    """Says why this partner is given this work, or none."""
    return _why(scope, scope.actor.partner_id or 0)


@api.get("/partners/<int:partner_id>/why")
@needs("task.give")
@call(WhyWork)
def why_partner(scope: Scope, partner_id: int) -> object:
    """Says why a partner is given this work, or none."""
    return _why(scope, one(scope, Partner, partner_id).id)


@api.post("/offers/together")
@needs("task.claim")
@call(TakenTogether, body=Several)
def claim_together(scope: Scope, body: Several) -> object:
    """Takes several tasks of one queue at once, with one lease."""
    tasks = dispatch.claim_together(scope, body.kind, count=body.count)
    return TakenTogether(rows=[TaskRow.model_validate(fresh(scope, task.id)) for task in tasks])


@api.post("/offers/<int:task_id>/decline")
@needs("task.claim")
@call()
def decline(scope: Scope, task_id: int) -> None:
    """Says no to what was offered or assigned; it counts against nobody."""
    offering.decline(scope, task_id)


@api.post("/tasks/<int:task_id>/assign")
@needs("task.give")
@call(TaskRow, body=Assigning)
def assign(scope: Scope, task_id: int, body: Assigning) -> object:
    """Gives an open task to a partner, who may decline."""
    return fresh(scope, offering.assign(scope, task_id, partner_id=body.partner_id).id)


@api.post("/tasks/<int:task_id>/offer")
@needs("task.give")
@call(TaskRow, body=Offering)
def offer(scope: Scope, task_id: int, body: Offering) -> object:
    """Shows an open task to some partners alone until a deadline."""
    offering.offer(scope, task_id, partner_ids=body.partner_ids, until=body.until)
    return fresh(scope, task_id)


@api.post("/tasks/<int:task_id>/offer/end")
@needs("task.give")
@call(TaskRow)
def end_offer(scope: Scope, task_id: int) -> object:
    """Ends an offer: the task is for everybody."""
    offering.withdraw(scope, task_id)
    return fresh(scope, task_id)


def _why(scope: Scope, partner_id: int) -> WhyWork:
    found = explaining.explain(scope, partner_id)
    return WhyWork(
        first=found.first.queue if found.first else "",
        bars=[Bar.model_validate(reason) for reason in found.bars],
        held=found.held,
        capacity=found.seen.capacity,
        taken_today=found.taken,
        day_limit=found.seen.day_limit,
        queues=[_seen(seen) for seen in found.choice.trace],
    )


def _seen(seen: Seen) -> QueueSeen:
    told = {name: getattr(seen, name) for name in QueueSeen.model_fields if name != "missing"}
    return QueueSeen(**told, missing=list(seen.missing))
