"""A channel takes back sets that it sold: whole ones leave the order, and parts are not mistaken for goods."""

from dataclasses import replace
from datetime import timedelta

from stock import goods, importing, invariants, orders
from stock.drafts import Cancellation, Goods, Intake
from stock.models import Import
from stock.sets import recipes, selling
from tests.cast import MONDAY, ActingAs, Cast
from tests.stock.yard import draft, held, place, products, receive

CUSTOMER = "17850"


def taken(key: str, sku: str, units: int) -> Cancellation:
    return Cancellation(key, key, CUSTOMER, sku, units, MONDAY + timedelta(days=1), 9)


def test_a_file_takes_back_sets_as_they_were_sold(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 9, "SPOON": 4})
        ids = products(scope, "GIFT", "MUG", "SPOON")
        recipes.declare(scope, ids["GIFT"], {ids["MUG"]: 2, ids["SPOON"]: 1})
        sold = replace(draft("1", {"GIFT": 3}), customer=CUSTOMER)
        (order,) = place(scope, sold).ready
        file = Import(kind="orders", name="", sha256="", profile="", mapping={}, report={}, at=scope.now)
        file.shop_id, file.actor_id = scope.shop_id, cast.haneul.actor.id
        scope.session.add(file)
        scope.session.flush()

        def bring(*asked: Cancellation) -> list[tuple[str, str, int]]:
            """What no order explains of these."""
            named = tuple(Goods(sku, sku, "") for sku in goods.known(scope, ids))
            told = Intake("generic", len(asked), (), asked, (), (), named, {}, (), ())
            done = importing.carry_out(scope, importing.prepared(scope, told), import_id=file.id)
            left = done.taken_back.unmatched
            return [(one.cancellation.key, one.reason, one.quantity) for one in left]

        assert bring(taken("C1", "GIFT", 1), taken("C2", "SPOON", 1)) == [("C2", "no_order", 1)]
        assert (held(scope, "MUG"), held(scope, "SPOON")) == ((9, 4), (4, 2))
        assert bring(taken("C1", "GIFT", 1)) == []  # the same file again
        orders.ship(scope, order)
        assert bring(taken("C3", "GIFT", 1), taken("C4", "GIFT", 2)) == [("C4", "no_order", 1)]
        (left,) = selling.on_orders(scope, [order])
        assert (left.quantity, left.left, held(scope, "MUG")) == (3, 2, (5, 0))
        assert invariants.findings(scope) == []
