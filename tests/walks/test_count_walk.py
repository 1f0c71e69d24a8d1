"""A weekly count on a phone: begun by the owner, told with the network gone in the middle, decided, and signed."""

from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from base.clock import utcnow
from base.scope import acting
from stock.models import Count, Product
from tests.cast import Cast
from tests.served import Served
from tests.stock import yard
from tests.walks.conftest import OpenAs
from tests.walks.reading import found_by_axe

pytestmark = pytest.mark.browser
HOME = {"MUG-01": 6, "POT-01": 4, "TAPE-01": 20}


@pytest.fixture
def lent(shop: Served, cast: Cast) -> None:
    """Goods in Minji's home: mugs, pots that are dear, and tape."""
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor, now=utcnow()) as scope:
        yard.receive(scope, HOME)
        ids = yard.products(scope, *HOME)
        for sku, price, code in (
            ("MUG-01", 12_000, "8801234567893"),
            ("POT-01", 90_000, ""),
            ("TAPE-01", 800, ""),
        ):
            row = Product.shop_id == scope.shop_id, Product.id == ids[sku]
            scope.session.execute(update(Product).where(*row).values(price=Decimal(price), barcode=code))
        goods = {ids[sku]: units for sku, units in HOME.items()}
        yard.lend(scope, goods, cast.minji.actor)


def line(page: Page, sku: str) -> Locator:
    return page.locator(f'[data-item]:has-text("{sku}")')


def tell(page: Page, sku: str, units: int) -> None:
    line(page, sku).locator("[name=units]").fill(str(units))
    line(page, sku).get_by_role("button").click()


def says(page: Page, sku: str, words: str) -> None:
    expect(line(page, sku).locator("[data-saved]")).to_contain_text(words, timeout=15_000)


def test_a_count_with_the_network_gone_in_the_middle(
    shop: Served, cast: Cast, open_as: OpenAs, lent: None
) -> None:
    owner = open_as(cast.haneul, width=390).new_page()
    owner.goto("/stock/rounds")
    owner.locator(".main-action button").click()
    expect(owner.locator(".verdict")).to_contain_text("3가지 가운데 0가지")
    assert found_by_axe(owner) == []

    phone = open_as(cast.minji).new_page()
    phone.goto("/today")
    phone.locator(".notice a").first.click()
    expect(phone.locator("[data-item]")).to_have_count(3)
    assert found_by_axe(phone) == []
    for _ in range(6):  # a scanner types the code and Enter
        phone.fill("#code", "8801234567893")
        phone.press("#code", "Enter")
    expect(line(phone, "MUG-01").locator("[name=units]")).to_have_value("6")
    line(phone, "MUG-01").get_by_role("button").click()
    says(phone, "MUG-01", "세었어요")
    expect(phone.locator("[data-progress-words]")).to_have_text("1 / 3")

    phone.context.set_offline(True)
    tell(phone, "TAPE-01", 18)
    says(phone, "TAPE-01", "이 기기에 저장됨")
    tell(phone, "POT-01", 3)
    says(phone, "POT-01", "이 기기에 저장됨")
    phone.context.set_offline(False)
    says(phone, "TAPE-01", "한 번 더")
    says(phone, "POT-01", "한 번 더")
    tell(phone, "TAPE-01", 20)  # all of it, after all
    says(phone, "TAPE-01", "세었어요")
    tell(phone, "POT-01", 3)
    says(phone, "POT-01", "사장님이")
    expect(phone.locator("[data-progress-words]")).to_have_text("3 / 3")
    phone.goto("/my-stock")
    expect(phone.locator("main")).to_contain_text("20개")

    owner.reload()
    owner.locator("select[name=cause]").first.select_option("damaged")
    owner.get_by_role("button", name="센 대로 장부 고치기").click()
    expect(owner.locator(".notice.is-ok")).to_contain_text("장부를 고쳤어요")
    owner.fill("textarea[name=summary]", "냄비는 깨져 있었어요")
    owner.get_by_role("button", name="실사 마치기").click()
    expect(owner.locator(".verdict")).to_contain_text("3가지를 세었고, 장부와 다른 것은 1가지")
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor, reading=True) as scope:
        counted = scope.session.execute(select(Count.book, Count.counted).order_by(Count.id)).all()
        assert sorted(tuple(row) for row in counted) == [(4, 3), (6, 6), (20, 20)]
