"""A listing on phones: pictures in, work opened, written with suggestions and a preview, accepted, and taken out."""

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from base.clock import utcnow
from base.scope import acting
from stock import describing
from stock.describing import Card
from tests.cast import Cast
from tests.pictures import encoded, scene
from tests.served import Served
from tests.walks.conftest import OpenAs
from tests.walks.reading import found_by_axe
from tests.walks.test_partner_day import cut, sheets_lie

pytestmark = pytest.mark.browser
TITLE = "도자기 머그컵 350ml 화이트"
#: A phone that is slow to seal: what is typed next overtakes what is being put down.
SLOW_TO_SEAL = """(() => {
  const seal = crypto.subtle.encrypt.bind(crypto.subtle);
  crypto.subtle.encrypt = async (...given) => {
    await new Promise((later) => setTimeout(later, 120));
    return seal(...given);
  };
})()"""


@pytest.fixture
def mug(shop: Served, cast: Cast) -> int:
    """A product as a file would have brought it: a name, an option, a price."""
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor, now=utcnow()) as scope:
        return describing.add(
            scope, "MUG-01", Card("도자기 머그컵", "화이트", "", 350, 12_000, fragile=False)
        )


def show(page: Page, product_id: int, folder: Path) -> None:
    """The owner puts two pictures in, makes the second the first, and pastes the supplier's text."""
    files = []
    for nth, size in enumerate(((1000, 1000), (1000, 1200))):
        files.append(folder / f"{nth}.jpg")
        files[-1].write_bytes(encoded(scene(*size), quality=60))
    page.goto(f"/stock/{product_id}")
    page.locator("#looks ~ a, .card-head:has(#looks) a").first.click()
    page.set_input_files("input[name=pictures]", files)
    page.get_by_role("button", name="올리기", exact=True).click()
    expect(page.locator("#pictures li")).to_have_count(2)
    page.get_by_role("button", name="사진 2 앞으로").click()
    expect(page.locator("#pictures li").first).to_contain_text("1000 × 1200")
    page.get_by_role("button", name="사진 2 앞으로").click()
    expect(page.locator("#pictures li").first).to_contain_text("1000 × 1000")
    page.fill("textarea[name=text]", "도자기 머그컵\n용량 0.35L\n원산지 국산")
    page.get_by_role("button", name="설명 저장").click()
    expect(page.locator(".notice.is-ok").first).to_be_visible()


def item(page: Page, key: str):  # type: ignore[no-untyped-def]
    return page.locator(f'[data-item="{key}"]')


def saved(page: Page, key: str) -> None:
    expect(item(page, key).locator("[data-saved]")).to_contain_text("저장됨", timeout=15_000)


def write(page: Page) -> None:
    """What a thumb does: taps suggestions, types little, and heeds what the machine says."""
    title = item(page, "own-title")
    title.locator("input.input").fill(f"국내 최고 {TITLE}")
    expect(title.locator(".counted")).to_have_text("23 / 100")
    expect(page.locator(".preview-title")).to_have_text(f"국내 최고 {TITLE}")
    expect(title.locator("[data-saved]")).to_contain_text("‘좋은’처럼", timeout=15_000)
    title.locator("[data-take]").first.click()
    expect(title.locator("input.input")).to_have_value("도자기 머그컵 화이트")
    title.locator("input.input").fill(TITLE)
    saved(page, "own-title")
    item(page, "own-category").locator("input.input").fill("50001234")
    options = item(page, "own-options")
    options.locator("input.input").nth(0).fill("색상")
    options.locator("input.input").nth(1).fill("화이트, 블랙")
    attributes = item(page, "own-attributes")
    attributes.get_by_role("checkbox", name="화이트").check()
    attributes.locator('[data-takes="answer-own-attributes-capacity"] [data-take]').click()
    saved(page, "own-attributes")
    item(page, "own-description").locator("textarea").fill("손으로 빚은 머그컵이에요.")
    notice = item(page, "own-notice")
    notice.locator("select").select_option("kitchen")
    shown = notice.locator("fieldset:visible")
    expect(shown).to_have_count(1)
    for field in shown.locator("input.input").all():
        field.fill("해당 없음")
    saved(page, "own-notice")
    item(page, "own-price").locator("[data-take]").click()
    saved(page, "own-price")
    expect(page.locator(".preview-price")).to_contain_text("12,000")
    goes_on_without_a_network(page)
    for key in ("numbers", "own_words"):  # handed in at once: the press waits for what is being saved
        item(page, key).locator("input[type=checkbox]").check()


def goes_on_without_a_network(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    sheets_lie(page, 1)
    cut(page.context, page)
    page.reload()
    expect(item(page, "own-title").locator("input.input")).to_have_value(TITLE)
    item(page, "read").locator("input[type=checkbox]").check()
    expect(item(page, "read").locator("[data-saved]")).to_contain_text("이 기기에 저장됨")
    page.context.set_offline(False)
    expect(page.locator(".page-head .notice")).to_have_count(0, timeout=20_000)
    expect(item(page, "read").locator("input[type=checkbox]")).to_be_checked()


def test_a_listing_from_the_product_to_the_channels_file(
    shop: Served, cast: Cast, open_as: OpenAs, mug: int, tmp_path: Path
) -> None:
    owner = open_as(cast.haneul, width=390).new_page()
    show(owner, mug, tmp_path)
    owner.goto("/listings")
    owner.get_by_role("checkbox", name="도자기 머그컵 고르기").check()
    owner.locator(".main-action button").click()
    expect(owner.locator(".notice.is-ok").first).to_be_visible()

    phone = open_as(cast.minji).new_page()
    phone.add_init_script(SLOW_TO_SEAL)
    phone.goto("/offers")
    phone.locator(".main-action button").click()
    expect(phone.locator("#says")).to_be_visible()
    phone.locator(".main-action button").click()  # nothing done yet: what is missing is named
    expect(phone.locator(".notice.is-bad").first).to_be_visible()
    assert found_by_axe(phone) == []
    write(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.locator(".main-action button").click()
    expect(phone).to_have_url(f"{shop.url}/today")

    desk = open_as(cast.boram).new_page()
    desk.goto("/inspections")
    desk.locator(".main-action a, .main-action button").first.click()
    expect(desk.locator(".preview-title")).to_have_text(TITLE)
    expect(desk.locator("[data-keys-open]")).to_be_visible()
    assert found_by_axe(desk) == []
    desk.keyboard.press("a")
    expect(desk.locator(".notice.is-ok").first).to_be_visible()

    owner.goto("/listings?view=accepted")
    expect(owner.locator(".rows li")).to_contain_text(TITLE)
    with owner.expect_download() as coming:
        owner.get_by_role("link", name="일괄 등록 파일 받기").click()
    book = CalamineWorkbook.from_filelike(BytesIO(Path(coming.value.path()).read_bytes()))
    header, first = book.get_sheet_by_index(0).to_python()
    told = dict(zip(header, first, strict=False))
    assert (told["상품명"], told["판매가"], told["옵션값"]) == (TITLE, 12_000, "화이트,블랙")
