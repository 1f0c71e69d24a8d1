"""A return from its claim to the shelf: kept apart, looked at by a partner or the owner, never twice."""

import pytest
from sqlalchemy import select

from base.errors import NotFound
from base.scope import World
from stock import claims, levels
from stock.claims import Told
from stock.models import Order, OrderLine
from stock.returns import desk, reads
from stock.returns.desk import BadReturn
from stock.returns.gate import ReturnMoved
from stock.returns.models import Return
from tasks import dispatch, product_work, work
from tasks.automation import writing
from tasks.kinds.returning.acts import NotHere
from tasks.models import Task
from tasks.wanted import Wanted
from tasks.work import Unfinished
from tests.cast import Cast, SignedIn
from tests.qa.road import Road
from tests.qa.road import build as build_road
from tests.stock import yard
from tests.tasks.bench import picture

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
SHEET = {"unwrapped": True, "right_goods": "same", "used": "worn"}


@pytest.fixture
def road(world: World, cast: Cast) -> Road:
    return build_road(world, cast)


def shipped(road: Road) -> int:
    """The line of two mugs that left."""
    road.receive(2)
    order_id = road.order()
    task_id = road.task_of(order_id)
    road.hand_in(road.cast.minji, task_id)
    inspection = road.inspection(task_id)
    if inspection.state == "waiting":
        road.judge(inspection, "accept")
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return scope.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id)).one()


def claimed(road: Road, line_id: int, units: int = 2, wish: str = "return") -> tuple[int, Return | None]:
    """A claim, and the return that it asks for."""
    with road.acting_as(road.cast.haneul) as scope:
        made = claims.record(scope, Told(line_id, wish, "broken", units, road.now))
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return made, scope.session.scalar(select(Return).where(Return.claim_id == made))


def lying(road: Road) -> tuple[int, int]:
    """Mugs on the shelf and apart."""
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        shelf, apart = (
            yard.balance(scope, "MUG-01", kind=kind) for kind in (levels.WAREHOUSE, levels.QUARANTINE)
        )
        return shelf.on_hand, apart.on_hand


@ON_SQLITE
def test_from_the_claim_to_the_shelf(road: Road, signed_in: SignedIn) -> None:
    haneul, line_id = road.cast.haneul, shipped(road)
    road.later(hours=30)
    claim_id, back = claimed(road, line_id)
    assert back is not None
    assert (back.state, back.units) == ("asked", 2)
    assert claimed(road, line_id)[1] is None  # both are on their way already
    assert claimed(road, line_id, 1, "refund")[1] is None  # nothing comes back
    with road.acting_as(haneul) as scope:
        for units, why in ((0, "arrived"), (3, "arrived")):
            with pytest.raises(BadReturn) as refused:
                desk.arrive(scope, back.id, units=units, version=1)
            assert refused.value.facts["why"] == why
        waits = yard.place(scope, yard.draft("WAITS", {"MUG-01": 1}, placed_at=road.now)).orders[0]
        desk.arrive(scope, back.id, units=2, version=1)
        with pytest.raises(ReturnMoved):
            desk.arrive(scope, back.id, units=2, version=2)  # nothing comes twice
    assert lying(road) == (0, 2)
    with road.acting_as(haneul) as scope:  # what lies apart is nobody's
        assert scope.session.get_one(Order, waits).state == "short"
        assert reads.waiting(scope) == (1, road.now)
        for fates, why in (((2, 1, 0), "sum"), ((3, -1, 0), "units")):
            good, mending, scrap = fates
            with pytest.raises(BadReturn) as refused:
                desk.inspect(scope, back.id, good=good, mending=mending, scrap=scrap, version=2)
            assert refused.value.facts["why"] == why
        desk.inspect(scope, back.id, good=1, mending=1, scrap=0, version=2)
        assert scope.session.get_one(Order, waits).state == "ready"  # it is free again, and somebody waited
    assert lying(road) == (1, 1)
    with road.acting_as(haneul) as scope:
        with pytest.raises(ReturnMoved):
            desk.inspect(scope, back.id, good=1, mending=0, scrap=0, version=3)
        desk.refund(scope, back.id, won=12_000, version=3)
        desk.mend(scope, back.id, good=0, scrap=1, version=4)
        found = reads.one_return(scope, back.id)
        assert (found.state, found.good, found.mending, found.scrap, found.refund) == (
            "closed",
            1,
            0,
            1,
            12_000,
        )
    assert lying(road) == (1, 0)
    with road.acting_as(haneul, reading=True) as scope:
        told = [line.act for line in reads.one_return(scope, back.id).story]
    assert told == ["return.asked", "return.arrive", "return.set_aside", "return.refunded", "return.mend"]
    with road.acting_as(road.cast.stranger) as scope, pytest.raises(NotFound):
        desk.arrive(scope, back.id, units=1, version=1)
    page = signed_in(haneul).get(f"/returns/{back.id}")
    assert (page.status_code, page.text.count("고친 결과대로")) == (200, 0)
    assert signed_in(haneul).get(f"/claims/{claim_id}").text.count(f"/returns/{back.id}") == 1
    client = signed_in(haneul)
    again = client.post(
        f"/returns/{back.id}/arrive", data={"csrf": client.csrf, "units": "1", "version": "1"}
    )
    assert again.status_code == 409
    assert client.post(f"/returns/{back.id}/burn", data={"csrf": client.csrf}).status_code == 404
    assert signed_in(road.cast.boram).get("/returns").status_code == 403


