"""A claim costs the same in a large shop as in a small one: counted in steps of SQLite's machine, not in time."""

from pathlib import Path
from statistics import fmean

from sqlalchemy import update

import app as front
from base.scope import THE_HOUSE, acting
from bench import filling, queues, workshop
from bench.house import Front, House, on_sqlite
from partners.models import Partner
from tasks import dispatch
from tasks.models import Task
from tests.bench.test_growth import AS_MUCH, LARGE, SMALL, counted

WIDE = 24  # queues
PLACE = 50  # steps for a queue in which the hand was passed to a place: two rows are looked at
PAST = (0, 60)  # of the first things of each queue so many were answered by the hand


def claims(house: House, hand: int) -> float:
    """The steps of a claim once the hand has come to every queue, with what some pay for all."""
    taken = []
    with counted(house.world) as steps:
        for _time in range(3 * WIDE):
            steps.taken = 0
            with acting(house.world, shop_id=house.shop_id, actor=house.hands[hand].actor) as scope:
                dispatch.claim_next(scope)
            taken.append(steps.taken)
    return fmean(taken[-2 * WIDE :])


def spread(house: House, first: int, hand: int, answered: int) -> None:
    """All that is open lies in the queues by turns as later answers, the first of which a hand has given."""
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        scope.session.execute(update(Partner).where(Partner.shop_id == scope.shop_id).values(capacity=999))
        queues.spread(scope, first, WIDE)
        partner = house.hands[hand].actor.partner_id or 0
        queues.finished(scope, partner, queues.waiting_first(scope, answered * WIDE))
    house.settle()


def test_a_claim_costs_the_same_past_many_tasks_and_a_long_past(tmp_path: Path) -> None:
    """Another hand each time, so that what it must pass over is new to it."""
    with on_sqlite(Front(front.open_world, front.create_app), tmp_path) as house:
        with acting(house.world, shop_id=house.shop_id, actor=house.hands[7].actor) as scope:
            workshop.parcels(scope.as_house(), 1)
            task = dispatch.claim_next(scope)
            done = update(Task).where(Task.shop_id == scope.shop_id, Task.id == task.id)
            scope.session.execute(done.values(state="accepted", submitted_at=scope.now, ended_at=scope.now))
        with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
            first = queues.many_kinds(scope, WIDE)
        cost = []
        for hand, (answered, slots) in enumerate(zip(PAST, (SMALL, LARGE), strict=True)):
            filling.until_open(house, slots)
            spread(house, first, hand, answered)
            cost.append(claims(house, hand))
        assert cost[1] <= AS_MUCH * cost[0] + PLACE * WIDE
