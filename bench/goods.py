"""Many products that moved often: whether the pages of stock stay as quick as in a shop with few.

Every product was bought by twenties and went by twos over a year, each movement at its own minute. The last
of them are told as they come, all others from the rows; then everything is told anew, and must be the same.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, String, case, cast, func, insert, literal, select

from base import calendars
from base.scope import THE_HOUSE, Scope, acting
from bench.filling import copied, later
from bench.house import House
from bench.pages import Cost, costs
from stock import handling
from stock.buying import looking
from stock.demand.models import DemandDay
from stock.drafts import Goods
from stock.flow.models import FlowMonth, FlowSum
from stock.goods import ensure
from stock.models import Level, Movement, Product
from stock.value import costing, keeping
from stock.value.models import PaidPrice, Worth

AT_ONCE = 250_000  # movements in one transaction
YEAR_S = 365 * 86_400
ROUND, BOUGHT, GONE = 10, 20, 2  # one movement of ten brings twenty units, the others take two
LATEST = 5_000  # told as they come
DAYS = 6  # on which every product was asked for
KEY = "bench-goods-"
PAGES = {
    "levels": ("owner", "/stock"),
    "movements": ("owner", "/stock/movements?product_id={product}"),
    "what to buy": ("owner", "/buying"),
    "one product": ("owner", "/buying/products/{product}"),
    "money": ("owner", "/buying/money"),
    "what sleeps": ("owner", "/buying/money/asleep"),
    "month": ("owner", "/stock/flow"),
    "last month": ("owner", "/stock/flow?month={month}"),
    "product's months": ("owner", "/stock/flow/products/{product}"),
}


@dataclass(frozen=True, slots=True)
class Stocked:
    """The pages of stock over so many products and movements, and what telling everything anew took."""

    products: int
    movements: int
    pages: list[Cost]
    told_s: float  # processor seconds to tell the latest as they came
    anew_s: float  # and value and flow of everything anew
    same: bool


def measure(house: House, *, products: int, moves: int, times: int) -> Stocked:
    """Grows the shop to so many products that moved so often, rolls up, asks the pages, rolls up anew."""
    ids = filled(house, products, moves)
    told, before = _processor(house, _keep), _figures(house)
    house.settle()
    with house.serving("goods.log") as server:
        pages = costs(house, server, paths(ids), times=times)
    anew, after = _processor(house, keeping.rebuild), _figures(house)
    return Stocked(products, _count(house), pages, told, anew, before == after)


def paths(ids: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Role and path of each page, with what is looked at."""
    return {name: (role, path.format(**ids)) for name, (role, path) in PAGES.items()}


def filled(house: House, products: int, moves: int) -> dict[str, object]:
    """Lays out products and movements by statement, all but the latest rolled up."""
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        first = _products(scope, products)
    total = products * moves
    for begin in range(0, total - LATEST, AT_ONCE):
        with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
            _movements(scope, first, products, total, range(begin, min(begin + AT_ONCE, total - LATEST)))
    house.settle()
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        _asked(scope, first)
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        keeping.rebuild(scope)
        looking.refresh_all(scope)
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        _movements(scope, first, products, total, range(max(0, total - LATEST), total))
        _levels(scope, first)
    house.settle()
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE, reading=True) as scope:
        month = (calendars.today(scope).replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    return {"product": first + products // 2, "month": month}


def _keep(scope: Scope) -> None:
    """What the house does every five minutes; demand was laid out here and has no orders behind it."""
    looking.refresh(scope, keeping.keep(scope) or set())


def _processor(house: House, do: Callable[[Scope], object]) -> float:
    begun = time.process_time()
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        do(scope)
    return time.process_time() - begun


def _figures(house: House) -> list[tuple[object, ...]]:
    """Every sum of the months, and what everything is worth."""
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE, reading=True) as scope:
        columns = [one for one in FlowSum.__table__.c if one.name not in {"id", "shop_id"}]
        by = (FlowSum.month, FlowSum.location_id)
        sums = scope.session.execute(select(*columns).where(FlowSum.shop_id == scope.shop_id).order_by(*by))
        worth = select(func.count(), func.sum(Worth.units), func.sum(Worth.parts), func.sum(Worth.each))
        left = select(func.count(), func.sum(FlowMonth.closing), func.sum(FlowMonth.closing_parts))
        wholes = [
            scope.session.execute(one.where(model.shop_id == scope.shop_id)).one()
            for one, model in ((worth, Worth), (left, FlowMonth))
        ]
        return [tuple(row) for row in [*sums, *wholes]]


def _count(house: House) -> int:
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE, reading=True) as scope:
        stmt = select(func.count()).select_from(Movement).where(Movement.shop_id == scope.shop_id)
        return scope.session.scalar(stmt) or 0


