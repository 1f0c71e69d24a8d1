"""Choosing among many queues and past much that was answered: what a claim looks at is little, and enough."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from base.scope import Scope
from partners.kinds import own_name
from partners.models import Partner
from tasks import dispatch, invariants, offering, own_kinds, queues, sops, steps, surveying
from tasks.lifecycle import ACCEPTED, INSPECTION, REJECT
from tasks.models import Queue, Task
from tasks.opening import Wanted, open_for_products
from tasks.passing.gate import BEGINNING, END, place_of
from tasks.passing.models import Passed
from tasks.picks import AT_ONE_INSTANT
from tests.tasks.bench import Bench

THINGS = 12 + AT_ONE_INSTANT


def kinds(bench: Bench, count: int) -> list[str]:
    """Kinds of the owner's own, and free hands for everybody."""
    with bench.acting_as("haneul") as scope:
        scope.session.execute(update(Partner).where(Partner.shop_id == scope.shop_id).values(capacity=99))
        made = [own_kinds.make(scope, ko=f"일 {n}", en=f"Work {n}", icon="", won=50) for n in range(count)]
        for _own, draft in made:
            sops.publish(scope, draft.id, version=draft.version)
        return [own_name(own.id) for own, _draft in made]


def opened(bench: Bench, kind: str, targets: Sequence[str], *, hours: float, slots: int = 1) -> None:
    with bench.acting_as("haneul") as scope:
        due_at = scope.now + timedelta(hours=hours)
        wanted = [Wanted(None, target, slots, target, due_at=due_at) for target in targets]
        open_for_products(scope, kind=kind, wanted=wanted)


def given(scope: Scope) -> str:
    """The target of the next task; empty where nothing is given."""
    try:
        return dispatch.claim_next(scope).target
    except dispatch.NothingOpen:
        return ""


def places(bench: Bench) -> list[tuple[int, int]]:
    with bench.acting_as("house", reading=True) as scope:
        rows = select(Passed.slot, Passed.task_id).where(Passed.shop_id == scope.shop_id)
        return [(slot, task_id) for slot, task_id in scope.session.execute(rows.order_by(Passed.id))]


@pytest.mark.both
def test_whoever_answered_what_waits_first_is_not_walked_past_it_again(bench: Bench) -> None:
    """Her first answers are in; of the second ones those wait first that she must not give."""
    (kind,) = kinds(bench, 1)
    names = [f"thing-{n:02}" for n in range(THINGS)]
    opened(bench, kind, names, hours=30, slots=2)
    minji, sujin = (bench.people[name].partner_id for name in ("minji", "sujin"))
    with bench.acting_as("house") as scope:
        first = (Task.shop_id == scope.shop_id, Task.slot == 0)
        for holder, these in ((minji, names[:8]), (sujin, names[8:])):
            done = update(Task).where(*first, Task.target.in_(these))
            scope.session.execute(done.values(holder_id=holder, state=ACCEPTED, won=50))
        judged = update(Task).where(*first, Task.target == "thing-02").values(state=INSPECTION)
        scope.session.execute(judged)
    with bench.acting_as("minji") as scope:
        assert (given(scope), given(scope)) == ("thing-08", "thing-09")
        stands = scope.session.scalars(select(Task).where(Task.target == "thing-08", Task.slot == 1)).one()
        assert surveying.at_hand(scope).starts[kind] == place_of(stands)
    assert places(bench) == [(1, stands.id)]  # written once: the second claim began there
    with bench.acting_as("sujin") as scope:
        assert [given(scope) for _ in range(3)] == names[:3]
    opened(bench, kind, ["urgent"], hours=1)  # a first answer comes before all second ones
    assert places(bench) == []
    with bench.acting_as("minji") as scope:
        assert (given(scope), given(scope)) == ("urgent", "thing-10")
    assert len(places(bench)) == 1
    with bench.acting_as("boram") as scope:  # her answer has come to nothing: she may give another
        task = scope.session.scalars(select(Task).where(Task.target == "thing-02", Task.slot == 0)).one()
        steps.take(scope, task, REJECT)
    with bench.acting_as("sujin") as scope:
        back = scope.session.scalars(select(Task.id).where(Task.target == "thing-02", Task.slot == 1)).one()
        dispatch.release(scope, back, reason="no_time")
    with bench.acting_as("minji") as scope:
        assert [given(scope) for _ in range(2)] == ["thing-02", "thing-11"]


