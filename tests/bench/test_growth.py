"""Lists cost the same in a large shop as in a small one: counted in steps of SQLite's machine, not in time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

import app as front
from base.scope import World
from bench import filling, judged, recording
from bench.house import Front, House, on_sqlite

SMALL, LARGE = 4000, 9000  # open tasks, enough for the engine to read by the same plans
FEW, MANY = 18_000, 36_000  # verdicts: with few as with many every list has more than a page shows
AS_MUCH = 1.15
ABOUT = 1.4  # where a page reads on until it has fifty of one in ten: now some more, now some fewer
EVERY = 10  # steps after which SQLite is asked to call
OWNER = (
    *("/tasks", "/tasks?state=inspection", "/tasks?state=danger", "/tasks?state=accepted", "/tasks/1/record"),
    *("/orders", "/orders?state=ready", "/orders?late=1", "/orders/1", "/orders/1/story", "/orders/import"),
    *("/board", "/board/by-day", "/board/by-partner", "/board/by-procedure", "/board/by-product"),
    *(
        "/process",
        "/products",
        "/products/1",
        "/products/1/way",
        "/stock",
        "/stock/movements",
        "/stock/counts",
    ),
    *(
        "/listings",
        "/tagging",
        "/tagging/disputes",
        "/partners",
        "/vendors",
        "/people",
        "/prices",
        "/journal",
    ),
    *("/sops", "/sops/1", "/kinds/packing"),
    *("/errands", "/announcements", "/notices", "/automation", "/start"),
)
REVIEWER = ("/inspections", "/own-record", "/tagging/disputes", "/notices")
PARTNER = ("/today", "/offers", "/done", "/my-stock", "/pay", "/notices")


class Steps:
    """How many steps SQLite has taken for whoever reads."""

    def __init__(self) -> None:
        self.taken = 0

    def tick(self) -> int:
        self.taken += EVERY
        return 0


@contextmanager
def counted(world: World) -> Iterator[Steps]:
    steps = Steps()

    def hear(driver: object, *_rest: object) -> None:
        driver.set_progress_handler(steps.tick, EVERY)  # type: ignore[attr-defined]

    for engine in (world.engines.read, world.engines.write):
        event.listen(engine, "checkout", hear)
    try:
        yield steps
    finally:
        for engine in (world.engines.read, world.engines.write):
            event.remove(engine, "checkout", hear)
        world.engines.dispose()


def costs(house: House, asked: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Steps of each page, by role and path, once the process has read what it reads for good."""
    found = {}
    with counted(house.world) as steps:
        for role, path in asked:
            client = house.app.test_client()
            client.set_cookie("dari", house.keys[role].cookie, domain="localhost")
            for _twice in range(2):
                steps.taken = 0
                assert client.get(path, follow_redirects=True).status_code == 200, path
            found[f"{role} {path}"] = steps.taken
    return found


def grown(small: dict[str, int], large: dict[str, int], much: float = AS_MUCH) -> dict[str, tuple[int, int]]:
    """The pages that take more, with what they took before."""
    return {page: (small[page], taken) for page, taken in large.items() if taken > much * small[page] + 500}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with on_sqlite(Front(front.open_world, front.create_app), tmp_path_factory.mktemp("grown")) as house:
        yield house


def test_every_list_costs_the_same_in_a_much_larger_shop(house: House) -> None:
    asked = [
        *(("owner", path) for path in OWNER),
        *(("reviewer", path) for path in REVIEWER),
        *(("partner", path) for path in PARTNER),
    ]
    filling.until_open(house, SMALL)
    house.settle()
    small = costs(house, asked)
    filling.until_open(house, LARGE)
    house.settle()
    assert grown(small, costs(house, asked)) == {}


def test_the_pages_of_quality_cost_the_same_after_many_more_verdicts(house: House) -> None:
    """In the same days, so that no window hides them."""
    filling.until_open(house, filling.BY_HAND)
    recording.recorded(house)  # a newcomer's work waits to be looked at
    ids = judged.filled(house, FEW)
    asked = judged.paths(ids).values()
    few = costs(house, asked)
    judged.filled(house, MANY)
    assert grown(few, costs(house, asked), ABOUT) == {}
