"""What pages cost: how long the server takes for them, and what they ask of the database."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from bench.browser import Browser
from bench.house import House
from bench.load import at_share
from bench.recording import Heard, heard
from bench.serving import Server

WARM = 3


class BadPage(Exception):
    """A page did not come; the message is its path and status."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A page: milliseconds as one client waits for it, and what it asks of the database."""

    page: str
    median_ms: float
    p95_ms: float
    statements: int
    objects: int


def costs(house: House, server: Server, pages: Mapping[str, tuple[str, str]], *, times: int) -> list[Cost]:
    """Each page by its name, given as role and path: asked over HTTP, and once more inside to be counted."""
    made = []
    for name, (role, path) in pages.items():
        took = _timed(house, server, role, path, times=times)
        asked = _heard(house, role, path)
        made.append(Cost(name, at_share(took, 0.5), at_share(took, 0.95), asked.statements, asked.objects))
    return made


def waits_s(browser: Browser, path: str, times: int) -> list[float]:
    """How long each asking took once the page was warm. Raises BadPage."""
    took = []
    for _ in range(WARM + times):
        begun = time.perf_counter()
        status = browser.page(path).status
        took.append(time.perf_counter() - begun)
        if status != 200:
            raise BadPage(f"{path}: {status}")
    return took[WARM:]


def _timed(house: House, server: Server, role: str, path: str, *, times: int) -> list[float]:
    key = house.keys[role]
    browser = server.browser(key.cookie, key.csrf)
    try:
        return waits_s(browser, path, times)
    finally:
        browser.close()


def _heard(house: House, role: str, path: str) -> Heard:
    """What the page asks of the database once everything is warm, asked inside."""
    client = house.app.test_client()
    client.set_cookie("dari", house.keys[role].cookie, domain="localhost")
    client.get(path)
    with heard(house.world) as asked:
        client.get(path)
    return asked
