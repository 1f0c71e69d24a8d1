"""What is rolled up is what the rows say: whatever happened, in whatever order, and counted anew or not."""

from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select

from base.scope import Scope, World
from stock import handling, orders, rolling
from stock.demand.models import DemandDay, DemandMark
from stock.models import Movement, Product
from stock.rolling_commands import stock
from stock.value import costing, keeping
from stock.value.models import Valued, ValueDay, Worth
from tests.cast import MONDAY, ActingAs, Cast
from tests.stock.yard import draft, lines, place, products, receive

pytestmark = pytest.mark.both  # upserts, and locks that only PostgreSQL has
TODAY = date(2026, 11, 23)


def asked(scope: Scope) -> dict[tuple[str, date], tuple[int, int]]:
    stmt = select(Product.sku, DemandDay.day, DemandDay.orders, DemandDay.units)
    rows = scope.session.execute(stmt.join(Product, Product.id == DemandDay.product_id))
    return {(sku, day): (orders_, units) for sku, day, orders_, units in rows}


def worth(scope: Scope) -> dict[str, tuple[int, float]]:
    stmt = select(Product.sku, Worth.units, Worth.parts).join(Product, Product.id == Worth.product_id)
    return {sku: (units, float(costing.won(parts))) for sku, units, parts in scope.session.execute(stmt)}


def bought(scope: Scope, sku: str, units: int, won: int) -> None:
    """Goods came at a price, as a purchase notes it."""
    key = f"bought:{sku}:{scope.now.isoformat()}"
    keeping.price(scope, key=key, paid={products(scope, sku)[sku]: units * costing.parts(won)})
    receive(scope, {sku: units}, key)


def test_rolled_up_as_it_happens_is_rolled_up_anew(cast: Cast, acting_as: ActingAs, world: World) -> None:
    haneul, later = cast.haneul, MONDAY + timedelta(days=2)
    with acting_as(haneul) as scope:
        bought(scope, "MUG", 10, 1000)
        first, second = place(
            scope,
            draft("1", {"MUG": 3, "CUP": 2}),
            draft("2", {"MUG": 1}, placed_at=MONDAY - timedelta(days=3)),
        ).orders
        rolling.keep(scope)  # the first time: everything
        assert asked(scope) == {
            ("MUG", TODAY): (1, 3),
            ("CUP", TODAY): (1, 2),
            ("MUG", TODAY - timedelta(days=3)): (1, 1),
        }
        assert worth(scope) == {"MUG": (10, 10_000.0)}
    with acting_as(haneul, now=later) as scope:
        bought(scope, "MUG", 10, 1600)
        receive(scope, {"CUP": 4})
        orders.cancel_lines(scope, first, {lines(scope, first)["CUP"]: 1}, why="asked")
        orders.cancel(scope, second, why="asked")
        orders.ship(scope, first)
        handling.quarantine(scope, key="q", goods={products(scope, "MUG")["MUG"]: 2})
        rolling.keep(scope)
        assert asked(scope) == {("MUG", TODAY): (1, 3), ("CUP", TODAY): (1, 1)}
        assert worth(scope) == {"MUG": (17, 22_100.0), "CUP": (3, 0.0)}  # 26,000 / 20 each, three are gone
        assert scope.session.scalar(select(func.count()).select_from(DemandMark)) == 0
        assert rolling.differences(scope) == []
        kept = keeping._stands(scope, list(products(scope, "MUG", "CUP").values()))
        rolling.rebuild(scope)
        assert keeping._stands(scope, list(products(scope, "MUG", "CUP").values())) == kept
    said = CliRunner().invoke(stock, ["rebuild", "--shop", "haneul", "--check"], obj=lambda: world)
    assert (said.exit_code, said.stdout) == (0, "haneul: 모두 맞아요.\n")


def test_a_movement_that_was_committed_late_is_told_in_its_place(cast: Cast, acting_as: ActingAs) -> None:
    """Its number is older than what was valued already: the product's story is told anew."""
    with acting_as(cast.haneul) as scope:
        bought(scope, "MUG", 10, 1000)
        bought(scope.at(MONDAY + timedelta(hours=1)), "MUG", 10, 2000)
        place(scope, draft("1", {"MUG": 5}))
        rolling.keep(scope)
        first = scope.session.scalars(select(Valued.movement_id).order_by(Valued.movement_id)).first()
        # as it stands while the first delivery is not committed: only the second has been valued
        scope.session.execute(delete(Valued).where(Valued.movement_id == first))
        scope.session.execute(delete(ValueDay))
        scope.session.execute(delete(Worth))
        second = scope.session.scalar(select(func.max(Movement.id)))
        scope.session.add(
            Worth(
                shop_id=scope.shop_id,
                product_id=products(scope, "MUG")["MUG"],
                units=10,
                parts=costing.parts(20_000),
                each=costing.parts(2000),
                last=second,
            )
        )
        scope.session.flush()
        assert keeping.keep(scope) == {products(scope, "MUG")["MUG"]}
        assert worth(scope) == {"MUG": (20, 30_000.0)}
        assert rolling.differences(scope) == []


def test_a_wrong_figure_is_found(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        bought(scope, "MUG", 10, 1000)
        place(scope, draft("1", {"MUG": 5}))
        rolling.keep(scope)
        mug = products(scope, "MUG")["MUG"]
        scope.session.execute(delete(DemandDay))
        scope.session.execute(delete(Valued))
        assert rolling.differences(scope) == [f"demand.{TODAY}.{mug}", f"value.{mug}"]
