"""From an empty installation to the first accepted parcel, as three people who never read a manual; clicks counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import app as front
from base.config import Settings
from base.scope import World
from security import founding
from tests.cast import Stage, settings_of
from tests.engines import Database
from tests.served import Served, serve
from tests.walks.conftest import is_fault, is_wrong
from tests.walks.reading import found_by_axe
from tests.walks.test_main_road_walk import pack

pytestmark = pytest.mark.browser
PASSWORD = "다섯 걸음이면 닿는 다리"
MAIN = ".main-action button, .main-action a"


@dataclass(slots=True)
class Newcomer:
    """Somebody at a window; `clicks` are what they pressed or chose, fields they typed not counted."""

    page: Page
    clicks: int = 0

    def press(self, what: str, *, text: str = "") -> None:
        found = self.page.locator(what, has_text=text) if text else self.page.locator(what)
        found.first.click()
        self.clicks += 1

    def give(self, what: str, file: Path) -> None:
        """Chooses a file in the browser's own window."""
        self.page.locator(what).set_input_files(str(file))
        self.clicks += 1

    def fetch(self, text: str, folder: Path) -> Path:
        """Downloads what a link leads to."""
        with self.page.expect_download() as coming:
            self.press("a.button[download]", text=text)
        kept = folder / coming.value.suggested_filename
        coming.value.save_as(kept)
        return kept


@pytest.fixture
def empty_shop(sqlite_database: Database, tmp_path: Path) -> Iterator[tuple[Served, Settings]]:
    """A server over a database in which nothing has happened yet."""
    settings = settings_of(sqlite_database, tmp_path / "var")
    world: World = front.open_world(settings)
    stage = Stage(sqlite_database, tmp_path / "var", None)  # type: ignore[arg-type]  # nobody is here yet
    with serve(stage, world, tmp_path, DARI_WORKERS="1") as served:
        yield served, settings
    world.engines.dispose()
    world.keys.close()


def window(chromium: Browser, shop: Served, complaints: list[str], *, width: int) -> Newcomer:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        locale="ko-KR",
        timezone_id="Asia/Seoul",
        base_url=shop.url,
        has_touch=width < 500,
    )
    context.on("console", lambda said: complaints.append(said.text) if is_wrong(said) else None)
    context.on(
        "weberror", lambda error: complaints.append(str(error.error)) if is_fault(str(error.error)) else None
    )
    context.set_default_timeout(15_000)
    return Newcomer(context.new_page())


def invite(owner: Newcomer, name: str, login: str, *, role: str = "") -> str:
    """Invites somebody with the form in sight; the link that is to be sent."""
    owner.page.locator("input[name=name]").first.fill(name)
    owner.page.locator("input[name=login]").first.fill(login)
    if role:
        owner.press("label", text=role)
    owner.press("button", text="초대하기")
    return owner.page.locator("#link").inner_text()


def come_in(who: Newcomer, link: str) -> None:
    who.page.goto(link)
    who.page.locator("input[name=password]").fill(PASSWORD)
    who.press(MAIN)


def scan_everything(page: Page) -> None:
    """Types the codes of the picking list, where a phone would scan them."""
    card = page.locator('[data-item="scan"]')
    for row in page.locator("#goods li").all():
        name, sku = row.locator(".row-main strong").inner_text(), row.locator("code").inner_text()
        for field in card.locator(f'.field:has(label:has-text("{name}")) input[name^="answer-"]').all():
            field.fill(sku)
        many = card.locator(f'input[aria-label*="{name}"][name^="times-"]')
        if many.count():
            many.first.fill(row.locator(".many strong").inner_text().strip())


def now_at(owner: Newcomer, step: str) -> None:
    """The step at hand on the first page, and nothing for axe to find there."""
    expect(owner.page.locator('[aria-current="step"] h2')).to_contain_text(step)
    assert found_by_axe(owner.page) == []


def test_a_newcomer_gets_a_parcel_accepted(
    chromium: Browser, empty_shop: tuple[Served, Settings], tmp_path: Path
) -> None:
    shop, settings = empty_shop
    complaints: list[str] = []
    owner = window(chromium, shop, complaints, width=1280)
    partner = window(chromium, shop, complaints, width=390)
    reviewer = window(chromium, shop, complaints, width=1280)

    page = owner.page
    page.goto(f"/set-up?code={founding.code(settings)}")
    for field, words in {"shop": "하늘상점", "name": "하늘", "login": "haneul@example.com"}.items():
        page.locator(f"input[name={field}]").fill(words)
    page.locator("input[name=password]").fill(PASSWORD)
    owner.press(MAIN)

    now_at(owner, "상품·재고 넣기")
    products, orders = owner.fetch("연습 상품 파일", tmp_path), owner.fetch("연습 주문 파일", tmp_path)
    owner.give("#product-file", products)
    owner.press("button", text="파일 살펴보기")
    expect(page.locator("#content")).to_contain_text("처음 들어오는 상품 6종의 재고 180개")
    owner.press(MAIN)
    expect(page.locator("#content")).to_contain_text("새로 넣은 것 6개", timeout=20_000)
    owner.press("a.button", text="다음 할 일")

    now_at(owner, "주문 파일 넣기")
    owner.give("#order-file", orders)
    owner.press("button", text="파일 살펴보기")
    owner.press(MAIN)
    expect(page.locator("#content")).to_contain_text("주문 2건을 넣었어요", timeout=20_000)
    owner.press("a.button", text="다음 할 일")

    now_at(owner, "파트너 초대하기")
    come_in(partner, invite(owner, "민지", "minji@example.com"))
    come_in(reviewer, invite(owner, "보람", "boram@example.com", role="검수자"))
    owner.press(".site-name")
    now_at(owner, "첫 소포")

    phone = partner.page
    partner.press(MAIN)
    scan_everything(phone)
    pack(phone, tmp_path)
    partner.press(MAIN)
    expect(page.locator("#first-steps")).to_contain_text("제출했어요", timeout=60_000)  # without a reload

    reviewer.page.goto("/")
    reviewer.press(MAIN)
    expect(reviewer.page.locator("[data-keys-open]")).to_be_visible()
    reviewer.page.keyboard.press("a")
    reviewer.clicks += 1
    expect(reviewer.page.locator("#content")).to_contain_text("지금 기다리는 검수가 없어요")

    expect(page.locator(".verdict")).to_contain_text("첫 소포", timeout=60_000)
    page.goto("/start")
    expect(page.locator(".verdict")).to_contain_text("첫 소포가 나갔어요")
    page.goto("/")
    expect(page).to_have_url(f"{shop.url}/board")
    assert complaints == []
    assert (owner.clicks, partner.clicks, reviewer.clicks) == (15, 3, 3)
