"""Every page of the app is open to everybody: axe finds nothing and no page scrolls sideways at 320 px.

The pages come from the app's own routes: a new one is looked at from its first day, and one that asks for an id that
stands in no list here fails by its name.
"""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

import app as front
from base.clock import utcnow
from base.scope import World
from hooks import endpoints
from partners import people
from partners.kinds import own_name
from qa.appeals import filing
from qa.rituals import talks
from security.policy import may
from talk import announcing
from tasks import own_kinds, sops
from tasks.kinds.tagging.models import AlbumPicture
from tests.attacks.estate import (
    applied,
    automation,
    buying,
    came_back,
    claim,
    corrective,
    counted,
    learned,
    left,
    lent,
    listing,
    looked_back,
    measured,
    paid,
    teamed,
)
from tests.cast import Cast, Person
from tests.qa.road import BLURRED, build
from tests.qa.studio import DRESS, SHIRT, Studio, build_studio
from tests.served import Served
from tests.walks.conftest import OpenAs
from tests.walks.reading import found_by_axe
from tests.walks.test_main_road_walk import order_file, speak_english

pytestmark = pytest.mark.browser

NO_PAGE = re.compile(
    r"\.(csv|js|json|webmanifest|<ending>)$|^/(static|photos|sops/pictures|training/pictures|pictures|listings/(export|pictures)|notices/bell|pulse|livez|readyz)\b|^/api/v1/|^/come-in/|^/(orders|products)/import/<|/(file|copy)$|^/(work/<int:task_id>/pictures|my-papers/documents)/"
)
"""Files, what programs read, a door that opens once, and the previews of files, which are walked to below."""


OWNERS = {"/rounds/<int:round_id>"}
"""A reviewer may open these as well, but not the one that stands here: it asked nobody but the owner."""

Filled = dict[str, object]


