"""Goods go to a partner's home: she ticks, counts again and scans on her phone with the network gone in the middle."""

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from base.clock import utcnow
from base.scope import acting
from stock import invariants
from stock.handovers import sending
from stock.handovers.models import HandoverLine
from stock.models import Product
from tests.cast import Cast
from tests.served import Served
from tests.stock import yard
from tests.walks.conftest import OpenAs

pytestmark = pytest.mark.browser
SENT = {"MUG-01": 6, "POT-01": 2, "TAPE-01": 3}


@pytest.fixture
def sent(shop: Served, cast: Cast) -> None:
    """Mugs, pots and tape on their way to Minji's home."""
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor, now=utcnow()) as scope:
        yard.receive(scope, SENT)
        ids = yard.products(scope, *SENT)
        tape = (Product.shop_id == scope.shop_id, Product.id == ids["TAPE-01"])
        scope.session.execute(update(Product).where(*tape).values(barcode="8801234567893"))
        goods = {ids[sku]: units for sku, units in SENT.items()}
        sending.hand_over(scope, key="sent", goods=goods, partner_id=cast.minji.partner_id or 0)


def line(page: Page, sku: str) -> Locator:
    return page.locator(f'[data-item]:has-text("{sku}")')


def says(page: Page, sku: str, words: str) -> None:
    expect(line(page, sku).locator("[data-saved]")).to_contain_text(words, timeout=15_000)


def test_what_came_is_said_with_the_network_gone_in_the_middle(
    shop: Served, cast: Cast, open_as: OpenAs, sent: None
) -> None:
    phone = open_as(cast.minji, width=390).new_page()
    phone.goto("/my-stock")
    phone.get_by_role("link", name="받은 것 확인하기").click()
    line(phone, "MUG-01").get_by_role("button", name="6개 모두 왔어요").click()
    says(phone, "MUG-01", "확인했어요")
    phone.context.set_offline(True)
    line(phone, "POT-01").locator("[name=units]").fill("1")
    line(phone, "POT-01").locator("[name=units]").press("Enter")  # the number, not the tick above it
    says(phone, "POT-01", "이 기기에 저장됨")
    for _ in range(3):
        phone.fill("#code", "8801234567893")
        phone.press("#code", "Enter")
    line(phone, "TAPE-01").get_by_role("button", name="이만큼 왔어요").click()
    says(phone, "TAPE-01", "이 기기에 저장됨")
    phone.context.set_offline(False)
    says(phone, "TAPE-01", "확인했어요")
    says(phone, "POT-01", "한 번 더")
    line(phone, "POT-01").locator("[name=units]").fill("1")
    line(phone, "POT-01").get_by_role("button", name="이만큼 왔어요").click()
    says(phone, "POT-01", "센 대로 적었어요")
    expect(phone.locator("[data-progress-words]")).to_have_text("3 / 3")
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor, reading=True) as scope:
        told = select(HandoverLine.sent, HandoverLine.received).order_by(HandoverLine.sent)
        assert [tuple(row) for row in scope.session.execute(told)] == [(2, 1), (3, 3), (6, 6)]
        assert invariants.findings(scope) == []
