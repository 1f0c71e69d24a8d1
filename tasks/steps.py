"""The gate of a task's state: the only code that moves it, guarded by the state it was seen in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Executable, Update, bindparam, update
from sqlalchemy.orm.attributes import set_committed_value

from base import prepared
from base.errors import Forbidden, Refused
from base.prepared import SHOP
from base.scope import HOUSE, Scope
from partners.pay import pricing
from security import audit
from tasks import clocks, paying, running
from tasks.lifecycle import (
    ASSIGN,
    CANCEL,
    CANCELLED,
    CLAIM,
    CLAIMED,
    ENDED,
    EXPIRE,
    LAPSE,
    OPEN,
    OVERTURN,
    RELEASE,
    SEND_BACK,
    SUBMIT,
    WHO,
    after,
)
from tasks.models import Task
from tasks.passing import gate
from tasks.passing.gate import BEGINNING, Place
from tasks.picks import FIRST_OPEN, HELD_BY, IS_HELD, IS_OPEN, NEXT, NEXT_OPEN, SOME, TAKEN_BY, TASKS, THIS

__all__ = [
    "FIRST_OPEN",
    "HELD_BY",
    "IS_HELD",
    "IS_OPEN",
    "NEXT_OPEN",
    "Gone",
    "Hold",
    "NoSuchStep",
    "NotYourStep",
    "cancel_many",
    "first_open",
    "held_by",
    "seize",
    "seize_next",
    "seize_some",
    "take",
    "taken_by",
]

DONE = {
    CLAIM: "claimed",
    ASSIGN: "assigned",
    RELEASE: "released",
    EXPIRE: "expired",
    SUBMIT: "submitted",
    "sample": "drawn",
    "accept": "accepted",
    SEND_BACK: "sent_back",
    "reject": "rejected",
    CANCEL: "cancelled",
    LAPSE: "lapsed",
    OVERTURN: "overturned",
}
LET_GO = frozenset({RELEASE, EXPIRE})
ROLES = {"partner": {"partner"}, "reviewer": {"reviewer", "owner"}, "owner": {"owner"}}


class NoSuchStep(Refused):
    """The task's life has no such step from where it is; `state` says where."""

    code = "tasks.no_such_step"


class Gone(Refused):
    """Somebody moved the task first."""

    code = "tasks.gone"


class NotYourStep(Forbidden):
    """This step is for somebody else to take."""

    code = "tasks.not_your_step"


def take(scope: Scope, task: Task, step: str, *, fence: int | None = None, **changes: Any) -> None:
    """Moves a task one step, ends and begins the clocks that belong to it, and journals it.

    The row moves only if it still is as it was seen. Raises NoSuchStep, NotYourStep, Gone.
    """
    seen = task.state
    to = after(seen, step)
    if to is None:
        raise NoSuchStep(state=seen, step=step)
    _check_actor(scope, WHO[seen, step])
    values = {"state": to} | _consequences(scope, task, step, to) | changes
    facts = {"task": task.id, "seen": seen, "held": fence} | {f"to_{name}": to for name, to in values.items()}
    moving = _moving(tuple(sorted(values)), fence is not None)
    if (ours(task.id), scope.shop_id) in scope.session.info:  # nobody can be first, so nobody waits for that
        prepared.must(scope, moving, facts, Gone(task_id=task.id))
    elif prepared.run(scope, moving, facts).rowcount != 1:
        raise Gone(task_id=task.id)
    for name, value in values.items():
        set_committed_value(task, name, value)
    clocks.follow(scope, task, seen)
    gate.follow(scope, task, seen)
    _journal(scope, task, step, seen)


def ours(task_id: int) -> tuple[str, int]:
    """The name under which a transaction remembers a task whose row it has locked."""
    return "held", task_id


@cache
def _moving(columns: tuple[str, ...], fenced: bool) -> Update:
    """The guarded statement that changes these columns of a task, prepared once for each set of them."""
    guards = [TASKS.c.shop_id == SHOP, TASKS.c.id == bindparam("task"), TASKS.c.state == bindparam("seen")]
    guards += [TASKS.c.fence == bindparam("held")] if fenced else []
    return update(TASKS).where(*guards).values({name: bindparam(f"to_{name}") for name in columns})


@dataclass(frozen=True, slots=True)
class Hold:
    """What a partner gets with a task: not beyond what they hold or take in a day, and until when.

    `day_limit` is none where they have set none, `day` is when their day began, `step` is
    ASSIGN where the owner gives it. The kind says the price.
    """

    holder_id: int
    capacity: int
    lease_until: datetime
    day: datetime
    day_limit: int | None = None
    step: str = CLAIM


def seize(scope: Scope, task_id: int, hold: Hold) -> Task | None:
    """Gives this task to a partner in one statement; None when it is not open or their hands are full.

    Nobody is given more than the capacity, counted in the same statement; hold the partner's row first.
    """
    return _seized(scope, THIS, hold, {"wanted": task_id, "partner": hold.holder_id})


