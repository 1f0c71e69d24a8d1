"""Which open task comes next, and whose hands are full: what a claim's one statement is made of."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    update,
)

from base.db import Big
from base.prepared import SHOP
from tasks.lifecycle import CLAIMED, HELD, OPEN, UNDONE
from tasks.models import Task

TASKS: Any = Task.__table__

# As SQL text, not as parameters: the engines use a partial index only where they can read its condition.
IS_OPEN: ColumnElement[bool] = TASKS.c.state == literal_column(f"'{OPEN}'")
IS_HELD: ColumnElement[bool] = TASKS.c.state.in_([literal_column(f"'{state}'") for state in HELD])

#: Of the answers wanted about one thing nobody gives two: one look into an index, for work that has a set.
_SEEN = TASKS.alias("seen")
NOT_GIVEN = ~exists().where(
    _SEEN.c.shop_id == TASKS.c.shop_id,
    _SEEN.c.set_key == TASKS.c.set_key,
    _SEEN.c.set_key != literal_column("''"),
    _SEEN.c.holder_id == bindparam("partner", type_=Big),
    _SEEN.c.state.not_in([literal_column(f"'{state}'") for state in UNDONE]),
)
FIRST_OPEN = (
    select(Task.id)
    .where(
        Task.shop_id == SHOP,
        Task.queue == bindparam("in_queue"),
        IS_OPEN,
        func.coalesce(Task.left_by_id, 0) != bindparam("partner", type_=Big),
        NOT_GIVEN,
    )
    .order_by(Task.slot, Task.due_at, Task.id)  # the first answers of everything, then the second
    .limit(1)
)
#: The first that is in nobody's hands at this instant, locked: for whoever takes it.
NEXT_OPEN = FIRST_OPEN.with_for_update(skip_locked=True)
HELD_BY = (
    select(func.count())
    .select_from(Task)
    .where(Task.shop_id == SHOP, Task.holder_id == bindparam("to", type_=Big), IS_HELD)
)


def _seizing(pick: ColumnElement[bool]) -> Executable:
    """Takes the open task that `pick` names, unless the taker's hands are full; gives it as it is then."""
    guards = (TASKS.c.shop_id == SHOP, IS_OPEN, HELD_BY.scalar_subquery() < bindparam("capacity", type_=Big))
    taking = (
        update(TASKS)
        .where(pick, *guards)
        .values(
            state=CLAIMED,
            holder_id=bindparam("to", type_=Big),
            fence=TASKS.c.fence + 1,
            lease_until=bindparam("until"),
            claimed_at=bindparam("now"),
            won=bindparam("price"),
        )
    )
    return taking.returning(TASKS)


THIS = _seizing(and_(TASKS.c.id == bindparam("wanted", type_=Big), NOT_GIVEN))
NEXT = _seizing(TASKS.c.id == NEXT_OPEN.scalar_subquery())
