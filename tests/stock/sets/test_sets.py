"""A set is sold as one and lies as its parts: promised, shipped and taken out with them, and never oversold."""

from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from base.errors import Invalid
from base.scope import Scope, World
from stock import handling, invariants, orders, shelves
from stock.channels import reads as channels
from stock.models import OrderLine, Product
from stock.moves import SetLies
from stock.sets import recipes, selling
from stock.sets.models import SoldSet
from stock.sets.recipes import SetWanted
from tests.cast import ActingAs, Cast, SignedIn
from tests.stock.yard import draft, held, lines, place, products, receive, state

PARTS = {"MUG": 2, "SPOON": 1}


@pytest.fixture
def gift(cast: Cast, acting_as: ActingAs) -> int:
    """A gift of two mugs and a spoon, of which seven mugs and four spoons lie in the shop."""
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 7, "SPOON": 4})
        ids = products(scope, "GIFT", *PARTS)
        for sku, price in (("MUG", 12_000), ("SPOON", 6_000)):
            row = (Product.shop_id == scope.shop_id, Product.id == ids[sku])
            scope.session.execute(update(Product).where(*row).values(price=Decimal(price)))
        recipes.declare(scope, ids["GIFT"], {ids[sku]: units for sku, units in PARTS.items()})
        return ids["GIFT"]


def stand(scope: Scope, product_id: int) -> tuple[int, str]:
    found = shelves.stand(scope, scope.session.get_one(Product, product_id))
    return found.available, found.mark


def test_ordering_a_set_promises_and_ships_its_parts(gift: int, cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        assert stand(scope, gift) == (3, "ok")
        told = {one.sku: one.units for one in channels.every_offer(scope, "generic", buffer=0)}
        assert told == {"GIFT": 3, "MUG": 7, "SPOON": 4}
        (first,) = place(scope, draft("1", {"GIFT": 2, "MUG": 1})).ready
        assert (held(scope, "MUG"), held(scope, "SPOON"), held(scope, "GIFT")) == ((7, 5), (4, 2), (0, 0))
        assert stand(scope, gift) == (1, "ok")
        stmt = select(OrderLine.name, OrderLine.quantity, OrderLine.price).where(OrderLine.order_id == first)
        told = [tuple(row) for row in scope.session.execute(stmt.order_by(OrderLine.id))]
        assert told == [("MUG 상품", 4, 400), ("SPOON 상품", 2, 200), ("MUG 상품", 1, 1000)]
        (waits,) = place(scope, draft("2", {"GIFT": 2})).orders
        assert state(scope, waits) == "short"
        (sold,) = selling.on_orders(scope, [first])
        assert (sold.sku, sold.quantity, sold.left, sold.price) == ("GIFT", 2, 2, 1000)
        broken = {lines(scope, first)["SPOON"]: 1}
        with pytest.raises(selling.PartOfSet):
            orders.cancel_lines(scope, first, broken, why="asked")
        orders.cancel_lines(
            scope, first, sold.units(1), why="asked"
        )  # one set is enough for two: they are filled
        assert (state(scope, waits), stand(scope, gift)) == ("ready", (0, "out"))
        (left,) = selling.on_orders(scope, [first])
        assert (left.quantity, left.left) == (2, 1)
        for order in (first, waits):
            orders.ship(scope, order)
        assert (held(scope, "MUG"), held(scope, "SPOON")) == ((0, 0), (1, 0))
        assert invariants.findings(scope) == []


def test_what_a_set_may_be_made_of(gift: int, cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        ids = products(scope, "MUG", "POT", "BOX", "NEW")
        receive(scope, {"POT": 1})
        for set_id, parts, why in (
            (gift, {gift: 2}, "sets.holds_itself"),
            (gift, {ids["POT"]: 1}, "sets.too_few_parts"),
            (ids["BOX"], {gift: 1, ids["POT"]: 1}, "sets.nested"),
            (ids["MUG"], {ids["POT"]: 2}, "sets.nested"),
            (gift, {ids["POT"]: 1001}, "sets.too_many_parts"),
        ):
            with pytest.raises(Invalid) as refused:
                recipes.declare(scope, set_id, parts)
            assert refused.value.code == why
        with pytest.raises(SetLies):
            recipes.declare(scope, ids["POT"], {ids["BOX"]: 2})
        with pytest.raises(SetLies):
            handling.receive(scope, key="gifts", goods={gift: 1})
        place(scope, draft("9", {"NEW": 1}))
        with pytest.raises(SetWanted):
            recipes.declare(scope, ids["NEW"], {ids["POT"]: 2})
        recipes.declare(scope, gift, {})
        handling.receive(scope, key="gifts", goods={gift: 1})
        assert stand(scope, gift) == (1, "ok")


@pytest.mark.both
def test_two_hands_never_sell_the_last_parts_twice(
    gift: int, world: World, cast: Cast, acting_as: ActingAs
) -> None:
    """Sets and their parts are ordered at once by many hands: seven mugs are promised, and no more."""
    start = Barrier(4)

    def order(number: int) -> None:
        start.wait()
        with acting_as(cast.haneul) as scope:
            place(scope, draft(f"R{number}", {"GIFT": 1} if number % 2 else {"MUG": 3}))

    hands = [Thread(target=order, args=(number,)) for number in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    with acting_as(cast.haneul) as scope:
        on_hand, promised = held(scope, "MUG")
        assert (on_hand, promised in {6, 7}) == (7, True)  # three and three, or three and two sets
        assert invariants.findings(scope) == []


def test_the_pages_of_a_set(gift: int, cast: Cast, signed_in: SignedIn, acting_as: ActingAs) -> None:
    haneul, stranger = signed_in(cast.haneul), signed_in(cast.stranger)
    path = f"/products/{gift}/parts"

    def post(client: Any, where: str, **form: object) -> Any:
        return client.post(where, data={"csrf": client.csrf, **form})

    assert haneul.get(f"/stock/{gift}").text.count("지금 만들 수 있는 세트는 3개예요.") == 1
    assert haneul.get(path).text.count("MUG 2\nSPOON 1") == 1
    assert post(haneul, path, lines="CUP 2").status_code == 422
    assert post(haneul, path, lines="MUG 1").text.count("두 개 이상") == 1
    assert post(haneul, path, lines="MUG 1\nSPOON 2").location == f"/stock/{gift}"
    with acting_as(cast.haneul) as scope:
        (order,) = place(scope, draft("1", {"GIFT": 2})).ready
        sold = scope.session.scalars(select(SoldSet.id).where(SoldSet.shop_id == scope.shop_id)).one()
    assert haneul.get(f"/orders/{order}").text.count("GIFT 상품 2개") == 1
    cancel = f"/orders/{order}/cancel-lines"
    assert post(haneul, cancel, why="asked", **{f"set-{sold}": "3"}).status_code == 422
    assert post(haneul, cancel, why="asked", **{f"set-{sold}": "1"}).status_code == 302
    with acting_as(cast.haneul) as scope:
        assert (held(scope, "MUG"), held(scope, "SPOON")) == ((7, 1), (4, 2))
    assert [stranger.get(path).status_code, post(stranger, path).status_code] == [404, 404]
