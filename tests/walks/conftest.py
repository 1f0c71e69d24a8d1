"""A real browser over the real server: skipped only where there is no Chromium."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Playwright, sync_playwright

from base.scope import THE_HOUSE, World, acting
from bench.crowd import sign_in
from security.models import Membership
from tests.cast import Person, Stage
from tests.served import Served, serve


def is_wrong(said: ConsoleMessage) -> bool:
    """An error of a script or of the content policy; a refused form is no fault of the page."""
    return said.type == "error" and "Failed to load resource" not in said.text


def is_fault(error: str) -> bool:
    """Chromium leaves off the fade between two pages when the second comes through a new service worker, and says so."""
    return "Transition was aborted" not in error


#: Time in these pages runs so much faster, so that nobody waits for a pulse.
FASTER = """(() => {
  const [later, now] = [setTimeout.bind(window), performance.now.bind(performance)];
  window.setTimeout = (act, wait, ...more) => later(act, wait / 25, ...more);
  performance.now = () => 25 * now();
})()"""
OpenAs = Callable[..., BrowserContext]


WHOLE = ("chromium", "chromium-browser")
LIGHT = (
    "chromium-headless-shell",
    *WHOLE,
)  # without the windows that nobody sees: half of the work on a page


def found(names: Iterable[str]) -> str:
    """The browser of this machine: the first of these names, unless DARI_CHROMIUM names one."""
    path = os.environ.get("DARI_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return path or pytest.skip("no Chromium on this machine (name one with DARI_CHROMIUM)")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as play:
        yield play


@pytest.fixture(scope="session")
def light_chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=found(LIGHT), args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def whole_chromium(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """For what only a browser with windows does: it holds a page in its place when something above it goes."""
    if found(WHOLE) == found(LIGHT):
        yield request.getfixturevalue("light_chromium")
        return
    browser = playwright.chromium.launch(executable_path=found(WHOLE), args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def chromium(light_chromium: Browser) -> Browser:
    return light_chromium


@pytest.fixture
def stage(sqlite_stage: Stage) -> Stage:
    """Walks are about screens: one engine is enough, the stories play on both."""
    return sqlite_stage


@pytest.fixture
def shop(stage: Stage, world: World, tmp_path: Path) -> Iterator[Served]:
    """The cast's shop, served from one process."""
    with serve(stage, world, tmp_path, DARI_WORKERS="1") as served:
        yield served


def cookie_of(shop: Served, person: Person) -> dict[str, str]:
    """The cookie of a new session of somebody of the cast."""
    with acting(shop.world, shop_id=person.shop_id, actor=THE_HOUSE) as scope:
        role = Membership.account_id == person.actor.id, Membership.role == person.actor.role
        member = scope.session.query(Membership).filter(*role, Membership.shop_id == person.shop_id).one()
        return {"name": "dari", "value": sign_in(scope, member).cookie, "url": shop.url}


@pytest.fixture
def open_as(chromium: Browser, shop: Served) -> Iterator[OpenAs]:
    """A browser window of somebody of the cast: a phone for partners; whatever the page complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(
        person: Person, *, locale: str = "ko-KR", dark: bool = False, width: int = 0, worker: str = "allow"
    ) -> BrowserContext:
        phone = person.actor.role == "partner"
        context = chromium.new_context(
            viewport={"width": width or (390 if phone else 1280), "height": 844},
            locale=locale,
            timezone_id="Asia/Seoul",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",  # drawing what moves is a quarter of the work; the newcomer sees it move
            has_touch=phone,
            service_workers=worker,
            base_url=shop.url,
        )
        context.add_cookies([cookie_of(shop, person)])
        context.on("console", lambda said: complaints.append(said.text) if is_wrong(said) else None)
        context.on(
            "weberror", lambda bad: complaints.append(str(bad.error)) if is_fault(str(bad.error)) else None
        )
        context.set_default_timeout(12_000)
        contexts.append(context)
        return context

    yield open_
    for page in [page for context in contexts for page in context.pages]:
        page.close()  # one by one: Chromium has hung over a window with open pages and a service worker
    for context in contexts:
        context.close()
    assert complaints == []
