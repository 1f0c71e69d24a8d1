"""Automations at work: what happened is compared with the owner's clauses, and their work is opened."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import insert, select, update

from base import calendars
from base.errors import Refused
from base.rows import one
from base.scope import Scope
from base.workdays import add
from security import audit
from stock.batches import batches
from stock.news import ClaimsMade, OrdersReady, ProductsAdded, ProductsChanged, ReturnsArrived
from tasks import product_work
from tasks.automation import reads
from tasks.automation.clauses import Clause, Work, failing, parse
from tasks.automation.models import Automation, AutomationRun, AutomationTask
from tasks.kinds import known
from tasks.models import Task
from tasks.product_work import Wanted

#: Automations that may set each other off in a row; one more is most likely a loop, and is stopped.
DEEPEST = 5
WORKDAY_S = 9 * 3600  # a day of work in business seconds

PACKING = "packing"


class Accepted(Protocol):
    """News that a task counts: told by the room above, which knows when."""

    @property
    def task_id(self) -> int:
        """The task."""

    @property
    def product_id(self) -> int | None:
        """The product it was about."""


def on_products_added(scope: Scope, news: ProductsAdded) -> None:
    """Opens what the owner wants for new products."""
    act(scope, "product.added", news.product_ids)


def on_products_changed(scope: Scope, news: ProductsChanged) -> None:
    """Opens what the owner wants for products that changed."""
    act(scope, "product.changed", news.product_ids)


def on_orders_ready(scope: Scope, news: OrdersReady) -> None:
    """Opens what the owner wants besides the packing, which always follows."""
    act(scope, "order.ready", news.order_ids)


def on_claims_made(scope: Scope, news: ClaimsMade) -> None:
    """Opens what the owner wants when customers claim: a look at what came back."""
    act(scope, "claim.made", news.claim_ids)


def on_returns_arrived(scope: Scope, news: ReturnsArrived) -> None:
    """Opens what the owner wants when returned goods have come: somebody looks at them."""
    act(scope, "return.arrived", news.return_ids)


def on_accepted(scope: Scope, news: Accepted) -> None:
    """Opens what the owner wants after work about a product was accepted."""
    if news.product_id is not None:
        act(scope, "task.accepted", (news.product_id,), cause=one(scope, Task, news.task_id))


def act(scope: Scope, happening: str, ids: Sequence[int], *, cause: Task | None = None) -> None:
    """Lets every automation that is on for it act, one after the other; nothing is read where none is on."""
    automations = reads.on(scope, happening) if ids else []
    if not automations:
        return
    about = reads.known(scope, happening, ids)
    if cause is not None:
        about = {id_: told | {"kind": cause.kind, "target": cause.target} for id_, told in about.items()}
    depth = 1 + (reads.depth(scope, cause.id) if cause is not None else 0)
    for automation in automations:
        _act(scope.as_house(), automation, about, depth, cause)


def kinds(scope: Scope) -> tuple[str, ...]:
    """The kinds an automation may open; packing follows orders by itself."""
    return tuple(kind for kind in known.every(scope) if kind != PACKING)


def due(scope: Scope, work: Work) -> datetime | None:
    """When the work is due: so many working days from now, None for the kind's own rule."""
    return add(calendars.current(scope), scope.now, work.days * WORKDAY_S) if work.days else None


def wanted(scope: Scope, happening: str, work: Work, about: Mapping[int, Mapping[str, Any]]) -> list[Wanted]:
    """The work for each of these products, orders, claims or returns."""
    at = due(scope, work)
    if happening.startswith(("claim.", "return.")):
        subject = happening.split(".", maxsplit=1)[0]
        return [
            Wanted(told["product_id"], f"{subject}:{id_}", work.slots, told["title"], work.note, at)
            for id_, told in about.items()
        ]
    if happening.startswith("order."):
        return [
            Wanted(None, f"order:{id_}", work.slots, told["number"], work.note, at)
            for id_, told in about.items()
        ]
    return [Wanted(id_, work.target, work.slots, note=work.note, due_at=at) for id_ in about]


def _act(
    scope: Scope,
    automation: Automation,
    about: Mapping[int, Mapping[str, Any]],
    depth: int,
    cause: Task | None,
) -> None:
    clause, _faults = parse(automation.clause, kinds(scope))
    if clause is None:
        _stop(scope, automation, "kind_gone")
        return
    met = {id_: told for id_, told in about.items() if failing(clause, told) is None}
    if not met:
        return
    if depth > DEEPEST:
        _stop(scope, automation, "loop")
        return
    try:
        opened = product_work.open_for_products(
            scope, kind=clause.work.kind, wanted=wanted(scope, clause.happening, clause.work, met)
        )
    except Refused:  # nothing of it was written: the kind is retired or has no procedure to work by
        _stop(scope, automation, "no_procedure")
        return
    _note(scope, automation, looked=len(about), met=len(met), opened=opened, depth=depth, cause=cause)


def _note(
    scope: Scope,
    automation: Automation,
    *,
    looked: int,
    met: int,
    opened: Sequence[int],
    depth: int,
    cause: Task | None,
) -> None:
    run = AutomationRun(
        shop_id=scope.shop_id,
        automation_id=automation.id,
        at=scope.now,
        looked=looked,
        met=met,
        opened=len(opened),
        depth=depth,
        cause_id=cause.id if cause else None,
    )
    scope.session.add(run)
    scope.session.flush()
    for some in batches(opened):
        rows = [{"shop_id": scope.shop_id, "task_id": task_id, "run_id": run.id} for task_id in some]
        scope.session.execute(insert(AutomationTask), rows)
    audit.note(scope, "automation.acted", "automation", automation.id, count=len(opened), of=met)


def _stop(scope: Scope, automation: Automation, why: str) -> None:
    """Stopped by the house, which says why; what set it off goes on undisturbed."""
    on = (Automation.shop_id == scope.shop_id, Automation.id == automation.id, Automation.state == "on")
    scope.session.execute(update(Automation).where(*on).values(state="stopped", why=why))
    audit.note(scope, "automation.stopped", "automation", automation.id, reason=why)


def stopped(scope: Scope) -> tuple[int, datetime | None]:
    """How many the house has stopped, and since when the first: a decision for the owner."""
    here = select(Automation.made_at).where(
        Automation.shop_id == scope.shop_id, Automation.state == "stopped"
    )
    times = list(scope.session.scalars(here.order_by(Automation.made_at)))
    return len(times), times[0] if times else None


__all__ = [
    "Clause",
    "act",
    "due",
    "kinds",
    "on_accepted",
    "on_claims_made",
    "on_orders_ready",
    "on_products_added",
    "on_products_changed",
    "stopped",
    "wanted",
]
