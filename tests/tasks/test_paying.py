"""What harder or hurried work pays on top: applied as it is, frozen when it is taken, shown before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bench import workshop
from partners.pay import extras, pricing
from partners.pay.extras import BadExtra, When
from partners.pay.models import PriceExtra
from stock.models import OrderLine, Product
from tasks import dispatch, paying, queries
from tasks.models import Task
from tests.cast import MONDAY


def furnish(acting_as, cast, parcels):
    with acting_as(cast.haneul) as scope:
        workshop.short_procedure(scope)
        workshop.stocked(scope)
        workshop.parcels(scope, parcels)


def tasks_of(scope):
    return list(scope.session.scalars(select(Task.id).where(Task.shop_id == scope.shop_id).order_by(Task.id)))


@pytest.mark.both
def test_extras_add_up_and_are_frozen_at_the_claim(cast, acting_as):
    furnish(acting_as, cast, 3)
    with acting_as(cast.haneul) as scope:
        task = scope.session.scalars(select(Task).order_by(Task.id)).first()
        lines = select(OrderLine).where(OrderLine.order_id == task.order_id)
        held = scope.session.scalars(lines).all()
        scope.session.execute(
            update(Product)
            .where(Product.shop_id == scope.shop_id, Product.id == held[0].product_id)
            .values(fragile=True)
        )
        sku = scope.session.get_one(Product, held[0].product_id).sku
        pieces = sum(line.quantity for line in held)
        left = (task.due_at - MONDAY) / timedelta(hours=1)
        soon = next(hours for hours in extras.RUSH_HOURS if hours >= left) if left <= 24 else None
        added = [
            extras.add(scope, kind="packing", when=when, won=won)
            for when, won in (
                (When("goods", word=sku[:2].lower()), 1),
                (When("goods", word="NOTHERE"), 10),
                (When("fragile"), 100),
                (When("pieces", amount=max(2, pieces)), 1_000),
                (When("pieces", amount=pieces + 1 if pieces > 1 else 9), 10_000),
                (When("rush", amount=soon or 1), 100_000),
            )
        ]
        extras.add(scope, kind="listing", when=When("fragile"), won=7)
        first = task.id
        expected = 101 + (1_000 if pieces > 1 else 0) + (100_000 if soon else 0)
        assert paying.on_top_of(scope, [first]) == {first: expected}
    with acting_as(cast.minji) as scope:
        offered = {one.id: one.won for one in queries.offers(scope, kind="packing").rows}
        assert offered[first] == 700 + expected
        assert dispatch.claim(scope, first).won == 700 + expected
    with acting_as(cast.haneul, now=MONDAY + timedelta(seconds=1)) as scope:
        for extra in added:
            extras.end(scope, extra)
        pricing.set_price(scope, kind="packing", won=900, since=scope.now)
    with acting_as(cast.sujin, now=MONDAY + timedelta(seconds=2)) as scope:
        assert dispatch.claim_next(scope).won == 900
        assert scope.session.get_one(Task, first).won == 700 + expected  # frozen


def test_a_hurry_is_what_is_due_soon(cast, acting_as):
    furnish(acting_as, cast, 1)
    with acting_as(cast.haneul) as scope:
        extras.add(scope, kind="packing", when=When("rush", amount=4), won=150)
        (task,) = tasks_of(scope)
        due = scope.session.get_one(Task, task).due_at
        at = [due - timedelta(hours=4, seconds=1), due - timedelta(hours=4), due + timedelta(hours=1)]
        assert [paying.on_top_of(replace(scope, now=now), [task])[task] for now in at] == [0, 150, 150]


WRONG = [
    (When("weather"), 10, "rule"),
    (When("goods"), 10, "word"),
    (When("pieces", amount=1), 10, "amount"),
    (When("rush", amount=3), 10, "amount"),
    (When("fragile"), 0, "extra_won"),
]


def test_an_extra_says_for_what_it_is(cast, acting_as):
    with acting_as(cast.haneul) as scope:
        fields = []
        for when, won, _field in WRONG:
            with pytest.raises(BadExtra) as refused:
                extras.add(scope, kind="packing", when=when, won=won)
            fields.append(refused.value.facts["field"])
        assert fields == [field for _when, _won, field in WRONG]
        assert scope.session.scalar(select(func.count()).select_from(PriceExtra)) == 0
