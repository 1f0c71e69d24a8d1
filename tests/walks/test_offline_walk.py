"""The installed app without a network: opened, worked in, closed, opened again, signed out by the server, and then sent."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from base.scope import THE_HOUSE, acting
from security import sessions
from tasks.models import Answer, Photo, Submission
from tests.cast import Cast, Person
from tests.pictures import encoded, scene
from tests.served import Served
from tests.tasks.bench import Bench
from tests.walks.conftest import OpenAs, cookie_of
from tests.walks.test_partner_day import CANARY, bench, cut, item, saved, sheets_lie, take

__all__ = ["bench"]
pytestmark = pytest.mark.browser

PASSWORD = "longer-than-anybody-guesses"
REMARK = "비밀스러운 말"
#: Whatever of this lies on the phone in readable form, somebody who finds the phone can read.
READABLE = [
    *(str(getattr(CANARY, field)) for field in ("name", "phone", "address", "memo")),
    "머그컵",
    "MUG-01",
    REMARK,
]
READABLE += ["민지", "sujin", "JFIF", "answer-", "포장"]

#: Every value in every IndexedDB and every page and file in Cache Storage, as words: bytes as UTF-8 and as Latin letters.
DUMP = """async () => {
    const words = (it) => it instanceof CryptoKey ? (it.extractable ? "extractable key" : "")
        : it instanceof ArrayBuffer || ArrayBuffer.isView(it) ? ["utf-8", "latin1"].map((as) => new TextDecoder(as).decode(it)).join(" ")
        : it instanceof Object ? Object.entries(it).flatMap(([name, value]) => [name, words(value)]).join(" ") : String(it);
    const done = (asked) => new Promise((give, fail) => { asked.onsuccess = () => give(asked.result); asked.onerror = fail; });
    const found = [];
    for (const { name } of await indexedDB.databases()) {
        const base = await done(indexedDB.open(name));
        for (const shelf of base.objectStoreNames) {
            for (const one of await done(base.transaction(shelf).objectStore(shelf).getAll())) found.push([`${name}/${shelf}`, words(one)]);
        }
        base.close();
    }
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) {
        const { pathname } = new URL(request.url);
        const isPublic = /\\.(js|css|svg|png|webmanifest)$/.test(pathname);
        found.push(["cache", isPublic ? "" : await (await (await caches.open(name)).match(request)).text()]);
        if (!isPublic && pathname !== "/offline") found.push(["cache", `answer- ${pathname}`]);
    }
    return [...found, ["storage", JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie]];
}"""


@pytest.fixture
def signs_in(with_password: Callable[[Person, str], None], cast: Cast) -> None:
    """Minji has a password."""
    with_password(cast.minji, PASSWORD)


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    """Two photos that are not the same."""
    paths = [tmp_path / "open.jpg", tmp_path / "shut.jpg"]
    for path, size in zip(paths, ((1200, 900), (900, 1200)), strict=True):
        path.write_bytes(encoded(scene(*size)))
    return [str(path) for path in paths]


def lies(page: Page) -> tuple[dict[str, int], list[str]]:
    """How much lies on each shelf of the phone, and what of it can be read."""
    found = page.evaluate(DUMP)
    count = {
        name: sum(shelf == name for shelf, _ in found)
        for name in ("dari/waiting", "dari-sheets/keys", "dari-sheets/sheets")
    }
    readable = [
        (shelf, word) for shelf, words in found for word in [*READABLE, "extractable key"] if word in words
    ]
    return count, readable


def opened(context: BrowserContext, path: str) -> Page:
    """The app opened from the home screen."""
    page = context.new_page()
    page.goto(path)
    return page


def end_session(shop: Served, person: Person) -> None:
    with acting(shop.world, shop_id=0, actor=THE_HOUSE) as scope:
        sessions.end_all(scope, person.actor.id)


def sent_by(context: BrowserContext) -> list[str]:
    """The items and acts that the phone sends from now on, in order."""
    found: list[str] = []

    def hear(request: Request) -> None:
        path = re.search(r"/work/\d+/(answers|photos|submission)", request.url)
        if request.method == "POST" and path:
            named = re.search(rb'name="item"\r\n\r\n(\w+)', request.post_data_buffer or b"")
            found.append(named[1].decode() if named else request.url.rsplit("/", 1)[1])

    context.on("request", hear)
    return found


@pytest.mark.usefixtures("signs_in")
def test_work_goes_on_without_a_network_and_arrives_once(
    bench: Bench,
    shop: Served,
    cast: Cast,
    open_as: OpenAs,
    photos: list[str],
) -> None:
    context = open_as(cast.minji)
    phone = context.new_page()
    take(phone)
    item(phone, "picking").get_by_role("checkbox").check()
    saved(phone, "picking")
    sheets_lie(phone, 1)
    address = phone.url

    cut(context, phone)
    for field in item(phone, "scan").locator("[data-slot] input[name^=answer-]").all():
        field.fill("MUG-01")
        field.blur()  # laid down at once, not when the typing has rested
    saved(phone, "scan", "이 기기에 저장됨")
    item(phone, "packed_photo").locator("input[type=file]").set_input_files(photos[0])
    expect(item(phone, "packed_photo").locator("figcaption")).to_contain_text("이 기기에 저장됨")
    item(phone, "packed_photo").locator("input[type=file]").set_input_files(photos[1])
    expect(item(phone, "packed_photo").locator("figcaption").nth(1)).to_contain_text("이 기기에 저장됨")
    phone.close()  # the app is closed in the middle

    phone = opened(context, "/")  # and opened from the home screen
    expect(phone.locator("h1")).to_have_text("연결이 끊겼어요")
    expect(phone.locator("[data-sheets-count]")).to_have_text("1")
    phone.locator("[data-sheets] a").click()
    expect(phone).to_have_url(address)
    expect(item(phone, "picking").locator("[type=checkbox]")).to_be_checked()  # what the server had
    expect(item(phone, "scan").locator("[data-slot] input[name^=answer-]").first).to_have_value("MUG-01")
    expect(item(phone, "packed_photo").locator("figure.photo")).to_have_count(2)
    expect(phone.locator("[data-progress-words]")).to_have_text("3 / 7")
    item(phone, "condition").locator("label").first.click()  # which waits until the page stands still
    saved(phone, "condition", "이 기기에 저장됨")
    item(phone, "weight").locator("input.input-big").fill("655")
    saved(phone, "weight", "이 기기에 저장됨")
    item(phone, "remark").locator("textarea").fill(REMARK)
    saved(phone, "remark", "이 기기에 저장됨")
    item(phone, "seal").get_by_role("checkbox").check()
    saved(phone, "seal", "이 기기에 저장됨")
    phone.get_by_role(
        "button", name="제출하기"
    ).click()  # one thing is missing: it is named, and nothing is handed in
    expect(phone.get_by_role("dialog").locator("li")).to_have_text(["송장을 붙이고 받는 분을 확인했어요"])
    phone.get_by_role("button", name="닫기", exact=True).click()
    item(phone, "label").get_by_role("checkbox").check()
    saved(phone, "label", "이 기기에 저장됨")
    expect(phone.locator("[data-progress-words]")).to_have_text("8 / 8")
    phone.get_by_role("button", name="제출하기").click()
    phone.get_by_role("button", name="연결되면 제출하기").click()
    expect(phone.locator(".notice.is-info")).to_contain_text("연결되면 차례대로 보내고 제출해요")
    phone.close()

    phone = opened(context, address)  # once more, still without a network: everything is there
    expect(item(phone, "remark").locator("textarea")).to_have_value(REMARK)
    expect(phone.locator(".waiting-bar")).to_have_attribute("data-count", "9")
    assert lies(phone) == ({"dari/waiting": 9, "dari-sheets/keys": 1, "dari-sheets/sheets": 1}, [])

    end_session(shop, cast.minji)
    sent = sent_by(context)
    context.set_offline(False)
    expect(phone).to_have_url(re.compile("/sign-in"), timeout=20_000)
    phone.close()
    context.clear_cookies()
    context.add_cookies([cookie_of(shop, cast.sujin)])  # somebody else with this phone sees and sends nothing
    other = opened(context, "/today")
    expect(other.locator(".waiting-bar")).to_have_attribute("data-count", "0")
    sheets_lie(other, 0)
    assert (lies(other)[0], sent) == ({"dari/waiting": 9, "dari-sheets/keys": 0, "dari-sheets/sheets": 0}, [])
    other.close()
    context.clear_cookies()

    phone = opened(context, address)
    phone.locator("[name=login]").fill("minji@example.com")
    phone.locator("[name=password]").fill(PASSWORD)
    phone.locator("[name=password]").press("Enter")
    expect(phone.locator("main")).to_contain_text("제출한 일감이에요", timeout=20_000)
    photo = "packed_photo"
    assert sent == ["scan", photo, photo, "condition", "weight", "remark", "seal", "label", "submission"]
    with acting(shop.world, shop_id=cast.shop_id, actor=cast.minji.actor, reading=True) as scope:
        handed_in = scope.session.query(Submission).one()
        answers = {row.item: row.value["v"] for row in scope.session.query(Answer)}
        assert (handed_in.answers, scope.session.query(Photo).count()) == (answers, 2)
    assert answers == {
        "picking": True, "scan": ["MUG-01", "MUG-01"], "condition": "fine", "weight": "655", "remark": REMARK,
        "seal": True, "label": True,
    }  # fmt: skip
    phone.goto("/today")
    sheets_lie(phone, 0)
    assert lies(phone) == ({"dari/waiting": 0, "dari-sheets/keys": 0, "dari-sheets/sheets": 0}, [])
