"""Tagging in a real browser: words and an album by the owner, a sheet on a phone, a decision, and the search."""

import re

import pytest
from playwright.sync_api import Page, expect

from base import errands
from base.clock import utcnow
from base.images import clean
from stock import pictures, shelves
from tests.cast import Cast
from tests.pictures import encoded, scene
from tests.qa.road import Road, build
from tests.qa.studio import SHIRT, Studio
from tests.served import Served
from tests.stock import yard
from tests.walks.conftest import OpenAs
from tests.walks.reading import found_by_axe
from tests.walks.test_partner_day import cut, sheets_lie

pytestmark = pytest.mark.browser
KINDS = "옷 / Clothes\n  원피스 / Dress, 드레스\n  셔츠 / Shirt\n없음 / None !"


@pytest.fixture
def road(shop: Served, cast: Cast) -> Road:
    """Two products with a picture each, by the clock on the wall."""
    made = build(shop.world, cast)
    made.now = utcnow()
    with made.acting_as(cast.haneul) as scope:
        for sku, width in (("A-1", 700), ("B-2", 720)):
            product_id = yard.products(scope, sku)[sku]
            pictures.add(scope, product_id, clean(encoded(scene(width, 540))))
    return made


def attribute(
    page: Page, n: int, name: str, outline: str, *, several: bool = False, region: str = "none"
) -> None:
    page.fill(f"[name='{n}-ko']", name)
    page.fill(f"[name='{n}-outline']", outline)
    page.select_option(f"[name='{n}-several']", "1" if several else "0")
    page.select_option(f"[name='{n}-region']", region)
    page.set_checked(f"[name='{n}-required']", n == 0)
    page.locator(".main-action button").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{n + 1}판")


def write_words(page: Page) -> None:
    page.goto("/tagging")
    page.fill("[name=name]", "옷")
    page.get_by_role("button", name="낱말 목록 만들기").click()
    attribute(page, 0, "종류", KINDS)
    attribute(page, 1, "색", "빨강 / Red, 레드\n파랑 / Blue", several=True)
    attribute(page, 2, "흠", "얼룩 / Stain", several=True, region="box")


def open_album(page: Page) -> None:
    page.goto("/tagging/albums/new")
    for box in page.locator("[name=product]").all():
        box.check()
    page.fill("[name=name]", "봄 신상")
    page.fill("[name=answers]", "2")
    page.fill("[name=most]", "2")
    page.get_by_role("button", name="묶음 열기").click()
    expect(page.locator(".verdict")).to_contain_text("2장 중 0장")


def shown(page: Page) -> str:
    """The key of the one picture that is shown."""
    (item,) = [one for one in page.locator("[data-item^='own-']").all() if one.is_visible()]
    return item.get_attribute("data-item") or ""


def saved(page: Page, key: str) -> None:
    expect(page.locator(f"[data-item='{key}'] [data-saved]")).to_contain_text("저장됨", timeout=15_000)


def describe_first(page: Page) -> str:
    """By finger: a chip found by a synonym, another taken back, and a box drawn on the picture."""
    key = shown(page)
    item = page.locator(f"[data-item='{key}']")
    item.get_by_text("파랑").tap()
    item.get_by_role("button", name="되돌리기").tap()
    expect(item.get_by_label("파랑")).not_to_be_checked()
    item.get_by_text("원피스").tap()
    item.get_by_text("빨강").tap()
    item.get_by_role("button", name="얼룩").tap()
    box = item.locator("[data-describe-picture]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + box["width"] * 0.3, y + box["height"] * 0.3, steps=4)
    page.mouse.up()
    expect(item.locator("[data-describe-list] li")).to_have_count(1)
    saved(page, key)
    return key


#: Settled when the phone has sent everything that was said so far.
ARRIVED = """() => import(performance.getEntriesByType("resource").map(({ name }) => name).find((name) => name.endsWith("/queue.js")))
    .then((queue) => queue.arrived())"""


def describe_second(page: Page) -> None:
    """By keyboard: the next picture, digits for chips, and a box carried with arrows."""
    page.keyboard.press("ArrowRight")
    key = shown(page)
    item = page.locator(f"[data-item='{key}']")
    page.keyboard.press("3")  # the third chip of the first attribute that is not answered
    expect(item.get_by_label("셔츠")).to_be_checked()
    page.keyboard.press("2")
    expect(item.get_by_label("파랑")).to_be_checked()
    item.get_by_role("button", name="얼룩").focus()
    for stroke in ("Enter", "ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(stroke)
    expect(item.locator("[data-describe-list] li")).to_have_count(1)
    expect(item.locator("input[name^='marks-']")).to_have_value("얼룩@375,350,300,325")
    item.get_by_role("button", name=re.compile("지우기|빼기|없애기")).click()
    assert page.evaluate(ARRIVED)  # an earlier save has said its word already


def goes_on_without_a_network(page: Page, first: str) -> None:
    """The sheet lies on the phone, without its pictures, and says so; what is said there is sent afterwards."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    sheets_lie(page, 1)
    cut(page.context, page)
    page.reload()
    expect(page.locator(".page-head .notice").nth(1)).to_contain_text("사진은 이 기기에 두지 않아서")
    expect(page.locator(f"[data-item='{first}']").get_by_label("원피스")).to_be_checked()
    page.get_by_label("사진을 한 장씩 다 보고 골랐어요").check()
    expect(page.locator("[data-item='checked'] [data-saved]")).to_contain_text("이 기기에 저장됨")
    page.context.set_offline(False)
    expect(page.locator(".page-head .notice")).to_have_count(0, timeout=20_000)
    expect(page.get_by_label("사진을 한 장씩 다 보고 골랐어요")).to_be_checked()


def test_from_words_to_a_product_that_is_found(road: Road, cast: Cast, open_as: OpenAs) -> None:
    owner = open_as(cast.haneul).new_page()
    write_words(owner)
    open_album(owner)
    phone = open_as(cast.minji).new_page()
    phone.goto("/today")
    phone.get_by_role("button", name=re.compile("일감 받기")).first.click()
    expect(phone.locator("[data-describe-steps]")).to_be_visible()
    assert found_by_axe(phone) == []
    first = describe_first(phone)
    goes_on_without_a_network(phone, first)
    describe_second(phone)
    phone.reload()  # nothing is lost
    phone.goto(f"{phone.url.split('#')[0]}#item-{first}")
    expect(phone.locator(f"[data-item='{first}']").get_by_label("원피스")).to_be_checked()
    phone.locator(".main-action button").click()
    expect(phone).to_have_url(re.compile("/today"))
    studio = Studio(road, [cast.sujin])
    road.now = utcnow()
    studio.hand_in(cast.sujin, lambda _id: SHIRT)
    studio.judge()
    errands.drain(road.world)
    reviewer = open_as(cast.boram).new_page()
    reviewer.goto("/tagging/disputes")
    reviewer.locator(".main-action a").click()
    expect(reviewer.get_by_role("columnheader", name="답 2")).to_be_visible()
    reviewer.get_by_text("원피스", exact=True).last.click()
    reviewer.locator(".main-action button").click()
    expect(reviewer.get_by_role("status").first).to_contain_text("정했어요")
    owner.goto("/products?q=드레스")
    expect(owner.get_by_role("rowheader")).to_have_count(1)
    with road.acting_as(cast.haneul, reading=True) as scope:
        (found,) = scope.session.scalars(shelves.matching(scope, "드레스"))
    owner.goto(f"/stock/{found.id}")
    expect(owner.get_by_role("link", name="원피스")).to_be_visible()
