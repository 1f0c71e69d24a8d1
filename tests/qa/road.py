"""The main road for stories of judging: goods in, orders placed, work done and handed in, as the app is wired."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

import app as front
from base.scope import THE_HOUSE, Scope, World, acting
from partners.models import PayLine
from qa import review, waiting
from qa.marking import Seen
from qa.models import Inspection
from qa.tallies import keeping
from security.shops import rules, save_rules
from stock import orders
from stock.models import Order
from tasks import dispatch, work
from tasks.models import Photo, Task
from tests.cast import MONDAY, Cast, Person
from tests.stock import yard
from tests.tasks.bench import finish, picture

CLEAN: tuple[Seen, ...] = ()
BLURRED = Seen("photo_unclear", note="송장이 흐려요")
LOOSE = Seen("bad_seal", note="테이프가 들떴어요")
WRONG = Seen("wrong_item")


@dataclass
class Road:
    """The cast's shop with mugs on the shelf; `now` is the time of whoever acts next."""

    world: World
    cast: Cast
    now: datetime = MONDAY
    placed: int = 0
    deliveries: int = 0

    @contextmanager
    def acting_as(self, person: Person, *, reading: bool = False) -> Iterator[Scope]:
        with acting(
            self.world, shop_id=person.shop_id, actor=person.actor, now=self.now, reading=reading
        ) as scope:
            yield scope

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def rules(self, **changes: int) -> None:
        """The owner changes the shop's rules."""
        with self.acting_as(self.cast.haneul) as scope:
            save_rules(scope, replace(rules(scope), **changes))

    def receive(self, units: int) -> None:
        self.deliveries += 1
        with self.acting_as(self.cast.haneul) as scope:
            yard.receive(scope, {"MUG-01": units}, key=f"delivery-{self.deliveries}")

    def order(self, *, ship_by: datetime | None = None) -> int:
        """An order of two mugs; its id."""
        self.placed += 1
        number = f"A{self.placed:05}"
        with self.acting_as(self.cast.haneul) as scope:
            made = orders.place(
                scope, [yard.draft(number, {"MUG-01": 2}, placed_at=self.now, ship_by=ship_by)]
            )
        return made.orders[0]

    def task_of(self, order_id: int) -> int:
        """The latest task of an order."""
        stmt = select(Task.id).where(Task.order_id == order_id).order_by(Task.id.desc()).limit(1)
        with self.acting_as(self.cast.haneul, reading=True) as scope:
            return scope.session.scalars(stmt).one()

    def claim(self, who: Person, task_id: int) -> int:
        """The fence of the hold."""
        with self.acting_as(who) as scope:
            return dispatch.claim(scope, task_id).fence

    def hand_in(self, who: Person, task_id: int) -> None:
        """Somebody takes the task, does all of it and hands it in."""
        self.claim(who, task_id)
        self.finish(who, task_id)

    def claim_next(self, who: Person) -> int:
        """The task that somebody was given."""
        with self.acting_as(who) as scope:
            return dispatch.claim_next(scope).id

    def finish(self, who: Person, task_id: int) -> None:
        """Somebody does all of what they hold and hands it in."""
        with self.acting_as(who) as scope:
            task = scope.session.get_one(Task, task_id)
            finish(scope, task)
            work.submit(scope, task_id, fence=task.fence)

    def waiting(self, who: Person, *, units: int = 2) -> Inspection:
        """A fresh order's work, handed in by somebody and drawn for inspection."""
        self.receive(units)
        task_id = self.task_of(self.order())
        self.hand_in(who, task_id)
        return self.inspection(task_id)

    def mend(self, who: Person, task_id: int, *, seed: str = "b") -> None:
        """Does again what came back: the photo, and the seal."""
        with self.acting_as(who) as scope:
            task = scope.session.get_one(Task, task_id)
            failed = {mark["item"] for mark in task.failed["marks"]}
            if "packed_photo" in failed:
                work.attach(scope, task_id, item="packed_photo", picture=picture(seed))
            if "seal" in failed:
                work.answer(scope, task_id, item="seal", value=True, version=1)
            work.submit(scope, task_id, fence=task.fence)

    def judge(
        self, inspection: Inspection, verdict: str, *defects: Seen, note: str = "", who: Person | None = None
    ) -> None:
        with self.acting_as(who or self.cast.boram) as scope:
            review.judge(
                scope,
                inspection.id,
                version=inspection.version,
                verdict=verdict,
                defects=defects,
                note=note,
            )

    def counted(self) -> None:
        """The background has counted what was done."""
        with acting(self.world, shop_id=self.cast.shop_id, actor=THE_HOUSE, now=self.now) as scope:
            keeping.keep(scope)

    # --- what stands ---------------------------------------------------------------------------------------

    def inspection(self, task_id: int) -> Inspection:
        """The latest inspection of a task."""
        stmt = select(Inspection).where(Inspection.task_id == task_id).order_by(Inspection.id.desc()).limit(1)
        with self.acting_as(self.cast.haneul, reading=True) as scope:
            return scope.session.scalars(stmt).one()

    def task(self, task_id: int) -> Task:
        with self.acting_as(self.cast.haneul, reading=True) as scope:
            return scope.session.get_one(Task, task_id)

    def order_row(self, order_id: int) -> Order:
        with self.acting_as(self.cast.haneul, reading=True) as scope:
            return scope.session.get_one(Order, order_id)

    def mugs(self) -> tuple[int, int]:
        """On hand and reserved."""
        with self.acting_as(self.cast.haneul) as scope:
            return yard.held(scope, "MUG-01")

    def pay(self) -> list[tuple[int, int, int]]:
        """Task, partner and won of every pay line."""
        with self.acting_as(self.cast.haneul, reading=True) as scope:
            lines = scope.session.scalars(select(PayLine).order_by(PayLine.id))
            return [(line.task_id, line.partner_id, line.won) for line in lines]

    def photo(self, task_id: int) -> int:
        """The id of a task's latest photo."""
        stmt = select(Photo.id).where(Photo.task_id == task_id).order_by(Photo.id.desc()).limit(1)
        with self.acting_as(self.cast.haneul, reading=True) as scope:
            return scope.session.scalars(stmt).one()

    def queue(self, who: Person) -> list[int]:
        """The tasks in somebody's queue."""
        with self.acting_as(who, reading=True) as scope:
            return [row.task_id for row in waiting.queue(scope).rows]


def build(world: World, cast: Cast) -> Road:
    """The road as the app is wired; every newcomer's work is inspected."""
    return Road(replace(world, reactions=front.REACTIONS), cast)
