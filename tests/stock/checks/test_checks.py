"""The weekly stock check: figures frozen in, written, signed, and what was promised stands in the next."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from base.errors import NotFound, Stale
from base.scope import World
from stock import counting, levels, rolling
from stock.buying import looking, noting
from stock.buying import reads as buying
from stock.buying.models import Outlook
from stock.checks import checking
from stock.checks.checking import BadCheck
from stock.checks.models import StockCheck
from stock.counts import rounds
from stock.demand.models import DemandDay
from stock.models import Product
from stock.value import costing, keeping, storing
from stock.value import reads as money
from stock.value.storing import BadStorage
from tests.api.calling import Program, token_of
from tests.cast import MONDAY, ActingAs, Cast, SignedIn
from tests.stock.yard import draft, place, products, receive

WEEK = date(2026, 11, 23)
SKUS = ("MUG", "HAT", "OLD")


@pytest.fixture
def ids(cast: Cast, acting_as: ActingAs) -> dict[str, int]:
    """Two mugs a day for five weeks, few are left; ten hats nobody wants; one old thing of which one is gone."""
    with acting_as(cast.haneul, now=MONDAY - timedelta(days=120)) as scope:
        ids = products(scope, *SKUS)
        scope.session.execute(
            update(Product).where(Product.shop_id == scope.shop_id).values(price=Decimal(9000))
        )
        for sku, units in (("MUG", 76), ("HAT", 10), ("OLD", 5)):
            keeping.price(scope, key=f"bought:{sku}", paid={ids[sku]: units * costing.parts(3000)})
            receive(scope, {sku: units}, f"bought:{sku}")
    with acting_as(cast.haneul) as scope:
        sold = [draft(f"{day}", {"MUG": 2}, placed_at=MONDAY - timedelta(days=day)) for day in range(1, 36)]
        place(scope, *sold)
        rolling.keep(scope)
        shelf = (ids["OLD"], levels.location(scope, levels.WAREHOUSE))
        counting.count(scope, shelf=shelf, counted=4, begun=counting.begin(scope, shelf))  # one is missing
        rolling.keep(scope)
    return ids


def test_a_check_is_begun_written_signed_and_never_changes(
    ids: dict[str, int], cast: Cast, acting_as: ActingAs, signed_in: SignedIn
) -> None:
    with acting_as(cast.haneul) as scope:
        assert checking.is_due(scope)
        first = checking.begin(scope)
        assert checking.begin(scope) == first
        row = scope.session.get_one(StockCheck, first)
        told = row.figures
        assert (row.first, row.edition, row.state) == (WEEK, 1, "draft")
        assert told["count"] == {"round": 0, "due": 2, "later": 0}
        assert (told["gaps"]["counts"], told["gaps"]["missing"], told["gaps"]["share"]) == (1, 1, [1, 5])
        assert [one["sku"] for one in told["gaps"]["rows"]] == ["OLD"]
        assert [one["sku"] for one in told["order"]["rows"]] == ["MUG"]
        assert told["order"]["proposed"] == 1
        assert {
            one["sku"]: (one["units"], one["won"], one["mark_down"]) for one in told["clear"]["rows"]
        } == {
            "HAT": (10, 30_000, 50),
            "OLD": (4, 12_000, 50),
        }
        rounds.begin(scope)
        with pytest.raises(BadCheck):
            checking.write(scope, first, {"next": "900101-1234567"}, version=1)
        with pytest.raises(NotFound):
            checking.sign(scope, first + 99, version=1)
    with signed_in(cast.haneul) as client:
        page = client.get(f"/stock/checks/{first}").text
        assert "셀 것 2개, 살 것 1개, 너무 많이 쌓인 것 42,000원이에요." in page
        form = {
            "csrf": client.csrf,
            "version": "1",
            "gaps": "떨어뜨렸어요",
            "next": "모자를 반값에",
            "sign": "1",
        }
        wrong = client.post(
            f"/stock/checks/{first}", data=form | {"next": "가" * 2001, "client_id": "client-id-of-form-w"}
        )
        assert (wrong.status_code, "떨어뜨렸어요" in wrong.text) == (422, True)
        done = client.post(f"/stock/checks/{first}", data=form | {"client_id": "client-id-of-form-a"})
        assert (done.status_code, done.headers["Location"]) == (302, f"/stock/checks/{first}")
        assert "모자를 반값에" in client.get(f"/stock/checks/{first}").text
        assert (
            client.post(
                f"/stock/checks/{first}", data=form | {"client_id": "client-id-of-form-b"}
            ).status_code
            == 409
        )
        assert f"/stock/checks/{first}" in client.get("/stock/checks").text
    with acting_as(cast.haneul, now=MONDAY + timedelta(hours=2)) as scope:
        assert not checking.is_due(scope)
    with acting_as(cast.haneul, now=MONDAY + timedelta(days=7)) as scope:
        assert checking.is_due(scope)
        second = scope.session.get_one(StockCheck, checking.begin(scope))
        assert (second.figures["promised"], second.figures["count"]["left"]) == ("모자를 반값에", 2)
        with pytest.raises(Stale):
            checking.write(scope, first, {}, version=3)
    with acting_as(cast.stranger) as scope, pytest.raises(NotFound):
        checking.write(scope, first, {}, version=3)
    with signed_in(cast.minji) as client:
        assert client.get("/stock/checks").status_code == 403


def test_what_money_in_goods_earns_and_what_it_costs_to_keep(
    ids: dict[str, int], cast: Cast, acting_as: ActingAs, signed_in: SignedIn, world: World
) -> None:
    with acting_as(cast.haneul) as scope:
        looking.refresh_all(scope)
        look = buying.look(scope, ids["MUG"])
        assert look
        # seventy mugs at 1,000 won that cost 3,000; 76 were here all the ninety days: 228,000 won
        assert (look.margin_won, look.mean_parts, look.season) == (-140_000, costing.parts(228_000), 100)
        assert look.returns == round(-140_000 / 228_000 * 365 / 90 * 100)
        found = money.money(scope)
        assert found
        assert [[one.n for one in row] for row in found.classes] == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]
        assert found.unsure == 2
        assert found.earns == pytest.approx(-140_000 / (228_000 + 45_000) * 365 / 90)
        assert found.storage is None
        with pytest.raises(BadStorage):
            storing.set_cost(scope, -1)
        with pytest.raises(BadStorage):
            storing.set_room(scope, ids["HAT"], Decimal("0.05"))
        storing.set_cost(scope, 100_000)
        storing.set_room(scope, ids["HAT"], Decimal(2))
        assert {one.product.sku: one.storage for one in money.ranked(scope, "storage").rows} == {
            "MUG": 76_000,
            "HAT": 20_000,
            "OLD": 4_000,
        }
        assert [one.product.sku for one in money.ranked(scope, "returns").rows] == ["MUG", "HAT", "OLD"]
        assert [one.product.sku for one in money.of_class(scope, "CZ").rows] == ["MUG"]
    with signed_in(cast.haneul) as client:
        for path in ("", "/returns", "/storage", "/CZ", "/AX"):
            assert client.get(f"/buying/money{path}").status_code == 200
        for path in ("/nothing", "/XA", "/A"):
            assert client.get(f"/buying/money{path}").status_code == 404
        form = {"csrf": client.csrf, "client_id": "client-id-of-form-s", "storage": "많이"}
        assert client.post("/buying/money/storage", data=form).status_code == 422
        form |= {"client_id": "client-id-of-form-t", "storage": "250,000"}
        assert client.post("/buying/money/storage", data=form).status_code == 302
        assert "25만원" in client.get("/buying/money").text
        room = f"/buying/products/{ids['HAT']}/room"
        form = {"csrf": client.csrf, "client_id": "client-id-of-form-r", "room": "-"}
        assert client.post(room, data=form).status_code == 422
        assert (
            client.post(room, data=form | {"client_id": "client-id-of-form-q", "room": "1.5"}).status_code
            == 302
        )
        assert "한 달 보관비는" in client.get(f"/buying/products/{ids['HAT']}").text
    with acting_as(cast.haneul) as scope:
        row = scope.session.query(Outlook).filter_by(product_id=ids["HAT"]).populate_existing().one()
        assert row.room == 150
    with signed_in(cast.haneul) as browser:
        program = Program(browser, token_of(world, cast.haneul, permissions=["buying.see"])[1])
        told = program.get("/stock/value").get_json()
        assert (told["cash"], told["storage"], told["margin"]) == (270_000, 250_000, -140_000)
        (one,) = program.get("/stock/proposals").get_json()["rows"]
        assert (one["sku"], one["reason"], len(one["weeks"])) == ("MUG", "late", 9)
        month = program.get("/stock/flow?month=2026-11").get_json()
        assert (month["all"]["adjusted"], month["all"]["closing"]) == (
            {"units": -1, "won": -3_000},
            {"units": 90, "won": 270_000},
        )
        assert [row["sku"] for row in month["rows"]] == ["HAT", "MUG", "OLD"]
        for wrong in ("month=2026-13", "place_id=-1"):
            assert program.get(f"/stock/flow?{wrong}").status_code == 422
        assert program.get("/stock/flow?place_id=999999").status_code == 404


def test_the_time_of_the_year_raises_what_is_proposed(
    ids: dict[str, int], cast: Cast, acting_as: ActingAs
) -> None:
    """Two hats a day all year, four in December; on Monday two of the next two weeks are December's."""
    with acting_as(cast.haneul) as scope:
        day, last = date(2025, 10, 1), MONDAY.date()
        while day < last:
            units = 4 if day.month == 12 else 2
            row = DemandDay(product_id=ids["HAT"], day=day, orders=1, units=units, won=9000)
            row.shop_id = scope.shop_id
            scope.session.add(row)
            day += timedelta(days=1)
        scope.session.flush()
        looking.refresh(scope, [ids["HAT"]])
        plain = buying.look(scope, ids["HAT"])
        assert plain
        assert (plain.season, plain.rate_milli) == (100, 2000)
        usual = plain.propose
        looking.refresh_all(scope)
        winter = buying.look(scope, ids["HAT"])
        assert winter
        assert (winter.season, winter.noted) == (138, 100)  # 0.9 times in November, 1.84 in December
        assert winter.propose > usual
        noting.note(
            scope, ids["HAT"], noting.Told("season", 100, WEEK, WEEK + timedelta(days=30), "올해는 따뜻해요")
        )
        told = buying.look(scope, ids["HAT"])
        assert told
        assert (told.season, told.noted) == (100, 100)
