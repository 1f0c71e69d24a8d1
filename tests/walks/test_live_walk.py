"""Pages that keep themselves true: what one does is seen by the others without a click, and disturbs nobody."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update

from base.scope import THE_HOUSE, acting
from bench import workshop
from security.models import Session
from tasks import dispatch
from tests.cast import Cast
from tests.served import Served
from tests.walks.conftest import FASTER, OpenAs

pytestmark = pytest.mark.browser
SOON = 20_000


@pytest.fixture
def chromium(request: pytest.FixtureRequest) -> Browser:
    """The browser with windows where a page is to stay in its place."""
    stays = request.node.get_closest_marker("windows") is not None
    browser: Browser = request.getfixturevalue("whole_chromium" if stays else "light_chromium")
    return browser


@pytest.fixture
def offered(shop: Served, cast: Cast) -> Served:
    """Four parcels to be packed by a short procedure."""
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor) as scope:
        workshop.short_procedure(scope)
        workshop.stocked(scope)
        workshop.parcels(scope, 4)
    return shop


def opened(context: BrowserContext, path: str) -> Page:
    """A page that lives, and has felt the shop's pulse once."""
    page = context.new_page()
    page.add_init_script(FASTER)
    with page.expect_response("**/pulse"):
        page.goto(path)
    return page


def take_one(shop: Served, cast: Cast) -> int:
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.minji.actor) as scope:
        return dispatch.claim_next(scope).id


def test_what_one_takes_the_others_see_without_a_click(offered: Served, cast: Cast, open_as: OpenAs) -> None:
    board = opened(open_as(cast.haneul), "/board")
    other = opened(open_as(cast.sujin), "/offers")
    rows = other.locator("main .rows > li")
    expect(rows).to_have_count(4)
    before = board.locator("main").inner_text()
    minji = open_as(cast.minji).new_page()
    minji.emulate_media(reduced_motion="reduce")
    minji.goto("/offers")
    minji.locator("main .rows button").first.click()
    minji.wait_for_url("**/work/*")
    expect(rows).to_have_count(3, timeout=SOON)
    expect(board.locator("main")).not_to_have_text(before, use_inner_text=True, timeout=SOON)
    assert board.evaluate("performance.getEntriesByType('navigation').length") == 1


@pytest.mark.windows
def test_who_is_in_the_middle_of_something_is_not_disturbed(
    offered: Served, cast: Cast, open_as: OpenAs
) -> None:
    page = opened(open_as(cast.sujin), "/offers")
    second = page.locator("main .rows > li").nth(1).locator("a.row-link")
    name, where = second.inner_text(), second.get_attribute("href")
    second.focus()
    page.evaluate(
        """() => { const form = document.createElement('form');
             form.innerHTML = '<label>메모<input name="memo"></label>';
             document.querySelector('main .page-content').append(form);
             form.elements.memo.value = '반쯤 쓴 말'; }"""
    )
    page.evaluate("document.body.style.minHeight = '3000px'")
    second.evaluate("row => row.scrollIntoView()")  # what goes away goes away above what is seen
    place = second.bounding_box()
    take_one(offered, cast)
    expect(page.locator("main .rows > li")).to_have_count(3, timeout=SOON)
    focused = page.evaluate("[document.activeElement.innerText, document.activeElement.getAttribute('href')]")
    assert focused == [name, where]
    stands = page.locator("main .rows > li").first.locator("a.row-link").bounding_box()
    assert abs(stands["y"] - place["y"]) < 8  # a row of ninety pixels went away above it
    assert page.evaluate("document.querySelector('[name=memo]')?.value") == "반쯤 쓴 말"


def test_a_reader_hears_the_verdict_when_it_is_another(offered: Served, cast: Cast, open_as: OpenAs) -> None:
    page = opened(open_as(cast.minji), "/today")
    told = page.locator("body > p.spoken[role=status]")
    expect(told).to_have_text("")
    take_one(offered, cast)
    expect(told).not_to_have_text("", timeout=SOON)
    expect(told).to_have_text(page.locator("main .verdict").inner_text())


def test_it_stops_when_nobody_is_signed_in(offered: Served, cast: Cast, open_as: OpenAs) -> None:
    page = opened(open_as(cast.haneul), "/board")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(offered.url)))
    with (
        page.expect_response(lambda got: got.status == 401, timeout=SOON),
        acting(offered.world, shop_id=0, actor=THE_HOUSE) as scope,
    ):
        scope.session.execute(update(Session).values(ended_at=scope.now))
    asked.clear()
    page.evaluate("new Promise((later) => setTimeout(later, 60_000))")
    assert asked == []
    expect(page.locator("h1")).to_be_visible()