def seize_next(scope: Scope, queue: str, hold: Hold, *, start: Place = BEGINNING) -> Task | None:
    """Gives the task of a queue that is promised first, from a place in line on, as `seize` does."""
    return _seized(scope, NEXT, hold, gate.looked_from(start, queue, hold.holder_id))


def seize_some(
    scope: Scope, queue: str, hold: Hold, *, count: int, start: Place = BEGINNING
) -> tuple[Task, ...]:
    """Gives up to so many of a queue's first tasks to a partner in one statement, as `seize_next` does.

    They are answers of one place in line, so that of a set nobody is given two.
    """
    facts = gate.looked_from(start, queue, hold.holder_id) | {"count": count} | _told(scope, hold)
    rows = prepared.run(scope, SOME, facts).all()
    return tuple(_begun(scope, row, CLAIM) for row in sorted(rows, key=attrgetter("due_at", "id")))


def _told(scope: Scope, hold: Hold) -> dict[str, Any]:
    return paying.told(scope) | {
        "to": hold.holder_id,
        "capacity": hold.capacity,
        "until": hold.lease_until,
        "since": hold.day,
        "day_limit": -1 if hold.day_limit is None else hold.day_limit,
    }


def _seized(scope: Scope, statement: Executable, hold: Hold, facts: dict[str, Any]) -> Task | None:
    row = prepared.run(scope, statement, facts | _told(scope, hold)).first()
    return None if row is None else _begun(scope, row, hold.step)


def _begun(scope: Scope, row: Any, step: str) -> Task:
    task = prepared.found(scope, Task, row)
    if task.won is None:
        raise pricing.NoPrice(kind=task.kind)
    clocks.follow(scope, task, OPEN, running.told_beside(row))
    if row.last_of_slot:
        gate.uncovered(scope, task)
    _journal(scope, task, step, OPEN)
    return task


def first_open(scope: Scope, queue: str, *, not_left_by: int) -> int | None:
    """The open task of a queue whose promise comes first, past those this partner let go."""
    told = {"in_queue": queue, "partner": not_left_by, "now": scope.now}
    found: int | None = prepared.run(scope, FIRST_OPEN, told).scalar()
    return found


def held_by(scope: Scope, partner_id: int) -> int:
    """How many tasks a partner has in hand."""
    return prepared.run(scope, HELD_BY, {"to": partner_id}).scalar() or 0


def taken_by(scope: Scope, partner_id: int, *, since: datetime) -> int:
    """How many tasks a partner has taken since an instant and not given back."""
    return prepared.run(scope, TAKEN_BY, {"to": partner_id, "since": since}).scalar() or 0


def cancel_many(scope: Scope, task_ids: Sequence[int]) -> list[tuple[int, int | None]]:
    """Cancels those of the tasks that are open or claimed; gives their ids and holders."""
    _check_actor(scope, "owner")
    rows = scope.session.execute(
        update(Task)
        .where(Task.shop_id == scope.shop_id, Task.id.in_(task_ids), Task.state.in_([OPEN, CLAIMED]))
        .values(state=CANCELLED, ended_at=scope.now)
        .returning(Task.id, Task.holder_id)
        .execution_options(synchronize_session=False)
    ).all()
    clocks.void_many(scope, [row.id for row in rows])
    for row in rows:
        was = OPEN if row.holder_id is None else CLAIMED
        audit.note(scope, "task.cancelled", subject="task", subject_id=row.id, was=was, to=CANCELLED)
    return [(row.id, row.holder_id) for row in rows]


def _consequences(scope: Scope, task: Task, step: str, to: str) -> dict[str, Any]:
    """What a step changes besides the state, whoever takes it."""
    if to in ENDED:
        left = {"left_by_id": task.holder_id} if step in LET_GO else {}
        return {"ended_at": scope.now, "lease_until": None} | left
    if to == OPEN:
        empty = dict.fromkeys(("holder_id", "lease_until", "claimed_at", "won", "batch_id"))
        return empty | {"left_by_id": task.holder_id}
    if step == SUBMIT:
        return {"submitted_at": scope.now, "lease_until": None}
    return {"round": task.round + 1} if step == SEND_BACK else {}


def _check_actor(scope: Scope, who: str) -> None:
    """Machine steps are taken by whoever set the machine going; a person's step by a person of that kind."""
    if who in ROLES and scope.actor.role not in ROLES[who] | {HOUSE}:
        raise NotYourStep


def _journal(scope: Scope, task: Task, step: str, was: str) -> None:
    facts: dict[str, int | str] = {"fence": task.fence, "round": task.round, "was": was, "to": task.state}
    audit.note(scope, f"task.{DONE[step]}", subject="task", subject_id=task.id, **facts)