@ON_SQLITE
def test_a_claim_that_is_withdrawn_takes_its_return_along(road: Road) -> None:
    line_id = shipped(road)
    claim_id, back = claimed(road, line_id)
    assert back is not None
    with road.acting_as(road.cast.haneul) as scope:
        claims.step(scope, claim_id, "withdraw", version=1)
        assert scope.session.get_one(Return, back.id).state == "withdrawn"
    other = claimed(road, line_id, 1)[1]
    assert other is not None
    with road.acting_as(road.cast.haneul) as scope:  # there is room for one only by now
        claims.step(scope, claim_id, "reopen", version=2)
        assert scope.session.get_one(Return, back.id).state == "withdrawn"
        desk.withdraw(scope, other.id, version=1)
        claims.step(scope, claim_id, "withdraw", version=3)
        claims.step(scope, claim_id, "reopen", version=4)
        assert scope.session.get_one(Return, back.id).state == "asked"


@ON_SQLITE
def test_a_partner_looks_at_it_by_the_procedure(road: Road, signed_in: SignedIn) -> None:
    """An automation opens the task when the goods have come; accepted, the goods go where the sheet says."""
    haneul, minji = road.cast.haneul, road.cast.minji
    line_id = shipped(road)
    road.later(hours=30)
    wanted = {"happening": "return.arrived", "conditions": [], "work": {"kind": "returning"}}
    with road.acting_as(haneul) as scope:
        writing.switch(scope, writing.add(scope, "반품 확인", wanted), "on")
    back = claimed(road, line_id)[1]
    assert back is not None
    with road.acting_as(haneul) as scope:
        with pytest.raises(NotHere):
            product_work.open_for_products(
                scope, kind="returning", wanted=[Wanted(None, f"return:{back.id}")]
            )
        desk.arrive(scope, back.id, units=2, version=1)
        task_id = scope.session.scalars(select(Task.id).where(Task.target == f"return:{back.id}")).one()
    client = signed_in(haneul)
    assert client.post(f"/returns/{back.id}/give", data={"csrf": client.csrf}).status_code == 302
    with road.acting_as(minji) as scope:
        fence = dispatch.claim(scope, task_id).fence
        for item, value in (SHEET | {"own-good": 1, "own-scrap": 2}).items():
            work.answer(scope, task_id, item=item, value=value, version=0)
        work.attach(scope, task_id, item="state_photo", picture=picture("r"))
        with pytest.raises(Unfinished):  # three of two
            work.submit(scope, task_id, fence=fence)
        work.answer(scope, task_id, item="own-scrap", value=1, version=1)
    sheet = signed_in(minji).get(f"/work/{task_id}")
    assert (sheet.status_code, sheet.text.count("도착한 수량"), "김하나" in sheet.text) == (200, 2, False)
    with road.acting_as(minji) as scope:
        work.submit(scope, task_id, fence=fence)
    seen = road.inspection(task_id)
    assert signed_in(road.cast.boram).get(f"/inspections/{seen.id}").text.count("돌아온 상품") == 1
    road.judge(seen, "accept")
    assert lying(road) == (1, 0)
    with road.acting_as(haneul, reading=True) as scope:
        found = reads.brief(scope, back.id)
        assert (found.state, found.good, found.scrap) == ("closed", 1, 1)
        assert len(scope.session.scalars(select(Task.id).where(Task.kind == "returning")).all()) == 1
