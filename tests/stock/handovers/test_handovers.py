"""A hand-over is two acts: who sends says how many, who gets them says how many, and nothing vanishes between."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from base.errors import NotFound
from base.scope import Scope
from security import people
from stock import invariants, levels
from stock.handovers import gate, life, limits, owed, reads, receiving, sending
from stock.handovers.models import Handover, HandoverLine
from stock.levels import HOME, TRANSIT, WAREHOUSE, OutOfStock
from stock.models import Movement, Product
from stock.moves import NoUnits
from tests.cast import MONDAY, ActingAs, Cast, SignedIn
from tests.stock import yard

DAY = timedelta(days=1)
PRICES = {"MUG": 12_000, "POT": 90_000}


@pytest.fixture
def minji(cast: Cast, acting_as: ActingAs) -> int:
    """Minji's partner id, in a shop of twenty mugs and four pots."""
    with acting_as(cast.haneul) as scope:
        yard.receive(scope, {"MUG": 20, "POT": 4})
        for sku, price in PRICES.items():
            row = (Product.shop_id == scope.shop_id, Product.sku == sku)
            scope.session.execute(update(Product).where(*row).values(price=Decimal(price)))
    return cast.minji.partner_id or 0


def lies(scope: Scope, sku: str, partner_id: int) -> tuple[int, int, int]:
    """Units in the warehouse, on the way and at home; they are what the ledger says in all."""
    found = [
        yard.balance(scope, sku, kind=kind, partner_id=partner_id if kind != WAREHOUSE else 0).on_hand
        for kind in (WAREHOUSE, TRANSIT, HOME)
    ]
    moved = select(func.sum(Movement.quantity)).where(
        Movement.shop_id == scope.shop_id, Movement.product_id == yard.products(scope, sku)[sku]
    )
    assert scope.session.scalar(moved) == sum(found)
    assert invariants.findings(scope) == []
    return found[0], found[1], found[2]


def line_of(scope: Scope, handover_id: int, sku: str) -> HandoverLine:
    return next(line for line in reads.slip(scope, handover_id).lines if line.product.sku == sku)


def say(scope: Scope, handover_id: int, sku: str, units: int) -> str:
    line = line_of(scope, handover_id, sku)
    return receiving.tell(scope, line.id, units=units, seen=line.version).state


