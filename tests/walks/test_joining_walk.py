"""From an invitation to a first statement, on phones: a business, an individual, and one who is told no."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from base.clock import utcnow
from base.i18n import SEOUL
from base.scope import Actor
from partners.checks import approving, seeing
from partners.joining import deciding
from partners.pay import closing, pricing, terms
from partners.pay.months import Month
from security.models import Account, Membership
from tests.cast import Cast, Person
from tests.qa.road import Road, build
from tests.served import Served
from tests.walks.conftest import OpenAs, is_fault, is_wrong
from tests.walks.reading import found_by_axe

pytestmark = pytest.mark.browser
PHONE, MAIN = 390, ".main-action button, .main-action a"
MINE, SWAPPED = "104-81-25258", "104-81-52258"
WON = 50_000  # so much a parcel that something is held back of it
BUSINESS, INDIVIDUAL, REFUSED = "saebom@example.com", "yunseul@example.com", "baram@example.com"
Applicants = Callable[[], Page]


@pytest.fixture
def phones(chromium: Browser, shop: Served) -> Iterator[Applicants]:
    """People with a phone each, whom nobody knows."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def phone() -> Page:
        context = chromium.new_context(
            viewport={"width": PHONE, "height": 844},
            locale="ko-KR",
            reduced_motion="reduce",
            base_url=shop.url,
            has_touch=True,
        )
        context.on("console", lambda said: complaints.append(said.text) if is_wrong(said) else None)
        context.on(
            "weberror", lambda bad: complaints.append(str(bad.error)) if is_fault(str(bad.error)) else None
        )
        context.set_default_timeout(12_000)
        contexts.append(context)
        return context.new_page()

    yield phone
    for context in contexts:
        for page in context.pages:
            page.close()
        context.close()
    assert complaints == []


def go_on(page: Page) -> None:
    page.locator(MAIN).first.click()


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


def says(page: Page, words: str) -> None:
    expect(page.locator("h1 + .verdict")).to_contain_text(words)


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


def apply(page: Page, address: str, *, name: str, login: str, **more: str) -> None:
    """Reads who the shop is, and fills in the form; `more` are its texts."""
    page.goto(address)
    expect(page.get_by_text("102-81-03525")).to_be_visible()
    go_on(page)
    if "business_no" in more:
        page.get_by_text("사업자등록이 있어요").click()
    fill(page, name=name, phone="010-2345-6789", login=login, hours="12", **more)
    for choice in ("평일 저녁", "선반 하나쯤", "신청서에 적은 내용을 함께 일할지"):
        page.get_by_text(choice).click()
    go_on(page)


def mend(page: Page, field: str, words: str, value: str) -> None:
    """Reads what is wrong at a field, and says it better."""
    expect(page.locator(f"#{field}-error")).to_contain_text(words)
    fill(page, **{field: value})
    go_on(page)


def welcomed(owner: Page, reviewer: Page, name: str) -> None:
    """Looked at, seen, and two yeses, one on each desk."""
    owner.goto("/joining")
    owner.get_by_role("link", name=name).click()
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


def joins(page: Page, name: str) -> None:
    """A password, the agreement read and signed: nothing is missing then."""
    page.reload()
    says(page, "함께하게 됐어요")
    go_on(page)
    expect(page.get_by_text("102-81-03525")).to_be_visible()
    fill(page, password="바다보다 깊은 밤에 걷기")
    go_on(page)
    expect(page.get_by_text("시작하기 전에 준비할 것이 남아 있어요")).to_be_visible()
    page.get_by_role("link", name="나의 약속과 서류").click()
    says(page, "업무 약속 1판 서명")
    go_on(page)
    expect(page.get_by_text("포장: 3영업시간")).to_be_visible()
    fill(page, name=name)
    page.get_by_text("다 읽었고, 이렇게 하기로 해요").click()
    go_on(page)
    says(page, "다 준비됐어요")


