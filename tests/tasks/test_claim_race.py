"""Many hands at once: every task has one winner, every loser is told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from base.errors import Refused
from base.scope import Actor, acting, persistently
from partners.models import Partner
from security.models import Account, AuditEntry, Membership
from tasks import dispatch
from tasks.models import Task
from tests.tasks.bench import Bench

pytestmark = pytest.mark.both  # locks

HANDS, WORK = 8, 100


def hire(bench: Bench, count: int, *, capacity: int) -> list[Actor]:
    with bench.acting_as("haneul") as scope:
        actors = []
        for n in range(count):
            account = Account(login=f"p{n}@example.com", name=f"P{n}", made_at=scope.now)
            scope.session.add(account)
            scope.session.flush()
            member = Membership(shop_id=bench.shop_id, account_id=account.id, role="partner", since=scope.now)
            scope.session.add(member)
            scope.session.flush()
            card = Partner(id=member.id, shop_id=bench.shop_id, capacity=capacity, joined_at=scope.now)
            scope.session.add(card)
            actors.append(Actor(account.id, "partner", member.id))
    return actors


def together(bench: Bench, actors: list[Actor], act: Callable[..., int | str]) -> list[int | str]:
    """Everybody begins at the same instant; what each of them got, a task's id or a refusal's code."""
    line = Barrier(len(actors))

    def one(actor: Actor) -> list[int | str]:
        line.wait()
        return list(act(actor))

    with ThreadPoolExecutor(len(actors)) as hands:
        return [got for gots in hands.map(one, actors) for got in gots]


def tried(bench: Bench, actor: Actor, desk: Callable[..., Task], *arguments: int) -> int | str:
    def once() -> int | str:
        try:
            with acting(bench.world, shop_id=bench.shop_id, actor=actor, now=bench.now) as scope:
                return desk(scope, *arguments).id
        except Refused as refusal:
            return refusal.code

    return persistently(once)


def owners(bench: Bench) -> Counter[int | None]:
    with bench.acting_as("house", reading=True) as scope:
        return Counter(scope.session.scalars(select(Task.holder_id)))


def test_next_task_never_gives_one_task_twice(bench: Bench) -> None:
    ids = bench.tasks(WORK)
    actors = hire(bench, HANDS, capacity=WORK)
    share = WORK // HANDS + 2
    got = together(
        bench, actors, lambda actor: [tried(bench, actor, dispatch.claim_next) for _ in range(share)]
    )
    won = [one for one in got if isinstance(one, int)]
    assert (sorted(won), Counter(got)["tasks.nothing_open"]) == (ids, HANDS * share - WORK)
    assert bench.findings() == []


def test_a_chosen_task_has_one_winner_and_the_others_are_told(bench: Bench) -> None:
    ids = bench.tasks(WORK)
    actors = hire(bench, HANDS, capacity=WORK)
    got = together(bench, actors, lambda actor: [tried(bench, actor, dispatch.claim, id_) for id_ in ids])
    won = [one for one in got if isinstance(one, int)]
    assert (sorted(won), Counter(got)["tasks.taken"]) == (ids, WORK * (HANDS - 1))
    with bench.acting_as("house", reading=True) as scope:
        journalled = scope.session.scalars(
            select(AuditEntry.subject_id)
            .where(AuditEntry.act == "task.claimed")
            .order_by(AuditEntry.subject_id)
        )
        assert journalled.all() == ids
    assert bench.findings() == []


def test_one_partner_with_eight_phones_holds_no_more_than_agreed(bench: Bench) -> None:
    bench.tasks(WORK)
    (actor,) = hire(bench, 1, capacity=5)
    got = together(
        bench, [actor] * HANDS, lambda who: [tried(bench, who, dispatch.claim_next) for _ in range(3)]
    )
    assert Counter(one for one in got if isinstance(one, str)) == {"tasks.at_capacity": 3 * HANDS - 5}
    assert owners(bench) == {None: WORK - 5, actor.partner_id: 5}
