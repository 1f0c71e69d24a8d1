"""What channels may sell: the rule, codes and files, and one message about many changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

import app as front
from base.errors import NotFound, Stale
from base.scope import World
from hooks import endpoints
from hooks.models import Delivery
from stock import orders
from stock.channels import desk, reads, rule, watching
from stock.channels.desk import BadChannel
from stock.channels.rule import Offer
from tests.cast import MONDAY, ActingAs, Cast, SignedIn
from tests.stock import yard


@pytest.mark.quick
@pytest.mark.parametrize(
    ("free", "buffer", "units"), [(5, 0, 5), (5, 2, 3), (2, 2, 0), (1, 2, 0), (-3, 0, 0)]
)
def test_what_a_channel_may_sell(free: int, buffer: int, units: int) -> None:
    assert rule.sellable(free, buffer) == units


@pytest.mark.quick
def test_codes_as_people_type_them() -> None:
    assert rule.typed("123, mug-01\n\n 124\tTEE \nnonsense\na,b,c\n,x") == (
        [("123", "MUG-01"), ("124", "TEE")],
        [4, 5, 6],
    )
    assert rule.doubled([("1", "A"), ("1", "A"), ("2", "A"), ("2", "B")]) == ["2"]


@pytest.mark.quick
def test_files_in_the_encoding_of_their_channel() -> None:
    offers = [Offer("123", "MUG-01", "머그컵 🍵", 3), Offer("=1+1", "-X", '쉼표, 따옴표"', 0)]
    told = rule.written("smartstore", offers).decode("cp949").splitlines()
    assert told == [
        "상품번호,판매자 상품코드,상품명,재고수량",
        "123,MUG-01,머그컵 ?,3",
        '\'=1+1,\'-X,"쉼표, 따옴표""",0',
    ]
    assert rule.written("coupang", [])[:3] == b"\xef\xbb\xbf"


def sold(scope: object, name: str, buffer: int) -> list[tuple[str, int]]:
    return [(one.code, one.units) for one in reads.every_offer(scope, name, buffer=buffer)]  # type: ignore[arg-type]


@pytest.fixture
def world(world: World) -> World:
    """As the app is wired: webhooks hear."""
    return replace(world, reactions=dict(front.REACTIONS))


def test_a_channel_from_its_codes_to_its_file(acting_as: ActingAs, cast: Cast, signed_in: SignedIn) -> None:
    haneul = cast.haneul
    with acting_as(haneul) as scope:
        yard.receive(scope, {"MUG-01": 5, "TEE-1": 9})
        orders.place(scope, [yard.draft("A-1", {"MUG-01": 2})])
        assert desk.name_products(scope, "smartstore", "123, mug-01\n124, TEE-1") == 2
        for text, why in (
            ("125, NONE-1", "unknown"),
            ("x", "line"),
            ("", "none"),
            ("1, MUG-01\n1, TEE-1", "doubled"),
        ):
            with pytest.raises(BadChannel) as refused:
                desk.name_products(scope, "smartstore", text)
            assert refused.value.facts["why"] == why
        assert sold(scope, "smartstore", 0) == [("123", 3), ("124", 9)]  # two mugs are promised
        assert sold(scope, "coupang", 0) == []
        assert sold(scope, "generic", 4) == [("MUG-01", 0), ("TEE-1", 5)]
        with pytest.raises(NotFound):
            desk.keep_back(scope, "ebay", buffer=1, version=0)
        with pytest.raises(BadChannel):
            desk.keep_back(scope, "smartstore", buffer=-1, version=0)
        desk.keep_back(scope, "smartstore", buffer=1, version=0)
        with pytest.raises(Stale):
            desk.keep_back(scope, "smartstore", buffer=2, version=7)
    client = signed_in(haneul)
    page = client.get("/channels/smartstore")
    assert (page.status_code, page.text.count("상품마다 1개는 남겨 둬요")) == (200, 1)
    file = client.post("/channels/smartstore/file", data={"csrf": client.csrf})
    assert file.data.decode("cp949").splitlines()[1:] == [
        "123,MUG-01,MUG-01 상품,2",
        "124,TEE-1,TEE-1 상품,8",
    ]
    assert (
        client.post("/channels/smartstore/forget", data={"csrf": client.csrf, "code": "124"}).status_code
        == 302
    )
    wrong = client.post("/channels/smartstore/codes", data={"csrf": client.csrf, "codes": "9, NONE-1"})
    assert (wrong.status_code, wrong.text.count("상품코드 NONE-1를 찾을 수 없어요")) == (422, 1)
    assert client.get("/channels/ebay").status_code == 404
    assert [(one.name, one.codes, one.buffer) for one in _channels(acting_as, cast)][:1] == [
        ("smartstore", 1, 1)
    ]
    assert signed_in(cast.minji).get("/channels").status_code == 403
    with acting_as(cast.stranger) as scope:
        assert sold(scope, "smartstore", 0) == []


def _channels(acting_as: ActingAs, cast: Cast) -> list[reads.ChannelView]:
    with acting_as(cast.haneul, reading=True) as scope:
        return reads.channels(scope)


def test_many_changes_are_one_message(acting_as: ActingAs, cast: Cast, world: World) -> None:
    with acting_as(cast.haneul) as scope:
        yard.receive(scope, {"MUG-01": 5, "TEE-1": 9})
        assert watching.waits(scope.session, scope.shop_id) is False  # this shop tells no channel
        desk.keep_back(scope, "generic", buffer=0, version=0)
        endpoints.add(scope, url="https://hooks.example.com/dari", events=["stock.changed"])
    with acting_as(cast.haneul) as scope:
        orders.place(scope, [yard.draft(f"A-{n}", {"MUG-01": 1}) for n in range(3)])
        assert watching.waits(scope.session, scope.shop_id) is True
        watching.tell(scope)
        assert watching.waits(scope.session, scope.shop_id) is False
        watching.tell(scope)
    with acting_as(cast.haneul, now=MONDAY + timedelta(minutes=2)) as scope:
        orders.place(scope, [yard.draft("B-1", {"TEE-1": 1}, placed_at=MONDAY)])
        watching.tell(scope)
        found = scope.session.scalars(select(Delivery).order_by(Delivery.id)).all()
        assert [(one.event, one.facts) for one in found] == [
            ("stock.changed", {"product_ids": [1, 2]}),
            ("stock.changed", {"product_ids": [2]}),
        ]
