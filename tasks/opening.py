"""Opening work: orders that became ready, work to be done anew, and work that is no longer wanted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, insert, literal, select
from sqlalchemy.sql.dml import ReturningInsert

from base.db import Utc
from base.rows import one
from base.scope import Scope
from security import audit
from stock.batches import batches
from stock.deadlines import minute
from stock.lifecycle import READY
from stock.models import Order
from stock.news import OrdersCancelled, OrdersReady
from tasks import clocks, opened, queues, sops, steps
from tasks.kinds.known import kind
from tasks.lifecycle import CANCEL, CLAIMED, OPEN
from tasks.live import NOT_ENDED
from tasks.models import SopRevision, Task
from tasks.news import TasksCancelled, TasksOpened
from tasks.passing import gate
from tasks.product_work import Wanted, another, open_for_product, open_for_products

__all__ = [
    "Wanted",
    "another",
    "cancel",
    "cancel_for_orders",
    "open_for_product",
    "open_for_products",
    "open_packing",
    "reopen",
]

PACKING = "packing"


def open_packing(scope: Scope, news: OrdersReady) -> tuple[int, ...]:
    """Opens a packing task for every order that became ready, under the published SOP, due by its ship-by.

    Orders whose packing is under way are passed over. A few statements, whatever the number of orders.
    """
    revision = sops.published(scope.as_house(), PACKING)
    queue = queues.begin_under(scope.as_house(), revision)
    due: dict[int, datetime] = {}
    for order_ids in batches(news.order_ids):
        made = scope.session.execute(_open_for(scope, order_ids, revision, queue))
        due |= dict(made.all())
    return opened.follow(scope, queue, due)


def reopen(scope: Scope, task: Task) -> Task | None:
    """Opens the task that takes a rejected one's place, under today's SOP; none when the order is off."""
    if task.order_id is not None and one(scope, Order, task.order_id).state != READY:
        return None
    revision = sops.published(scope.as_house(), task.kind)
    anew = Task(
        shop_id=scope.shop_id,
        kind=task.kind,
        queue=queues.begin_under(scope.as_house(), revision),
        title=task.title,
        sop_revision_id=revision.id,
        order_id=task.order_id,
        product_id=task.product_id,
        target=task.target,
        slot=task.slot,
        set_key=task.set_key,
        note=task.note,
        replaces_id=task.id,
        left_by_id=task.holder_id,
        due_at=task.due_at,
        opened_at=scope.now,
    )
    scope.session.add(anew)
    scope.session.flush()
    clocks.begin_many(scope, [anew.id])
    gate.opened(scope, anew.queue, first=gate.place_of(anew))
    facts = {"replaces": task.id, "count": 1, "due": minute(task.due_at)}
    audit.note(scope, "task.reopened", subject="task", subject_id=anew.id, queue=anew.queue, **facts)
    scope.tell(TasksOpened((anew.id,)))
    return anew


def cancel(scope: Scope, task_id: int) -> None:
    """Cancels work that is open or in somebody's hand, who is told. Raises NotFound, NoSuchStep, Gone."""
    task = one(scope, Task, task_id)
    holder_id = task.holder_id
    steps.take(scope, task, CANCEL)
    kind(scope, task.kind).called_off(scope, task)
    scope.tell(TasksCancelled((task.id,), (holder_id,) if holder_id else ()))


def cancel_for_orders(scope: Scope, news: OrdersCancelled) -> None:
    """Cancels the work on cancelled orders that is open or in somebody's hand; who held it is told."""
    for order_ids in batches(news.order_ids):
        rows = steps.cancel_many(scope.as_house(), _under_way(scope, order_ids))
        if rows:
            holders = sorted({holder for _id, holder in rows if holder is not None})
            scope.tell(TasksCancelled(tuple(id_ for id_, _holder in rows), tuple(holders)))


def _under_way(scope: Scope, order_ids: Sequence[int]) -> list[int]:
    stmt = select(Task.id).where(
        Task.shop_id == scope.shop_id, Task.order_id.in_(order_ids), Task.state.in_([OPEN, CLAIMED])
    )
    return list(scope.session.scalars(stmt.order_by(Task.id)))


def _open_for(
    scope: Scope, order_ids: Sequence[int], revision: SopRevision, queue: str
) -> ReturningInsert[int, datetime]:
    """One INSERT … SELECT over those of the orders that are ready and have no packing under way."""
    same = (Task.shop_id == scope.shop_id, Task.order_id == Order.id, Task.kind == PACKING)
    under_way = exists().where(*same, NOT_ENDED).correlate(Order)
    fixed: dict[str, ColumnElement[object]] = {
        "shop_id": literal(scope.shop_id),
        "kind": literal(PACKING),
        "queue": literal(queue),
        "sop_revision_id": literal(revision.id),
        "opened_at": literal(scope.now, Utc()),
    }
    wanted = select(*fixed.values(), Order.id, Order.number, Order.ship_by).where(
        Order.shop_id == scope.shop_id, Order.id.in_(order_ids), Order.state == READY, ~under_way
    )
    columns = [*fixed, "order_id", "title", "due_at"]
    return insert(Task).from_select(columns, wanted).returning(Task.id, Task.due_at)