@pytest.fixture
def standing(shop: Served, cast: Cast) -> Filled:
    """Something on every page: work on offer, in hand, being judged, sent back and paid; and what fills a path."""
    road = build(shop.world, cast)
    road.now = utcnow() - timedelta(minutes=20)
    road.receive(13)
    with road.acting_as(cast.haneul) as scope:
        people.set_capacity(scope, cast.minji.partner_id or 0, capacity=9)
    accepted, back, waiting, held, offered, appealed = [
        road.task_of(road.order(ship_by=road.now + timedelta(hours=hours))) for hours in range(5, 11)
    ]
    for task_id in (accepted, back, waiting, appealed):
        road.hand_in(cast.minji, task_id)
    road.judge(road.inspection(accepted), "accept")
    road.judge(road.inspection(back), "send_back", BLURRED)
    road.judge(road.inspection(appealed), "reject", BLURRED, who=cast.haneul)
    with road.acting_as(cast.minji) as scope:
        asked = filing.appeal(scope, appealed, text="사진이 또렷해요", photos=[road.photo(appealed)])
    road.counted()
    road.order()  # more than the shelf holds: an order that waits for goods
    tagging = disputed(build_studio(road))
    road.claim(cast.minji, held)
    seen = road.inspection(waiting).id
    looked = measured(road, cast.haneul, road.inspection(accepted).id)
    applications, addresses = applied(road, cast.haneul)
    papers, farewell = left(road, cast.haneul, cast.minji)
    acted = (
        paid(road, cast.haneul, cast.minji)
        | corrective(road, cast.haneul)
        | looked_back(road, cast.haneul, cast.minji)
        | learned(road, cast.haneul, cast.minji)
    )
    with road.acting_as(cast.haneul) as scope:
        talks.offer(scope, acted["talk_id"], "테이프를 길게 붙여요", version=1)
    claimed = claim(road, cast.haneul, road.task(accepted).order_id or 0)
    acted |= counted(road, cast.haneul) | {"return_id": came_back(road, cast.haneul, claimed)}
    acted |= teamed(road, cast.haneul, (cast.minji, cast.sujin))
    road.receive(6)  # the order that waited is filled, and five more can be lent
    on_way, _, differing = lent(road, cast.haneul, cast.minji)
    road.order()  # waits for goods in its place
    bought = buying(road, cast.haneul, 1)
    rule, listed = automation(road, cast.haneul), listing(road, cast.haneul, cast.minji, 1)
    with road.acting_as(cast.haneul) as scope:
        sop = sops.draft(scope, sops.published(scope, "packing").sop_id)
        key = sop.items["items"][0]["key"]  # a section called like its item: one word fills both paths
        section = {"key": key, "title": {"ko": "준비", "en": "Get ready"}}
        sops.write(scope, sop.id, doc={**sop.items, "sections": [section]}, version=sop.version)
        hook, _ = endpoints.add(scope, url="https://hooks.example.com/dari", events=["order.shipped"])
        own, draft = own_kinds.make(scope, ko="데이터 입력", en="Data entry", icon="phone", won=900)
        sops.publish(scope, draft.id, version=draft.version)
        own_kinds.open_by_hand(scope, own_name(own.id), title="3월 전표")
        told = announcing.publish(scope, title="쉬는 날", text="월요일은 쉬어요", partner_ids=None)
        return {
            **acted, **bought, **applications, **addresses, **papers, **farewell, "claim_id": claimed, "automation_id": rule, "listing_id": listed, "announcement_id": told.id, "/work/<int:task_id>": held, "/work/<int:task_id>/appeal": back, "appeal_id": asked.id, "/offers/<int:task_id>": offered, "task_id": accepted, "inspection_id": seen,
            "partner_id": cast.minji.partner_id, "product_id": 1, "order_id": 1, "sop_id": sop.sop_id,
            "key": sop.items["items"][0]["key"], "code": sop.rubric["criteria"][0]["code"], "webhook_id": hook.id,
            **looked, "account_id": cast.boram.actor.id, **tagging, "/kinds/<kind>": own_name(own.id), "kind": "accepted", "name": "packing-fragile", "act": "adjust", "channel": "smartstore", "import_id": 1, "handover_id": on_way, "/stock/handovers/<int:handover_id>": differing, "token": "nothing", "work": "packing", "what": "cash",
        }  # fmt: skip


def disputed(studio: Studio) -> Filled:
    """An album of which two hands have described every picture differently; and what fills the paths about it."""
    album_id = studio.album(answers=2, most=2)
    for who, said in zip(studio.hands, (DRESS, SHIRT), strict=False):
        studio.hand_in(who, lambda _id, said=said: said)  # type: ignore[misc]
    studio.judge()
    with studio.road.acting_as(studio.road.cast.haneul, reading=True) as scope:
        picture = (
            scope.session.query(AlbumPicture).filter_by(album_id=album_id).order_by(AlbumPicture.id).first()
        )
        assert picture is not None
        assert picture.id == album_id  # one value fills both places of a path
        disputes = "/tagging/disputes/<int:picture_id>"
        return {
            "vocabulary_id": studio.vocabulary_id, "album_id": album_id, "picture_id": picture.picture_id,
            "/tagging/albums/<int:album_id>/known/<int:picture_id>": picture.id, disputes: picture.id,
        }  # fmt: skip


def path_of(rule: str, standing: Filled) -> str:
    """The path of a route with what stands in the shop in its places."""
    names = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
    path = names.sub(lambda place: str(standing.get(rule) or standing[place[1]]), rule)
    return path + ("?type=photo" if path.endswith("/draft/new") else "")


def _pages(world: World, cast: Cast, standing: Filled) -> Iterator[tuple[Person, str]]:
    """Every page with one who may open it: a partner before a reviewer before the owner."""
    house = front.create_app(world)
    for rule in sorted(house.url_map.iter_rules(), key=str):
        if "GET" not in (rule.methods or ()) or NO_PAGE.search(rule.rule):
            continue
        need = house.view_functions[rule.endpoint].needs  # type: ignore[attr-defined]
        who = [one for one in (cast.minji, cast.boram, cast.haneul) if may(one.actor.role, need)]
        if who:
            yield who[-1 if rule.rule in OWNERS else 0], path_of(rule.rule, standing)


