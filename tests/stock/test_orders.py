"""What happens to orders: placed, waiting, filled, cancelled, shipped; and who may be found and read."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, text

from base.errors import NotFound
from base.scope import Scope
from security import journal, shops
from stock import orders, recipients
from stock.drafts import Recipient
from stock.models import Movement, Order, RecipientIndex, Reservation
from stock.news import OrdersCancelled, OrdersReady, OrdersReduced, OrdersShipped, OrdersShort
from stock.orders import NoReason, TooMuchCancelled
from stock.steps import StepRefused
from tests.cast import MONDAY, ActingAs, Cast
from tests.stock.yard import KIM, draft, held, lines, place, receive, state

pytestmark = pytest.mark.both  # locks and guarded statements

HOUR = timedelta(hours=1)


@pytest.fixture
def heard(world: object) -> list[object]:
    """The news that went up, in its order."""
    told: list[object] = []
    for kind in (OrdersReady, OrdersShort, OrdersReduced, OrdersCancelled, OrdersShipped):
        world.reactions[kind] = (lambda _scope, news: told.append(news),)  # type: ignore[attr-defined]
    return told


def test_an_order_is_ready_when_the_stock_can_fill_it_and_waits_when_not(
    cast: Cast, acting_as: ActingAs, heard: list[object]
) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 3, "CUP": 1})
        placed = place(
            scope, draft("1", {"MUG": 2, "CUP": 1}), draft("2", {"MUG": 2}), draft("3", {"MUG": 1})
        )
        ready, waits, small = placed.orders
        assert placed.ready == (ready, small)
        assert [state(scope, id_) for id_ in placed.orders] == ["ready", "short", "ready"]
        assert (held(scope, "MUG"), held(scope, "CUP")) == ((3, 3), (1, 1))
        assert heard == [OrdersReady((ready, small)), OrdersShort((waits,))]


def test_two_lines_of_one_product_are_one_demand(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 3})
        twice = draft("1", {"MUG": 2})
        twice = type(twice)(
            *(getattr(twice, name) for name in twice.__slots__[:6]), lines=twice.lines * 2, fees=()
        )
        placed = place(scope, twice)
        assert placed.ready == ()
        assert held(scope, "MUG") == (3, 0)
        receive(scope, {"MUG": 1}, key="more")
        assert state(scope, placed.orders[0]) == "ready"
        assert held(scope, "MUG") == (4, 4)


def test_waiting_orders_are_filled_by_the_oldest_promise(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        late = draft("late", {"MUG": 2}, ship_by=MONDAY + 9 * HOUR)
        soon = draft("soon", {"MUG": 2}, ship_by=MONDAY + 3 * HOUR)
        first = draft("first", {"MUG": 2}, ship_by=MONDAY + 3 * HOUR, placed_at=MONDAY - HOUR)
        ids = place(scope, late, soon, first).orders
        for wave, filled in enumerate((ids[2], ids[1], ids[0])):
            receive(scope, {"MUG": 2}, key=f"wave-{wave}")
            assert state(scope, filled) == "ready"
            assert held(scope, "MUG") == (2 * wave + 2, 2 * wave + 2)


def test_a_known_number_of_the_channel_is_passed_over(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        first = place(scope, draft("1", {"MUG": 1}))
        again = place(scope, draft("1", {"MUG": 5}), draft("2", {"MUG": 1}))
        assert (len(first.orders), len(again.orders), again.known) == (1, 1, 1)
        assert scope.session.scalar(select(func.count(Order.id))) == 2


def test_cancelling_gives_the_goods_to_whoever_waits(
    cast: Cast, acting_as: ActingAs, heard: list[object]
) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 3})
        has, waits = place(scope, draft("1", {"MUG": 3}), draft("2", {"MUG": 3})).orders
        heard.clear()
        orders.cancel(scope, has, why="asked")
        assert (state(scope, has), state(scope, waits)) == ("cancelled", "ready")
        assert held(scope, "MUG") == (3, 3)
        assert heard == [OrdersCancelled((has,)), OrdersReady((waits,))]
        with pytest.raises(StepRefused) as refused:
            orders.cancel(scope, has, why="asked")
        assert refused.value.facts == {"step": "cancel", "state": "cancelled"}
        with pytest.raises(NoReason):
            orders.cancel(scope, waits, why="because")
    with acting_as(cast.haneul, reading=True) as scope:
        told = [line.facts for line in journal.lines(scope, subject="order", act="order.cancelled").rows]
    assert told == [{"units": 3, "whole": True, "why": "asked"}]


def test_a_part_is_cancelled_and_the_rest_stays_promised(
    cast: Cast, acting_as: ActingAs, heard: list[object]
) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 5, "CUP": 1})
        (order,) = place(scope, draft("1", {"MUG": 5, "CUP": 1})).ready
        heard.clear()
        line = lines(scope, order)
        orders.cancel_lines(scope, order, {line["MUG"]: 2}, why="asked")
        assert (held(scope, "MUG"), held(scope, "CUP"), state(scope, order)) == ((5, 3), (1, 1), "ready")
        with pytest.raises(TooMuchCancelled) as refused:
            orders.cancel_lines(scope, order, {line["CUP"]: 1, line["MUG"]: 4}, why="asked")
        assert refused.value.facts == {"line_id": line["MUG"], "left": 3}
        orders.cancel_lines(scope, order, {line["MUG"]: 3, line["CUP"]: 1}, why="asked")
        assert (held(scope, "MUG"), held(scope, "CUP"), state(scope, order)) == ((5, 0), (1, 0), "cancelled")
        assert heard == [OrdersReduced((order,)), OrdersCancelled((order,))]


def test_a_short_order_that_wants_less_may_become_ready(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 2})
        (order,) = place(scope, draft("1", {"MUG": 2, "CUP": 1})).orders
        orders.cancel_lines(scope, order, {lines(scope, order)["CUP"]: 1}, why="asked")
        assert (state(scope, order), held(scope, "MUG")) == ("ready", (2, 2))


def test_shipping_issues_the_goods_and_freezes_the_verdict(
    cast: Cast, acting_as: ActingAs, heard: list[object]
) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 5})
        in_time, late = place(scope, draft("1", {"MUG": 2}), draft("2", {"MUG": 3})).ready
        heard.clear()
    closing_tuesday = MONDAY + timedelta(days=1, hours=9)
    with acting_as(cast.haneul, now=closing_tuesday) as scope:
        orders.ship(scope, in_time)
    with acting_as(cast.haneul, now=closing_tuesday + timedelta(hours=16)) as scope:
        orders.ship(scope, late)  # Wednesday ten o'clock: one open hour after the promise
    with acting_as(cast.haneul) as scope:
        stmt = select(Order.state, Order.verdict, Order.late_s, Order.shipped_at).order_by(Order.id)
        assert scope.session.execute(stmt).all() == [
            ("shipped", "met", 0, closing_tuesday),
            ("shipped", "breached", 3600, closing_tuesday + timedelta(hours=16)),
        ]
        assert held(scope, "MUG") == (0, 0)
        moved = select(Movement.kind, Movement.order_id, Movement.quantity).order_by(Movement.id)
        assert scope.session.execute(moved).all() == [
            ("receipt", None, 5),
            ("issue", in_time, -2),
            ("issue", late, -3),
        ]
        assert set(scope.session.scalars(select(Reservation.state))) == {"consumed"}
        with pytest.raises(StepRefused):
            orders.ship(scope, late)
        with pytest.raises(StepRefused):
            orders.cancel(scope, late, why="asked")
    assert heard == [OrdersShipped((in_time,)), OrdersShipped((late,))]


def test_a_short_order_is_not_shipped(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        (order,) = place(scope, draft("1", {"MUG": 2})).orders
        with pytest.raises(StepRefused) as refused:
            orders.ship(scope, order)
        assert refused.value.facts == {"step": "ship", "state": "short"}


@pytest.mark.parametrize("act", [orders.ship, partial(orders.cancel, why="asked"), orders.open_recipient])
@pytest.mark.parametrize("which", ["theirs", "none"])
def test_another_shops_order_and_none_are_the_same(
    cast: Cast, acting_as: ActingAs, act: object, which: str
) -> None:
    with acting_as(cast.stranger) as scope:
        receive(scope, {"MUG": 2})
        (theirs,) = place(scope, draft("1", {"MUG": 2})).ready
    with acting_as(cast.haneul) as scope, pytest.raises(NotFound):
        act(scope, theirs if which == "theirs" else 999_999)  # type: ignore[operator]
    with acting_as(cast.stranger) as scope:
        assert state(scope, theirs) == "ready"


@pytest.mark.parametrize(
    ("placed", "ship_by", "promise_s"),
    [
        ("2026-11-23T13:59", "2026-11-24T18:00", 4 * 3600 + 60 + 9 * 3600),
        ("2026-11-23T14:00", "2026-11-25T18:00", 4 * 3600 + 18 * 3600),
        (
            "2026-11-28T15:00",
            "2026-12-01T18:00",
            3 * 3600 + 18 * 3600,
        ),  # Saturday afternoon counts from Monday
    ],
)
def test_the_shops_rule_makes_the_promise(
    cast: Cast, acting_as: ActingAs, placed: str, ship_by: str, promise_s: int
) -> None:
    def seoul(at: str) -> datetime:
        return datetime.fromisoformat(f"{at}+09:00").astimezone(UTC)

    with acting_as(cast.haneul) as scope:
        (id_,) = place(scope, draft("1", {"MUG": 1}, placed_at=seoul(placed))).orders
        order = scope.session.get_one(Order, id_)
        assert (order.ship_by, order.promise_s) == (seoul(ship_by), promise_s)
        assert shops.rules(scope).cutoff == "14:00"


def test_recipients_are_sealed_and_come_back_whole(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        (order,) = place(scope, draft("1", {"MUG": 1})).orders
    with acting_as(cast.haneul, reading=True) as scope:
        assert orders.open_recipient(scope, order) == KIM
        stored = scope.session.execute(text("SELECT * FROM orders")).mappings().one()
        seen = orders.glimpse(scope, [scope.session.get_one(Order, order)])[order]
        assert (seen.name, seen.phone, seen.address, seen.memo) == (
            "김*나",
            "010-2345-****",
            "서울시 강남구 ***",
            "***",
        )
        leaked = [name for name, value in stored.items() if any(part in _bytes(value) for part in CANARIES)]
        assert leaked == []


CANARIES = [part.encode() for part in ("김하나", "2345", "06236", "테헤란로", "문 앞에")]


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("010-2345-6789", ["1", "2"]),
        ("+82 10 2345 6789", ["1", "2"]),
        ("6789", ["1", "2"]),
        ("김하나", ["1"]),
        (" 김 하나 ", ["1"]),
        ("김하", []),
        ("0001", ["3"]),
    ],
)
def test_orders_are_found_without_opening_a_seal(
    cast: Cast, acting_as: ActingAs, typed: str, found: list[str]
) -> None:
    others = [
        Recipient("이두리", "01023456789", "", "서울", ""),
        Recipient("박세", "02-777-0001", "", "서울", ""),
    ]
    with acting_as(cast.haneul) as scope:
        place(
            scope, draft("1", {"A": 1}), *(draft(str(n), {"A": 1}, to=to) for n, to in enumerate(others, 2))
        )
        assert numbers(scope, typed) == found
    with acting_as(cast.stranger) as scope:
        assert numbers(scope, typed) == []


def numbers(scope: Scope, typed: str) -> list[str]:
    token = recipients.search_token(scope, typed)
    assert token is not None
    stmt = (
        select(Order.number)
        .join(RecipientIndex, RecipientIndex.order_id == Order.id)
        .where(RecipientIndex.field == token[0], RecipientIndex.token == token[1])
    )
    return list(scope.session.scalars(stmt.order_by(Order.number)))
