"""A partner's whole day on a phone: the network is cut in the middle of a checklist, and nothing is lost."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from base.clock import utcnow
from base.scope import acting
from stock import handling, orders
from stock.drafts import Draft, Line, Recipient
from tasks.models import Answer, Photo, Task
from tests.cast import Cast, Person
from tests.pictures import encoded, scene
from tests.served import Served
from tests.tasks.bench import Bench, set_up
from tests.walks.conftest import OpenAs, cookie_of
from tests.walks.reading import found_by_axe
from tests.walks.test_main_road_walk import speak_english

pytestmark = pytest.mark.browser

LARGEST_FIRST_PAGE = 56_000  # bytes over the wire


CANARY = Recipient("카나리아", "010-9876-5432", "06236", "서울특별시 강남구 카나리로 77", "문 앞 카나리")


@pytest.fixture
def bench(shop: Served, cast: Cast) -> Bench:
    """Three parcels of two mugs, by the clock on the wall, to a recipient whom a test can find anywhere."""
    made = set_up(shop.world, cast)
    made.now = utcnow()
    line = Line("MUG-01", "머그컵", "", 2, Decimal(9000), 1)
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.haneul.actor) as scope:
        handling.receive(scope, key="first", goods={made.mug: 10})
        drafts = [Draft("generic", f"R-{n}", "", made.now, None, CANARY, (line,), ()) for n in range(1, 4)]
        orders.place(scope, drafts)
    return made


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "box.jpg"
    path.write_bytes(encoded(scene(1600, 1200)))
    return str(path)


def item(page: Page, key: str) -> Locator:
    return page.locator(f'[data-item="{key}"]')


def saved(page: Page, key: str, words: str = "저장됨") -> None:
    expect(item(page, key).locator("[data-saved]")).to_contain_text(words, timeout=15_000)


def take(page: Page) -> None:
    """Takes the next task with the one button of Today."""
    page.goto("/today")
    page.get_by_role("button", name=re.compile("일감 받기")).click()
    expect(page).to_have_url(re.compile("/work/"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(page.locator("form.is-folding")).to_be_visible()


def cut(context: BrowserContext, page: Page) -> None:
    context.set_offline(True)
    page.wait_for_function("!navigator.onLine")


def sheets_lie(page: Page, many: int) -> None:
    """Waits until so many sheets of tasks lie on the phone; the app alone makes the drawer."""
    page.evaluate(
        """async (many) => {
            const done = (asked) => new Promise((give, fail) => { asked.onsuccess = () => give(asked.result); asked.onerror = fail; });
            for (const began = Date.now(); Date.now() - began < 12_000; await new Promise((go) => setTimeout(go, 50))) {
                if (!(await indexedDB.databases()).some(({ name }) => name === "dari-sheets")) continue;
                const base = await done(indexedDB.open("dari-sheets"));
                const found = await done(base.transaction("sheets").objectStore("sheets").count());
                base.close();
                if (found === many) return;
            }
            throw new Error("the sheets do not lie there");
        }""",
        many,
    )


def drawer(page: Page) -> list[dict[str, object]]:
    """What lies in the phone's drawer, as whoever reads the phone's memory would see it."""
    found: list[dict[str, object]] = page.evaluate(
        """() => new Promise((give) => {
            const asked = indexedDB.open("dari");
            asked.onsuccess = () => {
                const all = asked.result.transaction("waiting").objectStore("waiting").getAll();
                all.onsuccess = () => give(all.result.map((one) =>
                    ({ keys: Object.keys(one).sort(), text: new TextDecoder().decode(one.sealed) })));
            };
        })"""
    )
    return found


def answers_of(shop: Served, person: Person) -> dict[str, object]:
    with acting(shop.world, shop_id=person.shop_id, actor=person.actor, reading=True) as scope:
        return {row.item: row.value["v"] for row in scope.session.query(Answer)}


def count_of(shop: Served, person: Person, table: type[Photo]) -> int:
    with acting(shop.world, shop_id=person.shop_id, actor=person.actor, reading=True) as scope:
        return scope.session.query(table).count()


def shapes(shop: Served, person: Person) -> list[tuple[int, int]]:
    """Width and height of the photos that stand."""
    with acting(shop.world, shop_id=person.shop_id, actor=person.actor, reading=True) as scope:
        there = scope.session.query(Photo).filter(Photo.removed_at.is_(None))
        return [(one.width, one.height) for one in there]


def test_the_network_is_cut_in_the_middle_of_a_checklist(
    bench: Bench,
    shop: Served,
    cast: Cast,
    open_as: OpenAs,
    photo: str,
) -> None:
    context = open_as(cast.minji)
    phone = context.new_page()
    take(phone)
    item(phone, "picking").get_by_role("checkbox").check()
    saved(phone, "picking")
    sheets_lie(phone, 1)

    cut(context, phone)
    for field in item(phone, "scan").locator("[data-slot] input[name^=answer-]").all():
        field.fill("MUG-01")
    saved(phone, "scan", "이 기기에 저장됨")
    item(phone, "condition").get_by_role("radio").first.check(force=True)
    saved(phone, "condition", "이 기기에 저장됨")
    item(phone, "weight").locator("input.input-big").fill("650")
    saved(phone, "weight", "이 기기에 저장됨")
    item(phone, "weight").locator("input.input-big").fill("655")  # the newest counts
    item(phone, "packed_photo").locator("input[type=file]").set_input_files(photo)
    expect(item(phone, "packed_photo").locator("figcaption")).to_contain_text("이 기기에 저장됨")
    item(phone, "remark").locator("textarea").fill("비밀스러운 말")
    saved(phone, "remark", "이 기기에 저장됨")
    expect(phone.locator(".waiting-bar summary")).to_contain_text("보내지 못한 것: 5")
    expect(phone.locator(".waiting-bar summary")).to_be_visible()

    phone.get_by_role("button", name="제출하기").click()  # told so, and nothing is lost
    expect(phone.get_by_role("dialog")).to_contain_text("제출하지 못했어요")
    phone.get_by_role("button", name="닫기", exact=True).click()
    kept = drawer(phone)
    assert [one["keys"] for one in kept] == [["at", "id", "iv", "sealed", "who"]] * 5
    assert [words in str(one["text"]) for one in kept for words in ("비밀", "answer", "JFIF")] == [False] * 15
    assert answers_of(shop, cast.minji) == {"picking": True}

    phone.reload()  # the battery, or a thumb: the copy of the task that lies on the phone
    expect(phone.locator(".page-head .notice")).to_contain_text("연결이 끊긴 채로")
    expect(phone.locator(".waiting-bar")).to_have_attribute("data-count", "5")
    context.set_offline(False)
    expect(phone.locator(".page-head .notice")).to_have_count(0, timeout=20_000)
    expect(phone.locator(".waiting-bar")).to_have_attribute("data-count", "0")
    expect(item(phone, "packed_photo").locator("figcaption").last).not_to_contain_text("이 기기에")
    assert answers_of(shop, cast.minji) == {
        "picking": True, "scan": ["MUG-01", "MUG-01"], "condition": "fine", "weight": "655", "remark": "비밀스러운 말",
    }  # fmt: skip
    assert count_of(shop, cast.minji, Photo) == 1
    turn = item(phone, "packed_photo").get_by_role("button", name="돌리기")
    with phone.expect_response(re.compile("/photos/packed_photo$")):
        turn.last.click()  # it lies on its side: the turned one takes its place
    expect(item(phone, "packed_photo").locator("figure.photo")).to_have_count(1)
    assert shapes(shop, cast.minji) == [(1200, 1600)]

    phone.reload()
    item(phone, "packed_photo").get_by_role("button", name="고치기").click()
    with phone.expect_response(re.compile("/photos/packed_photo$")):
        turn.click()  # and what the server has drawn is turned as well
    assert shapes(shop, cast.minji) == [(1600, 1200)]
    phone.get_by_role("button", name="제출하기").click()  # what is missing is named, and one press goes there
    missing = phone.locator(".notice.is-bad a")
    expect(missing).to_have_text(["테이프로 열리는 곳을 모두 막았어요", "송장을 붙이고 받는 분을 확인했어요"])
    missing.first.click()
    expect(item(phone, "seal")).to_be_in_viewport()
    for key in ("seal", "label"):
        item(phone, key).get_by_role("checkbox").check()
        saved(phone, key)
    phone.get_by_role("button", name="제출하기").click()
    expect(phone).to_have_url(re.compile("/today"))
    expect(phone.locator(".notice.is-ok")).to_contain_text("제출했어요")


def test_what_waits_belongs_to_one_person(
    bench: Bench,
    shop: Served,
    cast: Cast,
    open_as: OpenAs,
) -> None:
    context = open_as(cast.minji)
    phone = context.new_page()
    take(phone)
    weight = "input.input-big"

    twin = context.new_page()  # two windows answer: the person chooses, in words
    twin.goto(phone.url)
    item(twin, "weight").locator(weight).fill("600")
    saved(twin, "weight")
    twin.close()
    item(phone, "weight").locator(weight).fill("700")
    saved(phone, "weight", "먼저 저장된 답: 600")
    phone.get_by_role("button", name="내 답으로 바꾸기").click()
    saved(phone, "weight", "저장됨")
    assert answers_of(shop, cast.minji) == {"weight": "700"}

    context.clear_cookies()  # the session ends: sign in again, and it goes on
    item(phone, "seal").get_by_role("checkbox").check()
    saved(phone, "seal", "로그인이 끝났어요")
    context.add_cookies([cookie_of(shop, cast.sujin)])  # somebody else with the same phone
    other = context.new_page()
    other.goto("/today")
    expect(other.locator(".waiting-bar")).to_have_attribute("data-count", "0")
    phone.evaluate("dispatchEvent(new Event('focus'))")
    saved(phone, "seal", "로그인이 끝났어요")
    other.goto("/offers")
    assert (answers_of(shop, cast.minji), len(drawer(other))) == ({"weight": "700"}, 1)
    other.close()
    context.clear_cookies()
    context.add_cookies([cookie_of(shop, cast.minji)])
    phone.goto("/today")
    expect(phone.locator(".waiting-bar")).to_have_attribute("data-count", "0")
    assert answers_of(shop, cast.minji) == {"weight": "700", "seal": True}

    sheets_lie(phone, 1)
    for who, path, left in ((cast.boram, "/inspections", 0), (cast.minji, "/today", 1)):
        context.clear_cookies()  # a reviewer signs in on this phone: the sheets go, until their partner is back
        context.add_cookies([cookie_of(shop, who)])
        phone.goto(path)
        sheets_lie(phone, left)

    context.route("**/answers", lambda route: route.abort())  # signing out asks before anything is lost
    phone.goto("/work/1")
    phone.locator("summary", has_text="받는 분").click()
    phone.get_by_role("button", name="열어 보기").click()
    expect(phone.locator("[data-revealed]")).to_contain_text("카나리로 77")
    item(phone, "label").get_by_role("checkbox").check()
    saved(phone, "label", "아직 보내지 못했어요")
    assert (len(drawer(phone)), canaries(phone)) == (1, [])
    for answer, stays in (("그대로 있기", True), ("지우고 로그아웃", False)):
        phone.locator("[popovertarget=account]").click()
        phone.get_by_role("button", name="로그아웃", exact=True).click()
        expect(phone.get_by_role("dialog")).to_contain_text("보내지 못한 것: 1.", timeout=15_000)
        phone.get_by_role("button", name=answer).click()
        expect(phone).to_have_url(re.compile("/work/1" if stays else "/sign-in"))
    assert (drawer(phone), canaries(phone)) == ([], [])


def canaries(page: Page) -> list[str]:
    """Files the worker keeps in which the recipient stands; pages of a person would stand out as well."""
    found: list[str] = page.evaluate(
        """async () => {
            const found = [];
            for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) {
                const words = await (await (await caches.open(name)).match(request)).text();
                const { pathname } = new URL(request.url);
                if (/카나리|9876/.test(words) || !/^.(static|offline)/.test(pathname)) found.push(pathname);
            }
            return found;
        }"""
    )
    return found


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(80):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {selector}")


def test_a_parcel_by_keyboard_alone(
    bench: Bench,
    shop: Served,
    cast: Cast,
    open_as: OpenAs,
    photo: str,
) -> None:
    page = open_as(cast.minji).new_page()
    page.goto("/today")
    tab_to(page, ".main-action button")
    page.keyboard.press("Enter")
    expect(page.locator("form.is-folding")).to_be_visible()
    tab_to(page, "[data-item=picking] [type=checkbox]")
    page.keyboard.press("Space")
    tab_to(page, "#scan-1")
    page.keyboard.type("MUG-01")
    page.keyboard.press("Enter")  # what a scanner that types does: on to the next place
    page.keyboard.type("MUG-01")
    tab_to(page, "[data-item=condition] [type=radio]")
    page.keyboard.press("Space")
    tab_to(page, "[data-item=packed_photo] [type=file]")
    broken = iter(range(2))
    page.route(
        "**/photos/*", lambda route: route.continue_() if next(broken, None) is None else route.abort()
    )
    page.locator("[data-item=packed_photo] [type=file]").set_input_files(photo)
    tab_to(page, "[data-item=weight] input.input-big")
    page.keyboard.type("640")
    for key in ("seal", "label"):
        tab_to(page, f"[data-item={key}] [type=checkbox]")
        page.keyboard.press("Space")
    expect(page.locator("[data-progress-words]")).to_have_text("7 / 7")
    tab_to(page, ".main-action button")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/today"))
    assert set(answers_of(shop, cast.minji)) == {"picking", "scan", "condition", "weight", "seal", "label"}
    assert shapes(shop, cast.minji) == [(1200, 900)]  # broken off twice, it was sent smaller


def test_the_pages_of_work_are_light_and_open_to_everybody(
    bench: Bench, shop: Served, cast: Cast, open_as: OpenAs
) -> None:
    """First page under 60 KB; axe finds nothing on a task, sent back or not, at 320 px, in both languages and themes."""
    with bench.acting_as("house", reading=True) as scope:
        back, held = [task.id for task in scope.session.query(Task).order_by(Task.id).limit(2)]
    bench.hand_in("minji", back)
    bench.send_back(back, "seal", "packed_photo")
    bench.claim("minji", held)
    found = []
    for locale, dark in (("ko-KR", False), ("en-GB", True)):
        page = open_as(cast.minji, locale=locale, dark=dark, width=320, worker="block").new_page()
        if dark:
            speak_english(page)
        for path in (f"/work/{held}", f"/work/{back}"):
            page.goto(path)
            page.wait_for_load_state("networkidle")
            found += [(path, locale, *one) for one in found_by_axe(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append((path, locale, "scrolls sideways", ""))
    assert found == []
    fresh = open_as(cast.minji, worker="block")  # what comes through a worker is not counted by the browser
    weights = {
        path: weight_of(fresh, path) for path in ("/today", f"/work/{held}")
    }  # the second after the first
    assert [path for path, size in weights.items() if not 10_000 < size < LARGEST_FIRST_PAGE] == [], weights


def weight_of(context: BrowserContext, path: str) -> int:
    """Bytes over the wire until a page stands, without photos."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.send("Network.enable")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return sum(sizes)
