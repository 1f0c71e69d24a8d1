"""Killed at every point of every act, started again and asked again: each act happens once and the books agree.

A point lies before and one after each thing that becomes lasting. Of an act with many of them the first are tried
on both engines, and of the rest one engine takes every other pair and the other what it left.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from itertools import count
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from base import errands, rq_bell
from base.clock import utcnow
from base.i18n import SEOUL
from base.models import Errand, Inbox
from base.scope import THE_HOUSE, Scope, World, acting
from bench import workshop
from partners import people as cards
from partners.models import PayLine
from partners.pay import adjusting, terms
from partners.pay.models import PayStatement
from partners.pay.months import Month
from partners.pay.wanting import BONUS, Wanted
from qa.doctor import examine
from qa.models import Inspection
from security import journal, rotation, shops
from security.models import AuditEntry
from stock import imports, samples
from stock.models import Import, Movement, Order
from tasks import dispatch, sops, work
from tasks.models import Answer, Photo, Submission, Task
from tasks.opening import PACKING
from tests import pictures
from tests.cast import Cast, Person, SignedIn
from tests.engines import Valkey
from tests.faults.crash import lives

pytestmark = [pytest.mark.slow, pytest.mark.both]  # what a crash leaves
MOST = 60  # points; more would mean that an act grew without anybody noticing
FEW = 2  # points that every engine is killed at; of more, each takes every other pair
PHOTO = {"key": "packed", "type": "photo", "required": False, "label": {"ko": "사진", "en": "Photo"}}


@dataclass(frozen=True, slots=True)
class Act:
    """Something to be killed in: how it is prepared, done (again with the same ids), and counted."""

    prepare: Callable[[], object]
    do: Callable[[Any, str], None]
    seen: Callable[[Scope], int]
    points: int  # at least so many: fewer would mean that the fuse is not wired
    gain: int = 1  # how many more there are afterwards


@dataclass(frozen=True, slots=True)
class House:
    """The shop and the browsers of its people."""

    world: World
    cast: Cast
    minji: FlaskClient
    boram: FlaskClient
    haneul: FlaskClient

    def by(self, person: Person) -> AbstractContextManager[Scope]:
        return acting(self.world, shop_id=person.shop_id, actor=person.actor)

    def looking(self) -> AbstractContextManager[Scope]:
        return acting(self.world, shop_id=self.cast.shop_id, actor=THE_HOUSE, reading=True)

    def claimed(self) -> Task:
        with self.by(self.cast.minji) as scope:
            for task in list(scope.session.scalars(select(Task).where(Task.state == "claimed"))):
                dispatch.release(scope, task.id, reason="no_time")
        with self.by(self.cast.minji) as scope:
            return dispatch.claim_next(scope)

    def inspected(self) -> int:
        task = self.claimed()
        with self.by(self.cast.minji) as scope:
            work.answer(scope, task.id, item="picked", value=True, version=0)
            work.answer(scope, task.id, item="condition", value="fine", version=0)
        with self.by(self.cast.minji) as scope:
            work.submit(scope, task.id, fence=task.fence)
            return scope.session.scalars(select(Inspection.id).where(Inspection.task_id == task.id)).one()


@pytest.fixture
def house(world: World, cast: Cast, signed_in: SignedIn, valkey_server: Valkey) -> Iterator[House]:
    """A furnished shop that rings Redis itself."""
    with acting(world, shop_id=cast.shop_id, actor=cast.haneul.actor) as scope:
        made = sops.create(scope, kind=PACKING, title="두 가지와 사진")
        items = [{"help": {}, "severity": "minor", **item} for item in (*workshop.ITEMS, PHOTO)]
        saved = sops.save(scope, made.id, items=items, version=1)
        sops.publish(scope, made.id, version=saved.version)
        shops.save_rules(scope, replace(shops.rules(scope), sample_percent=100))
        workshop.stocked(scope)
        workshop.parcels(scope, 120)
        cards.set_capacity(scope, cast.minji.partner_id, capacity=20)
    browsers = [signed_in(person) for person in (cast.minji, cast.boram, cast.haneul)]
    bell = rq_bell.Direct(valkey_server.url)
    rung = replace(world, bell=bell)
    for browser in browsers:
        browser.application.extensions["dari"] = rung
    yield House(rung, cast, *browsers)
    bell.queue.connection.close()


def post(client: FlaskClient, path: str, client_id: str, **fields: Any) -> None:
    told = fields | {"csrf": client.csrf, "client_id": client_id}  # type: ignore[attr-defined]
    answer = client.post(path, data=told, headers={"Accept": "application/json"})
    assert answer.status_code in {200, 302}, answer.get_data(as_text=True)


def lines(act: str) -> Callable[[Scope], int]:
    return partial(_count, what=(AuditEntry, AuditEntry.act == act))


def _count(scope: Scope, *, what: tuple[Any, Any]) -> int:
    table, which = what
    return scope.session.scalar(select(func.count()).select_from(table).where(which)) or 0


def shot(id_: str) -> bytes:
    """A picture of its own for each sending, the same when it is sent again: one seen before needs no file."""
    picture = Image.new("RGB", (64, 48))
    picture.frombytes(Random(id_).randbytes(3 * 64 * 48))
    return pictures.encoded(picture)


def of_people(house: House) -> dict[str, Act]:
    """What partners and reviewers do."""

    def answered(task: Task, id_: str) -> None:
        fields = {"item": "condition", "answer-condition": "dented", "version-condition": "0"}
        post(house.minji, f"/work/{task.id}/answers", id_, **fields)

    def photographed(task: Task, id_: str) -> None:
        picture = (BytesIO(shot(id_)), "p.jpg")
        post(house.minji, f"/work/{task.id}/photos/packed", id_, photo=picture)

    def handed_in(task: Task, id_: str) -> None:
        told = workshop.ANSWERS | {"fence": str(task.fence)}
        post(house.minji, f"/work/{task.id}/submission", id_, **told)

    def judged(inspection: int, id_: str) -> None:
        post(house.boram, f"/inspections/{inspection}/verdict", id_, version="1", verdict="accept")

    def claimed(_nothing: object, id_: str) -> None:
        post(house.minji, "/offers/next", id_)

    held = house.claimed
    return {
        "claim": Act(nothing, claimed, lines("task.claimed"), 2),
        "answer": Act(held, answered, partial(_count, what=(Answer, Answer.item == "condition")), 2),
        "photo": Act(held, photographed, partial(_count, what=(Photo, Photo.id > 0)), 8),
        "submit": Act(held, handed_in, partial(_count, what=(Submission, Submission.id > 0)), 2),
        "judge": Act(house.inspected, judged, partial(_count, what=(PayLine, PayLine.id > 0)), 2),
    }


def of_the_owner(house: House) -> dict[str, Act]:
    """What the owner does, and whoever runs the machine."""
    numbers = count(1)

    def file() -> bytes:
        return samples.order_file(samples.offers(), orders=2, seed=next(numbers), until=utcnow())

    def imported(data: bytes, _id: str) -> None:
        with house.by(house.cast.haneul) as scope:
            imports.receive(scope, kind=imports.ORDERS, data=data, name="orders.csv")
        with house.looking() as scope:
            leased = scope.session.scalar(select(func.max(Errand.due_at)))
        errands.drain(house.world, now=leased + timedelta(seconds=10))  # whoever held it is dead

    def an_order() -> int:
        with house.looking() as scope:
            ready = select(Order.id).where(Order.state == "ready").order_by(Order.id.desc())
            return scope.session.scalars(ready.limit(1)).one()

    def cancelled(order: int, id_: str) -> None:
        post(house.haneul, f"/orders/{order}/cancel", id_, why="asked")

    def received(_nothing: object, id_: str) -> None:
        post(house.haneul, "/stock/receive", id_, sku=workshop.SKUS[0], quantity="5")

    def keys_turned(_nothing: object, _id: str) -> None:
        rotation.rotate(house.world.keys, house.cast.shop_id)
        for _step in rotation.rewrap(house.world.keys, house.cast.shop_id, batch=50):
            continue

    def behind(_scope: Scope) -> int:
        """The keys that still lie under an older version."""
        return rotation.custody(house.world.keys, house.cast.shop_id).behind

    return {
        "import": Act(file, imported, partial(_count, what=(Import, Import.state == "done")), 20),
        "cancel": Act(an_order, cancelled, partial(_count, what=(Order, Order.state == "cancelled")), 2),
        "receive": Act(nothing, received, partial(_count, what=(Movement, Movement.quantity == 5)), 2),
        "keys": Act(nothing, keys_turned, behind, 8, gain=0),
    }


def of_pay(house: House) -> dict[str, Act]:
    """Closing a month: whole or not at all."""
    months = count(1)

    def a_month() -> Month:
        """A month of long ago, later each time, in which something was earned."""
        month = Month(2020, next(months))
        cast = house.cast
        owner = {"shop_id": cast.shop_id, "actor": cast.haneul.actor, "now": month.begins(SEOUL)}
        with acting(house.world, **owner) as scope:
            adjusting.propose(scope, cast.minji.partner_id, Wanted(BONUS, 700, "고마워서"))
            terms.say(scope, cast.minji.partner_id, tax_kind="individual")
        return month

    def closed(month: Month, id_: str) -> None:
        post(house.haneul, "/pay/months", id_, month=str(month))

    paid = partial(_count, what=(PayStatement, PayStatement.net == 680))
    return {"close": Act(a_month, closed, paid, 2)}


def nothing() -> None:
    """Needs no preparation."""


def test_between_them_the_engines_are_killed_at_every_point() -> None:
    drawn = {
        dialect: {n for n in range(1, MOST) if _drawn(dialect, n)} for dialect in ("sqlite", "postgresql")
    }
    assert drawn["sqlite"] | drawn["postgresql"] == set(range(1, MOST))
    assert drawn["sqlite"] & drawn["postgresql"] == set(range(1, FEW + 1))
    halves = [n for n in range(1, MOST - 1, 2) if (n in drawn["sqlite"]) != (n + 1 in drawn["sqlite"])]
    assert halves == []  # before a thing and after it are tried on the same engine


@pytest.mark.timeout(170)
def test_killed_at_every_point_each_act_happens_once(house: House) -> None:
    known = of_people(house) | of_the_owner(house) | of_pay(house)
    swept = {name: sweep(house, act) for name, act in known.items()}
    assert {name: n for name, n in swept.items() if n < known[name].points} == {}
    with house.looking() as scope:
        assert list(examine.invariants(scope)) == []
        assert journal.verify(scope).held is True
        done = set(scope.session.scalars(select(Errand.id).where(Errand.state == "done")))
        assert done == set(scope.session.scalars(select(Inbox.errand_id)))


def _drawn(dialect: str, n: int) -> bool:
    pair = (n - 1) // 2
    return n <= FEW or pair % 2 == (dialect == "sqlite")


def sweep(house: House, act: Act) -> int:
    """Kills the act at point after point, and each time does it again; how many points there were."""
    for n in filter(partial(_drawn, house.world.engines.dialect), range(1, MOST)):
        subject, id_ = act.prepare(), f"crash-{id(act):x}-{n:03}"
        with house.looking() as scope:
            before = act.seen(scope)
        do = partial(act.do, subject, id_)
        survived = lives(house.world, do, n=n)
        assert survived or lives(house.world, do)
        with house.looking() as scope:
            assert act.seen(scope) == before + act.gain
        if survived:
            return n - 1
    raise AssertionError("an act without end")
