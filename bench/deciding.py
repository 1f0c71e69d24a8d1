"""A reviewer at the keyboard of a real browser: how long from a verdict's key to the next submission."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from base import config, migrate
from base.scope import THE_HOUSE, World, acting
from bench import crowd, workshop
from bench.crowd import Key
from bench.house import CAPACITY, SLUG, Front
from bench.serving import Server, serving
from qa.rehearsal import moves, packing
from qa.rehearsal.characters import CAREFUL
from qa.rehearsal.play import set_up
from qa.rehearsal.script import Script
from qa.rehearsal.stage import Player
from security import people, shops
from tasks import sops
from tasks.opening import PACKING

DECISIONS, HANDS = 20, 6
CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 15_000
#: From the key that is pressed to the first frame after which the next desk is on the screen.
WATCHING = """
window.took = [];
addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
addEventListener("DOMContentLoaded", () => new MutationObserver((changes) => {
  if (!changes.some((one) => [...one.addedNodes].some((node) => node.nodeName === "MAIN"))) return;
  const from = window.pressed;
  requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - from)));
}).observe(document.body, { childList: true, subtree: true }));
"""


class NoBrowser(Exception):
    """No Chromium, or nothing to drive it with, is here; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions at the keyboard: how many, and from key to screen the median of them and the slowest.

    `busy_ms` is what the page's own thread worked for one, in processor time: the same on a busy machine.
    """

    decisions: int
    median_ms: float
    slowest_ms: float
    busy_ms: float


def measure(front: Front, folder: Path, *, decisions: int = DECISIONS) -> Decided:
    """Lets hands pack and a reviewer decide, in a shop in this folder. Raises NoBrowser."""
    environ = {
        "DARI_ENV": "test",
        "DARI_DATA": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db' / 'dari.db'}",
    }
    settings = config.load(environ)
    migrate.upgrade(settings)
    world = front.open_world(settings)
    try:
        key = _packed(world, decisions + 1)
    finally:
        world.engines.dispose()
        world.keys.close()
    with serving(environ, said=folder / "deciding.log") as server, _chromium() as browser:
        took, busy = _decide(browser, server, key, decisions)
    return Decided(len(took), median(took), max(took), median(busy))


def _packed(world: World, count: int) -> Key:
    """A shop in which so many parcels, with their photos, wait for a reviewer; the reviewer's key."""
    with acting(world, shop_id=0, actor=THE_HOUSE) as founding:
        scope = shops.open_shop(founding, slug=SLUG, name="Bench")
        sops.published(scope, PACKING)
        workshop.stocked(scope)
        reviewer, _link = people.invite(
            scope, login="reviewer@bench.invalid", name="Reviewer", role="reviewer"
        )
        key, hands = crowd.sign_in(scope, reviewer), crowd.hire(scope, HANDS, capacity=CAPACITY)
        workshop.parcels(scope, count)
        shop_id = scope.shop_id
    stage = set_up(world, shop_id, Script(days=1, seed=1))
    for number in range(count):
        actor = hands[number % HANDS].actor
        who = Player(f"{actor.id}", actor, CAREFUL, stage.chance(f"{actor.id}"))
        parcel = moves.next_parcel(stage, who)
        if parcel is not None:
            list(packing.pack(stage, who, parcel))
    return key


@contextmanager
def _chromium() -> Iterator[Any]:
    try:
        driver = importlib.import_module("playwright.sync_api")  # a shop's machine has none
    except ImportError as missing:
        raise NoBrowser(str(missing)) from missing
    if not Path(CHROMIUM).exists():
        raise NoBrowser(CHROMIUM)
    with driver.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def _decide(browser: Any, server: Server, key: Key, decisions: int) -> tuple[list[float], list[float]]:
    """Accepts, and sends every fourth back for a defect, by keys alone; both in milliseconds of each."""
    window = browser.new_context(locale="ko-KR", viewport={"width": 1280, "height": 800})
    window.add_cookies([{"name": "dari", "value": key.cookie, "url": server.url}])
    window.add_init_script(WATCHING)
    page = window.new_page()
    page.set_default_timeout(PATIENCE_MS)
    worked = _clock(window, page)
    page.goto(f"{server.url}/inspections")
    page.locator(".main-action button").press("Enter")
    page.wait_for_url("**/inspections/*")
    busy = []
    for number in range(decisions):
        page.wait_for_load_state("networkidle")  # the next desk is here: somebody looks at this one meanwhile
        before = worked()
        for pressed in ("7", "s") if number % 4 == 3 else ("a",):
            page.keyboard.press(pressed)
        page.wait_for_function("n => window.took.length > n", arg=number, polling=50)
        busy.append(worked() - before)
    return [float(one) for one in page.evaluate("window.took")], busy


def _clock(window: Any, page: Any) -> Callable[[], float]:
    """What the page's main thread has worked so far, in milliseconds of the processor."""
    line = window.new_cdp_session(page)
    line.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked() -> float:
        told = line.send("Performance.getMetrics")["metrics"]
        return 1000 * next(float(one["value"]) for one in told if one["name"] == "TaskDuration")

    return worked
