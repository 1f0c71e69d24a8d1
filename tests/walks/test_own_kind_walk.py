"""An owner makes a kind of work on her phone; a partner does a piece of it on his; it is judged and paid."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from base.scope import acting
from partners.models import PayLine
from tests.cast import Cast
from tests.served import Served
from tests.walks.conftest import OpenAs

pytestmark = pytest.mark.browser
PHONE = 390


def no_wider_than_the_screen(page: Page) -> None:
    """Nothing scrolls sideways; a picture of the page where one is asked for (DARI_PICTURES names a folder)."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if folder := os.environ.get("DARI_PICTURES"):
        name = re.sub(r"\W+", "-", page.url.split("/", 3)[3])
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_from_making_a_kind_to_its_pay_on_a_phone(shop: Served, cast: Cast, open_as: OpenAs) -> None:
    owner = open_as(cast.haneul, width=PHONE).new_page()
    owner.goto("/tasks")
    owner.get_by_role("link", name="일의 종류").click()
    expect(owner.get_by_text("아직 만든 일이 없어요")).to_be_visible()
    no_wider_than_the_screen(owner)
    owner.get_by_label("이름", exact=True).fill("상세페이지 검수")
    owner.get_by_label("한 건 단가").fill("1200")
    owner.get_by_role("button", name="만들고 작업표준 쓰기").click()
    expect(owner).to_have_url(re.compile(r"/sops/\d+/draft"))
    owner.get_by_role("link", name="발행하기").click()
    owner.locator(".main-action button").click()

    owner.goto("/kinds/own-1")
    owner.get_by_label("제목").fill("여름 셔츠 상세페이지")
    owner.get_by_label("몇 건").fill("1")
    owner.get_by_role("button", name="열기", exact=True).click()
    expect(owner.locator(".notice.is-ok")).to_contain_text("일감 1건을 열었어요")
    no_wider_than_the_screen(owner)

    phone = open_as(cast.minji).new_page()
    phone.goto("/today")
    phone.get_by_role("button", name=re.compile("일감 받기 · 1,200원")).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("상세페이지 검수 · 여름 셔츠 상세페이지")
    no_wider_than_the_screen(phone)
    phone.locator('[data-item="done"] input[type=checkbox]').set_checked(True)
    phone.locator('[data-item="result"] textarea').fill("오타 두 곳을 고쳤어요")
    phone.locator('[data-item="result"] textarea').blur()
    expect(phone.locator('[data-item="result"] [data-saved]')).to_contain_text("저장됨")
    phone.locator(".main-action button").click()
    expect(phone).to_have_url(re.compile("/today"))

    desk = open_as(cast.boram).new_page()
    desk.goto("/inspections")
    desk.locator(".main-action button").click()
    expect(desk.get_by_role("region", name="적어 낸 글").get_by_text("오타 두 곳을 고쳤어요")).to_be_visible()
    no_wider_than_the_screen(desk)
    desk.keyboard.press("a")
    expect(desk.locator(".notice.is-ok").first).to_be_visible()

    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor, reading=True) as scope:
        lines = scope.session.scalars(select(PayLine)).all()
        assert [(line.kind, line.won, line.partner_id) for line in lines] == [
            ("own-1", 1200, cast.minji.partner_id)
        ]
    phone.goto("/pay")
    expect(phone.locator("main")).to_contain_text("1,200원")