def test_goods_go_to_a_home_and_come_back(minji: int, cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        ids = yard.products(scope, "MUG", "POT")
        for _ in range(2):  # the same form twice
            out = sending.hand_over(scope, key="a", goods={ids["MUG"]: 10, ids["POT"]: 2}, partner_id=minji)
        assert [lies(scope, sku, minji) for sku in ids] == [(10, 10, 0), (2, 2, 0)]
        with pytest.raises(NotFound):  # the owner sent it: somebody else says what came
            say(scope, out, "MUG", 10)
    with acting_as(cast.sujin) as scope, pytest.raises(NotFound):
        say(scope, out, "MUG", 10)
    with acting_as(cast.minji) as scope:
        assert reads.coming(scope) == 1
        assert (say(scope, out, "MUG", 9), lies(scope, "MUG", minji)) == (life.AGAIN, (10, 10, 0))
        with pytest.raises(receiving.ToldBefore):
            receiving.tell(scope, line_of(scope, out, "MUG").id, units=9, seen=1)
        assert (say(scope, out, "MUG", 9), lies(scope, "MUG", minji)) == (life.DIFFERS, (10, 1, 9))
        with pytest.raises(gate.LineOver):
            say(scope, out, "MUG", 10)
        assert reads.slip(scope, out).row.state == life.UNDER_WAY
    with acting_as(cast.haneul) as scope:  # the pots are still on the way, and stay in the shop after all
        sending.call_off(scope, out)
        assert [lies(scope, sku, minji) for sku in ids] == [(10, 1, 9), (4, 0, 0)]
        assert (reads.slip(scope, out).row.state, reads.asked(scope)) == (life.UNSETTLED, (1, MONDAY))
        with pytest.raises(sending.NothingOnTheWay):
            sending.call_off(scope, out)
        mugs = line_of(scope, out, "MUG")
        assert (mugs.received, mugs.told_by, mugs.told_at) == (9, cast.minji.actor.id, MONDAY)
        with pytest.raises(receiving.BadOutcome):
            receiving.settle(scope, mugs.id, outcome=life.FOUND)
        receiving.settle(scope, mugs.id, outcome=life.LOST)
        assert (lies(scope, "MUG", minji), reads.asked(scope)) == ((10, 0, 9), (0, None))
    with acting_as(cast.minji, now=MONDAY + DAY) as scope:
        for goods, refusal in (({}, NoUnits), ({ids["MUG"]: 10}, OutOfStock)):
            with pytest.raises(refusal):
                sending.give_back(scope, key="too-many", goods=goods)
        kept = sending.give_back(scope, key="b", goods={ids["MUG"]: 4})
        sending.call_off(scope, kept)
        back = sending.give_back(scope, key="c", goods={ids["MUG"]: 4})
        assert lies(scope, "MUG", minji) == (10, 4, 5)
        with pytest.raises(NotFound):
            say(scope, back, "MUG", 4)
    with acting_as(cast.haneul, now=MONDAY + DAY) as scope:  # one more came than she had counted
        assert [say(scope, back, "MUG", 5) for _ in range(2)] == [life.AGAIN, life.DIFFERS]
        assert lies(scope, "MUG", minji) == (14, 0, 5)
        receiving.settle(scope, line_of(scope, back, "MUG").id, outcome=life.SENDER)
        assert (lies(scope, "MUG", minji), reads.live(scope)) == ((15, 0, 4), [])


def test_a_home_holds_so_much_and_no_more_and_what_is_there_grows_old(
    minji: int, cast: Cast, acting_as: ActingAs
) -> None:
    with acting_as(cast.haneul) as scope:
        ids = yard.products(scope, "MUG", "POT", "TAPE")
        yard.lend(scope, {ids["MUG"]: 10}, cast.minji.actor)
        yard.receive(scope, {"TAPE": 5})
        limits.set_(scope, 0, won=300_000)
        with pytest.raises(limits.OverLimit) as refused:
            sending.hand_over(scope, key="x", goods={ids["POT"]: 3}, partner_id=minji)
        assert refused.value.facts == {"limit": 300_000, "there": 120_000, "coming": 270_000}
    with acting_as(cast.haneul, now=MONDAY + 3 * DAY) as scope:
        limits.set_(scope, minji, won=400_000)
        yard.lend(scope, {ids["POT"]: 3}, cast.minji.actor, "pots")
        yard.bring(scope, {ids["MUG"]: 6}, cast.minji.actor, "back")
        yard.lend(scope, {ids["MUG"]: 2}, cast.minji.actor, "more")
        sending.hand_over(scope, key="tape", goods={ids["TAPE"]: 5}, partner_id=minji)
    with acting_as(cast.haneul, now=MONDAY + 10 * DAY) as scope:
        first, *others = owed.homes(scope)
        seen = [(row.product.sku, row.units, row.way, row.won, row.days) for row in first.lent]
        assert seen == [("MUG", 6, 0, 72_000, 10), ("POT", 3, 0, 270_000, 7), ("TAPE", 0, 5, 0, None)]
        assert (first.won, first.limit, first.own_limit, first.unpriced) == (342_000, 400_000, True, 1)
        assert [(home.place.name, home.lent, home.limit) for home in others] == [("Sujin", (), 300_000)]


def test_what_lies_with_somebody_who_left_is_fetched_by_the_owner_alone(
    minji: int, cast: Cast, acting_as: ActingAs
) -> None:
    with acting_as(cast.haneul) as scope:
        mug = yard.products(scope, "MUG")["MUG"]
        yard.lend(scope, {mug: 3}, cast.minji.actor)
        with pytest.raises(sending.PartnerHere):
            sending.fetch(scope, key="f", goods={mug: 3}, partner_id=minji)
        people.leave(scope, minji)
        with pytest.raises(sending.PartnerLeft):
            sending.hand_over(scope, key="g", goods={mug: 1}, partner_id=minji)
        with pytest.raises(levels.NoSuchPlace):
            sending.hand_over(
                scope, key="h", goods={mug: 1}, partner_id=cast.stranger_partner.partner_id or 0
            )
        made = sending.fetch(scope, key="f", goods={mug: 3}, partner_id=minji)
        assert (lies(scope, "MUG", minji), reads.slip(scope, made).row.alone) == ((20, 0, 0), True)


def test_the_pages_lead_through_it(minji: int, cast: Cast, signed_in: SignedIn, acting_as: ActingAs) -> None:
    haneul, hers, stranger = signed_in(cast.haneul), signed_in(cast.minji), signed_in(cast.stranger)

    def post(client: Any, path: str, **form: object) -> Any:
        return client.post(path, data={"csrf": client.csrf, **form})

    form = {"sku": "POT", "quantity": "4", "partner_id": minji}
    assert post(haneul, "/stock/homes/limit", won="천 원").status_code == 422
    assert post(haneul, f"/stock/homes/{minji}/limit", won="350,000").status_code == 302
    refused = post(haneul, "/stock/hand-over", **form)
    assert (refused.status_code, refused.text.count("맡길 수 있는 한도는 350,000원이에요.")) == (409, 1)
    path = post(haneul, "/stock/hand-over", **form | {"quantity": "3"}).location
    assert (path, haneul.get(path).text.count("3개가 가는 중이에요")) == ("/stock/handovers/1", 1)
    assert hers.get("/today").text.count("받을 물건이 1건 있어요.") == 1
    assert hers.get("/my-stock").text.count("1가지를 확인해 주세요.") == 1
    with acting_as(cast.minji) as scope:
        line = line_of(scope, 1, "POT")
    receive = f"/my-stock/handover-lines/{line.id}/receive"
    assert post(hers, receive, units="많이", version=1).status_code == 422
    assert hers.post(receive, data={"csrf": hers.csrf, "units": "2", "version": "1"}, headers={"Accept": "application/json"}).json == {
        "stands": "todo", "again": True, "text": "'POT 상품', 보낸 수와 달라요. 한 번 더 세어 주세요.",
        "fields": {"version": "2"}, "progress": {"done": 0, "total": 1},
    }  # fmt: skip
    assert post(hers, receive, all="1", version=2).location == "/my-stock/handovers/1"
    assert hers.get("/my-stock/handovers/1").text.count("1가지 3개를 받았어요.") == 1
    assert post(hers, "/my-stock/return", **{f"units-{line.product_id}": "x"}).status_code == 422
    back = post(hers, "/my-stock/return", **{f"units-{line.product_id}": "2"}).location
    assert back == "/my-stock/handovers/2"
    home = haneul.get("/stock/homes").text
    assert (home.count("파트너 1명이 3개, 270,000원어치를 갖고 있어요."), home.count("받아 주세요")) == (1, 1)
    with acting_as(cast.haneul) as scope:
        came = line_of(scope, 2, "POT")
    for version in (1, 2):
        told = post(haneul, f"/stock/handover-lines/{came.id}/receive", units="1", version=version)
        assert told.location == "/stock/handovers/2"
    settle = f"/stock/handover-lines/{came.id}/settle"
    assert post(haneul, settle).status_code == 422
    assert post(haneul, settle, outcome="sender").location == "/stock/handovers/2"
    assert haneul.get(f"/stock/homes/{minji}").text.count("2개, 180,000원어치 있어요.") == 1
    assert post(hers, "/my-stock/handovers/2/call-off").status_code == 409
    gone = ("/stock/handovers/1", f"/stock/homes/{minji}", "/stock/homes/9876")
    assert [stranger.get(path).status_code for path in gone] == [404] * 3
    assert [post(stranger, path).status_code for path in (settle, "/stock/handovers/1/call-off")] == [404] * 2
    with acting_as(cast.haneul) as scope:
        assert (
            scope.session.scalar(select(func.count(Handover.id)).where(Handover.shop_id == scope.shop_id))
            == 2
        )
