"""A question marked on a photo: asked at the reviewer's desk, felt on the partner's phone, answered through a gap in the network."""

import re

import pytest
from playwright.sync_api import expect

from base.clock import utcnow
from base.images import clean
from base.scope import acting
from tasks import work
from tasks.models import Task
from tests.cast import Cast
from tests.pictures import encoded, scene
from tests.qa.road import BLURRED, Road, build
from tests.served import Served
from tests.tasks.bench import ANSWERS
from tests.walks.conftest import FASTER, OpenAs
from tests.walks.test_partner_day import cut, drawer

pytestmark = pytest.mark.browser
DRAW = "표시하기"
SOON = 25_000  # milliseconds: a pulse is felt every eight seconds, give or take


@pytest.fixture
def road(shop: Served, cast: Cast) -> Road:
    made = build(shop.world, cast)
    made.now = utcnow()
    made.receive(4)
    return made


def handed_in(road: Road) -> int:
    """A parcel of Minji's with a real photo, drawn for inspection; she holds another one."""
    minji = road.cast.minji
    first, second = (road.task_of(road.order()) for _ in range(2))
    fence = road.claim(minji, first)
    with road.acting_as(minji) as scope:
        for item, value in ANSWERS.items():
            work.answer(scope, first, item=item, value=value, version=0)
        work.attach(scope, first, item="packed_photo", picture=clean(encoded(scene(1200, 900))))
        work.submit(scope, first, fence=fence)
    road.claim(minji, second)
    return first


def test_a_question_on_a_photo_is_answered_from_the_phone(road: Road, cast: Cast, open_as: OpenAs) -> None:
    task = handed_in(road)
    held = road.task_of(2)
    phone_context = open_as(cast.minji)
    phone, desk = phone_context.new_page(), open_as(cast.boram).new_page()
    for page in (phone, desk):
        page.add_init_script(FASTER)
    phone.goto(f"/work/{held}")  # in the middle of something else
    expect(phone.locator("#bell .count")).to_have_count(0)

    desk.goto(f"/inspections/{road.inspection(task).id}")
    desk.get_by_role("link", name="대화", exact=True).click()
    desk.get_by_text("사진에 표시하기").click()
    desk.get_by_role("button", name=DRAW).click()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        desk.keyboard.press(key)
    desk.get_by_label("할 말").fill("@파트너 여기는 왜 접혔나요?")
    desk.get_by_role("button", name="보내기").click()
    expect(desk.locator(".talk-line.is-own .talk-text")).to_have_text("@파트너 여기는 왜 접혔나요?")
    expect(desk.locator(".talk-line .marked rect")).to_have_count(1)
    road.judge(road.inspection(task), "send_back", BLURRED)

    expect(phone.locator("#bell .count")).to_have_text("2", timeout=SOON)
    phone.get_by_role("link", name="알림 2개").click()
    phone.get_by_role("button", name=re.compile("나를 불렀어요")).click()
    expect(phone.locator(".talk-line .marked rect")).to_have_count(1)
    expect(phone.locator("#bell .count")).to_have_text("1", timeout=SOON)

    cut(phone_context, phone)
    phone.get_by_label("할 말").fill("상자가 작았어요 <b>바꿀게요</b>")
    phone.get_by_role("button", name="보내기").click()
    expect(phone.locator("[data-said]")).to_contain_text("이 기기에 저장됨")
    assert [letter["text"].count("상자") for letter in drawer(phone)] == [0]  # sealed
    phone_context.set_offline(False)
    expect(phone.locator(".talk-line.is-own .talk-text")).to_have_text(
        "상자가 작았어요 <b>바꿀게요</b>", timeout=SOON
    )
    assert drawer(phone) == []
    phone.get_by_label("할 말").fill("송장은 010-2345-6789 손님 거예요")
    phone.get_by_role("button", name="보내기").click()
    expect(phone.locator("[data-said]")).to_contain_text("전화번호나 주소처럼")
    expect(phone.get_by_label("할 말")).to_have_value("송장은 010-2345-6789 손님 거예요")
    expect(phone.get_by_label(re.compile("다시 확인했어요"))).to_be_visible()

    expect(desk.locator(".talk-line:not(.is-own) .talk-text")).to_have_text(
        "상자가 작았어요 <b>바꿀게요</b>", timeout=SOON
    )
    expect(desk.locator("#bell .count")).to_have_count(0, timeout=SOON)  # it was read as it stood there
    with acting(road.world, shop_id=cast.shop_id, actor=cast.haneul.actor, reading=True) as scope:
        assert scope.session.get_one(Task, task).state == "rework"
