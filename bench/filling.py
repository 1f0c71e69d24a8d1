"""A full shop in a minute: one order placed by the house's own hand, and many thousand copies of its rows.

What a copy cannot share with its model (ids, numbers, products, promises) is put in its place by the same
statement, so that every column there will ever be is filled. The copies' recipients are sealed for the model
and open nowhere, and nobody finds them by telephone: the last orders are placed by hand, promised before all
copies, so that they are what lists show.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    Table,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy.sql.selectable import FromClause

from base.db import Utc
from base.scope import THE_HOUSE, Scope, acting
from bench import workshop
from bench.house import House
from qa.tallies import keeping
from stock import levels
from stock.levels import Change
from stock.models import Order, OrderLine, Product, Reservation
from tasks.models import StageClock, Task
from tasks.steps import IS_OPEN

AT_ONCE = 100_000  # copies in one transaction
BY_HAND = 200  # more than any page shows
FIRST = 10_000_000  # so that every number is of one length
PROMISES = 3600  # seconds over which the promises of the copies are spread

Exchanged = Mapping[str, ColumnElement[Any]]


def until_open(house: House, wanted: int) -> None:
    """Places orders until so many tasks are open: most of them as copies, the last ones by hand."""
    lacking = wanted - opened(house)
    while lacking > BY_HAND:
        copied = min(lacking - BY_HAND, AT_ONCE)
        with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
            _copies(scope, copied)
        lacking -= copied
    if lacking > 0:
        with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
            workshop.parcels(scope, lacking, first=_newest(scope, Order))
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        keeping.rebuild(scope)  # the journal tells nothing of the copies


def opened(house: House) -> int:
    """How many tasks are open."""
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE, reading=True) as scope:
        stmt = select(func.count()).select_from(Task).where(Task.shop_id == scope.shop_id, IS_OPEN)
        return scope.session.scalar(stmt) or 0


def _copies(scope: Scope, count: int) -> None:
    """Places one order by hand, and so many less one as copies of it."""
    before = _newest(scope, Order)
    workshop.parcels(scope, 1, first=before)
    order, line, kept, task, clock = _model(scope, before)
    if count > 1:
        _orders(scope, order, count - 1)
        _lines(scope, line, order)
        _reservations(scope, kept, line)
        _tasks(scope, task, order)
        _clocks(scope, clock, task)


def _model(scope: Scope, before: int) -> tuple[int, int, int, int, int]:
    """The ids of the rows that one order by hand has left."""
    order = scope.session.scalars(select(Order.id).where(Order.id > before)).one()
    line = scope.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order)).one()
    kept = scope.session.scalars(select(Reservation.id).where(Reservation.line_id == line)).one()
    task = scope.session.scalars(select(Task.id).where(Task.order_id == order)).one()
    return order, line, kept, task, scope.session.scalars(select(StageClock.id).filter_by(task_id=task)).one()


def _orders(scope: Scope, model: int, count: int) -> None:
    start = select(literal(model + FIRST, Integer()).label("n")).cte("numbers", recursive=True)
    numbers = start.union_all(select(start.c.n + 1).where(start.c.n < model + FIRST + count - 1))
    name = cast(numbers.c.n, String)
    ours = {"uid": literal("f" * 24) + name, "number": literal("F") + name}
    promise = later(scope, workshop.promise(scope) + timedelta(days=1), numbers.c.n % PROMISES)
    copied(scope, Order.__table__, model, numbers, ours | {"ship_by": promise})


def _lines(scope: Scope, model: int, order: int) -> None:
    """Each of another product by turns, and as many units of each product promised as there are lines."""
    products = list(
        scope.session.scalars(select(Product.id).where(Product.sku.in_(workshop.SKUS)).order_by(Product.id))
    )
    if products[-1] - products[0] != len(products) - 1:
        raise RuntimeError("the products' ids leave gaps")
    orders = select(Order.id).where(Order.id > order).subquery("orders_made")
    product = literal(products[0], Integer()) + orders.c.id % len(products)
    copied(scope, OrderLine.__table__, model, orders, {"order_id": orders.c.id, "product_id": product})
    wanted = (
        select(OrderLine.product_id, func.count()).where(OrderLine.id > model).group_by(OrderLine.product_id)
    )
    place = levels.location(scope, levels.WAREHOUSE)
    units = {(product, place): Change(reserved=n) for product, n in scope.session.execute(wanted)}
    levels.spend(scope, units)


def _reservations(scope: Scope, model: int, line: int) -> None:
    lines = select(OrderLine.id, OrderLine.product_id).where(OrderLine.id > line).subquery("lines_made")
    ours = {"line_id": lines.c.id, "product_id": lines.c.product_id}
    copied(scope, Reservation.__table__, model, lines, ours)


def _tasks(scope: Scope, model: int, order: int) -> None:
    columns = (Order.id, Order.number, Order.ship_by)
    orders = select(*columns).where(Order.id > order).order_by(Order.id).subquery("orders_made")
    ours = {"order_id": orders.c.id, "title": orders.c.number, "due_at": orders.c.ship_by}
    copied(scope, Task.__table__, model, orders, ours)


def _clocks(scope: Scope, model: int, task: int) -> None:
    tasks = select(Task.id).where(Task.id > task).subquery("tasks_made")
    copied(scope, StageClock.__table__, model, tasks, {"task_id": tasks.c.id})


def copied(scope: Scope, table: FromClause, model: int, source: FromClause, ours: Exchanged) -> None:
    """One copy of the model's row for each row of the source, with our own columns exchanged."""
    assert isinstance(table, Table)
    like = table.alias("model")
    names = [column.name for column in table.columns if column.name != "id"]
    values = [ours.get(name, like.c[name]).label(f"c_{name}") for name in names]
    copies = select(*values).select_from(source.join(like, like.c.id == model))
    if scope.world.engines.dialect == "postgresql":  # a hundred thousand rows may take more than a minute
        scope.session.execute(text("SET LOCAL statement_timeout = 0"))
    scope.session.connection().execute(insert(table).from_select(names, copies, include_defaults=False))


def later(scope: Scope, at: datetime, seconds: ColumnElement[int]) -> ColumnElement[Any]:
    """So many seconds after an instant, as the engine keeps instants."""
    base = literal(at, Utc())
    if scope.world.engines.dialect == "postgresql":
        return base + seconds * literal_column("interval '1 second'")
    shift = cast(seconds, String) + " seconds"
    return func.strftime("%Y-%m-%d %H:%M:%f", base, shift) + "000"


def _newest(scope: Scope, model: type[Order]) -> int:
    return scope.session.scalar(select(func.max(model.id))) or 0
