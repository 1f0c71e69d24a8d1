"""Writing orders by the thousand: what is slow is prepared before the transaction, the rest is bulk."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from base.scope import Scope
from stock import deadlines, filling, levels, promises, recipients
from stock.batches import batches
from stock.deadlines import Deadline
from stock.demand import marks
from stock.drafts import Draft, Fee
from stock.levels import WAREHOUSE
from stock.lifecycle import SHORT
from stock.models import Fee as FeeRow
from stock.models import Order, OrderLine, RecipientIndex
from stock.news import OrdersPlaced, OrdersShort
from stock.recipients import Sealed
from stock.sets import recipes, selling


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft with its recipient sealed and its promise made: ready to be written."""

    draft: Draft
    sealed: Sealed
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of placing: the new orders, those that are ready, and how many numbers were known before."""

    orders: tuple[int, ...]
    ready: tuple[int, ...]
    known: int
    held: tuple[int, ...] = ()  # odd: they wait for the owner's word


def prepared(scope: Scope, drafts: Sequence[Draft]) -> list[Prepared]:
    """Seals the recipients and makes the promises; a reading scope is enough. Raises KeysUnavailable."""
    by = deadlines.terms(scope)
    sealed = recipients.seal(scope, drafts)
    return [
        Prepared(draft, secret, deadlines.deadline(by, draft))
        for draft, secret in zip(drafts, sealed, strict=True)
    ]


def write(
    scope: Scope, orders: Sequence[Prepared], *, products: Mapping[str, int], import_id: int | None = None
) -> dict[int, Prepared]:
    """Writes the orders whose numbers are new, all of them short, and returns them by id."""
    warehouse, parts = levels.location(scope, WAREHOUSE), recipes.within(scope, products.values())
    levels.opened(scope, ((product, warehouse) for product in parts))
    made_of = recipes.of(scope, products.values())  # now that nobody else changes what a set is made of
    fresh = _unknown(scope, orders)
    ids = _insert_orders(scope, fresh, import_id)
    sold = [row for one in fresh for row in _lines(scope, one, ids, products)]
    _insert(scope, OrderLine, selling.spread(sold, made_of, recipes.names(scope, made_of)))
    selling.record(scope, sold, made_of)
    _insert(scope, RecipientIndex, (row for one in fresh for row in _tokens(scope, one, ids)))
    _insert(scope, FeeRow, (row for one in fresh for row in _fees(scope, one, ids, import_id)))
    promises.note(scope, promises.MADE, (one.deadline for one in fresh))
    marks.mark(scope, [ids[one.sealed.uid] for one in fresh])
    return {ids[one.sealed.uid]: one for one in fresh}


def settle(
    scope: Scope, orders: Collection[int], *, products: Sequence[int], known: int, held: Sequence[int]
) -> Placed:
    """Fills what can be filled and tells which of the new orders must wait; `held` ones wait for a word."""
    if orders:
        scope.tell(OrdersPlaced(tuple(orders)))
    filled = set(filling.fill(scope, recipes.within(scope, products)))
    short = tuple(id_ for id_ in orders if id_ not in filled and id_ not in held)
    if short:
        scope.tell(OrdersShort(short))
    return Placed(tuple(orders), tuple(id_ for id_ in orders if id_ in filled), known, tuple(held))


def fee_row(
    scope: Scope, fee: Fee, *, channel: str, order_id: int | None, import_id: int | None
) -> dict[str, Any]:
    """A fee as it is stored; its amount is for all of its units."""
    return {
        "shop_id": scope.shop_id,
        "order_id": order_id,
        "channel": channel,
        "key": fee.key,
        "number": fee.number,
        "code": fee.code,
        "name": fee.name,
        "quantity": fee.quantity,
        "amount": fee.unit_price * fee.quantity,
        "import_id": import_id,
        "at": fee.at,
    }


def _unknown(scope: Scope, orders: Sequence[Prepared]) -> list[Prepared]:
    there: set[tuple[str, str]] = set()
    for some in batches(sorted({one.draft.number for one in orders})):
        stmt = select(Order.channel, Order.number).where(
            Order.shop_id == scope.shop_id, Order.number.in_(some)
        )
        there |= {(channel, number) for channel, number in scope.session.execute(stmt)}
    fresh = {(one.draft.channel, one.draft.number): one for one in reversed(orders)}
    return [one for key, one in reversed(fresh.items()) if key not in there]


def _insert_orders(scope: Scope, orders: Sequence[Prepared], import_id: int | None) -> dict[str, int]:
    """The ids of the new orders by uid."""
    if not orders:
        return {}
    rows = [_order(scope, one, import_id) for one in orders]
    _insert(scope, Order, iter(rows))
    made: dict[str, int] = {}
    for some in batches([row["uid"] for row in rows]):
        stmt = select(Order.uid, Order.id).where(Order.shop_id == scope.shop_id, Order.uid.in_(some))
        made |= dict(scope.session.execute(stmt).all())
    return made


def _order(scope: Scope, one: Prepared, import_id: int | None) -> dict[str, Any]:
    return one.sealed.columns | {
        "shop_id": scope.shop_id,
        "uid": one.sealed.uid,
        "channel": one.draft.channel,
        "number": one.draft.number,
        "customer": one.sealed.customer,
        "state": SHORT,
        "placed_at": one.draft.placed_at,
        "ship_by": one.deadline.ship_by,
        "promise_s": one.deadline.promise_s,
        "calendar_version": one.deadline.calendar_version,
        "import_id": import_id,
    }


def _lines(
    scope: Scope, one: Prepared, ids: Mapping[str, int], products: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    for line in one.draft.lines:
        yield {
            "shop_id": scope.shop_id,
            "order_id": ids[one.sealed.uid],
            "product_id": products[line.sku],
            "name": " / ".join(filter(None, (line.name or line.sku, line.option))),
            "quantity": line.quantity,
            "price": line.unit_price,
            "row": line.row,
        }


def _tokens(scope: Scope, one: Prepared, ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for field, token in one.sealed.tokens:
        yield {"shop_id": scope.shop_id, "order_id": ids[one.sealed.uid], "field": field, "token": token}


def _fees(
    scope: Scope, one: Prepared, ids: Mapping[str, int], import_id: int | None
) -> Iterator[dict[str, Any]]:
    order_id, channel = ids[one.sealed.uid], one.draft.channel
    for fee in one.draft.fees:
        yield fee_row(scope, fee, channel=channel, order_id=order_id, import_id=import_id)


def _insert(scope: Scope, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    for some in batches(list(rows)):
        scope.session.connection().execute(insert(model.__table__), some)