@pytest.fixture
def visits(world: World, cast: Cast, standing: Filled) -> list[tuple[Person, str]]:
    return list(_pages(world, cast, standing))


def upload_files(page: Page, folder: Path) -> Iterator[str]:
    """The pages between a file and what it changed: the looks at two files, and the result."""
    page.goto("/products")
    (folder / "products.csv").write_text("sku,name,price\nCUP-1,Cup,9000\nCUP-2,,nine\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(str(folder / "products.csv"))
    page.locator("form[enctype] button").evaluate("button => button.click()")
    page.wait_for_url("**/products/import/*")
    yield "the look at products"
    page.goto("/orders/import")
    page.set_input_files("input[type=file]", str(order_file(folder)))
    page.locator(".main-action button").click()
    page.wait_for_url("**/orders/import/*")
    yield "the look at orders"
    page.locator(".main-action button").click()
    page.wait_for_url("**/imports/*")


def faults(page: Page, name: str) -> list[tuple[str, str, str]]:
    """What axe finds on the page that is open, once nothing moves on it."""
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished.catch(() => 0)))")
    return [(name, *one) for one in found_by_axe(page)]


def sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


PUT = """async (path) => {
  const answer = await fetch(path);
  const made = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.documentElement.lang = made.documentElement.lang;
  document.title = made.title;
  document.body.replaceWith(document.adoptNode(made.body));
  return answer.status;
}"""


def put(page: Page, path: str) -> int:
    """Puts what stands at a path into a page that has the sheets of all and no scripts; the answer's status."""
    return int(page.evaluate(PUT, path))


def load(page: Page, path: str) -> int:
    answer = page.goto(path)
    assert answer is not None
    return answer.status


def bare(page: Page) -> Page:
    """The same person's window without scripts."""
    page.route("**/*.js", lambda asked: asked.abort())
    page.goto("/me")
    return page


def test_every_page_is_open_to_everybody(
    cast: Cast, open_as: OpenAs, visits: list[tuple[Person, str]], tmp_path: Path
) -> None:
    """Each page is measured in both languages, half of them in the dark: in one it is loaded as people load it; in
    the other it is put into a window without scripts in which axe stays, and read there at a third of the cost.

    With DARI_AXE=all every page is loaded and read in both languages, by day and by night.
    """
    everything = os.environ.get("DARI_AXE") == "all"
    found: list[tuple[str, str, str]] = []
    windows = {who: open_as(who, width=320, worker="block") for who in (cast.haneul, cast.boram, cast.minji)}
    tabs = {who: window.new_page() for who, window in windows.items()}
    assert len(visits) > 60
    for english in (False, True):
        if english:
            for page in tabs.values():
                speak_english(page)
        plain = {who: bare(window.new_page()) for who, window in windows.items()}
        owner = tabs[cast.haneul]
        for name in upload_files(owner, tmp_path):
            found += faults(owner, name) + ([(name, "scrolls sideways", "")] if sideways(owner) else [])
        for n, (who, path) in enumerate(visits):
            whole = everything or n % 2 == english
            page = tabs[who] if whole else plain[who]
            page.emulate_media(color_scheme="dark" if n // 2 % 2 else "light")
            assert (load if whole else put)(page, path) == (404 if path.endswith("/nothing") else 200), path
            if sideways(page):
                found.append((path, "scrolls sideways", ""))
            if everything or not whole:
                found += faults(page, path)
            if everything:
                page.emulate_media(color_scheme="light" if n // 2 % 2 else "dark")
                found += faults(page, f"{path} the other way")
    assert found == []
