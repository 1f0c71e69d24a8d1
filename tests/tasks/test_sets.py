"""Several kinds in one dispatch, and several answers about one thing: exactly as many, nobody two."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from base.scope import Scope
from stock.models import Product
from tasks import dispatch, own_kinds, queues, sops
from tasks.models import Task
from tasks.opening import Wanted, another, open_for_products
from tests.tasks.bench import Bench


@pytest.fixture
def bench(bench: Bench) -> Iterator[Bench]:
    yield bench
    assert bench.findings() == []


def kind_with(bench: Bench, *, slots: int, products: int) -> list[int]:
    """A kind of the owner's own, with so many answers wanted about each of some products; their ids."""
    with bench.acting_as("haneul") as scope:
        _kind, draft = own_kinds.make(scope, ko="색 고르기", en="Colours", icon="", won=50)
        sops.publish(scope, draft.id, version=draft.version)
        found = scope.session.scalars(select(Product.id).order_by(Product.id)).all()[:products]
        wanted = [Wanted(id_, slots=slots, due_at=scope.now + timedelta(hours=4)) for id_ in found]
        return list(open_for_products(scope, kind="own-1", wanted=wanted))


def taken(scope: Scope, queue: str = "") -> Task | None:
    try:
        return dispatch.claim_next(scope, queue)
    except dispatch.NothingOpen:
        return None


@pytest.mark.both
def test_nobody_gives_two_answers_about_one_thing(bench: Bench) -> None:
    ids = kind_with(bench, slots=2, products=2)
    assert len(ids) == 4
    with bench.acting_as("minji") as scope:
        first, second = taken(scope), taken(scope)
        assert first is not None
        assert second is not None
        assert (first.slot, second.slot, first.set_key == second.set_key) == (0, 0, False)
        assert (first.won, taken(scope)) == (50, None)
        other = scope.session.scalars(select(Task).where(Task.set_key == first.set_key, Task.slot == 1)).one()
        with pytest.raises(dispatch.Taken):
            dispatch.claim(scope, other.id)
    with bench.acting_as("sujin") as scope:
        assert [taken(scope) is None for _ in range(3)] == [False, False, True]
    with bench.acting_as("haneul") as scope:
        assert open_for_products(scope, kind="own-1", wanted=[Wanted(first.product_id, slots=2)]) == ()
        (third,) = another(scope, first)
        assert scope.session.get_one(Task, third).slot == 2
    with bench.acting_as("minji") as scope:
        assert taken(scope) is None


@pytest.mark.both
def test_the_next_task_is_of_any_kind_or_of_one_what_is_promised_first(bench: Bench) -> None:
    parcel, later = bench.tasks(2)
    (colours,) = kind_with(bench, slots=1, products=1)
    with bench.acting_as("haneul", reading=True) as scope:
        promised = {task.id: task.due_at for task in scope.session.scalars(select(Task))}
        assert [one.kind for one in queues.waiting(scope)] == sorted(
            ("packing", "own-1"), key=lambda kind: promised[parcel if kind == "packing" else colours]
        )
    with bench.acting_as("minji") as scope:
        given = [taken(scope, "packing"), taken(scope)]
    assert given[0] is not None
    assert given[1] is not None
    assert given[0].id == parcel
    assert given[1].id == min(colours, later, key=lambda id_: (promised[id_], id_))
    with bench.acting_as("haneul") as scope:
        for name in ("packing", "own-1"):
            queues.turn(scope, name, "pause")
    with bench.acting_as("sujin") as scope:
        assert taken(scope) is None
        left = ({parcel, later, colours} - {one.id for one in given if one}).pop()
        with pytest.raises(dispatch.Taken):
            dispatch.claim(scope, left)