def test_what_is_offered_to_others_comes_back_when_the_offer_ends(bench: Bench) -> None:
    """All that waits is shown to Sujin alone: Minji is passed to the end, until one of them is everybody's."""
    narrow, wide = kinds(bench, 2)
    opened(bench, narrow, [f"thing-{n}" for n in range(6)], hours=20)
    opened(bench, wide, ["elsewhere", "also"], hours=40)
    with bench.acting_as("haneul") as scope:
        ids = scope.session.scalars(select(Task.id).where(Task.kind == narrow).order_by(Task.id)).all()
        sujin = bench.people["sujin"].partner_id or 0
        for id_ in ids:
            offering.offer(scope, id_, partner_ids=[sujin], until=scope.now + timedelta(hours=3))
    with bench.acting_as("minji") as scope:
        assert given(scope) == "elsewhere"
    assert places(bench) == [(END.slot, 0)]
    with bench.acting_as("haneul") as scope:
        offering.withdraw(scope, ids[4])
    with bench.acting_as("minji") as scope:
        assert (given(scope), given(scope)) == ("thing-4", "also")
    bench.later(hours=4)  # the offers are over, and so is the hint
    with bench.acting_as("minji") as scope:
        assert given(scope) == "thing-0"


def test_few_of_many_queues_are_read_and_the_first_of_all_is_given(bench: Bench) -> None:
    """Fourteen queues: the rule over all of them names what a claim that looked at eight was given."""
    names = kinds(bench, 14)
    for place, name in enumerate(names):
        opened(bench, name, [f"{name}-a", f"{name}-b"], hours=3 + 5 * place % 14)
    with bench.acting_as("haneul") as scope:
        queues.turn(scope, names[0], "pause")
    minji = bench.people["minji"].partner_id or 0
    looked_at = []
    for _ in range(24):
        with bench.acting_as("minji") as scope:
            whole, near = surveying.of(scope, minji), surveying.at_hand(scope)
            looked_at.append((len(whole.queues), len(near.queues), near.beyond is not None))
            expected = surveying.chosen(scope, whole).first
            assert expected is not None
            shown = surveying.choice(scope)
            assert (shown.first, dispatch.claim_next(scope).queue) == (expected, expected.queue)
    assert (looked_at[0], looked_at[-1]) == ((14, 3, True), (14, 3, False))


WIDTH, ACTS = 9, 70


@pytest.mark.both
def test_whatever_happens_a_look_at_few_queues_gives_what_a_look_at_all_does(bench: Bench) -> None:
    """Work of one and of several answers comes, is taken, given back and called off, in any order.

    What is given always comes from the queue that the rule names over all of them, and no front is too late.
    """
    play = Random(7)
    names = kinds(bench, WIDTH)
    held: dict[str, list[int]] = {"minji": [], "sujin": []}
    given_at_all = 0
    for act in range(ACTS):
        if act < WIDTH or play.random() < 0.3:
            things = [f"{act}-{n}" for n in range(play.randint(1, 3))]
            slots = play.choice((1, 1, 2))
            opened(bench, play.choice(names), things, hours=play.choice((1, 3, 9, 20, 40)), slots=slots)
        who = play.choice(("minji", "sujin"))
        with bench.acting_as(who) as scope:
            expected = surveying.chosen(scope, surveying.of(scope, bench.people[who].partner_id or 0)).first
            if held[who] and play.random() < 0.25:
                dispatch.release(scope, held[who].pop(play.randrange(len(held[who]))), reason="no_time")
            elif expected is not None:
                task = dispatch.claim_next(scope)
                assert (act, task.queue) == (act, expected.queue)
                held[who].append(task.id)
                given_at_all += 1
        if play.random() < 0.1:
            with bench.acting_as("haneul") as scope:
                waiting = scope.session.scalars(
                    select(Task.id).where(Task.state == "open").order_by(Task.id)
                ).all()
                if waiting:
                    dispatch.cancel(scope, play.choice(waiting))
        with bench.acting_as("house", reading=True) as scope:
            assert scope.session.scalars(invariants.ASKED["front_too_late"](scope)).all() == []
    with bench.acting_as("house", reading=True) as scope:
        known = scope.session.scalars(select(Queue.front).where(Queue.shop_id == scope.shop_id)).all()
    assert (given_at_all > ACTS // 3, sum(front > BEGINNING.due_at for front in known) > WIDTH // 2) == (
        True,
        True,
    )
