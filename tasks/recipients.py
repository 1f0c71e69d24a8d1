"""Looking at a recipient: for the lease holder, with a purpose, within an hour's budget, journalled first."""

from base.errors import Invalid, NotFound
from base.rows import one
from base.scope import Scope, acting, undo
from security import audit, privacy
from security.privacy import Kind, glimpse
from security.shops import rules
from security.vault import Spot
from stock import orders
from stock.drafts import Recipient
from stock.models import Order
from tasks.holding import held
from tasks.models import Task

FIELDS: tuple[Kind, ...] = ("name", "phone", "postcode", "address", "memo")

#: What somebody may look for; the words are `tasks.purpose.<code>`.
PURPOSES = ("label", "call", "check")


class UnknownPurpose(Invalid):
    """A recipient is looked at for one of the known purposes."""

    code = "tasks.unknown_purpose"


def recipient(scope: Scope, task_id: int, *, purpose: str) -> Recipient:
    """The recipient of the parcel in the actor's hands; the look is journalled in the same transaction.

    Raises UnknownPurpose, NotFound, LeaseEnded, HandedIn, RevealsSpent, Unreadable.
    """
    if purpose not in PURPOSES:
        raise UnknownPurpose(field="purpose")
    task = held(scope, task_id)
    if task.order_id is None:
        raise NotFound
    privacy.spend_reveal(scope, limit=rules(scope).reveal_limit)
    audit.note(scope, privacy.REVEALED, "order", task.order_id, task_id=task.id, purpose=purpose)
    return orders.open_recipient(scope, task.order_id)


def journal_refusal(scope: Scope, task_id: int) -> None:
    """The refused look stays in the journal although its transaction is undone: the owner should know."""
    undo(scope)
    with acting(scope.world, shop_id=scope.shop_id, actor=scope.actor, ip=scope.ip) as later:
        audit.note(later, "recipient.reveal_refused", "task", task_id)


def masked(scope: Scope, task: Task) -> Recipient | None:
    """The recipient as anybody who works on the task may see it; None for work without an order."""
    if task.order_id is None:
        return None
    order = one(scope, Order, task.order_id)
    return Recipient(**{name: _glimpse(scope, order, name) for name in FIELDS})


def _glimpse(scope: Scope, order: Order, name: Kind) -> str:
    spot = Spot("orders", f"recipient_{name}", order.uid)
    return glimpse(scope, spot, getattr(order, f"recipient_{name}"), name)
