"""The editor of procedures by hand: an item is dragged, put back with Escape, moved by its buttons; a preview that answers."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from base.clock import utcnow
from base.scope import acting
from tasks import sop_library, sops
from tests.cast import Cast
from tests.qa.road import build
from tests.served import Served
from tests.walks.conftest import OpenAs
from tests.walks.reading import found_by_axe

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


def test_a_partner_reads_what_changed_and_begins(shop: Served, cast: Cast, open_as: OpenAs) -> None:
    """On a phone: told before the first task under a new edition, said once, then the work with its sections."""
    road = build(shop.world, cast)
    road.now = utcnow() - timedelta(minutes=20)
    road.receive(6)
    road.hand_in(cast.minji, road.task_of(road.order()))
    with road.acting_as(cast.haneul) as scope:
        draft = sops.draft(scope, sops.published(scope, "packing").sop_id)
        saved = sops.write(
            scope, draft.id, doc=sop_library.book("packing-fragile").file.doc, version=draft.version
        )
        sops.publish(scope, draft.id, version=saved.version)
    task_id = road.task_of(road.order())
    page = open_as(cast.minji, width=320, worker="block").new_page()
    page.goto("/offers")
    page.locator(f"form[action='/offers/{task_id}/claim'] button").click()
    page.wait_for_url(f"**/work/{task_id}")
    assert (page.locator("#changes > li").count() > 3, page.locator("[data-item]").count()) == (True, 0)
    assert found_by_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth > innerWidth") is False
    page.locator("button[form=read]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#section-wrap")).to_be_visible()
    expect(page.locator("[data-item=gap]")).to_be_visible()
    expect(page.locator("[data-item=wrap_photo]")).to_have_count(0)  # nothing fragile in this parcel
    page.reload()
    expect(page.locator("[data-item=gap]")).to_be_visible()  # said once


def test_an_answer_calls_for_another_item(shop: Served, cast: Cast, open_as: OpenAs) -> None:
    """Food that is kept cold asks for ice, as soon as it is said; what was typed meanwhile stays."""
    road = build(shop.world, cast)
    road.now = utcnow() - timedelta(minutes=20)
    road.receive(2)
    with road.acting_as(cast.haneul) as scope:
        draft = sops.create(scope, kind="packing", title="식품")
        saved = sops.write(
            scope, draft.id, doc=sop_library.book("packing-food").file.doc, version=draft.version
        )
        sops.publish(scope, draft.id, version=saved.version)
    task_id = road.task_of(road.order())
    road.claim(cast.minji, task_id)
    page = open_as(cast.minji, width=390, worker="block").new_page()
    page.goto(f"/work/{task_id}")
    ice = page.locator("[data-item=ice]")
    expect(ice).to_have_count(0)
    page.locator("input[value=chilled]").check(force=True)
    expect(ice).to_be_visible()
    order = [str(item.get_attribute("data-item")) for item in page.locator("#sheet > [data-item]").all()]
    assert order[order.index("intact") : order.index("leak_bag") + 1] == [
        *("intact", "ice", "minutes_out", "insulated", "leak_bag")
    ]
    ice.locator(".input-number").fill("3")
    expect(ice.locator("[data-saved]")).to_have_text("저장됨")
    page.locator("[data-item=storage] .item-fold").click()
    page.locator("input[value=room]").check(force=True)
    expect(ice).to_have_count(0)
    page.locator("input[value=frozen]").check(force=True)
    expect(ice.locator(".input-number")).to_have_value("3")
