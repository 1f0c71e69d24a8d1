"""Which open task comes next, and whose hands are full: what a claim's one statement is made of."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from base.db import Big, Utc
from base.prepared import SHOP
from tasks import paying, running
from tasks.lifecycle import CLAIMED, HELD, OPEN, UNDONE
from tasks.models import Queue, Task, TaskOffer

TASKS: Any = Task.__table__
Start = tuple[Any, Any, Any]  # slot, promise and id of a task: where it stands in its queue's line
ANY = ""  # in the place of a kind: whichever the choice comes to
ME, NOW = bindparam("partner", type_=Big), paying.NOW  # who is given to, and when


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
        seen.c.holder_id == ME,
        seen.c.state.not_in([_text(state) for state in UNDONE]),
    )
    return theirs.correlate(tasks).limit(1).scalar_subquery().is_(None)


def offered_to_others(tasks: Any) -> ColumnElement[bool]:
    """Whether a task is shown to others alone for now: the owner offered it, and not to this partner."""
    mine = select(TaskOffer.id).where(
        TaskOffer.shop_id == tasks.c.shop_id,
        TaskOffer.task_id == tasks.c.id,
        TaskOffer.partner_id == ME,
        TaskOffer.declined_at.is_(None),
        TaskOffer.until > NOW,
    )
    held_back = and_(tasks.c.offered_until.is_not(None), tasks.c.offered_until > NOW)
    return and_(held_back, mine.correlate(tasks).scalar_subquery().is_(None))


def _givable(tasks: Any) -> tuple[ColumnElement[bool], ...]:
    """What a partner is given by itself: open, not let go by them, not answered by them, not for others."""
    return (
        tasks.c.shop_id == SHOP,
        tasks.c.state == _text(OPEN),
        func.coalesce(tasks.c.left_by_id, 0) != ME,
        not_given(tasks),
        not_(offered_to_others(tasks)),
    )


def from_place(tasks: Any, start: Start) -> ColumnElement[bool]:
    """Whether a task stands at a place of its queue's line or behind it."""
    return tuple_(tasks.c.slot, tasks.c.due_at, tasks.c.id) >= tuple_(*start)


def first_of(queue: Any, column: str, start: Start | None = None) -> Select[Any]:
    """Of the first open task of a queue that this partner may be given: first answers before second ones.

    It is looked for from a place in line on, if one is named.
    """
    tasks = TASKS.alias("waiting")
    return (
        select(tasks.c[column])
        .where(*_givable(tasks), tasks.c.queue == queue, *((from_place(tasks, start),) if start else ()))
        .order_by(tasks.c.slot, tasks.c.due_at, tasks.c.id)
        .limit(1)
    )


def near(queue: Any, count: int, start: Start, *columns: str) -> Select[Any]:
    """Of the first that this partner may be given among so many open tasks from a place in line.

    In the order in which the inner rows come: sorting them again would cost each queue more than the look.
    """
    tasks = TASKS.alias("waiting")
    looked_at = ("id", "shop_id", "state", "slot", "due_at", "set_key", "left_by_id", "offered_until")
    some = (
        select(*(tasks.c[name] for name in looked_at))
        .where(tasks.c.shop_id == SHOP, tasks.c.queue == queue, tasks.c.state == _text(OPEN))
        .where(from_place(tasks, start))
        .order_by(tasks.c.slot, tasks.c.due_at, tasks.c.id)
        .limit(count)
    )
    outside = getattr(queue, "table", None)  # whose queue it is, where a statement is asked about several
    some = some.correlate(outside) if outside is not None else some
    rows = some.subquery("near")
    return select(*(rows.c[name] for name in columns)).where(*_givable(rows)).limit(1)


IN_QUEUE = bindparam("in_queue", type_=String)
#: The place in line from which is looked; what stands before it is not for this partner.
START = (
    bindparam("from_slot", type_=Big),
    bindparam("from_due", type_=Utc()),
    bindparam("from_task", type_=Big),
)
FIRST_OPEN = first_of(IN_QUEUE, "id")
#: The same, and in nobody's hands at this instant.
NEXT_OPEN = first_of(IN_QUEUE, "id", START).with_for_update(skip_locked=True)
HELD_BY = (
    select(func.count())
    .select_from(Task)
    .where(Task.shop_id == SHOP, Task.holder_id == bindparam("to", type_=Big), IS_HELD)
)
_GIVEN_OUT = exists().where(Queue.shop_id == SHOP, Queue.name == TASKS.c.queue, Queue.state == _text(OPEN))


