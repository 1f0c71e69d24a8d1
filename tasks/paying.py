"""What a task pays whoever takes it now: its kind's price, and what harder or hurried work pays on top.

Expressions for the claim's own statement: a kind without extras costs one look into an index.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, literal_column, or_, select

from base.db import Utc
from base.prepared import SHOP
from base.scope import Scope
from partners.models import Price
from partners.pay import extras
from partners.pay.extras import FRAGILE, GOODS, PIECES, RUSH, RUSH_HOURS
from partners.pay.models import PriceExtra
from stock.models import OrderLine, Product
from tasks.models import Task

NOW = bindparam("now", type_=Utc())
EXTRA: Any = PriceExtra.__table__
TASKS: Any = Task.__table__


def price(tasks: Any) -> ColumnElement[int]:
    """What the task's kind pays at this instant and what is paid on top; nothing where it has no price."""
    base = (
        select(Price.won)
        .where(Price.shop_id == SHOP, Price.kind == tasks.c.kind, Price.since <= NOW)
        .order_by(Price.since.desc())
        .limit(1)
        .correlate(tasks)
    )
    return base.scalar_subquery() + on_top(tasks)


def on_top(tasks: Any) -> ColumnElement[int]:
    """What is paid on top of a kind's price for what a task asks, all that applies added up."""
    here = (EXTRA.c.shop_id == SHOP, EXTRA.c.kind == tasks.c.kind, EXTRA.c.since <= NOW)
    stands = or_(EXTRA.c.until.is_(None), EXTRA.c.until > NOW)
    applies = or_(
        and_(EXTRA.c.rule == _text(GOODS), _holds(tasks, _of_group())),
        and_(EXTRA.c.rule == _text(FRAGILE), _holds(tasks, Product.fragile.is_(True))),
        and_(EXTRA.c.rule == _text(PIECES), _pieces(tasks) >= EXTRA.c.amount),
        and_(EXTRA.c.rule == _text(RUSH), tasks.c.due_at <= _in_a_hurry()),
    )
    added = select(func.coalesce(func.sum(EXTRA.c.won), 0)).where(*here, stands, applies)
    return added.correlate(tasks).scalar_subquery()


def on_top_of(scope: Scope, task_ids: Collection[int]) -> Mapping[int, int]:
    """What these tasks pay on top now, in won; in one statement."""
    if not task_ids:
        return {}
    rows = select(TASKS.c.id, on_top(TASKS)).where(TASKS.c.shop_id == SHOP, TASKS.c.id.in_(task_ids))
    said = scope.session.execute(rows, told(scope) | {"shop": scope.shop_id})
    return {id_: int(won) for id_, won in said}


def told(scope: Scope) -> dict[str, Any]:
    """What the expressions of this module are told besides the shop."""
    return {"now": scope.now, **extras.hurries(scope.now)}


def _text(code: str) -> ColumnElement[str]:
    return literal_column(f"'{code}'")


def _of_group() -> ColumnElement[bool]:
    begins: ColumnElement[bool] = func.substr(Product.sku, 1, func.length(EXTRA.c.word)) == EXTRA.c.word
    return begins


def _holds(tasks: Any, what: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the goods of the task's order, or the product it is about, are such."""
    ordered = exists().where(
        OrderLine.shop_id == SHOP,
        OrderLine.order_id == tasks.c.order_id,
        OrderLine.quantity > OrderLine.cancelled,
        Product.id == OrderLine.product_id,
        what,
    )
    itself = exists().where(Product.shop_id == SHOP, Product.id == tasks.c.product_id, what)
    return or_(ordered.correlate(tasks, EXTRA), itself.correlate(tasks, EXTRA))


def _pieces(tasks: Any) -> ColumnElement[int]:
    left = func.coalesce(func.sum(OrderLine.quantity - OrderLine.cancelled), 0)
    of_order = select(left).where(OrderLine.shop_id == SHOP, OrderLine.order_id == tasks.c.order_id)
    return of_order.correlate(tasks).scalar_subquery()


def _in_a_hurry() -> ColumnElement[Any]:
    until = [(EXTRA.c.amount == hours, bindparam(f"rush_{hours}", type_=Utc())) for hours in RUSH_HOURS]
    return case(*until)
