"""The gate of the places: moved by a claim that had to pass over much, forgotten when something opens before.

A place is a hint. On PostgreSQL a claim may miss what somebody else is just opening; it is then found when
the hint is GOOD_FOR old, and before anybody is told that nothing waits.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, case, delete, tuple_, update

from base import prepared
from base.db import Big, Utc
from base.once import once
from base.prepared import SHOP
from base.scope import Scope
from tasks.lifecycle import OPEN, UNDONE
from tasks.models import Queue, Task
from tasks.passing.models import Passed

GOOD_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a queue's line something stands: first answers before second ones, then by promise."""

    slot: int
    due_at: datetime
    task_id: int


BEGINNING = Place(-1, datetime(1970, 1, 1, tzinfo=UTC), 0)
END = Place(2**31 - 1, datetime(9999, 1, 1, tzinfo=UTC), 0)


def place_of(task: Task) -> Place:
    """Where a task stands in its queue."""
    return Place(task.slot, task.due_at, task.id)


def looked_from(place: Place, queue: str, partner_id: int) -> dict[str, Any]:
    """A queue, a place in its line and who is looked for, in the words of the statements of `tasks.picks`."""
    place_ = {"from_slot": place.slot, "from_due": place.due_at, "from_task": place.task_id}
    return place_ | {"in_queue": queue, "partner": partner_id}


def passed(scope: Scope, queue: str, partner_id: int, *, to: Place) -> None:
    """Nothing that waits in the queue before a place is for the partner."""
    at = {"slot": to.slot, "due_at": to.due_at, "task_id": to.task_id, "at": scope.now}
    told = {f"to_{name}": value for name, value in at.items()}
    if prepared.run(scope, _MOVING, told | {"whose": partner_id, "in_queue": queue}).rowcount == 0:
        row = {"shop_id": scope.shop_id, "partner_id": partner_id, "queue": queue}
        once(scope.session, Passed, row | at)


def follow(scope: Scope, task: Task, left: str) -> None:
    """What a task's step changes in its queue's line, by the state it has left."""
    if task.state == OPEN:
        opened(scope, task.queue, first=place_of(task))
    elif task.state in UNDONE:
        may_again(scope, task)
    if left == OPEN:
        uncovered(scope, task)


def opened(scope: Scope, queue: str, *, first: Place) -> None:
    """Something waits in a queue again from this place on, or is promised no sooner than this place.

    Who was passed beyond it starts anew, and the queue's front is no later than it.
    """
    told = {"in_queue": queue, "slot": first.slot, "due_at": first.due_at, "task": first.task_id}
    prepared.tell(scope, _OPENED, told)
    prepared.tell(scope, _SOONER, {"in_queue": queue, "due_at": first.due_at})


def uncovered(scope: Scope, task: Task) -> None:
    """A task was taken out of its queue's line behind which next to none of like slot waits.

    What comes next are later answers, which may be promised sooner: nobody knows now what stands in front.
    """
    if task.set_key:
        prepared.tell(scope, _SOONER, {"in_queue": task.queue, "due_at": BEGINNING.due_at})
        prepared.tell(scope, _UNCOVERED, {"in_queue": task.queue, "slot": task.slot})


def may_again(scope: Scope, task: Task) -> None:
    """What a partner had answered about a thing has come to nothing: they may be given it again."""
    if task.set_key and task.holder_id is not None:
        prepared.run(scope, _MAY_AGAIN, {"whose": task.holder_id, "in_queue": task.queue})


PASSED: Any = Passed.__table__
_THEIRS = (
    PASSED.c.shop_id == SHOP,
    PASSED.c.partner_id == bindparam("whose", type_=Big),
    PASSED.c.queue == bindparam("in_queue", type_=String),
)
_MOVING = (
    update(PASSED)
    .where(*_THEIRS)
    .values({name: bindparam(f"to_{name}") for name in ("slot", "due_at", "task_id", "at")})
)
_OPENED = delete(PASSED).where(
    PASSED.c.shop_id == SHOP,
    PASSED.c.queue == bindparam("in_queue", type_=String),
    tuple_(PASSED.c.slot, PASSED.c.due_at, PASSED.c.task_id)
    > tuple_(bindparam("slot", type_=Big), bindparam("due_at", type_=Utc()), bindparam("task", type_=Big)),
)
_UNCOVERED = delete(PASSED).where(
    PASSED.c.shop_id == SHOP,
    PASSED.c.queue == bindparam("in_queue", type_=String),
    PASSED.c.slot == bindparam("slot", type_=Big),
)
QUEUES: Any = Queue.__table__
_DUE = bindparam("due_at", type_=Utc())
#: Said whether or not the front moves by it: who is just looking must learn that something was opened.
_SOONER = (
    update(QUEUES)
    .where(QUEUES.c.shop_id == SHOP, QUEUES.c.name == bindparam("in_queue", type_=String))
    .values(front=case((QUEUES.c.front > _DUE, _DUE), else_=QUEUES.c.front), openings=QUEUES.c.openings + 1)
)
_MAY_AGAIN = delete(PASSED).where(*_THEIRS)
