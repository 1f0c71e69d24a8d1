"""What pages cost: how long the server takes for them, and what they ask of the database."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import event

from base.db import Base
from base.scope import World
from bench.house import House
from bench.load import at_share
from bench.serving import Server

WARM, TIMES = 5, 40


@dataclass(slots=True)
class Asked:
    """What was asked of the database meanwhile: statements said, rows that became objects."""

    statements: int = 0
    objects: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """A page: milliseconds as one client waits for it, and what it asks of the database."""

    page: str
    median_ms: float
    p95_ms: float
    statements: int
    objects: int


def costs(house: House, server: Server, pages: Mapping[str, tuple[str, str]]) -> list[Cost]:
    """Each page by its name, given as role and path: asked over HTTP, and once more inside to be counted."""
    return [_cost(house, server, name, role, path) for name, (role, path) in pages.items()]


def _cost(house: House, server: Server, name: str, role: str, path: str) -> Cost:
    key = house.keys[role]
    browser, took = server.browser(key.cookie, key.csrf), []
    for _ in range(WARM + TIMES):
        begun = time.perf_counter()
        status = browser.page(path).status
        took.append(time.perf_counter() - begun)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
    browser.close()
    client = house.app.test_client()
    client.set_cookie("dari", key.cookie, domain="localhost")
    client.get(path)
    with counted(house.world) as asked:
        client.get(path)
    return Cost(
        name, at_share(took[WARM:], 0.5), at_share(took[WARM:], 0.95), asked.statements, asked.objects
    )


@contextmanager
def counted(world: World) -> Iterator[Asked]:
    """Counts what this process asks of the database meanwhile."""
    asked = Asked()

    def said(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.statements += not statement.startswith("BEGIN")

    def loaded(_row: object, _context: object) -> None:
        asked.objects += 1

    both = (world.engines.write, world.engines.read)
    engines = both[:1] if world.engines.dialect == "postgresql" else both  # there both are one underneath
    for engine in engines:
        event.listen(engine, "before_cursor_execute", said)
    event.listen(Base, "load", loaded, propagate=True)
    try:
        yield asked
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", said)
        event.remove(Base, "load", loaded)
