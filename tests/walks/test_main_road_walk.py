"""The main road on the screen: file, parcel, hand-in, sent back once, accepted, and on the owner's board."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from base.scope import acting
from partners.models import PayLine
from stock import goods, handling, samples
from stock.drafts import Goods
from stock.models import Order, Product
from tests.cast import Cast
from tests.pictures import encoded, scene
from tests.served import Served
from tests.walks.conftest import OpenAs

pytestmark = pytest.mark.browser


@pytest.fixture
def stocked(shop: Served, cast: Cast) -> Served:
    """Goods on the shelf, so that the orders of the file can be packed at once."""
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor) as scope:
        ids, _ = goods.ensure(scope, [Goods(one.sku, one.name, one.option) for one in samples.products()])
        handling.receive(scope, key="first-delivery", goods=dict.fromkeys(ids.values(), 50))
    return shop


def order_file(folder: Path) -> Path:
    path = folder / "주문.csv"
    until = datetime.now(UTC) - timedelta(hours=1)
    path.write_bytes(samples.order_file(samples.offers(), orders=3, seed=7, until=until))
    return path


def pack(page: Page, folder: Path) -> None:
    """Answers every card of the task that is asked, as a partner with a phone does."""
    photo = folder / "box.jpg"
    photo.write_bytes(encoded(scene(1200, 900)))
    for card in page.locator("[data-item]").all():
        answer(card, str(photo))


def answer(card, photo: str) -> None:
    for box in card.locator("input[type=checkbox]").all():
        box.set_checked(True)
    if card.locator("input[type=file]").count():
        with card.page.expect_response(lambda got: "/photos" in got.url and got.request.method == "POST"):
            card.locator("input[type=file]").first.set_input_files(photo)
    if card.locator("input[type=radio]").count():
        card.locator("input[type=radio]").first.set_checked(True, force=True)
    if card.locator(".input-number.input-big").count():
        card.locator(".input-number.input-big").fill("420")


def scan_everything(page: Page, shop: Served, cast: Cast) -> None:
    """Types the codes of the picking list, where a phone would scan them."""
    wanted = {
        row.locator("code").inner_text(): row.locator(".many strong").inner_text().strip()
        for row in page.locator("#goods li").all()
    }
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor, reading=True) as scope:
        names = dict(scope.session.execute(select(Product.sku, Product.name)).all())
    card = page.locator('[data-item="scan"]')
    for sku, units in wanted.items():
        fields = card.locator(
            f'.field:has(label:has-text("{names[sku].split(" · ")[0]}")) input[name^="answer-"]'
        )
        for field in fields.all():
            field.fill(sku)
        many = card.locator(f'input[aria-label*="{names[sku]}"][name^="times-"]')
        if many.count():
            many.first.fill(units)


def test_a_parcel_from_the_file_to_the_board(
    stocked: Served, cast: Cast, open_as: OpenAs, tmp_path: Path
) -> None:
    owner = open_as(cast.haneul).new_page()
    owner.goto("/orders/import")
    owner.set_input_files("input[type=file]", str(order_file(tmp_path)))
    owner.locator(".main-action button").click()
    owner.locator(".main-action button").click()
    expect(owner.locator("body")).to_contain_text("3", timeout=20_000)
    wait_for_tasks(stocked, cast)

    phone = open_as(cast.minji).new_page()
    phone.goto("/today")
    phone.locator(".main-action button").click()
    expect(phone).to_have_url(lambda_url("/work/"))
    phone.locator(".main-action button").click()  # nothing done yet: what is missing is named
    expect(phone.locator(".notice.is-bad").first).to_be_visible()
    scan_everything(phone, stocked, cast)
    pack(phone, tmp_path)
    phone.locator(".main-action button").click()
    expect(phone).not_to_have_url(lambda_url("/work/"), timeout=10_000)

    desk = open_as(cast.boram).new_page()
    start_judging(desk)
    desk.keyboard.press("5")
    desk.keyboard.press("s")
    expect(desk.locator(".notice.is-ok, .notice.is-info").first).to_be_visible()

    phone.goto("/today")
    phone.locator(".main-action a").click()
    expect(phone.locator(".notice.is-warn").first).to_be_visible()
    pack(phone, tmp_path)
    phone.locator(".main-action button").click()
    expect(phone).not_to_have_url(lambda_url("/work/"), timeout=10_000)

    start_judging(desk)
    desk.keyboard.press("a")
    expect(desk.locator(".notice.is-ok, .notice.is-info").first).to_be_visible()

    with acting(stocked.world, shop_id=cast.shop_id, actor=cast.haneul.actor, reading=True) as scope:
        shipped = scope.session.scalars(select(Order).where(Order.state == "shipped")).all()
        paid = scope.session.execute(select(func.count(), func.sum(PayLine.won)).select_from(PayLine)).one()
    assert ([one.verdict for one in shipped], tuple(paid)) == (["met"], (1, 700))
    owner.goto("/board")
    expect(owner.locator(".verdict")).to_be_visible()
    phone.goto("/pay")
    expect(phone.locator("#content")).to_contain_text("700원")


def start_judging(desk: Page) -> None:
    """Opens the first inspection and waits until its keys are at work."""
    desk.goto("/inspections")
    desk.locator(".main-action a, .main-action button").first.click()
    expect(desk.locator("[data-keys-open]")).to_be_visible()


def lambda_url(part: str):
    import re

    return re.compile(re.escape(part))


def wait_for_tasks(shop: Served, cast: Cast) -> None:
    from time import monotonic

    from tasks.models import Task

    until = monotonic() + 30
    while monotonic() < until:
        with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor, reading=True) as scope:
            if scope.session.scalar(select(func.count()).select_from(Task)) == 3:
                return
    raise AssertionError("the import did not open three tasks")


def speak_english(page: Page) -> None:
    page.goto("/me")
    page.evaluate("document.querySelector('form[action=\"/language\"] button[value=en]').click()")
    expect(page.locator("html")).to_have_attribute("lang", "en")
