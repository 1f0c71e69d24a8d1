"""Fronts: how soon what is first in a queue is promised at the soonest, as it was last looked at.

A front is never later than the promise of the queue's first open task: what is opened moves it back at once,
in the same transaction, and what is taken moves the promise on and leaves the front where it is. So whoever
looks for the nearest promise looks into queues in the order of their fronts, and stops where one lies behind
what was found. Fronts that were left behind are brought up many at a time, once they are in the way.

On PostgreSQL something may be opened while somebody looks. Opening counts in the queue's row, and a front is
brought up only in a row that nobody holds and that still counts as it was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Update, bindparam, literal_column, null, select, update

from base import prepared
from base.db import Big, Utc
from base.prepared import SHOP
from base.scope import Scope
from tasks.passing.gate import END, GOOD_FOR, PASSED, QUEUES, Place
from tasks.picks import IS_OPEN, ME, TASKS, Start, from_place

LOWEST = 64  # looked at together, where those at hand do not settle it
WORTH = 2  # so many left behind are brought up in passing: one alone is in nobody's way


@dataclass(frozen=True, slots=True)
class Left:
    """A front that was left behind, or a partner's own place (by its id): what is first now stands at `to`.

    `openings` is what the queue's row counted when that was seen.
    """

    queue_id: int
    openings: int
    place_id: int | None
    to: Place


def left_behind(row: Any) -> Left | None:
    """What a queue that was just read says of its front; none where it stands where it should."""
    to = Place(row.head_slot, row.head, row.head_id) if row.head_id is not None else END
    stands = row.front if row.place_id is None else Place(row.from_slot, row.from_due, row.from_task)
    if stands == (to.due_at if row.place_id is None else to):
        return None
    return Left(row.queue_id, row.openings, row.place_id, to)


def bring_up(scope: Scope, left: Sequence[Left]) -> int:
    """Brings fronts and places to where they stand now; how many, of those that nobody else has moved."""
    own = [{"of": one.place_id, **_told(one.to)} for one in left if one.place_id is not None]
    shared = [
        {"queue": one.queue_id, "seen": one.openings, "to_due_at": one.to.due_at}
        for one in left
        if one.place_id is None
    ]
    return prepared.run_each(scope, _BRING_UP, shared) + prepared.run_each(scope, _MOVE_ON, own)


def look(scope: Scope, partner_id: int) -> bool:
    """Looks at many of the fronts that lie lowest and of the partner's own places; whether any has moved."""
    told = {"partner": partner_id, "good_since": scope.now - GOOD_FOR}
    rows = (*prepared.run(scope, _FRONTS), *prepared.run(scope, _PLACES, told))
    return bring_up(scope, [left for row in rows if (left := left_behind(row))]) > 0


def _told(to: Place) -> dict[str, Any]:
    return {"to_slot": to.slot, "to_due_at": to.due_at, "to_task_id": to.task_id}


def at_head(name: Any, *start: Start) -> tuple[Any, ...]:
    """Where what is first in a queue stands, or first from a place in its line on.

    A look into an index for each column: where the task is joined by its id, PostgreSQL reads all tasks.
    """

    def of(column: Any, label: str) -> Any:
        first = select(column).where(TASKS.c.shop_id == SHOP, TASKS.c.queue == name, IS_OPEN)
        first = first.where(*(from_place(TASKS, place) for place in start))
        first = first.order_by(TASKS.c.slot, TASKS.c.due_at, TASKS.c.id).limit(1)
        return first.correlate_except(TASKS).scalar_subquery().label(label)

    return of(TASKS.c.slot, "head_slot"), of(TASKS.c.due_at, "head"), of(TASKS.c.id, "head_id")


def _fronts() -> Select[Any]:
    """The lowest fronts of queues that are given out, with what is first now."""
    return (
        select(QUEUES.c.id.label("queue_id"), QUEUES.c.openings, null().label("place_id"))
        .add_columns(QUEUES.c.front, *at_head(QUEUES.c.name))
        .where(QUEUES.c.shop_id == SHOP, QUEUES.c.state == literal_column("'open'"))
        .order_by(QUEUES.c.front, QUEUES.c.id)
        .limit(literal_column(str(LOWEST)))
    )


def _places() -> Select[Any]:
    here = PASSED.c.slot, PASSED.c.due_at, PASSED.c.task_id
    named = (
        column.label(name) for column, name in zip(here, ("from_slot", "from_due", "from_task"), strict=True)
    )
    fresh = PASSED.c.at > bindparam("good_since", type_=Utc())
    return (
        select(literal_column("0").label("queue_id"), literal_column("0").label("openings"))
        .add_columns(PASSED.c.id.label("place_id"), *named, *at_head(PASSED.c.queue, here))
        .where(PASSED.c.shop_id == SHOP, PASSED.c.partner_id == ME, fresh)
        .order_by(PASSED.c.due_at, PASSED.c.id)
        .limit(literal_column(str(LOWEST)))
    )


_FRONTS, _PLACES = _fronts(), _places()
_FREE = (
    select(QUEUES.c.id)
    .where(QUEUES.c.shop_id == SHOP, QUEUES.c.id == bindparam("queue", type_=Big))
    .with_for_update(skip_locked=True)
)
_BRING_UP: Update = (
    update(QUEUES)
    .where(
        QUEUES.c.shop_id == SHOP,
        QUEUES.c.id == _FREE.scalar_subquery(),
        QUEUES.c.openings == bindparam("seen", type_=Big),
    )
    .values(front=bindparam("to_due_at", type_=Utc()))
)
_MOVE_ON: Update = (
    update(PASSED)
    .where(PASSED.c.shop_id == SHOP, PASSED.c.id == bindparam("of", type_=Big))
    .values({name: bindparam(f"to_{name}") for name in ("slot", "due_at", "task_id")})
)
