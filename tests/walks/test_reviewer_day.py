"""A reviewer's whole day by keyboard alone: sign in, begin, accept, send back with a mark, reject, look at the record."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from base.clock import utcnow
from base.images import Picture
from qa.models import Defect, Inspection
from tasks import work
from tasks.models import Photo, Task
from tests.cast import Cast, Person
from tests.pictures import JPEG
from tests.qa.road import Road, build
from tests.served import Served
from tests.tasks.bench import ANSWERS
from tests.walks.conftest import OpenAs
from tests.walks.reading import found_by_axe

pytestmark = pytest.mark.browser

GOOD = "바다보다 깊은 밤"


@pytest.fixture
def waiting(shop: Served, cast: Cast) -> Road:
    """Three parcels of Minji's wait to be judged."""
    road = build(shop.world, cast)
    road.now = utcnow() - timedelta(minutes=10)
    road.receive(6)
    for n in range(3):
        hand_in(road, road.task_of(road.order(ship_by=road.now + timedelta(hours=5 + n))))
    return road


def hand_in(road: Road, task_id: int) -> None:
    fence = road.claim(road.cast.minji, task_id)
    with road.acting_as(road.cast.minji) as scope:
        for item, value in ANSWERS.items():
            work.answer(scope, task_id, item=item, value=value, version=0)
        work.attach(scope, task_id, item="packed_photo", picture=Picture(JPEG, 640, 480, "a" * 64))
        work.submit(scope, task_id, fence=fence)


