"""The process map: who had an order or a product from when to when, and where the shop's work waits."""

from datetime import UTC, datetime, timedelta

import pytest

from base.errors import NotFound
from qa.process import spans, waits, ways
from qa.process.spans import Act, Span
from qa.process.ways import Way
from tests.cast import SignedIn
from tests.qa.road import BLURRED, Road

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HAND, JUDGE = 7, 8


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def told(*acts: tuple[float, str, int]) -> list[Act]:
    return [Act(at(minutes), f"task.{name}", who) for minutes, name, who in acts]


@pytest.mark.quick
@pytest.mark.parametrize(
    ("acts", "ended", "expected"),
    [
        ([], None, [("claim", 0, None, 0)]),
        ([(5, "claimed", HAND)], None, [("claim", 0, 5, 0), ("do", 5, None, HAND)]),
        # given back, and nobody has it again; taken at once by the next, the wait between is no span
        (
            [(5, "claimed", HAND), (9, "released", HAND)],
            None,
            [("claim", 0, 5, 0), ("do", 5, 9, HAND), ("claim", 9, None, 0)],
        ),
        ([(0, "claimed", HAND), (4, "expired", 0), (4, "claimed", 9)], None, [("do", 0, 4, HAND), ("do", 4, None, 9)]),
        # checked by a person, mended by the same hands; the drawing is no stage of its own
        (
            [(5, "claimed", HAND), (15, "submitted", HAND), (15, "drawn", 0), (40, "sent_back", JUDGE),
             (60, "submitted", HAND), (90, "accepted", JUDGE)],
            90,
            [("claim", 0, 5, 0), ("do", 5, 15, HAND), ("review", 15, 40, JUDGE), ("rework", 40, 60, HAND),
             ("review", 60, 90, JUDGE)],
        ),
        # passed by the house as it was handed in: no review at all
        ([(5, "claimed", HAND), (15, "submitted", HAND), (15, "accepted", 0)], 15, [("claim", 0, 5, 0), ("do", 5, 15, HAND)]),
        ([(30, "cancelled", 1)], 30, [("claim", 0, 30, 0)]),
        ([(5, "reason_noted", 1)], None, [("claim", 0, None, 0)]),
    ],
)  # fmt: skip
def test_spans_follow_the_journal(
    acts: list[tuple[float, str, int]],
    ended: float | None,
    expected: list[tuple[str, float, float | None, int]],
) -> None:
    found = spans.of_task(1, NINE, told(*acts), None if ended is None else at(ended))
    assert [(one.stage, one.began, one.ended, one.who) for one in found] == [
        (stage, at(began), None if until is None else at(until), who) for stage, began, until, who in expected
    ]


@pytest.mark.quick
def test_a_span_lies_within_the_picture_and_can_be_seen() -> None:
    whole = (at(0), at(1000))
    assert spans.placed(Span("do", at(250), at(500)), *whole) == (25.0, 25.0)
    assert spans.placed(Span("do", at(250), at(250.1)), *whole) == (25.0, spans.LEAST)
    left, width = spans.placed(Span("do", at(999.99), at(1000)), *whole)
    assert left + width <= 100
    assert spans.placed(Span("claim", at(0), None), at(0), at(0)) == (0, spans.LEAST)  # a way that just began


def way_of(road: Road, order_id: int) -> Way:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return ways.of_order(scope, order_id)


@ON_SQLITE
def test_an_order_and_its_product_show_where_they_waited(road: Road, signed_in: SignedIn) -> None:
    order_id = road.order()
    road.later(hours=2)
    waiting = way_of(road, order_id)
    assert [(span.stage, span.ended) for span in waiting.at_hand] == [("goods", None)]
    road.receive(2)
    task_id = road.task_of(order_id)
    road.later(minutes=30)
    road.hand_in(road.cast.minji, task_id)
    road.later(minutes=45)
    road.judge(road.inspection(task_id), "send_back", BLURRED)
    road.later(minutes=10)
    road.mend(road.cast.minji, task_id)
    road.later(minutes=5)
    road.judge(road.inspection(task_id), "accept")

    found = way_of(road, order_id)
    lasted = [(span.stage, span.lasted(found.now) // timedelta(minutes=1)) for span in found.spans]
    assert lasted == [("goods", 120), ("claim", 30), ("review", 45), ("rework", 10), ("review", 5)]
    assert [span.who for span in found.spans] == [
        0, 0, road.cast.boram.actor.id, road.cast.minji.actor.id, road.cast.boram.actor.id,
    ]  # fmt: skip
    assert (found.took, found.waited) == (timedelta(minutes=210), timedelta(minutes=200))
    assert found.longest is not None
    assert found.longest.stage == "goods"
    assert not found.lasts
    assert not found.at_hand

    owner = signed_in(road.cast.haneul)
    page = owner.get(f"/orders/{order_id}/way").text
    assert all(words in page for words in ("재고 기다림", "2시간", "Boram", "Minji"))
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        product = ways.of_product(scope, 1)
        assert [lane.task.id for lane in product.lanes if lane.task] == [task_id]
    assert owner.get("/products/1/way").status_code == 200
    for stranger, path in (
        (road.cast.minji, f"/orders/{order_id}/way"),
        (road.cast.boram, "/products/1/way"),
        (road.cast.boram, "/process"),
    ):
        assert signed_in(stranger).get(path).status_code == 403
    other = signed_in(road.cast.stranger)
    assert (other.get(f"/orders/{order_id}/way").status_code, other.get("/products/1/way").status_code) == (
        404,
        404,
    )
    with road.acting_as(road.cast.stranger, reading=True) as scope, pytest.raises(NotFound):
        ways.of_order(scope, order_id)


@ON_SQLITE
def test_the_shop_says_where_its_work_waits(road: Road, signed_in: SignedIn) -> None:
    owner = signed_in(road.cast.haneul)
    assert "일감이 지나가면" in owner.get("/process").text
    road.receive(9)
    for minutes in (20, 30, 90):
        task_id = road.task_of(road.order())
        road.later(minutes=10)
        road.hand_in(road.cast.minji, task_id)
        road.later(minutes=minutes)
        road.judge(road.inspection(task_id), "accept")
    road.order()
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        found = waits.waits(scope, ["packing"])
        slowest = waits.slowest(found)
    told = {wait.stage: wait for wait in found["packing"]}
    assert (told["review"].middle, told["review"].nine_tenths, told["review"].ended) == (1800, 5400, 3)
    assert (told["claim"].middle, told["claim"].here, told["claim"].since) == (600, 1, road.now)
    assert (told["rework"].middle, told["rework"].ended) == (None, 0)
    assert slowest is told["review"]
    assert told["review"].share == round(100 * 140 / 170)
    page = owner.get("/process").text
    assert "‘검수’에서 가장 오래" in page
    assert "30분" in page
