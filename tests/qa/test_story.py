"""An order's whole story: everything that happened, oldest first, on every floor; and who looked at the recipient."""

import re
from html import unescape

import pytest

from base.errors import NotFound
from qa import story
from qa.story import Story
from tasks import dispatch, recipients
from tests.cast import SignedIn
from tests.qa.road import BLURRED, LOOSE, Road

pytestmark = pytest.mark.both  # the whole road once


def told(road: Road, order_id: int) -> Story:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return story.story(scope, order_id)


def acts(found: Story) -> list[str]:
    return [moment.act for moment in found.moments]


def test_an_order_from_the_customer_to_the_pay_line(road: Road, signed_in: SignedIn) -> None:
    order_id = road.order()
    found = told(road, order_id)
    assert (acts(found), found.now) == (["placed", "short"], "short")
    assert [stands for _, stands in found.stages] == ["done", "now", "next", "next", "next", "next"]

    road.later(hours=1)
    road.receive(2)
    task_id = road.task_of(order_id)
    road.later(minutes=5)
    road.claim(road.cast.minji, task_id)
    with road.acting_as(road.cast.minji) as scope:
        dispatch.release(scope, task_id, reason="no_time")
    road.later(minutes=5)
    road.claim(road.cast.sujin, task_id)
    with road.acting_as(road.cast.sujin) as scope:
        recipients.recipient(scope, task_id, purpose="label")
    road.later(minutes=20)
    road.finish(road.cast.sujin, task_id)
    found = told(road, order_id)
    assert (found.now, found.holder) == ("inspection", "Sujin")
    assert [stands for _, stands in found.stages] == ["done", "done", "done", "now", "next", "next"]

    road.later(minutes=10)
    road.judge(road.inspection(task_id), "send_back", BLURRED, LOOSE, note="다시 찍어 주세요")
    road.later(minutes=10)
    road.mend(road.cast.sujin, task_id)
    road.later(minutes=10)
    road.judge(road.inspection(task_id), "accept")

    found = told(road, order_id)
    assert acts(found) == [
        "placed", "short", "promised", "task.opened", "task.claimed", "task.released", "task.claimed",
        "recipient.revealed", "task.submitted", "task.drawn", "task.sent_back", "task.submitted",
        "task.accepted", "shipped", "pay.accrued",
    ]  # fmt: skip
    by_act = {moment.act: moment for moment in found.moments}
    assert by_act["task.released"].facts["reason"] == "no_time"
    back, passed = by_act["task.sent_back"].inspection, by_act["task.accepted"].inspection
    assert back is not None
    assert passed is not None
    assert [(defect.code, defect.note) for defect in back.defects] == [
        ("photo_unclear", "송장이 흐려요"),
        ("bad_seal", "테이프가 들떴어요"),
    ]
    assert (back.round, passed.round, passed.score) == (1, 2, 100)
    assert [len(one.photos) for one in found.moments if one.act == "task.submitted"] == [1, 2]
    assert {stands for _, stands in found.stages} == {"done"}
    assert [(look.who, look.facts["purpose"]) for look in found.looks] == [
        (road.cast.sujin.actor.id, "label")
    ]

    haneul = signed_in(road.cast.haneul)
    page = unescape(haneul.get(f"/orders/{order_id}/story").text)
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for words in (
        "이유: 시간이 안 돼요",
        "이유: 송장을 확인하려고",
        "“다시 찍어 주세요”",
        "테이프가 들떴어요",
        "김*나",
    ):
        assert said.count(words) == 1, words
    assert [secret for secret in ("김하나", "2345-6789", "테헤란로") if secret in said] == []
    assert haneul.get(f"/orders/{order_id}").text.count(f"/orders/{order_id}/story") == 1


def test_a_cancelled_order_says_why_and_strangers_see_nothing(road: Road, signed_in: SignedIn) -> None:
    from stock import orders

    road.receive(2)
    order_id = road.order()
    task_id = road.task_of(order_id)
    road.claim(road.cast.minji, task_id)
    road.later(minutes=1)
    with road.acting_as(road.cast.haneul) as scope:
        orders.cancel(scope, order_id, why="mistake")
    found = told(road, order_id)
    assert acts(found)[:4] == ["placed", "promised", "task.opened", "task.claimed"]
    assert sorted(acts(found)[4:]) == ["order.cancelled", "task.cancelled"]
    assert found.now == "cancelled"
    assert signed_in(road.cast.stranger).get(f"/orders/{order_id}/story").status_code == 404
    assert signed_in(road.cast.minji).get(f"/orders/{order_id}/story").status_code == 403
    with road.acting_as(road.cast.stranger, reading=True) as scope, pytest.raises(NotFound):
        story.story(scope, order_id)
