"""Lists cost the same in a large shop as in a small one: counted in steps of SQLite's machine, not in time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event

import app as front
from base.scope import World
from bench import filling
from bench.house import Front, House, on_sqlite

SMALL, LARGE = 4000, 9000  # open tasks, enough for the engine to read by the same plans
AS_MUCH = 1.15
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
    *("/listings", "/tagging", "/tagging/disputes", "/partners", "/people", "/prices", "/journal"),
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

    event.listen(world.engines.read, "checkout", hear)
    try:
        yield steps
    finally:
        event.remove(world.engines.read, "checkout", hear)
        world.engines.dispose()


def costs(house: House) -> dict[str, int]:
    """Steps of each page, by role and path, once the process has read what it reads for good."""
    asked = {"owner": OWNER, "reviewer": REVIEWER, "partner": PARTNER}
    found = {}
    with counted(house.world) as steps:
        for role, paths in asked.items():
            client = house.app.test_client()
            client.set_cookie("dari", house.keys[role].cookie, domain="localhost")
            for path in paths:
                for _twice in range(2):
                    steps.taken = 0
                    assert client.get(path, follow_redirects=True).status_code == 200, path
                found[f"{role} {path}"] = steps.taken
    return found


def test_every_list_costs_the_same_in_a_much_larger_shop(tmp_path: Path) -> None:
    with on_sqlite(Front(front.open_world, front.create_app), tmp_path) as house:
        filling.until_open(house, SMALL)
        house.settle()
        small = costs(house)
        filling.until_open(house, LARGE)
        house.settle()
        large = costs(house)
        grown = {
            page: (small[page], taken) for page, taken in large.items() if taken > AS_MUCH * small[page] + 500
        }
        assert grown == {}
