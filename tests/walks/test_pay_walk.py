"""A month of pay in the browser: closed by the owner, read and questioned on a phone, answered, and paid by a file."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from base.clock import utcnow
from base.i18n import SEOUL
from base.scope import acting
from partners.pay import lines
from partners.pay.lines import InHand
from partners.pay.months import Month
from tests.cast import Cast
from tests.served import Served
from tests.walks.conftest import OpenAs
from tests.walks.reading import found_by_axe

pytestmark = pytest.mark.browser

NUMBER = "3333-01-7654321"


@pytest.fixture
def month(shop: Served, cast: Cast) -> Month:
    """The month before this one, in which Minji earned with three parcels, slowly."""
    before = Month.of(utcnow(), SEOUL).previous
    at = before.begins(SEOUL) + timedelta(days=9, hours=10)
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor, now=at) as scope:
        for nth in range(3):
            begun = int(at.timestamp()) + nth * 3600
            lines.accrue(
                scope,
                task_id=nth + 1,
                partner_id=cast.minji.partner_id,
                kind="packing",
                won=4_115,
                in_hand=InHand(begun, begun + 3600),
            )
    return before


def settled(page: Page) -> Page:
    expect(page.locator("main")).to_be_visible()
    return page


def test_a_month_is_closed_read_questioned_and_paid(
    shop: Served, cast: Cast, open_as: OpenAs, month: Month, tmp_path: Path
) -> None:
    owner, phone = open_as(cast.haneul).new_page(), open_as(cast.minji).new_page()

    phone.goto("/pay/account")
    phone.get_by_label("은행").select_option(label="카카오뱅크")
    phone.get_by_label("계좌번호").fill(NUMBER)
    phone.get_by_label("예금주").fill("김민지")
    phone.get_by_role("button", name="계좌 저장").click()
    expect(phone.get_by_text("카카오뱅크 **********321")).to_be_visible()

    owner.goto("/pay/months")
    owner.get_by_role("link", name="아직 정하지 않음").click()
    owner.get_by_label("정산 자격").select_option(label="개인 (3.3% 떼고)")
    owner.locator("#terms").get_by_role("button", name="저장").click()
    owner.goto("/pay/months")
    owner.get_by_text("마감하기", exact=False).first.click()
    owner.get_by_role("button", name="마감하기", exact=True).click()
    expect(owner.get_by_text("이제 이 달은 바뀌지 않아요")).to_be_visible()
    expect(owner.get_by_text("1명에게 11,945원을 이체해요")).to_be_visible()
    expect(owner.get_by_text("최저임금보다 적은 분이 1명")).to_be_visible()
    with owner.expect_download() as taking:
        owner.get_by_role("button", name="CSV로 받기").click()
    taken = tmp_path / "transfer.csv"
    taking.value.save_as(taken)
    assert taken.read_text(encoding="utf-8-sig").splitlines()[1] == (
        f'"090","카카오뱅크","{NUMBER.replace("-", "")}",11945,"김민지","{month.number}월 정산"'
    )

    phone.goto("/pay")
    phone.get_by_role("link", name=f"{month.year}년 {month.number}월 정산서").click()
    expect(settled(phone).get_by_text("11,945원").first).to_be_visible()
    assert found_by_axe(phone) == []
    phone.get_by_role("link", name="물어보기").click()
    phone.get_by_label("물어볼 것").fill("한 건이 4,500원 아닌가요?")
    phone.get_by_role("button", name="보내기").click()
    expect(phone.get_by_text("답을 기다려요")).to_be_visible()

    owner.goto("/pay/questions")
    owner.get_by_label("답", exact=True).fill("맞아요. 모자란 만큼 더 드려요.")
    owner.get_by_label("더하거나 뺄 금액").fill("1155")
    owner.get_by_role("button", name="답하기").click()
    expect(owner.get_by_text("답을 남겼어요")).to_be_visible()

    phone.goto("/pay")
    expect(phone.get_by_text("바로잡은 금액 1,155원")).to_be_visible()
    expect(phone.get_by_text("사장님 혼자 정함").first).to_be_visible()
    assert found_by_axe(phone) == []
