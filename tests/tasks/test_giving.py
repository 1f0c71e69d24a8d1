"""Who is given what: skills, teams, wishes, the line, offers, assignments, and some at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from base.errors import NotFound, Refused
from base.scope import acting, persistently
from partners import people, skills, teams, wishes
from security.models import AuditEntry
from tasks import demands, dispatch, explaining, offering, own_kinds, queries, sops, surveying
from tasks.choosing import KEPT_FOR
from tasks.models import Queue, SopRevision, Task
from tasks.opening import Wanted, open_for_products
from tests.attacks.estate import ON_SQLITE
from tests.tasks.bench import Bench
from tests.tasks.test_claim_race import hire


@pytest.fixture
def bench(bench: Bench) -> Iterator[Bench]:
    yield bench
    assert bench.findings() == []


def next_of(bench: Bench, name: str) -> int | str:
    """The id of the task a partner is given next, or the code of the refusal."""
    with bench.acting_as(name) as scope:
        try:
            return dispatch.claim_next(scope).id
        except Refused as refused:
            scope.session.rollback()
            return refused.code


def chosen_by(bench: Bench, name: str, task_id: int) -> str:
    with bench.acting_as(name) as scope:
        try:
            dispatch.claim(scope, task_id)
        except Refused as refused:
            scope.session.rollback()
            return refused.code
    return "claimed"


def partner(bench: Bench, name: str) -> int:
    return bench.people[name].partner_id or 0


def codes(bench: Bench, name: str) -> dict[str, str]:
    with bench.acting_as(name, reading=True) as scope:
        trace = explaining.explain(scope, partner(bench, name)).choice.trace
        assert len(explaining.words(scope, trace, "ko")) == len(trace)
        return {seen.queue: seen.code for seen in trace}


def acts(bench: Bench, task_id: int) -> list[str]:
    of_task = (AuditEntry.subject == "task", AuditEntry.subject_id == task_id)
    with bench.acting_as("house", reading=True) as scope:
        return list(scope.session.scalars(select(AuditEntry.act).where(*of_task).order_by(AuditEntry.id)))


@ON_SQLITE
def test_a_procedure_that_asks_a_skill_waits_for_those_who_have_it(bench: Bench) -> None:
    (before,) = bench.tasks(1)
    with bench.acting_as("haneul") as scope:
        glass = skills.make(scope, name="유리그릇")
        with pytest.raises(skills.BadName):
            skills.make(scope, name=" 유리그릇 ")
        sop_id = scope.session.scalars(select(SopRevision.sop_id)).first() or 0
        with pytest.raises(NotFound):
            demands.ask(scope, sop_id, skill_ids=[glass + 1], team_id=None)
        demands.ask(scope, sop_id, skill_ids=[glass], team_id=None)
    (task_id,) = bench.tasks(1)
    queue = f"packing.s{sop_id}"
    assert [bench.task(id_).queue for id_ in (before, task_id)] == ["packing", queue]
    assert codes(bench, "minji") == {"packing": "only", queue: "not_trained"}
    assert chosen_by(bench, "minji", task_id) == "tasks.not_trained"
    with bench.acting_as("haneul") as scope:
        with pytest.raises(dispatch.NotTrained):
            offering.assign(scope, task_id, partner_id=partner(bench, "minji"))
        skills.grant(scope, partner(bench, "minji"), skill_id=glass)
        skills.grant(scope, partner(bench, "minji"), skill_id=glass)
        assert [one.name for one in skills.of(scope, partner(bench, "minji"))] == ["유리그릇"]
    assert [next_of(bench, "sujin"), next_of(bench, "sujin")] == [before, "tasks.nothing_open"]
    assert next_of(bench, "minji") == task_id
    with bench.acting_as("haneul") as scope:
        skills.revoke(scope, partner(bench, "minji"), skill_id=glass)
        assert scope.session.get_one(Task, task_id).holder_id == partner(bench, "minji")  # in hand it stays
    assert codes(bench, "minji")[queue] == "not_trained"


@ON_SQLITE
def test_a_teams_work_goes_to_the_team_alone(bench: Bench) -> None:
    bench.orders(1)
    with bench.acting_as("haneul") as scope:
        team = teams.make(scope, name="유리팀", focus="깨지는 것")
        with pytest.raises(teams.NotAMember):
            teams.lead(scope, team, partner_id=partner(bench, "sujin"))
        teams.put_in(scope, team, partner_id=partner(bench, "sujin"))
        teams.lead(scope, team, partner_id=partner(bench, "sujin"))
        sop_id = scope.session.scalars(select(SopRevision.sop_id)).first() or 0
        demands.ask(scope, sop_id, skill_ids=[], team_id=team)
    next_of(bench, "minji")  # what was open before is everybody's
    (task_id,) = bench.tasks(1)
    assert chosen_by(bench, "minji", task_id) == "tasks.not_your_team"
    for name, shown in (("minji", []), ("sujin", [f"packing.t{team}"])):
        with bench.acting_as(name, reading=True) as scope:
            assert [one.queue for one in queries.theirs(scope, surveying.choice(scope))] == shown
    assert (next_of(bench, "minji"), next_of(bench, "sujin")) == ("tasks.nothing_open", task_id)
    with bench.acting_as("haneul") as scope:
        teams.take_out(scope, team, partner_id=partner(bench, "sujin"))
        assert [(one.lead_id, one.members) for one in teams.every(scope)] == [(None, ())]
        assert scope.session.scalars(select(Queue.team_id).order_by(Queue.id)).all() == [None, team]


@ON_SQLITE
def test_wishes_are_kept_and_cost_nothing(bench: Bench) -> None:
    first, second, third = bench.tasks(3)
    with bench.acting_as("minji") as scope:
        with pytest.raises(wishes.BadDayLimit):
            wishes.limit_day(scope, 0)
        wishes.limit_day(scope, 1)
    assert [next_of(bench, "minji"), next_of(bench, "minji")] == [first, "tasks.day_is_full"]
    assert chosen_by(bench, "minji", second) == "tasks.day_is_full"
    bench.later(days=1)
    with bench.acting_as("minji") as scope:
        wishes.limit_day(scope, None)
        wishes.object_to(scope, "packing")
    assert (next_of(bench, "minji"), codes(bench, "minji")) == (
        "tasks.nothing_open",
        {"packing": "you_objected"},
    )
    with bench.acting_as("haneul") as scope, pytest.raises(offering.Objects):
        offering.assign(scope, third, partner_id=partner(bench, "minji"))
    assert chosen_by(bench, "minji", second) == "claimed"  # what she chooses herself she may have
    with bench.acting_as("minji") as scope:
        wishes.allow(scope, "packing")
    assert next_of(bench, "minji") == third


@ON_SQLITE
def test_what_is_scarce_goes_first_to_who_waits_and_had_less(bench: Bench) -> None:
    early = bench.tasks(1)
    assert next_of(bench, "minji") == early[0]
    with bench.acting_as("sujin") as scope:
        wishes.stand_in_line(scope)
    (scarce,) = bench.tasks(1)
    assert (codes(bench, "minji"), next_of(bench, "minji")) == ({"packing": "kept"}, "tasks.nothing_open")
    with bench.acting_as("minji") as scope, pytest.raises(dispatch.KeptForOthers) as refused:
        dispatch.claim(scope, scarce)
    assert refused.value.facts == {"n": 1, "minutes": 20}
    with bench.acting_as("minji", reading=True) as scope:
        (shown,) = queries.offers(scope).rows
        assert (shown.id, [reason.code for reason in shown.why_not]) == (scarce, ["kept"])
    bench.later(minutes=KEPT_FOR.total_seconds() / 60)
    assert codes(bench, "minji") == {"packing": "only"}  # for a time, not for ever
    bench.now -= timedelta(minutes=1)
    assert next_of(bench, "sujin") == scarce
    (after,) = bench.tasks(1)
    assert next_of(bench, "minji") == after  # who has taken something stands in line no longer


@ON_SQLITE
def test_an_offer_is_for_those_chosen_until_its_time_is_over(bench: Bench) -> None:
    offered, other = bench.tasks(2)
    sujin = partner(bench, "sujin")
    with bench.acting_as("haneul") as scope:
        with pytest.raises(offering.BadOffer):
            offering.offer(scope, offered, partner_ids=[sujin], until=bench.now)
        offering.offer(scope, offered, partner_ids=[sujin], until=bench.now + timedelta(hours=1))
        assert offering.outstanding(scope) == 1
    assert chosen_by(bench, "minji", offered) == "tasks.taken"
    assert next_of(bench, "minji") == other
    with bench.acting_as("sujin", reading=True) as scope:
        assert [task.id for task in offering.for_me(scope)] == [offered]
    bench.later(hours=1)
    with bench.acting_as("sujin", reading=True) as scope:
        assert offering.for_me(scope) == ()
    assert next_of(bench, "minji") == offered


@ON_SQLITE
def test_who_declines_is_asked_no_more_and_the_rest_may_have_it(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    minji, sujin = partner(bench, "minji"), partner(bench, "sujin")
    with bench.acting_as("haneul") as scope:
        offering.offer(scope, task_id, partner_ids=[sujin], until=bench.now + timedelta(hours=2))
    with bench.acting_as("minji") as scope, pytest.raises(NotFound):
        offering.decline(scope, task_id)
    with bench.acting_as("sujin") as scope:
        offering.decline(scope, task_id)
    assert next_of(bench, "sujin") == "tasks.nothing_open"
    with bench.acting_as("haneul") as scope, pytest.raises(offering.Objects):
        offering.assign(scope, task_id, partner_id=sujin)
    with bench.acting_as("haneul") as scope:  # to another, and then to everybody after all
        offering.offer(scope, task_id, partner_ids=[minji], until=bench.now + timedelta(hours=2))
        offering.withdraw(scope, task_id)
    assert chosen_by(bench, "sujin", task_id) == "claimed"  # whom nobody asks may still choose
    assert acts(bench, task_id)[-5:] == [
        "task.offered",
        "task.offer_declined",
        "task.offered",
        "task.offer_ended",
        "task.claimed",
    ]


@ON_SQLITE
def test_an_assigned_task_is_held_for_a_day_and_declined_without_cost(bench: Bench) -> None:
    task_id, *rest = bench.tasks(4)
    minji = partner(bench, "minji")
    with bench.acting_as("haneul") as scope:
        given = offering.assign(scope, task_id, partner_id=minji)
        assert (given.state, given.holder_id, given.lease_until) == (
            "claimed",
            minji,
            bench.now + timedelta(days=1),
        )
        with pytest.raises(offering.NotOpen):
            offering.assign(scope, task_id, partner_id=partner(bench, "sujin"))
        for other in rest[:2]:
            offering.assign(scope, other, partner_id=minji)
        with pytest.raises(dispatch.AtCapacity):
            offering.assign(scope, rest[2], partner_id=minji)
        with pytest.raises(NotFound):
            offering.assign(scope, rest[2], partner_id=10**6)
        people.pause(scope, partner(bench, "sujin"))
    with bench.acting_as("haneul") as scope, pytest.raises(dispatch.NotActive):
        offering.assign(scope, rest[2], partner_id=partner(bench, "sujin"))
    with bench.acting_as("minji") as scope:
        offering.decline(scope, task_id)
    task = bench.task(task_id)
    assert (task.state, task.holder_id, task.left_by_id) == ("open", None, minji)
    assert acts(bench, task_id)[-3:] == ["task.assigned", "task.released", "task.release_reason"]


# --- some at once ------------------------------------------------------------------------------------------


@ON_SQLITE
def test_some_at_once_have_one_lease_and_go_back_together(bench: Bench) -> None:
    ids = bench.tasks(6)
    with bench.acting_as("haneul") as scope:
        people.set_capacity(scope, partner(bench, "minji"), capacity=4)
    with bench.acting_as("minji") as scope:
        with pytest.raises(dispatch.BadNumber):
            dispatch.claim_together(scope, "packing", count=1)
        taken = dispatch.claim_together(scope, "packing", count=3)
        assert [task.id for task in taken] == ids[:3]
        assert {task.batch_id for task in taken} == {ids[0]}
        assert [task.id for task in dispatch.claim_together(scope, "packing", count=3)] == ids[3:4]
        with pytest.raises(dispatch.AtCapacity):
            dispatch.claim_together(scope, "packing", count=3)
    bench.later(minutes=40)
    with bench.acting_as("minji") as scope:
        dispatch.renew(scope, scope.session.get_one(Task, ids[1]))
    until = bench.now + timedelta(hours=1)
    assert [bench.task(id_).lease_until == until for id_ in ids[:4]] == [True, True, True, False]
    with bench.acting_as("minji") as scope:
        dispatch.release(scope, ids[0], reason="mistake")
        assert dispatch.release_together(scope, ids[0], reason="no_time") == 2
        with pytest.raises(dispatch.NotHeld):
            dispatch.release_together(scope, ids[0], reason="no_time")
    assert [bench.state(id_) for id_ in ids] == ["open"] * 3 + ["claimed"] + ["open"] * 2
    assert {bench.task(id_).batch_id for id_ in ids[:3]} == {None}


@ON_SQLITE
def test_of_a_day_that_is_nearly_full_only_what_is_left_is_taken(bench: Bench) -> None:
    ids = bench.tasks(3)
    with bench.acting_as("minji") as scope:
        wishes.limit_day(scope, 2)
        assert [task.id for task in dispatch.claim_together(scope, "", count=3)] == ids[:2]
        with pytest.raises(dispatch.DayIsFull):
            dispatch.claim_together(scope, "", count=3)


@pytest.mark.both
def test_racing_hands_take_every_task_once_and_never_more_than_they_may(bench: Bench) -> None:
    """Eight hands take seven at once, of forty: each has at most its five, no task has two, none is left."""
    bench.tasks(40)
    actors = hire(bench, 8, capacity=5)
    line = Barrier(len(actors))

    def hand(place: int) -> list[int]:
        def once() -> list[int]:
            with acting(bench.world, shop_id=bench.shop_id, actor=actors[place], now=bench.now) as scope:
                return [task.id for task in dispatch.claim_together(scope, "packing", count=7)]

        line.wait()
        try:
            return persistently(once)
        except dispatch.NothingOpen:
            return []

    with ThreadPoolExecutor(len(actors)) as hands:
        got = list(hands.map(hand, range(len(actors))))
    assert max(map(len, got)) <= 5
    taken = [task_id for some in got for task_id in some]
    assert len(taken) == len(set(taken)) == 40


@ON_SQLITE
def test_a_second_procedure_of_a_kind_has_its_own_demands(bench: Bench) -> None:
    """The queue follows the procedure in force, and the edition that replaces it keeps what it asks."""
    bench.orders(1)
    with bench.acting_as("haneul") as scope:
        skill = skills.make(scope, name="냉동")
        draft = sops.create(scope, kind="packing", title="냉동 포장")
        demands.ask(scope, draft.sop_id, skill_ids=[skill], team_id=None)
        sops.publish(scope, draft.id, version=draft.version)
        sop_id = draft.sop_id
    (task_id,) = bench.tasks(1)
    assert bench.task(task_id).queue == f"packing.s{sop_id}"


@ON_SQLITE
def test_by_turns_where_promises_are_alike_and_the_trace_says_so(bench: Bench) -> None:
    """What the page says is what the claim then does, each time."""
    bench.tasks(5, ship_in_hours=3)
    with bench.acting_as("haneul") as scope:
        people.set_capacity(scope, partner(bench, "minji"), capacity=9)
        _kind, draft = own_kinds.make(scope, ko="색 고르기", en="Colours", icon="", won=50)
        sops.publish(scope, draft.id, version=draft.version)
        due = scope.now + timedelta(hours=4)
        wanted = [Wanted(title=f"{n}", due_at=due) for n in range(2)]
        open_for_products(scope, kind="own-1", wanted=wanted)
    given = []
    for _ in range(7):
        with bench.acting_as("minji", reading=True) as scope:
            first = explaining.explain(scope, partner(bench, "minji")).first
        task_id = next_of(bench, "minji")
        assert first is not None
        assert isinstance(task_id, int)
        assert bench.task(task_id).queue == first.queue
        given.append((first.queue, first.code))
    assert given == [
        ("packing", "promised"),
        ("packing", "promised"),
        ("packing", "promised"),
        ("own-1", "change"),
        ("packing", "promised"),
        ("packing", "promised"),
        ("own-1", "only"),
    ]
