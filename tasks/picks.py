"""Which open task comes next, and whose hands are full: what a claim's one statement is made of."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from base.db import Big
from base.prepared import SHOP
from partners.models import Price
from tasks.lifecycle import CLAIMED, HELD, OPEN, UNDONE
from tasks.models import Queue, Task

TASKS: Any = Task.__table__
ANY = ""  # in the place of a queue: whichever has the work that is promised first


def _text(state: str) -> ColumnElement[str]:
    """A state as SQL text: the engines use a partial index only where they can read its condition."""
    return literal_column(f"'{state}'")


IS_OPEN: ColumnElement[bool] = TASKS.c.state == _text(OPEN)
IS_HELD: ColumnElement[bool] = TASKS.c.state.in_([_text(state) for state in HELD])


def not_given(tasks: Any) -> ColumnElement[bool]:
    """Of the answers wanted about one thing nobody gives two: one look into an index for each.

    A subquery, not NOT EXISTS: that PostgreSQL makes a join of, over all that the partner ever did.
    """
    seen = TASKS.alias("seen")
    theirs = select(seen.c.id).where(
        seen.c.shop_id == tasks.c.shop_id,
        seen.c.set_key == tasks.c.set_key,
        seen.c.set_key != _text(""),
        seen.c.holder_id == bindparam("partner", type_=Big),
        seen.c.state.not_in([_text(state) for state in UNDONE]),
    )
    return theirs.correlate(tasks).limit(1).scalar_subquery().is_(None)


def _first(tasks: Any, queue: Any) -> Select[int]:
    """The first open task of a queue that this partner may be given: first answers before second ones."""
    return (
        select(tasks.c.id)
        .where(
            tasks.c.shop_id == SHOP,
            tasks.c.queue == queue,
            tasks.c.state == _text(OPEN),
            func.coalesce(tasks.c.left_by_id, 0) != bindparam("partner", type_=Big),
            not_given(tasks),
        )
        .order_by(tasks.c.slot, tasks.c.due_at, tasks.c.id)
        .limit(1)
    )


def _is_asked() -> ColumnElement[bool]:
    """The queues that are open, of them the one asked or any."""
    asked = bindparam("in_queue", type_=String)
    return and_(
        Queue.shop_id == SHOP, Queue.state == _text(OPEN), or_(asked == _text(""), Queue.name == asked)
    )


def _heads(*, locked: bool) -> FromClause:
    """The first of each queue that is asked, and locked it is in nobody's hands at this instant."""
    first = _first(waiting := TASKS.alias("waiting"), Queue.name)
    if locked:
        first = first.with_for_update(skip_locked=True, of=waiting)
    each = select(first.correlate(Queue).scalar_subquery().label("id")).where(_is_asked())
    return each.cte("heads").prefix_with("MATERIALIZED")


def _promised_first(heads: FromClause) -> Select[int]:
    """Of several queues' first tasks the one whose promise comes first."""
    head = TASKS.alias("head")
    due = select(head.c.due_at).where(head.c.id == heads.c.id, head.c.shop_id == SHOP).scalar_subquery()
    return select(heads.c.id).where(heads.c.id.is_not(None)).order_by(due, heads.c.id).limit(1)


FIRST_OPEN = _promised_first(_heads(locked=False))
NEXT_OPEN = _promised_first(_heads(locked=True))
HELD_BY = (
    select(func.count())
    .select_from(Task)
    .where(Task.shop_id == SHOP, Task.holder_id == bindparam("to", type_=Big), IS_HELD)
)
#: What the task's kind pays at this instant.
_PRICE = (
    select(Price.won)
    .where(Price.shop_id == SHOP, Price.kind == TASKS.c.kind, Price.since <= bindparam("now"))
    .order_by(Price.since.desc())
    .limit(1)
    .correlate(TASKS)
)
_GIVEN_OUT = exists().where(Queue.shop_id == SHOP, Queue.name == TASKS.c.queue, Queue.state == _text(OPEN))


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
            won=_PRICE.scalar_subquery(),
        )
    )
    return taking.returning(TASKS)


THIS = _seizing(and_(TASKS.c.id == bindparam("wanted", type_=Big), _GIVEN_OUT, not_given(TASKS)))
NEXT = _seizing(TASKS.c.id == NEXT_OPEN.scalar_subquery())
