"""A packing bench: the cast's shop with goods, and as many orders as a test wants, which become work."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import event, insert, select

from base.images import Picture
from base.once import once
from base.scope import THE_HOUSE, Actor, Scope, World, acting
from partners.models import Partner
from partners.pay import pricing
from stock.models import Order, OrderLine, Product
from stock.news import OrdersCancelled, OrdersReady
from tasks import dispatch, invariants, marks, steps, work
from tasks.models import StageClock, Task
from tests.cast import MONDAY, Cast

REACTIONS = {OrdersReady: (dispatch.open_packing,), OrdersCancelled: (dispatch.cancel_for_orders,)}
MUG, GLASS = "8801234567893", "8801234567886"
ANSWERS = {
    "picking": True,
    "scan": ["MUG-01*2"],
    "condition": "fine",
    "weight": "650",
    "seal": True,
    "label": True,
}


@dataclass
class Bench:
    """The world, its people by name, the time, and the hand that places orders."""

    world: World
    shop_id: int
    people: Mapping[str, Actor]
    now: datetime = MONDAY
    mug: int = 0
    glass: int = 0
    placed: int = 0

    @contextmanager
    def acting_as(self, name: str, *, reading: bool = False) -> Iterator[Scope]:
        actor = THE_HOUSE if name == "house" else self.people[name]
        with acting(self.world, shop_id=self.shop_id, actor=actor, now=self.now, reading=reading) as scope:
            yield scope

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def orders(self, count: int, *, fragile: bool = False, ship_in_hours: float = 33) -> list[int]:
        """Orders of two mugs (or of a glass as well) that were filled and became work; their ids."""
        with self.acting_as("house") as scope:
            order_ids = self.place(scope, count, fragile=fragile, ship_in_hours=ship_in_hours)
            scope.tell(OrdersReady(tuple(order_ids)))
        return order_ids

    def place(
        self, scope: Scope, count: int, *, fragile: bool = False, ship_in_hours: float = 33
    ) -> list[int]:
        """The rows of orders that are ready, as the stock leaves them; nothing is told."""
        first, self.placed = self.placed, self.placed + count
        sealed = {f"recipient_{field}": b"" for field in ("name", "phone", "postcode", "address", "memo")}
        ready = {
            "shop_id": self.shop_id,
            "channel": "generic",
            "state": "ready",
            "placed_at": scope.now,
            "promise_s": 1,
            "calendar_version": 1,
        }
        orders = [
            {"uid": f"uid-{n}", "number": f"A{n:05}", "ship_by": self._ship_by(n - first, ship_in_hours)}
            for n in range(first, first + count)
        ]
        made = scope.session.scalars(
            insert(Order).returning(Order.id), [ready | sealed | order for order in orders]
        )
        order_ids = sorted(made)
        goods = [(self.mug, 2, "머그컵")] + ([(self.glass, 1, "유리잔")] if fragile else [])
        lines = [
            {"shop_id": self.shop_id, "order_id": id_, "product_id": product, "quantity": units}
            | {"name": name, "price": Decimal(9000)}
            for id_ in order_ids
            for product, units, name in goods
        ]
        scope.session.execute(insert(OrderLine), lines)
        return order_ids

    def _ship_by(self, place: int, hours: float) -> datetime:
        return self.now + timedelta(hours=hours, minutes=place % 1000)

    def tasks(self, count: int, **kind: Any) -> list[int]:
        """Open packing tasks, the earliest promise first."""
        order_ids = self.orders(count, **kind)
        stmt = select(Task.id).where(Task.order_id.in_(order_ids)).order_by(Task.due_at, Task.id)
        with self.acting_as("house", reading=True) as scope:
            return list(scope.session.scalars(stmt))

    def task(self, task_id: int) -> Task:
        with self.acting_as("house", reading=True) as scope:
            return scope.session.get_one(Task, task_id)

    def state(self, task_id: int) -> str:
        return self.task(task_id).state

    def clocks(self, task_id: int) -> list[StageClock]:
        stmt = select(StageClock).where(StageClock.task_id == task_id).order_by(StageClock.id)
        with self.acting_as("house", reading=True) as scope:
            return list(scope.session.scalars(stmt))

    def findings(self) -> list[invariants.Finding]:
        with self.acting_as("house", reading=True) as scope:
            return list(invariants.findings(scope))

    # --- what the cast does --------------------------------------------------------------------------------

    def claim(self, name: str, task_id: int) -> int:
        """The fence of the hold."""
        with self.acting_as(name) as scope:
            return dispatch.claim(scope, task_id).fence

    def hand_in(self, name: str, task_id: int) -> None:
        """A partner takes the task, does it and hands it in; it is drawn for inspection."""
        self.claim(name, task_id)
        with self.acting_as(name) as scope:
            task = scope.session.get_one(Task, task_id)
            finish(scope, task)
            work.submit(scope, task_id, fence=task.fence)
            steps.take(scope.as_house(), task, "sample")

    def send_back(self, task_id: int, *items: str) -> None:
        """Boram sends the work back for these items."""
        found = [marks.Mark(item, "photo_unclear", "minor", "흐려요") for item in items]
        with self.acting_as("boram") as scope:
            marks.send_back(scope, scope.session.get_one(Task, task_id), marks=found, note="다시 부탁해요")

    def judge(self, task_id: int, step: str) -> None:
        with self.acting_as("boram") as scope:
            steps.take(scope, scope.session.get_one(Task, task_id), step)


def set_up(world: World, cast: Cast) -> Bench:
    """The cast's shop with a price, partners' cards and two products."""
    people = {name: getattr(cast, name).actor for name in ("minji", "sujin", "boram", "haneul")}
    bench = Bench(replace(world, reactions=REACTIONS), cast.shop_id, people)
    with bench.acting_as("haneul") as scope:
        for name in ("minji", "sujin"):
            card = {"id": people[name].partner_id, "shop_id": bench.shop_id, "joined_at": scope.now}
            once(scope.session, Partner, card | {"state": "active", "capacity": 3})
        pricing.set_price(scope, kind="packing", won=1200, since=scope.now)
        same = {"shop_id": bench.shop_id, "unit": "ea", "version": 1, "made_at": scope.now, "option": ""}
        mug = {"sku": "MUG-01", "name": "머그컵", "barcode": MUG, "weight_g": 300, "fragile": False}
        glass = {"sku": "GLASS-02", "name": "유리잔", "barcode": GLASS, "weight_g": 200, "fragile": True}
        bench.mug = once(scope.session, Product, same | mug) or 0
        bench.glass = once(scope.session, Product, same | glass) or 0
    return bench


def picture(seed: str = "a") -> Picture:
    """What the picture child would give back for another photo."""
    return Picture(seed.encode(), 800, 600, seed * 8)


def finish(scope: Scope, task: Task, *, seed: str = "a") -> None:
    """Answers everything a packing task without fragile goods asks, as a careful partner does."""
    for item, value in ANSWERS.items():
        work.answer(scope, task.id, item=item, value=value, version=0)
    work.attach(scope, task.id, item="packed_photo", picture=picture(seed))


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What is said to the database meanwhile."""
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    for engine in (world.engines.write, world.engines.read):
        event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        for engine in (world.engines.write, world.engines.read):
            event.remove(engine, "before_cursor_execute", hear)
