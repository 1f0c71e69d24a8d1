"""Plans at work: who is inspected under which, what a verdict moves, batches to their end, and nobody choosing."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

import app as front
from base import errands
from base.scope import THE_HOUSE, Scope, World, acting
from partners.kinds import own_name
from qa import holding, review
from qa.models import Draw
from qa.sampling import batches, checking, looking_back, plans, states
from qa.sampling.commands import draws_group
from qa.sampling.draws import BATCH, EVERY, FRACTION, RECENT, STREAM, Plan, roll
from qa.sampling.models import Batch, SamplingPlan, SamplingState, Watch
from qa.sampling.plans import Chosen
from security import shops
from security.models import AuditEntry
from stock import claims
from stock.models import Order, OrderLine
from tasks import dispatch, own_kinds, sops, work
from tasks.models import Submission, Task
from tasks.news import TaskSubmitted
from tests.attacks.estate import claim
from tests.cast import Person
from tests.qa.road import BLURRED, LOOSE, Road

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
pytestmark = ON_SQLITE


def choose(road: Road, kind: str, chosen: Chosen) -> int:
    with road.acting_as(road.cast.haneul) as scope:
        return plans.choose(scope, kind, chosen).id


def drawn(road: Road) -> list[tuple[str, int, bool]]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return [
            (one.reason, one.percent, one.drawn)
            for one in scope.session.scalars(select(Draw).order_by(Draw.id))
        ]


def state(road: Road, who: Person, kind: str = "packing") -> SamplingState:
    stmt = select(SamplingState).where(SamplingState.partner_id == who.partner_id, SamplingState.kind == kind)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return scope.session.scalars(stmt).one()


def parcel(road: Road, who: Person) -> int:
    task_id = road.task_of(road.order())
    road.hand_in(who, task_id)
    return task_id


def bare(road: Road, units: int = 60) -> None:
    """Goods on the shelf, and neither newcomers nor new editions to look at."""
    road.rules(newcomer_n=0, revision_n=0)
    road.receive(units)


def acts(road: Road, *names: str) -> list[tuple[str, dict[str, object]]]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        lines = scope.session.scalars(
            select(AuditEntry).where(AuditEntry.act.in_(names)).order_by(AuditEntry.id)
        )
        return [(line.act, json.loads(line.facts)) for line in lines]


# --- choosing ----------------------------------------------------------------------------------------------


def test_a_shop_older_than_plans_goes_on_as_its_rules_say(road: Road) -> None:
    road.rules(sample_percent=35)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert plans.row(scope, "packing") is None
        assert plans.in_force(scope, "packing") == Plan(5, 35, 3)


def test_an_owner_chooses_editions_and_a_kind_of_its_own_wins(road: Road) -> None:
    choose(road, plans.WHOLE_SHOP, Chosen(STREAM, 10, clean_n=4))
    choose(road, "packing", Chosen(EVERY, 100, over_won=50_000))
    choose(road, plans.WHOLE_SHOP, Chosen(RECENT, 2))
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        asked = [plans.in_force(scope, kind).method for kind in ("packing", "listing", "tagging")]
        whole = [(one.number, one.method, one.chosen_by) for one in plans.editions(scope, plans.WHOLE_SHOP)]
    assert asked == [EVERY, RECENT, RECENT]
    assert whole == [(2, RECENT, road.cast.haneul.actor.id), (1, STREAM, road.cast.haneul.actor.id)]
    assert acts(road, "sampling.chosen")[1] == (
        "sampling.chosen",
        {"kind": "packing", "method": EVERY, "number": 1},
    )


@pytest.mark.parametrize(
    ("kind", "chosen", "refusal"),
    [
        ("packing", Chosen(BATCH, 20), plans.ParcelsCannotWait),
        ("", Chosen(BATCH, 20), plans.ParcelsCannotWait),
        ("baking", Chosen(EVERY, 100), plans.UnknownPlan),
        ("packing", Chosen("gut feeling", 20), plans.UnknownPlan),
        ("listing", Chosen(BATCH, 20, aql="5"), plans.UnknownPlan),
        ("listing", Chosen(BATCH, 20, size=1), plans.BadPlan),
        ("listing", Chosen(FRACTION, 0), plans.BadPlan),
        ("listing", Chosen(FRACTION, 20, over_won=-1), plans.BadPlan),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    road: Road, kind: str, chosen: Chosen, refusal: type[Exception]
) -> None:
    with road.acting_as(road.cast.haneul) as scope, pytest.raises(refusal):
        plans.choose(scope, kind, chosen)


def test_a_new_shop_starts_with_sampling_by_recent(road: Road) -> None:
    with acting(road.world, shop_id=0, actor=THE_HOUSE, now=road.now) as founding:
        scope = shops.open_shop(founding, slug="fresh", name="새 상점")
        assert plans.in_force(scope, "packing") == Plan(5, 2, 3, RECENT)
        assert plans.row(scope, "packing").chosen_by == 0  # type: ignore[union-attr]


# --- streams -----------------------------------------------------------------------------------------------


def test_a_stream_is_inspected_in_full_until_clean_and_again_after_a_defect(road: Road) -> None:
    bare(road)
    choose(road, "packing", Chosen(STREAM, 1, clean_n=2))
    minji = road.cast.minji
    for task_id in [parcel(road, minji) for _ in range(3)]:
        road.judge(road.inspection(task_id), "accept")
    assert drawn(road) == [("stream", 100, True)] * 3
    assert (state(road, minji).phase, state(road, minji).because, state(road, minji).run) == (
        "some",
        "cleared",
        2,
    )
    parcel(road, minji)
    assert drawn(road)[3][:2] == ("stream", 1)

    road.rules(sample_percent=20)  # the plain rule is not asked any more
    with road.acting_as(road.cast.haneul) as scope:  # the one in a hundred that is drawn: told to the house
        task, news = _handed_in(scope, minji)
        plan, past, _ = looking_back.past(scope, task, news)
    assert (plan.terms, past.phase, past.turn) == ("stream/1/2", "some", 1)
    seeded = Road(_always_drawn(road), road.cast, road.now, road.placed + 50, road.deliveries)
    again = parcel(seeded, minji)
    road.judge(road.inspection(again), "send_back", LOOSE)
    assert (state(road, minji).phase, state(road, minji).because, state(road, minji).turn) == (
        "all",
        "defect",
        2,
    )
    parcel(road, minji)
    assert drawn(road)[-1] == ("stream", 100, True)
    assert [facts for _act, facts in acts(road, "sampling.moved")] == [
        {"because": "cleared", "kind": "packing", "to": "some", "was": "all"},
        {"because": "defect", "kind": "packing", "to": "all", "was": "some"},
    ]
    parcel(road, road.cast.sujin)  # another hand is a stream of its own
    assert drawn(road)[-1] == ("stream", 100, True)


def _handed_in(scope: Scope, who: Person) -> tuple[Task, TaskSubmitted]:
    from tasks.news import TaskSubmitted

    latest = select(Submission).where(Submission.partner_id == who.partner_id).order_by(Submission.id.desc())
    made = scope.session.scalars(latest.limit(1)).one()
    return scope.session.get_one(Task, made.task_id), TaskSubmitted(made.task_id, made.id, 1)


def _always_drawn(road: Road) -> World:
    """A world whose seeds roll below one percent."""

    def low(_scope: Scope, id_: int) -> str:
        return next(f"s{n}" for n in count() if roll(f"s{n}", id_) < 100)

    drawing = partial(review.on_submitted, seed_of=low)
    return replace(road.world, reactions={**road.world.reactions, TaskSubmitted: (drawing,)})


def test_a_minor_thing_found_does_not_count_as_wrong_and_rework_counts_for_nothing(road: Road) -> None:
    bare(road)
    choose(road, "packing", Chosen(STREAM, 1, clean_n=5))
    first, second = (parcel(road, road.cast.minji) for _ in range(2))
    road.judge(road.inspection(first), "accept", BLURRED)
    assert (state(road, road.cast.minji).run, state(road, road.cast.minji).hits) == (1, 0)
    road.judge(road.inspection(second), "send_back", LOOSE)
    road.mend(road.cast.minji, second)
    assert drawn(road)[-1] == ("rework", 100, True)
    road.judge(road.inspection(second), "accept")
    now = state(road, road.cast.minji)
    assert (now.run, now.clean_run, now.hits, now.n, now.turn) == (0, 0, 1, 2, 2)


def test_after_a_final_no_all_is_inspected_until_five_are_clean(road: Road) -> None:
    bare(road)
    choose(road, "packing", Chosen(FRACTION, 1))
    seeded = Road(_always_drawn(road), road.cast, road.now, 90, 90)
    road.judge(road.inspection(parcel(seeded, road.cast.minji)), "reject", LOOSE)
    assert drawn(road) == [("fraction", 1, True)]
    for clean in range(5):
        road.judge(road.inspection(parcel(road, road.cast.minji)), "accept")
        assert state(road, road.cast.minji).rejected is (clean < 4)
    parcel(road, road.cast.minji)
    assert [one[:2] for one in drawn(road)[1:]] == [("rejected", 100)] * 5 + [("fraction", 1)]


# --- risk --------------------------------------------------------------------------------------------------


def test_costly_orders_and_what_is_watched_are_always_inspected(road: Road) -> None:
    bare(road)
    choose(road, "packing", Chosen(FRACTION, 1, over_won=50_000))
    minji = road.cast.minji

    def ordered(change: Callable[[object, int], None]) -> tuple[str, int, bool]:
        order_id = road.order()
        with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
            change(scope, order_id)
        road.hand_in(minji, road.task_of(order_id))
        return drawn(road)[-1]

    def priced(won: int) -> Callable[[object, int], None]:
        def change(scope, order_id):  # type: ignore[no-untyped-def]
            scope.session.execute(update(OrderLine).where(OrderLine.order_id == order_id).values(price=won))

        return change

    def watched(scope, order_id):  # type: ignore[no-untyped-def]
        scope.session.execute(update(Order).where(Order.id == order_id).values(customer="ab12"))
        until = road.now + timedelta(days=3)
        scope.session.add(Watch(shop_id=scope.shop_id, customer="ab12", until=until, made_at=road.now))

    assert ordered(priced(24_999))[:2] == ("fraction", 1)  # two mugs
    assert ordered(priced(25_000)) == ("costly", 100, True)
    assert ordered(watched) == ("watched", 100, True)
    road.later(days=4)
    assert ordered(priced(1))[:2] == ("fraction", 1)


def test_a_claim_that_was_our_fault_has_its_goods_inspected_for_a_while(road: Road) -> None:
    bare(road)
    choose(road, "packing", Chosen(EVERY, 100))
    sent = parcel(road, road.cast.minji)
    road.judge(road.inspection(sent), "accept")
    road.later(hours=1)
    claim_id = claim(road, road.cast.haneul, road.task(sent).order_id or 0)
    choose(road, "packing", Chosen(FRACTION, 1))

    def next_reason() -> str:
        parcel(road, road.cast.minji)
        return drawn(road)[-1][0]

    assert next_reason() == "fraction"  # nobody said yet whose fault it was
    with road.acting_as(road.cast.haneul) as scope:
        claims.settle(scope, claim_id, outcome="ours", cost=0, version=1)
    assert next_reason() == "watched"
    with road.acting_as(road.cast.haneul) as scope:
        claims.step(scope, claim_id, "reopen", version=2)
    assert next_reason() == "fraction"
    with road.acting_as(road.cast.haneul) as scope:
        claims.settle(scope, claim_id, outcome="goodwill", cost=0, version=3)
    assert next_reason() == "fraction"


# --- batches -----------------------------------------------------------------------------------------------


def own_kind(road: Road, pieces: int) -> str:
    """A kind the owner made, with work for it."""
    with road.acting_as(road.cast.haneul) as scope:
        made, draft = own_kinds.make(scope, ko="데이터 입력", en="Data entry", icon="phone", won=900)
        sops.publish(scope, draft.id, version=draft.version)
        for n in range(pieces):
            own_kinds.open_by_hand(scope, own_name(made.id), title=f"전표 {n}")
        return own_name(made.id)


def hand_in_own(road: Road, who: Person, kind: str) -> int:

    with road.acting_as(who) as scope:
        task = dispatch.claim_next(scope, kind)
        assert work.answer_all(scope, task.id, {"done": (True, 0), "result": ("마쳤어요", 0)}) == {}
        work.submit(scope, task.id, fence=task.fence)
        return task.id


def settled(road: Road) -> None:
    errands.drain(road.world, now=road.now)


def batch_rows(road: Road) -> list[Batch]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return list(scope.session.scalars(select(Batch).order_by(Batch.id)))


def test_less_inspection_needs_the_score_and_the_owners_word(road: Road) -> None:
    bare(road)
    kind = own_kind(road, 1)
    choose(road, kind, Chosen(BATCH, 20, size=8))
    with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
        row = states.seen(scope, partner_id=road.cast.minji.partner_id, kind=kind)
        reached = replace(states.track(row), terms="batch/4.0", phase="normal", score=30, window="11111")
        states.move(scope, row, reached)
        id_ = row.id
    with road.acting_as(road.cast.haneul) as scope:
        agreed = states.agree(scope, id_)
        assert (agreed.phase, agreed.because, agreed.score, agreed.agreed_by) == (
            "reduced",
            "scored",
            30,
            road.cast.haneul.actor.id,
        )
    choose(road, kind, Chosen(RECENT, 2))
    with road.acting_as(road.cast.haneul) as scope, pytest.raises(states.NoBatches):
        states.agree(scope, id_)


# --- nobody chooses a draw ---------------------------------------------------------------------------------


def test_nobody_chooses_what_is_drawn(road: Road) -> None:
    """Not the partner by handing in again, not the reviewer by letting go, not the owner by another plan."""
    bare(road)
    choose(road, "packing", Chosen(FRACTION, 50))
    minji = road.cast.minji
    tasks = [parcel(road, minji) for _ in range(8)]
    while not any(seen for _reason, _percent, seen in drawn(road)):  # eight may all be passed over
        tasks.append(parcel(road, minji))
    before = recorded(road)
    with road.acting_as(minji) as scope:
        for task_id in tasks:
            made = work.submit(scope, task_id, fence=1)  # the same hold again gives what was handed in
            assert made.task_id == task_id
    waiting = next(id_ for id_ in tasks if road.task(id_).state == "inspection")
    with road.acting_as(road.cast.boram) as scope:
        holding.hold(scope, road.inspection(waiting).id)
    road.later(hours=2)
    choose(road, "packing", Chosen(FRACTION, 1))
    choose(road, "packing", Chosen(EVERY, 100))
    road.rules(sample_percent=100)
    assert recorded(road) == before
    assert faults(road) == {}
    parcel(road, minji)
    assert drawn(road)[-1] == ("every", 100, True)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        kept = scope.session.scalars(select(SamplingPlan.percent).order_by(SamplingPlan.number)).all()
    assert kept == [50, 1, 100]  # what was in force when stands for good


def recorded(road: Road) -> list[tuple[int, str, int, bool]]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        rows = scope.session.scalars(select(Draw).order_by(Draw.id))
        return [(one.submission_id, one.seed, one.roll, one.drawn) for one in rows]


def faults(road: Road) -> dict[int, tuple[str, ...]]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        day = checking.local_day(scope, None)
        found = checking.of_day(scope, day.begin, day.end)
        return {one.submission_id: one.faults for one in found if one.faults}


@pytest.mark.parametrize(
    ("tampered", "told"),
    [
        ({"roll": 1}, ("roll",)),
        ({"drawn": False}, ("drawn",)),
        ({"percent": 99}, ("decided",)),
        ({"reason": "costly"}, ("decided",)),
        ({"seed": "a" * 32}, ("roll", "seed")),
        ({"facts": {"plan": {"newcomer_n": 0, "percent": 1, "revision_n": 0}, "past": {"round": 1, "of_kind": 1, "clean": 1}}}, ("decided",)),
    ],
)  # fmt: skip
def test_a_changed_draw_is_found(road: Road, tampered: dict[str, object], told: tuple[str, ...]) -> None:
    bare(road)
    choose(road, "packing", Chosen(EVERY, 100))
    parcel(road, road.cast.minji)
    assert faults(road) == {}
    with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
        scope.session.execute(update(Draw).where(Draw.shop_id == scope.shop_id).values(**tampered))
    assert list(faults(road).values()) == [told]
    ran = CliRunner().invoke(
        draws_group, ["verify", "--shop", "haneul", "--day", "2026-11-23", "--json"], obj=lambda: road.world
    )
    assert (ran.exit_code, json.loads(ran.output)["faults"]) == (1, {"1": list(told)})


def test_the_front_door_knows_the_batches(road: Road) -> None:
    assert (road.world.jobs[batches.SETTLE], front.PERIODIC["batches"].function) == (
        batches.settle,
        batches.close_due,
    )