#: How many a partner has taken since an instant: the beginning of the day.
TAKEN_BY = (
    select(func.count())
    .select_from(Task)
    .where(
        Task.shop_id == SHOP,
        Task.holder_id == bindparam("to", type_=Big),
        Task.claimed_at >= bindparam("since", type_=Utc()),
    )
)
_LIMIT = bindparam("day_limit", type_=Big)  # below 0 where the partner has set none


def _seizing(pick: ColumnElement[bool], **more: ColumnElement[int]) -> Executable:
    """Takes the open task that `pick` names, unless the taker's hands or day are full; gives it as it is."""
    guards = (
        TASKS.c.shop_id == SHOP,
        IS_OPEN,
        _GIVEN_OUT,
        HELD_BY.scalar_subquery() < bindparam("capacity", type_=Big),
        or_(_LIMIT < 0, TAKEN_BY.scalar_subquery() < _LIMIT),
    )
    taking = (
        update(TASKS)
        .where(pick, *guards)
        .values(
            state=CLAIMED,
            holder_id=bindparam("to", type_=Big),
            fence=TASKS.c.fence + 1,
            lease_until=bindparam("until"),
            claimed_at=NOW,
            won=paying.price(TASKS),
            **more,
        )
    )
    return taking.returning(TASKS, *running.beside(), _last_of_slot())


#: So many may claim from one queue at one instant without seeing each other, as on PostgreSQL.
AT_ONE_INSTANT = 16


def _last_of_slot() -> ColumnElement[Any]:
    """Of an answer wanted beside others, just taken: whether next to none of like slot waits behind it."""
    behind = TASKS.alias("behind")
    names = ("queue", "slot", "due_at", "id", "set_key")
    its: dict[str, Any] = {name: literal_column(f"tasks.{name}") for name in names}
    queue = cast(its["queue"], String)  # as it is, SQLite finds no index for a text out of what is given
    later = (
        select(behind.c.slot)
        .where(behind.c.shop_id == SHOP, behind.c.queue == queue)
        .where(behind.c.state == _text(OPEN), from_place(behind, (its["slot"], its["due_at"], its["id"])))
        .order_by(behind.c.slot, behind.c.due_at, behind.c.id)
        .limit(1)
        .offset(AT_ONE_INSTANT - 1)
    )
    other = func.coalesce(later.scalar_subquery(), -1) != its["slot"]
    return case((its["set_key"] != _text(""), other)).label("last_of_slot")


THIS = _seizing(
    and_(TASKS.c.id == bindparam("wanted", type_=Big), not_given(TASKS), not_(offered_to_others(TASKS)))
)
NEXT = _seizing(TASKS.c.id == NEXT_OPEN.scalar_subquery())


def _together() -> Executable:
    """Takes some of a queue's first tasks at once, as many as there is room for; of one place in line alone.

    Their batch is called by the first of them, which all of the rows are told in the same breath.
    """
    tasks = TASKS.alias("waiting")
    place = first_of(IN_QUEUE, "slot", START).scalar_subquery()
    room = bindparam("capacity", type_=Big) - HELD_BY.scalar_subquery()
    left = case((_LIMIT < 0, bindparam("count", type_=Big)), else_=_LIMIT - TAKEN_BY.scalar_subquery())
    many = _least(_least(bindparam("count", type_=Big), room), left)
    some = (
        select(tasks.c.id)
        .where(*_givable(tasks), tasks.c.queue == IN_QUEUE, tasks.c.slot == place)
        .where(from_place(tasks, START))
        .order_by(tasks.c.slot, tasks.c.due_at, tasks.c.id)
        .limit(case((many < 0, 0), else_=many))
        .with_for_update(skip_locked=True)
        .cte("together")
        .prefix_with("MATERIALIZED")
    )
    return _seizing(TASKS.c.id.in_(select(some.c.id)), batch_id=select(func.min(some.c.id)).scalar_subquery())


def _least(a: ColumnElement[int], b: ColumnElement[int]) -> ColumnElement[int]:
    return case((a < b, a), else_=b)


SOME = _together()
