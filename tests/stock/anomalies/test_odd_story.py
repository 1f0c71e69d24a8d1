"""An order that looks wrong waits, with its reason, until the owner lets it pass or cancels it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from base.errors import NotFound
from base.scope import Scope
from stock import goods, levels, orders
from stock.anomalies import deciding, reads
from stock.counts import gaps
from stock.demand import counting
from stock.demand.models import DemandDay
from stock.drafts import Draft
from stock.models import Count, Order
from stock.placing import Placed
from stock.steps import StepRefused
from tests.cast import MONDAY, ActingAs, Cast, SignedIn
from tests.stock import yard


def usual(number: int, sku: str = "MUG-01") -> Draft:
    return yard.draft(f"U-{number}", {sku: 1 + number % 3})


def free(number: str, sku: str) -> Draft:
    """An order of one unit that costs nothing."""
    told = yard.draft(number, {sku: 1})
    return replace(told, lines=tuple(replace(line, unit_price=Decimal(0)) for line in told.lines))


def states(scope: Scope, placed: Placed) -> list[str]:
    rows = scope.session.execute(select(Order.id, Order.state).where(Order.id.in_(placed.orders)))
    found = dict(rows.all())
    return [found[id_] for id_ in placed.orders]


def test_an_odd_order_waits_for_the_owner(acting_as: ActingAs, cast: Cast, signed_in: SignedIn) -> None:
    haneul = cast.haneul
    with acting_as(haneul) as scope:
        yard.receive(scope, {"MUG-01": 100_000})
        orders.place(scope, [usual(n) for n in range(60)])
    with acting_as(haneul) as scope:
        placed = orders.place(
            scope,
            [
                yard.draft("TYPED", {"MUG-01": 74_215}),
                free("FREE", "MUG-01"),
                yard.draft("LARGE", {"MUG-01": 90}),
                yard.draft("TWICE", {"MUG01": 1}),
                yard.draft("OTHER", {"PLATE-1": 1}),
            ],
        )
        assert states(scope, placed) == ["held", "held", "ready", "held", "short"]
        assert placed.held == (placed.orders[0], placed.orders[1], placed.orders[3])
        known = {one.number: (one.why, dict(one.facts)) for one in reads.held(scope).rows}
        assert known == {
            "TYPED": ("units", {"sku": "MUG-01", "units": 74_215, "top": 90, "beyond": 100}),
            "FREE": ("nothing", {"sku": "MUG-01", "lines": 62}),
            "TWICE": ("twin", {"sku": "MUG01", "other": "MUG-01"}),
        }
    typed, gift, *_ = placed.orders
    with acting_as(haneul) as scope:  # neither promised nor asked for: nothing is bought because of a mistake
        assert yard.held(scope, "MUG-01") == (100_000, 120 + 90)
        counting.keep(scope)
        units = select(DemandDay.units).where(
            DemandDay.product_id == goods.known(scope, ["MUG-01"])["MUG-01"]
        )
        assert scope.session.scalars(units).all() == [120 + 90]
        assert deciding.waiting(scope)[0] == 3

    page = signed_in(haneul).get("/orders/held").text
    assert page.count("74,215개는 너무 많아 보여요. 이 상품은 한 번에 90개까지 팔렸고") == 1
    shown = signed_in(haneul).get(f"/orders/{typed}").text
    assert (shown.count("이상해 보여서 멈춰 둔 주문이에요"), shown.count(f"/orders/{typed}/pass")) == (1, 1)
    client = signed_in(haneul)
    assert client.post(f"/orders/{gift}/pass", data={"csrf": client.csrf}).status_code == 302
    assert client.post(f"/orders/{gift}/pass", data={"csrf": client.csrf}).status_code == 409  # it has passed
    minji = signed_in(cast.minji)
    assert minji.post(f"/orders/{typed}/pass", data={"csrf": minji.csrf}).status_code == 403
    with acting_as(cast.stranger) as scope, pytest.raises(NotFound):
        deciding.let_pass(scope, typed)

    with acting_as(haneul) as scope:
        orders.cancel(scope, typed, why="mistake")
        assert states(scope, placed) == ["cancelled", "ready", "ready", "held", "short"]
        assert [(one.number, one.passed_by) for one in reads.decided(scope)] == [
            ("FREE", haneul.actor.id),
            ("TYPED", None),
        ]
        with pytest.raises(StepRefused):
            deciding.let_pass(scope, typed)
        counting.keep(scope)
        assert scope.session.scalars(units).all() == [120 + 90 + 1]
        again = orders.place(scope, [free("FREE-2", "MUG-01"), yard.draft("TWICE-2", {"MUG01": 1})])
        assert states(scope, again) == ["ready", "short"]  # it was given away before, and the SKU stands


def test_many_orders_at_once_ask_few_statements(acting_as: ActingAs, cast: Cast) -> None:
    asked: list[str] = []
    with acting_as(cast.haneul) as scope:
        yard.products(scope, "SKU-900", "SKU-901")
        drafts = [yard.draft(f"B-{n}", {f"SKU{n % 40}-{n % 7}": 1 + n % 5}) for n in range(900)]
        drafts += [yard.draft(f"O-{n}", {f"SKU{n}-{n}": 30_000 + n}) for n in range(2)]
        drafts += [yard.draft(f"W-{n}", {f"SKU{n}": 1}) for n in (900, 901)]
        event.listen(
            scope.session.connection(),
            "before_cursor_execute",
            lambda *told: asked.append(told[2].split()[0]),
        )
        assert len(orders.place(scope, drafts).held) == 4
        at_once = len(asked)
        orders.place(scope, [replace(one, number=f"2{one.number}") for one in drafts[:1]])
        single = len(asked) - at_once
        assert at_once - single <= 11  # the books of goods and levels, what is odd, and nothing an order
    with acting_as(cast.haneul) as scope:  # a file in which every tenth line is far larger is that shop's way
        rows = [yard.draft(f"X-{n}", {"BULK-1": 1 if n % 10 else 90_000 + n}) for n in range(600)]
        assert orders.place(scope, rows).held == ()


def test_a_partner_whose_gaps_only_grow(acting_as: ActingAs, cast: Cast) -> None:
    with acting_as(cast.haneul) as scope:
        product = yard.products(scope, "MUG-01")["MUG-01"]
        for partner, missing in ((cast.minji, (0, 1, 3, 6)), (cast.sujin, (0, 3, 1, 6))):
            home = levels.location(scope, levels.HOME, partner_id=partner.partner_id)
            scope.session.add_all(
                Count(
                    shop_id=scope.shop_id, product_id=product, location_id=home, counted=40 - units, book=40,
                    actor_id=partner.actor.id, at=MONDAY + timedelta(weeks=week),
                )
                for week, units in enumerate(missing)
            )  # fmt: skip
    with acting_as(cast.haneul, now=MONDAY + timedelta(weeks=4)) as scope:
        assert [(one.place.partner_id, one.missing) for one in reads.growing(scope)] == [
            (cast.minji.partner_id, (0, 1, 3, 6))
        ]
        assert len(gaps.missing_at_homes(scope)) == 2
