"""The editor of procedures by hand: an item is dragged, put back with Escape, moved by its buttons; a preview that answers."""

import pytest
from playwright.sync_api import Page, expect

from base.scope import acting
from tasks import sops
from tests.cast import Cast
from tests.served import Served
from tests.walks.conftest import OpenAs

pytestmark = pytest.mark.browser


def keys(page: Page) -> list[str]:
    return [str(row.get_attribute("id")) for row in page.locator("[data-drag] > li").all()]


def drag(page: Page, row: str, onto: str, *, let_go: bool = True) -> None:
    """Takes a row by its handle and carries it just past another one."""
    handle, target = page.locator(f"#{row} [data-drag-handle]"), page.locator(f"#{onto}")
    handle.hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] - 2, steps=5)
    if let_go:
        page.mouse.up()


def test_items_are_dragged_and_the_preview_answers(shop: Served, cast: Cast, open_as: OpenAs) -> None:
    page = open_as(cast.haneul).new_page()
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor) as scope:
        sop_id = sops.published(scope, "packing").sop_id
        sops.draft(scope, sop_id)
    page.goto(f"/sops/{sop_id}/draft")
    before = keys(page)
    drag(page, before[0], before[2])
    page.wait_for_url("**/draft#**")
    moved = [*before[1:3], before[0], *before[3:]]
    assert keys(page) == moved

    drag(page, moved[0], moved[3], let_go=False)
    assert keys(page) != moved
    page.keyboard.press("Escape")
    page.mouse.up()
    assert keys(page) == moved

    page.locator(f"#{moved[0]} button[value=down]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-drag] > li").first).to_have_attribute("id", moved[1])

    page.goto(f"/sops/{sop_id}/preview")
    cushion = page.locator(".item[data-when]")
    expect(cushion).to_be_hidden()
    page.locator("input[name=fact-fragile]").check(force=True)
    expect(cushion).to_be_visible()