def tab_to(page: Page, selector: str) -> None:
    """Tabs until this is reached, as somebody without a mouse does."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def at_desk(page: Page, inspection: Inspection) -> None:
    """Waits until this submission is on the desk and its keys are at work."""
    expect(page).to_have_url(f"{page.url.split('/inspections')[0]}/inspections/{inspection.id}")
    expect(page.locator("main [data-keys-open]")).to_be_visible()


def decide_ahead_of_the_server(page: Page, key: str, following: Inspection) -> None:
    """The next submission stands on the desk while the verdict has not even reached the server."""
    held: list[Route] = []
    page.wait_for_load_state("networkidle")  # the next desk is here
    page.route("**/verdict", lambda route: held.append(route))
    with page.expect_request("**/verdict"):  # on its way, and held here
        press(page, key)
    at_desk(page, following)
    took = page.evaluate("performance.getEntriesByName('desk:next').at(-1).duration")
    assert len(held) == 1
    print(f"from the decision to the next submission: {took:.0f} ms")
    held[0].continue_()
    page.unroute("**/verdict")


def test_three_verdicts_without_a_mouse(
    waiting: Road, cast: Cast, open_as: OpenAs, with_password: Callable[[Person, str], None]
) -> None:
    with waiting.acting_as(cast.haneul, reading=True) as scope:
        first, second, third = scope.session.scalars(select(Inspection).order_by(Inspection.due_at)).all()
    with_password(cast.boram, GOOD)
    window = open_as(cast.boram)
    window.clear_cookies()
    page = window.new_page()
    page.goto("/sign-in")
    tab_to(page, "[name=login]")
    page.keyboard.type("boram@example.com")
    tab_to(page, "[name=password]")
    page.keyboard.type(GOOD)
    press(page, "Enter")
    expect(page).to_have_url(f"{page.url.split('/sign-in')[0]}/inspections")
    tab_to(page, ".main-action button")
    press(page, "Enter")

    at_desk(page, first)
    expect(page.locator("main")).not_to_contain_text("Minji")
    decide_ahead_of_the_server(page, "a", second)
    expect(page.locator(".notice.is-ok")).to_have_count(1)
    press(page, "7")
    expect(page.locator("[data-score]")).to_be_visible()
    press(page, "z", "z", "o", "m", "ArrowRight", "ArrowDown", "Shift+ArrowLeft", "Enter")
    expect(page.locator("[data-mark-list] li")).to_have_count(1)
    press(page, "s")

    at_desk(page, third)
    press(page, "n")
    page.keyboard.type("다른 상품이 들어 있어요")
    press(page, "Tab", "r")
    expect(page.locator("[data-confirm] button")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("[data-confirm] summary")).to_be_focused()
    press(page, "r")
    expect(page.locator("[data-confirm] button")).to_be_focused()
    press(page, "Enter")
    expect(page.locator(".empty")).to_be_visible()

    with waiting.acting_as(cast.haneul, reading=True) as scope:
        judged = scope.session.scalars(select(Inspection).order_by(Inspection.due_at)).all()
        mark = scope.session.scalars(select(Defect)).one()
        states = [scope.session.get_one(Task, one.task_id).state for one in judged]
    assert [(one.verdict, one.note) for one in judged] == [
        ("accept", ""),
        ("send_back", ""),
        ("reject", "다른 상품이 들어 있어요"),
    ]
    assert (states, all(one.look_s is not None for one in judged)) == (
        ["accepted", "rework", "rejected"],
        True,
    )
    assert (mark.code, mark.x, mark.y, mark.w, mark.h) == ("photo_unclear", 390, 390, 260, 300)
    waiting.counted()
    page.goto("/own-record")
    expect(page.locator(".verdict")).to_contain_text("3건")
    this_beside_the_last(page, waiting, cast, second.task_id)


def this_beside_the_last(page: Page, waiting: Road, cast: Cast, task_id: int) -> None:
    """What came back with another photo: the new one beside the old, both grown and moved together."""
    waiting.now = utcnow()
    with waiting.acting_as(cast.minji) as scope:
        (blurred,) = scope.session.scalars(select(Photo.id).where(Photo.task_id == task_id))
        work.remove_photo(scope, task_id, blurred)
        work.attach(scope, task_id, item="packed_photo", picture=Picture(JPEG, 640, 480, "b" * 64))
        work.submit(scope, task_id, fence=scope.session.get_one(Task, task_id).fence)
    page.goto(f"/inspections/{waiting.inspection(task_id).id}")
    expect(page.locator("main [data-keys-open]")).to_be_visible()
    stages = page.locator("main .viewer-stage:visible")
    expect(stages).to_have_count(1)
    press(page, "b")
    expect(stages).to_have_count(2)
    expect(page.locator("main [data-viewer-with] option:checked")).to_contain_text("1번째 제출")
    expect(stages.last.locator("rect.mark")).to_have_count(1)
    press(page, "z")
    stages.first.evaluate("it => it.scrollTo(it.scrollWidth, it.scrollHeight)")
    page.wait_for_function(
        "() => { const it = document.querySelector('.is-second'); return it.scrollLeft > 0 && it.scrollTop > 0; }"
    )
    assert found_by_axe(page) == []
    press(page, "b", "z")
    expect(stages).to_have_count(1)


@pytest.mark.parametrize(("locale", "dark"), [("ko-KR", False), ("en-GB", True)])
def test_the_desk_is_open_to_everybody(
    waiting: Road, cast: Cast, open_as: OpenAs, locale: str, dark: bool
) -> None:
    """axe finds nothing with everything unfolded, wide or narrow, and nothing scrolls sideways at 320 px."""
    page = open_as(cast.haneul, locale=locale, dark=dark).new_page()
    page.goto("/me")
    if dark:
        page.evaluate("document.querySelector('form[action=\"/language\"] button[value=en]').click()")
        expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/inspections")
    page.locator(".main-action button").click()
    expect(page.locator("main [data-keys-open]")).to_be_visible()
    press(page, "1", "m", "Enter", "r")
    expect(page.locator("[data-confirm] button")).to_be_focused()
    found = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 844})
        found += [(width, *one) for one in found_by_axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((width, "scrolls sideways", ""))
    assert found == []


def test_what_another_reviewer_has_open_says_so(waiting: Road, cast: Cast, open_as: OpenAs) -> None:
    boram, haneul = open_as(cast.boram).new_page(), open_as(cast.haneul).new_page()
    for page in (boram, haneul):
        page.goto("/inspections")
        page.locator(".main-action button").click()
        expect(page.locator("main [data-keys-open]")).to_be_visible()
    assert boram.url != haneul.url
    haneul.goto(boram.url)
    expect(haneul.locator(".desk-rubric .notice")).to_be_visible()
    expect(haneul.locator("[name=verdict]")).to_have_count(0)
