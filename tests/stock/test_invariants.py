"""The doctor of the stock: silent on a sound book, and each fault is found by name."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from base.db import open_engines
from base.scope import Scope, World
from stock import invariants, orders
from stock.handovers import sending
from tests.cast import ActingAs, Cast
from tests.stock.yard import draft, place, products, receive

pytestmark = pytest.mark.both  # statements over whole tables


@pytest.fixture
def shop(cast: Cast, acting_as: ActingAs) -> Callable[[], list[tuple[str, dict[str, int]]]]:
    """A shop with one order of each kind; tells what the doctor finds in it."""
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 10, "CUP": 3, "POT": 1})
        pot = products(scope, "POT")["POT"]
        sending.hand_over(scope, key="pot", goods={pot: 1}, partner_id=cast.minji.partner_id or 0)
        shipped, cancelled = place(scope, draft("1", {"MUG": 2, "CUP": 1}), draft("2", {"MUG": 1})).ready
        orders.ship(scope, shipped)
        orders.cancel(scope, cancelled, why="asked")
        place(scope, draft("3", {"MUG": 4}), draft("4", {"CUP": 9}))

    def found() -> list[tuple[str, dict[str, int]]]:
        with acting_as(cast.haneul, reading=True) as scope:
            return [(finding.code, finding.facts) for finding in invariants.findings(scope)]

    return found


def spoil(world: World, shop_id: int, *statements: str) -> None:
    """Does what no gate would, with the foreign keys and triggers left as they are."""
    engines = open_engines(world.settings.database_owner_url)
    with engines.write.begin() as connection:
        if engines.dialect == "postgresql":
            connection.execute(text("SELECT set_config('dari.shop', :shop, true)"), {"shop": str(shop_id)})
        for statement in statements:
            connection.execute(text(statement))
    engines.dispose()


def test_a_sound_book_is_silent(shop: Callable[[], list[tuple[str, dict[str, int]]]]) -> None:
    assert shop() == []


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("UPDATE levels SET on_hand = on_hand + 1 WHERE on_hand = 8", ["stock.balance"]),
        ("DELETE FROM levels WHERE on_hand = 8", ["stock.no_level"]),
        ("UPDATE handover_lines SET sent = 2", ["stock.on_the_way"]),
        ("UPDATE levels SET reserved = reserved - 1 WHERE on_hand = 8", ["stock.reserved"]),
        ("UPDATE order_lines SET quantity = quantity + 1 WHERE quantity = 2", ["stock.not_issued"]),
        ("UPDATE order_lines SET quantity = quantity + 1 WHERE quantity = 4", ["stock.not_held"]),
        ("UPDATE orders SET state = 'short' WHERE state = 'ready'", ["stock.held_in_vain"]),
        ("UPDATE orders SET state = 'cancelled' WHERE state = 'ready'", ["stock.held_in_vain"]),
        ("UPDATE order_lines SET cancelled = 9 WHERE quantity = 9", ["stock.empty_order"]),
        (
            "UPDATE reservations SET state = 'released' WHERE state = 'held'",
            ["stock.reserved", "stock.not_held"],
        ),
    ],
)
def test_each_fault_is_found(
    shop: Callable[[], list[tuple[str, dict[str, int]]]],
    world: World,
    cast: Cast,
    fault: str,
    codes: list[str],
) -> None:
    spoil(world, cast.shop_id, fault)
    assert [code for code, _ in shop()] == codes


def test_another_shops_fault_is_theirs(
    shop: Callable[[], list[tuple[str, dict[str, int]]]], world: World, cast: Cast, acting_as: ActingAs
) -> None:
    def theirs(scope: Scope) -> list[str]:
        return [finding.code for finding in invariants.findings(scope)]

    with acting_as(cast.stranger) as scope:
        receive(scope, {"POT": 77})
    spoil(world, cast.stranger.shop_id, "UPDATE levels SET on_hand = 78 WHERE on_hand = 77")
    with acting_as(cast.stranger, reading=True) as scope:
        assert theirs(scope) == ["stock.balance"]
    assert shop() == []