def decided(road: Road) -> None:
    """At the desk: the business is looked at and welcomed by two, and one person is told no."""
    haneul, boram = road.cast.haneul, road.cast.boram
    with road.acting_as(haneul) as scope:
        rows = deciding.queue(scope).rows
        by_name = {name: id_ for id_, name in deciding.names(scope, rows).items()}
        for id_ in (by_name["한바람"], by_name["이새봄 상점"]):
            deciding.look(scope, id_)
        deciding.refuse(scope, by_name["한바람"], reason="hours")
        application = deciding.applicant(scope, by_name["이새봄 상점"]).application
        for line in seeing.of_application(scope, application):
            day = seeing.today(scope)
            seen = seeing.Seen(line.item.id, "good", "홈택스에서 계속사업자", day, day + timedelta(days=365))
            seeing.note_of_application(scope, application.id, seen)
        approving.say_yes(scope, application.id)
    with road.acting_as(boram) as scope:
        approving.say_yes(scope, by_name["이새봄 상점"])


def partner(road: Road, login: str) -> Person:
    """Who came in by this address."""
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        theirs = select(Membership).join(Account, Account.id == Membership.account_id)
        found = scope.session.scalars(theirs.where(Account.login == login)).one()
    actor = Actor(id=found.account_id, role="partner", partner_id=found.id)
    return Person(login, road.cast.shop_id, actor)


def month_closed(road: Road, kinds: dict[int, str]) -> Month:
    """What was done is accepted, and the month is closed when it is over."""
    month = Month.of(road.now, SEOUL)
    with road.acting_as(road.cast.haneul) as scope:
        for partner_id, kind in kinds.items():
            terms.say(scope, partner_id, tax_kind=kind)
        closing.close(scope.at(month.next.begins(SEOUL)), month)
    return month


def test_from_a_poster_to_a_first_statement(
    shop: Served, cast: Cast, open_as: OpenAs, phones: Applicants
) -> None:
    road = build(shop.world, cast)
    road.now = utcnow()
    with road.acting_as(cast.haneul) as scope:
        pricing.set_price(scope, kind="packing", won=WON, since=scope.now)
    road.receive(4)
    road.order(), road.order()
    owner, reviewer = (open_as(who, width=PHONE).new_page() for who in (cast.haneul, cast.boram))
    address, (business, person, refused) = opened(owner), (phones(), phones(), phones())

    apply(business, address, name="이새봄 상점", login=BUSINESS, business_no=SWAPPED)
    mend(business, "business_no", "등록번호가 맞지 않아요", MINE)
    apply(person, address, name="정윤슬", login=INDIVIDUAL, words="900101-1234567")
    mend(person, "words", "주민등록번호를 묻지도", "꼼꼼해요")
    apply(refused, address, name="한바람", login=REFUSED)
    for page in (business, person, refused):
        says(page, "신청을 잘 받았어요")
    welcomed(owner, reviewer, "정윤슬")
    decided(road)

    refused.reload()
    says(refused, "이번에는 함께하지 못하게")
    expect(refused.get_by_text("일할 수 있는 때가 서로 맞지 않았어요")).to_be_visible()
    expect(refused.locator(MAIN)).to_have_count(0)
    assert found_by_axe(refused) == []
    refused.goto("/today")
    refused.wait_for_url("**/sign-in**")

    joins(business, "이새봄")
    joins(person, "정윤슬")
    for page, login in ((business, BUSINESS), (person, INDIVIDUAL)):
        page.goto("/today")
        go_on(page)
        page.wait_for_url("**/work/*")
        task_id = int(page.url.rsplit("/", 1)[1])
        road.now = utcnow()
        road.finish(partner(road, login), task_id)
        road.judge(road.inspection(task_id), "accept")

    them = {
        partner(road, BUSINESS).partner_id: "business",
        partner(road, INDIVIDUAL).partner_id: "individual",
    }
    month = month_closed(road, {id_: kind for id_, kind in them.items() if id_})
    for page, won in ((business, "50,000원"), (person, "48,350원")):  # less 1,500 and 150
        page.goto("/pay")
        page.get_by_role("link", name=f"{month.year}년 {month.number}월 정산서").click()
        expect(page.locator("main")).to_contain_text(won)
    assert found_by_axe(person) == []
