"""From a poster to a first task, on phones: who the shop is, an application, two yeses, a signed agreement, work."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from base.clock import utcnow
from tests.cast import Cast
from tests.qa.road import build
from tests.served import Served
from tests.walks.conftest import OpenAs, is_fault, is_wrong
from tests.walks.reading import found_by_axe

pytestmark = pytest.mark.browser
PHONE, MAIN = 390, ".main-action button, .main-action a"


@pytest.fixture
def applicant(chromium: Browser, shop: Served) -> Iterator[Page]:
    """Somebody with a phone, whom nobody knows."""
    complaints: list[str] = []
    context = chromium.new_context(
        viewport={"width": PHONE, "height": 844}, locale="ko-KR", base_url=shop.url, has_touch=True
    )
    context.on("console", lambda said: complaints.append(said.text) if is_wrong(said) else None)
    context.on(
        "weberror", lambda bad: complaints.append(str(bad.error)) if is_fault(str(bad.error)) else None
    )
    context.set_default_timeout(12_000)
    page = context.new_page()
    yield page
    page.close()
    context.close()
    assert complaints == []


def go_on(page: Page) -> None:
    page.locator(MAIN).first.click()


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


def opened(owner: Page) -> str:
    """The owner says who the shop is and what is agreed, and makes a link; its address."""
    owner.goto("/joining/card")
    fill(owner, owner="김하늘", business_no="102-81-03525", contact="02-123-4567")
    owner.locator("[name=mail_order_free]").select_option("few_sales")
    go_on(owner)
    owner.goto("/checks/items")
    owner.get_by_role("button", name="권하는 목록으로 시작").click()
    owner.goto("/agreements/draft")
    fill(owner, **{"hours-packing": "3"})
    go_on(owner)
    fill(owner, signer="김하늘")
    owner.get_by_role("button", name="서명하고 발행하기").click()
    expect(owner.locator("article code")).to_have_text(re.compile(r"^[0-9a-f]{64}$"))
    owner.goto("/joining")
    fill(owner, name="동네 게시판")
    owner.get_by_role("button", name="링크 만들기").click()
    return owner.locator("#address").inner_text()


def apply(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("102-81-03525")).to_be_visible()
    go_on(page)
    fill(
        page,
        name="이새봄",
        phone="010-2345-6789",
        login="saebom@example.com",
        hours="12",
        words="900101-1234567",
    )
    for choice in ("평일 저녁", "선반 하나쯤", "신청서에 적은 내용을 함께 일할지"):
        page.get_by_text(choice).click()
    go_on(page)
    expect(page.locator("#words-error")).to_contain_text("주민등록번호를 묻지도")
    fill(page, words="꼼꼼해요")
    go_on(page)
    expect(page.locator("h1 + .verdict")).to_contain_text("신청을 잘 받았어요")


def test_from_a_poster_to_a_first_task(shop: Served, cast: Cast, open_as: OpenAs, applicant: Page) -> None:
    road = build(shop.world, cast)
    road.now = utcnow()
    road.receive(4)
    road.order()
    owner, reviewer = (open_as(who, width=PHONE).new_page() for who in (cast.haneul, cast.boram))
    apply(applicant, opened(owner))
    owner.goto("/joining")
    owner.get_by_role("link", name="이새봄").click()
    page = owner.url
    go_on(owner)
    owner.get_by_text("본 것 적기").click()
    fill(owner, saw="가게에서 만나 30분 이야기했어요")
    owner.get_by_role("button", name="적어 두기").click()
    expect(owner.get_by_text("본 것을 적어 두었어요")).to_be_visible()
    go_on(owner)
    expect(owner.get_by_text("한 사람이 더 보면 함께하게 돼요")).to_be_visible()
    reviewer.goto(page)
    expect(reviewer.get_by_text("01023456789")).to_have_count(0)
    go_on(reviewer)
    applicant.reload()
    expect(applicant.locator("h1 + .verdict")).to_contain_text("함께하게 됐어요")
    assert found_by_axe(applicant) == []
    go_on(applicant)
    expect(applicant.get_by_text("102-81-03525")).to_be_visible()
    fill(applicant, password="바다보다 깊은 밤에 걷기")
    go_on(applicant)
    expect(applicant.get_by_text("시작하기 전에 준비할 것이 남아 있어요")).to_be_visible()
    applicant.get_by_role("link", name="나의 약속과 서류").click()
    expect(applicant.locator("h1 + .verdict")).to_contain_text("업무 약속 1판 서명")
    assert found_by_axe(applicant) == []
    go_on(applicant)
    expect(applicant.get_by_text("포장: 3영업시간")).to_be_visible()
    fill(applicant, name="이새봄")
    applicant.get_by_text("다 읽었고, 이렇게 하기로 해요").click()
    assert found_by_axe(applicant) == []
    go_on(applicant)
    expect(applicant.locator("h1 + .verdict")).to_contain_text("다 준비됐어요")
    applicant.goto("/today")
    go_on(applicant)
    applicant.wait_for_url("**/work/*")
