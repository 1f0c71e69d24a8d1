"""The words of an appeal, sealed under the key of the task's order: they go when the order's data goes."""

from sqlalchemy import select

from base.rows import one
from base.scope import Scope
from qa.appeals.models import Appeal
from security import vault
from security.vault import Spot, Unreadable
from stock.models import Order
from tasks.models import Task


def seal(scope: Scope, task: Task, *, uid: str, text: str) -> bytes:
    """Seals the words of an appeal. Raises NoKey, KeysUnavailable."""
    record = _record(scope, task)
    if task.order_id is None:
        vault.new_key(scope, record)
    return vault.seal(scope, at=_spot(record, uid), text=text)


def words(scope: Scope, appeal: Appeal) -> str | None:
    """What the partner said; None where the seal does not open any more."""
    try:
        record = _record(scope, one(scope, Task, appeal.task_id))
        return vault.open_(scope, at=_spot(record, appeal.uid), sealed=appeal.words)
    except Unreadable:
        return None


def _record(scope: Scope, task: Task) -> str:
    """Whose key seals it: the order's, else the one that seals the task's thread as well."""
    if task.order_id is None:
        return f"thread-{task.id}"
    uid = select(Order.uid).where(Order.shop_id == scope.shop_id, Order.id == task.order_id)
    return scope.session.scalars(uid).one()


def _spot(record: str, uid: str) -> Spot:
    return Spot("appeals", f"words:{uid}", record)
