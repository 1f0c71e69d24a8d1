"""The course of one measurement: more and more work in the shop, and at each size the same questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from sqlalchemy import ColumnElement, func, select, true

from base.scope import THE_HOUSE, acting
from bench import load, workshop
from bench.house import House
from bench.importing import Imported, import_orders
from bench.load import Load
from bench.pages import Cost, costs, counted
from bench.serving import Server, serving
from tasks.models import Task
from tasks.steps import IS_OPEN

IMPORTED = 5000
AT_ONCE = 10_000  # orders placed in one transaction
WARM_S, WARM_PAIRS, ALONE_S, ALONE_PAIRS = 2, 80, 20, 60
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured with so many tasks open: all hands at once, one hand alone, and pages."""

    tasks: int
    together: Load
    alone: Load
    pages: list[Cost]


@dataclass(frozen=True, slots=True)
class Course:
    """Everything measured on one engine. `claim` and `submit` are what one of each says to the database."""

    engine: str
    version: str
    imported: Imported
    claim: Cost
    submit: Cost
    sizes: list[Size]


def run(house: House, *, sizes: Sequence[int], seconds: float, say: Say) -> Course:
    """Measures a house from an import to the largest size; says what it is at."""
    say("an order file of 5,000 orders")
    imported = import_orders(house, IMPORTED)
    claim, submit = _asked(house)
    with serving(house.environ, said=house.folder / "server.log") as server:
        made = []
        for size in sizes:
            say(f"{size:,} open tasks")
            _until_open(house, size)
            house.know_thyself()
            made.append(_size(house, server, size, seconds))
    return Course(house.engine, house.version(), imported, claim, submit, made)


def _size(house: House, server: Server, size: int, seconds: float) -> Size:
    browsers = [server.browser(hand.key.cookie, hand.key.csrf) for hand in house.hands]
    try:
        load.work(server, browsers, seconds=WARM_S, most=WARM_PAIRS)
        together = load.work(server, browsers, seconds=seconds, most=size // 2)
        alone = load.work(server, browsers[:1], seconds=ALONE_S, most=ALONE_PAIRS)
        held = browsers[0].post("/offers/next").json()["task_id"]
        pages = costs(house, server, _pages(held))
        browsers[0].post(f"/work/{held}/submission", **workshop.ANSWERS)
    finally:
        for browser in browsers:
            browser.close()
    return Size(size, together, alone, pages)


def _pages(task_id: int) -> dict[str, tuple[str, str]]:
    return {
        "today": ("partner", "/today"),
        "offers": ("partner", "/offers"),
        "task": ("partner", f"/work/{task_id}"),
        "board": ("owner", "/board"),
        "orders": ("owner", "/orders"),
    }


def _until_open(house: House, wanted: int) -> None:
    """Places orders until so many tasks are open."""
    while (lacking := wanted - _count(house, IS_OPEN)) > 0:
        first = _count(house, true())
        with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
            workshop.parcels(scope, min(lacking, AT_ONCE), first=first)


def _count(house: House, which: ColumnElement[bool]) -> int:
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE, reading=True) as scope:
        stmt = select(func.count()).select_from(Task).where(Task.shop_id == scope.shop_id, which)
        return scope.session.scalar(stmt) or 0


def _asked(house: House) -> tuple[Cost, Cost]:
    """What a claim and a handing-in ask of the database, once everything is warm."""
    client, key = house.app.test_client(), house.keys["partner"]
    client.set_cookie("dari", key.cookie, domain="localhost")

    def post(path: str, **fields: str) -> tuple[int, Cost]:
        form = {"csrf": key.csrf, "client_id": f"bench-{next(ids):06}", **fields}
        with counted(house.world) as asked:
            got = client.post(path, data=form, headers={"Accept": "application/json"})
        if got.status_code != 200:
            raise RuntimeError(f"{path}: {got.status_code}")
        found = got.get_json().get("task_id", 0)
        return found, Cost(path, 0, 0, asked.statements, asked.objects)

    ids = count()
    for _ in range(10):  # past a newcomer's first tasks, so that some are accepted at once
        task_id, claim = post("/offers/next")
        _none, submit = post(f"/work/{task_id}/submission", **workshop.ANSWERS)
    return claim, submit