def _numbers(first: int, last: int) -> Any:
    start = select(literal(first, BigInteger()).label("n")).cte("numbers", recursive=True)
    return start.union_all(select(start.c.n + 1).where(start.c.n < last))


def _products(scope: Scope, wanted: int) -> int:
    """Copies of one product made by hand, in a row; gives the first id."""
    (model,) = ensure(scope, [Goods(f"{KEY}{wanted}", "상품", "")])[0].values()
    handling.receive(scope, key=f"{KEY}model-{wanted}", goods={model: BOUGHT})
    newest = scope.session.scalar(select(func.max(Product.id))) or 0
    numbers = _numbers(1, wanted)
    sku = literal(f"{KEY}{wanted}-") + cast(numbers.c.n, String)
    copied(scope, Product.__table__, model, numbers, {"sku": sku})
    return newest + 1


def _movements(scope: Scope, first: int, products: int, total: int, which: range) -> None:
    """Every product in turn, turn after turn, spread over a year up to now."""
    model = scope.session.scalars(
        select(Movement).where(Movement.shop_id == scope.shop_id, Movement.kind == "receipt").limit(1)
    ).one()
    numbers = _numbers(which.start, which.stop - 1)
    n = numbers.c.n
    brings = (n // products) % ROUND == 0
    at = later(scope, scope.now - timedelta(seconds=YEAR_S), n * YEAR_S // total)
    ours = {
        "product_id": literal(first, BigInteger()) + n % products,
        "quantity": case((brings, BOUGHT), else_=-GONE),
        "kind": case((brings, "receipt"), else_="issue"),
        "key": literal(f"{KEY}{products}-") + cast(n, String),
        "occurred_at": at,
        "recorded_at": at,
    }
    copied(scope, Movement.__table__, model.id, numbers, ours)
    if which.start == 0:
        _prices(scope, first, products)


def _prices(scope: Scope, first: int, products: int) -> None:
    """What the first goods of each cost: a thousand to seven thousand won a unit."""
    numbers = _numbers(0, products - 1)
    n = numbers.c.n
    rows = select(
        literal(scope.shop_id),
        literal(f"{KEY}{products}-") + cast(n, String),
        literal(first, BigInteger()) + n,
        (1 + n % 7) * literal(1000 * BOUGHT * costing.PARTS, BigInteger()),
    )
    into = insert(PaidPrice).from_select(["shop_id", "key", "product_id", "parts"], rows)
    scope.session.connection().execute(into)


def _levels(scope: Scope, first: int) -> None:
    """The balances of what was laid out."""
    mine = (Movement.shop_id == scope.shop_id, Movement.product_id >= first)
    columns = (Movement.shop_id, Movement.product_id, Movement.location_id, func.sum(Movement.quantity), 0, 1)
    rows = select(*(literal(one) if isinstance(one, int) else one for one in columns)).where(*mine)
    grouped = rows.group_by(Movement.shop_id, Movement.product_id, Movement.location_id)
    names = ["shop_id", "product_id", "location_id", "on_hand", "reserved", "version"]
    scope.session.connection().execute(insert(Level).from_select(names, grouped, include_defaults=False))


def _asked(scope: Scope, first: int) -> None:
    """Every product was asked for on a few days of the last month."""
    today = calendars.today(scope)
    for day in range(DAYS):
        rows = select(
            Product.shop_id,
            Product.id,
            literal(today - timedelta(days=1 + 4 * day)),
            literal(1),
            1 + (Product.id + day) % 5,
            literal(9000),
        ).where(Product.shop_id == scope.shop_id, Product.id >= first)
        names = ["shop_id", "product_id", "day", "orders", "units", "won"]
        scope.session.connection().execute(insert(DemandDay).from_select(names, rows, include_defaults=False))
