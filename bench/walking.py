"""Every page that somebody of the demo shop comes to in two clicks, and how long the server takes for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from statistics import median

from base import migrate
from base.clock import utcnow
from base.scope import THE_HOUSE, World, acting
from bench import crowd
from bench.browser import Browser
from bench.crowd import Key
from bench.house import Front
from bench.pages import waits_s
from bench.serving import Server, serving
from qa.rehearsal import demo
from security import shops
from security.policy import ROLES

LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
CLICKS, MOST = 2, 60  # the most pages of one person


@dataclass(frozen=True, slots=True)
class Walked:
    """Pages of one person: how many, the median over them of each one's median, and the slowest."""

    role: str
    pages: int
    median_ms: float
    slowest: str
    slowest_ms: float


def measure(front: Front, folder: Path, *, days: int, times: int) -> list[Walked]:
    """Builds the demo shop in this folder, serves it, and walks through it as each of its people."""
    settings = demo.settings(folder, port=0, locale="ko")
    migrate.upgrade(settings)
    world = front.open_world(settings)
    try:
        demo.build(world, now=utcnow(), days=days, seed=1)
        keys = {role: _key(world, role) for role in ROLES}
    finally:
        world.engines.dispose()
        world.keys.close()
    environ = {"DARI_ENV": "test", "DARI_DATA": str(folder), "DATABASE_URL": settings.database_url}
    with serving(environ, said=folder / "server.log") as server:
        return walk(server, keys, times=times)


def walk(server: Server, keys: Mapping[str, Key], *, times: int, most: int = MOST) -> list[Walked]:
    """Walks as everybody whose key is given, each from their first page."""
    browsers = {role: server.browser(key.cookie, key.csrf) for role, key in keys.items()}
    return [_walked(role, browser, times, most) for role, browser in browsers.items()]


def _key(world: World, role: str) -> Key:
    with acting(world, shop_id=0, actor=THE_HOUSE, reading=True) as scope:
        shop_id = shops.find(scope, demo.SLUG).id
    return crowd.key_of(world, shop_id=shop_id, role=role)


def _walked(role: str, browser: Browser, times: int, most: int) -> Walked:
    took = {path: 1000 * median(waits_s(browser, path, times)) for path in _reached(browser, most)}
    browser.close()
    slowest = max(took, key=lambda path: took[path])
    return Walked(role, len(took), median(took.values()), _plain(slowest), took[slowest])


def _reached(browser: Browser, most: int) -> list[str]:
    """The pages that stand behind the first one, two clicks away; files to keep are no pages."""
    found: list[str] = []
    edge = [browser.page("/").location]
    seen = set(edge)
    for _click in range(CLICKS + 1):
        ahead: list[str] = []
        for path in edge[: most - len(found)]:
            links = _links(browser, path)
            found += [path] if links is not None else []
            ahead += [link for link in dict.fromkeys(links or ()) if link not in seen]
            seen.update(ahead)
        edge = ahead
    return found


def _links(browser: Browser, path: str) -> list[str] | None:
    """Where a page leads; None when there is no page but a file, or another page in its place."""
    answer = browser.page(path)
    if answer.status != 200 or answer.body.lstrip()[:9].lower() != b"<!doctype":
        return None
    return [unescape(link) for link in LINK.findall(answer.body.decode())]


def _plain(path: str) -> str:
    """The path with its numbers left out."""
    return re.sub(r"\d+", "…", path.partition("?")[0])
