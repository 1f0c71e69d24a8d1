"""Opening work that no order asks for: about a product, a batch, or whatever its title says."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from base.errors import Invalid
from base.rows import mine
from base.scope import Scope
from stock.batches import batches
from stock.models import Product
from tasks import opened, queues, sops
from tasks.choosing import kind_of as kind_in
from tasks.kinds.known import kind as kind_of
from tasks.live import NOT_ENDED
from tasks.models import SopRevision, Task
from tasks.wanted import Wanted

__all__ = [
    "MOST_SLOTS",
    "BadSlots",
    "NoProduct",
    "Wanted",
    "another",
    "open_for_product",
    "open_for_products",
]

MOST_SLOTS = 25


class NoProduct(Invalid):
    """A product of this work does not exist. Facts: product_id."""

    code = "tasks.no_product"


class BadSlots(Invalid):
    """Of one thing one to 25 answers may be wanted. Facts: field, low, high."""

    code = "tasks.bad_slots"


def open_for_product(
    scope: Scope,
    *,
    kind: str,
    product_id: int,
    target: str = "",
    slots: int = 1,
    due_at: datetime | None = None,
    title: str = "",
) -> tuple[int, ...]:
    """Opens work of a kind about one product. Raises as `open_for_products`."""
    wanted = Wanted(product_id, target, slots, title, due_at=due_at)
    return open_for_products(scope, kind=kind, wanted=[wanted])


def open_for_products(scope: Scope, *, kind: str, wanted: Sequence[Wanted]) -> tuple[int, ...]:
    """Opens work of a kind, under its published SOP; gives the ids of what is new.

    What is under way already (same kind, product, target and slot) is passed over. A few statements,
    whatever their number. Raises NotFound for an unknown kind, NoProduct, BadSlots, and as its kind refuses.
    """
    house = scope.as_house()
    of = kind_of(scope, kind)
    revision = sops.published(house, kind)
    queue, wanted = queues.begin_under(house, revision), of.ready(scope, wanted)
    titles, live = _titles(scope, wanted), _under_way(scope, kind, wanted)
    rows = [row for one in wanted for row in _rows(scope, queue, revision, one, titles)]
    new = [row for row in rows if _place(row) not in live]
    due: dict[int, datetime] = {}
    for some in batches(new):
        made = insert(Task).returning(Task.id, Task.due_at)
        due |= dict(scope.session.execute(made, list(some)).all())
    return opened.follow(scope, queue, due)


def another(scope: Scope, task: Task) -> tuple[int, ...]:
    """Opens one more slot of the set a task belongs to: another answer, by somebody who gave none yet."""
    of_set = (Task.shop_id == scope.shop_id, Task.set_key == task.set_key)
    last = scope.session.scalar(select(func.max(Task.slot)).where(*of_set)) or 0
    if not task.set_key or last + 1 >= MOST_SLOTS:
        raise BadSlots(field="slots", low=1, high=MOST_SLOTS)
    revision = sops.published(scope.as_house(), task.kind)
    wanted = Wanted(task.product_id, task.target, 1, task.title, task.note)
    row = next(_rows(scope, task.queue, revision, wanted, {})) | {"slot": last + 1, "set_key": task.set_key}
    made = scope.session.execute(insert(Task).returning(Task.id, Task.due_at), [row])
    return opened.follow(scope, task.queue, dict(made.all()), slot=last + 1)


def _rows(
    scope: Scope, queue: str, revision: SopRevision, one: Wanted, titles: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    """The tasks of one thing wanted: as many as answers are; a set where it is about something."""
    if not 1 <= one.slots <= MOST_SLOTS:
        raise BadSlots(field="slots", low=1, high=MOST_SLOTS)
    kind = kind_in(queue)
    about = f"{kind}:{one.product_id or ''}:{one.target}" if one.product_id or one.target else ""
    for slot in range(one.slots):
        yield {
            "shop_id": scope.shop_id,
            "kind": kind,
            "queue": queue,
            "title": one.title or titles.get(one.product_id or 0, ""),
            "note": one.note,
            "sop_revision_id": revision.id,
            "product_id": one.product_id,
            "target": one.target,
            "slot": slot,
            "set_key": about and f"{about}:{scope.now:%Y%m%d%H%M%S%f}",
            "due_at": one.due_at or queues.due_of(scope, kind),
            "opened_at": scope.now,
        }


def _place(row: Mapping[str, Any]) -> tuple[int | None, str, int] | None:
    """What may be under way once only: None for work about nothing in particular."""
    if row["product_id"] is None and not row["target"]:
        return None
    return row["product_id"], row["target"], row["slot"]


def _titles(scope: Scope, wanted: Sequence[Wanted]) -> dict[int, str]:
    """The names of the products. Raises NoProduct for one the shop does not have."""
    asked = sorted({one.product_id for one in wanted if one.product_id is not None})
    found: dict[int, str] = {}
    for ids in batches(asked):
        rows = select(Product.id, Product.name).where(Product.shop_id == scope.shop_id, Product.id.in_(ids))
        found |= dict(scope.session.execute(rows).all())
    if lost := [id_ for id_ in asked if id_ not in found]:
        raise NoProduct(product_id=lost[0])
    return found


def _under_way(scope: Scope, kind: str, wanted: Sequence[Wanted]) -> set[tuple[int | None, str, int] | None]:
    """Product, target and slot of the live work about these things."""
    products = sorted({one.product_id for one in wanted if one.product_id is not None})
    targets = sorted({one.target for one in wanted if one.product_id is None and one.target})
    live = mine(scope, Task).where(Task.kind == kind, NOT_ENDED)
    asked = [live.where(Task.product_id.in_(ids)) for ids in batches(products)]
    asked += [live.where(Task.product_id.is_(None), Task.target.in_(some)) for some in batches(targets)]
    return {
        (task.product_id, task.target, task.slot) for stmt in asked for task in scope.session.scalars(stmt)
    }
