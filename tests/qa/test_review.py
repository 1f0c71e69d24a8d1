"""Reviewing: what is drawn, who may judge it, what each verdict does, and who decides when two do at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from sqlalchemy import select

from base.errors import NotFound
from base.scope import persistently
from partners.pay import pricing
from qa import invariants, judgement, queries, review
from qa.marking import Seen
from qa.models import Defect, Draw, Inspection
from qa.sampling.draws import roll
from security import people
from security.models import AuditEntry
from stock import levels, orders
from stock.levels import OutOfStock
from stock.models import Level
from tasks import work
from tasks.marks import Mark, marks_of
from tasks.models import StageClock, Task
from tasks.news import TaskSubmitted
from tests.cast import Person
from tests.qa.road import BLURRED, LOOSE, WRONG, Road

# --- drawing -----------------------------------------------------------------------------------------------


def draws(road: Road) -> list[Draw]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return list(scope.session.scalars(select(Draw).order_by(Draw.id)))


@pytest.mark.both
def test_a_newcomers_work_is_drawn_and_the_draw_can_be_repeated(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    (draw,) = draws(road)
    assert (draw.submission_id, draw.reason, draw.percent, draw.drawn) == (
        inspection.submission_id,
        "newcomer",
        100,
        True,
    )
    assert draw.roll == roll(draw.seed, draw.submission_id)
    assert (inspection.state, inspection.reason, inspection.round) == ("waiting", "newcomer", 1)
    assert road.task(inspection.task_id).state == "inspection"


def test_after_the_newcomers_first_a_fraction_is_drawn_and_the_rest_accepted_at_once(road: Road) -> None:
    road.rules(newcomer_n=2, revision_n=0, sample_percent=20)
    road.receive(100)
    for _ in range(10):
        task_id = road.task_of(road.order())
        road.hand_in(road.cast.minji, task_id)
    drawn = draws(road)
    assert [draw.reason for draw in drawn] == ["newcomer"] * 2 + ["fraction"] * 8
    assert [draw.drawn for draw in drawn] == [True] * 2 + [draw.roll < 2000 for draw in drawn[2:]]
    states = [road.task(task_id).state for task_id in range(1, 11)]
    assert states == ["inspection" if draw.drawn else "accepted" for draw in drawn]
    assert len(road.pay()) == states.count("accepted")


def test_a_fraction_of_one_percent_lets_most_through_and_ships_them(road: Road) -> None:
    road.rules(newcomer_n=0, revision_n=0, sample_percent=1)
    road.receive(2)
    order_id = road.order()
    passed_over = next(f"seed-{n}" for n in count() if roll(f"seed-{n}", 1) >= 100)
    drawing = partial(review.on_submitted, seed_of=lambda _scope, _id: passed_over)
    road.world = replace(road.world, reactions={**road.world.reactions, TaskSubmitted: (drawing,)})
    road.hand_in(road.cast.minji, road.task_of(order_id))
    assert (road.order_row(order_id).state, len(road.pay()), draws(road)[0].seed) == (
        "shipped",
        1,
        passed_over,
    )


def test_work_is_to_be_judged_before_the_review_or_the_promise_is_late(road: Road) -> None:
    soon, later = road.now + timedelta(hours=2), road.now + timedelta(days=2)
    road.receive(4)
    dues = []
    for ship_by in (soon, later):
        task_id = road.task_of(road.order(ship_by=ship_by))
        road.hand_in(road.cast.minji, task_id)
        dues.append(road.inspection(task_id).due_at)
    assert dues == [soon, road.now + timedelta(hours=4)]


# --- the queue ---------------------------------------------------------------------------------------------


def test_the_queue_begins_with_what_will_be_late_first(road: Road) -> None:
    tasks = []
    road.receive(6)
    for hours in (3, 1, 2):
        task_id = road.task_of(road.order(ship_by=road.now + timedelta(hours=hours)))
        road.hand_in(road.cast.minji, task_id)
        tasks.append(task_id)
    assert road.queue(road.cast.boram) == [tasks[1], tasks[2], tasks[0]]


def also_reviewer(road: Road, person: Person) -> Person:
    """A partner who is invited as a reviewer too, acting as one."""
    with road.acting_as(road.cast.haneul) as scope:
        people.invite(scope, login="minji@example.com", name="Minji", role="reviewer")
    return Person(person.name, person.shop_id, type(person.actor)(id=person.actor.id, role="reviewer"))


def test_nobody_finds_or_judges_their_own_work(road: Road) -> None:
    both = also_reviewer(road, road.cast.minji)
    own = road.waiting(road.cast.minji)
    others = road.waiting(road.cast.sujin)
    assert road.queue(both) == [others.task_id]
    assert sorted(road.queue(road.cast.boram)) == sorted([own.task_id, others.task_id])
    with pytest.raises(review.OwnWork):
        road.judge(own, "accept", who=both)
    assert road.inspection(own.task_id).state == "waiting"
    road.judge(others, "accept", who=both)
    assert road.task(others.task_id).state == "accepted"


# --- accept ------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_accepting_ships_pays_once_and_freezes_the_verdict(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    assert road.mugs() == (2, 2)
    road.later(hours=1)
    road.judge(inspection, "accept", BLURRED)
    task = road.task(inspection.task_id)
    assert task.order_id is not None
    order = road.order_row(task.order_id)
    judged = road.inspection(task.id)
    assert (
        judged.state,
        judged.verdict,
        judged.score,
        judged.reviewer_id,
        judged.judged_at,
        judged.version,
    ) == (
        "judged",
        "accept",
        95,
        road.cast.boram.actor.id,
        road.now,
        2,
    )
    assert (task.state, task.ended_at) == ("accepted", road.now)
    assert (order.state, order.shipped_at, order.verdict, order.late_s) == ("shipped", road.now, "met", 0)
    assert road.mugs() == (0, 0)
    assert road.pay() == [(task.id, road.cast.minji.partner_id, 700)]
    with pytest.raises(review.JudgedAlready):
        road.judge(inspection, "accept")
    assert len(road.pay()) == 1


def test_a_late_parcel_breaches_its_promise_for_good(road: Road) -> None:
    road.receive(2)
    order_id = road.order(ship_by=road.now + timedelta(hours=1))
    task_id = road.task_of(order_id)
    road.hand_in(road.cast.minji, task_id)
    road.later(hours=3)
    road.judge(road.inspection(task_id), "accept")
    order = road.order_row(order_id)
    assert (order.verdict, order.late_s) == ("breached", 7200)


def test_the_price_is_that_of_the_claim(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    with road.acting_as(road.cast.haneul) as scope:
        pricing.set_price(scope, kind="packing", won=5000, since=scope.now)
    road.judge(inspection, "accept")
    assert [won for _task, _partner, won in road.pay()] == [700]


def test_what_fails_cannot_be_accepted(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    with pytest.raises(judgement.CriticalFails):
        road.judge(inspection, "accept", WRONG)
    assert (road.task(inspection.task_id).state, road.pay(), road.mugs()) == ("inspection", [], (2, 2))


@pytest.mark.both
def test_when_shipping_is_refused_nothing_of_the_verdict_is_kept(road: Road) -> None:
    """A count found the goods gone: the parcel cannot leave the book, so the work is not accepted either."""
    inspection = road.waiting(road.cast.minji)
    with road.acting_as(road.cast.haneul) as scope:
        place = levels.location(scope, levels.WAREHOUSE)
        scope.session.scalars(select(Level).where(Level.location_id == place)).one().on_hand = 1
    with pytest.raises(OutOfStock):
        road.judge(inspection, "accept")
    assert (road.inspection(inspection.task_id).state, road.task(inspection.task_id).state, road.pay()) == (
        "waiting",
        "inspection",
        [],
    )


def test_an_order_cancelled_meanwhile_is_not_shipped_but_its_packer_is_paid(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    order_id = road.task(inspection.task_id).order_id
    assert order_id is not None
    with road.acting_as(road.cast.haneul) as scope:
        orders.cancel(scope, order_id, why="asked")
    with pytest.raises(judgement.OrderCancelled):
        road.judge(inspection, "send_back", LOOSE)
    road.judge(inspection, "accept")
    assert (road.order_row(order_id).state, len(road.pay()), road.mugs()) == ("cancelled", 1, (2, 0))


# --- send back ---------------------------------------------------------------------------------------------


def test_sent_back_to_the_same_hand_with_only_the_failed_items(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    photo = road.photo(inspection.task_id)
    marked = Seen("photo_unclear", note="송장이 흐려요", photo_id=photo, x=250, y=400, w=100, h=80)
    road.judge(inspection, "send_back", marked, note="사진만 다시 부탁해요")
    task = road.task(inspection.task_id)
    assert (task.state, task.holder_id, task.round, task.fence) == (
        "rework",
        road.cast.minji.partner_id,
        2,
        1,
    )
    assert task.lease_until == road.now + timedelta(days=1)
    assert marks_of(task) == (
        Mark("packed_photo", "photo_unclear", "minor", "송장이 흐려요", photo, 250, 400, 100, 80),
    )
    with road.acting_as(road.cast.minji) as scope:
        with pytest.raises(work.NotThisItem):
            work.answer(scope, task.id, item="seal", value=True, version=1)
    road.mend(road.cast.minji, task.id)
    again = road.inspection(task.id)
    assert (again.round, again.reason, again.state) == (2, "rework", "waiting")
    assert road.task(task.id).state == "inspection"


def test_the_defects_of_every_round_are_kept(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", LOOSE, BLURRED)
    road.mend(road.cast.minji, inspection.task_id)
    second = road.inspection(inspection.task_id)
    with road.acting_as(road.cast.boram, reading=True) as scope:
        defects = scope.session.scalars(select(Defect).order_by(Defect.id)).all()
        desk = queries.desk(scope, second.id)
    assert [(d.inspection_id, d.code, d.item, d.severity) for d in defects] == [
        (inspection.id, "bad_seal", "seal", "major"),
        (inspection.id, "photo_unclear", "packed_photo", "minor"),
    ]
    assert [(one.round, one.verdict, one.score) for one in desk.earlier] == [(1, "send_back", 80)]
    assert {answered.item.key for answered in desk.items if answered.back} == {"seal", "packed_photo"}


def test_rounds_are_counted_and_the_last_is_accepted_or_rejected(road: Road) -> None:
    road.rules(max_rounds=2)
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", LOOSE)
    road.mend(road.cast.minji, inspection.task_id)
    last = road.inspection(inspection.task_id)
    with pytest.raises(judgement.LastRound) as refused:
        road.judge(last, "send_back", LOOSE)
    assert refused.value.facts == {"most": 2}
    road.judge(last, "accept")
    assert road.task(inspection.task_id).state == "accepted"


def test_nothing_goes_back_to_a_hand_that_left(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    with road.acting_as(road.cast.haneul) as scope:
        people.leave(scope, road.cast.minji.partner_id)
    with pytest.raises(judgement.HandGone):
        road.judge(inspection, "send_back", LOOSE)


# --- reject ------------------------------------------------------------------------------------------------


def test_rejecting_opens_a_new_task_and_pays_nobody(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "reject", WRONG)
    rejected = road.task(inspection.task_id)
    assert rejected.order_id is not None
    anew = road.task(road.task_of(rejected.order_id))
    assert (rejected.state, road.pay(), road.mugs()) == ("rejected", [], (2, 2))
    assert (anew.state, anew.replaces_id, anew.holder_id, anew.due_at) == (
        "open",
        rejected.id,
        None,
        rejected.due_at,
    )
    road.hand_in(road.cast.sujin, anew.id)
    road.judge(road.inspection(anew.id), "accept")
    assert (road.order_row(rejected.order_id).state, road.pay()) == (
        "shipped",
        [(anew.id, road.cast.sujin.partner_id, 700)],
    )


# --- what a judgement must say -----------------------------------------------------------------------------


TOO_LITTLE = [
    ("send_back", (), "사진을 다시 찍어 주세요", judgement.ReasonMissing),
    ("reject", (), "  ", judgement.ReasonMissing),
    ("vanish", (), "", judgement.UnknownVerdict),
    ("send_back", (Seen("unheard_of"),), "", judgement.BadDefect),
    ("send_back", (Seen("other"),), "", judgement.BadDefect),
    ("send_back", (Seen("bad_seal", severity="awful"),), "", judgement.BadDefect),
    ("send_back", (Seen("bad_seal", item="roof"),), "", judgement.BadDefect),
    ("send_back", (Seen("bad_seal", photo_id=1),), "", judgement.BadDefect),
    ("send_back", (Seen("bad_seal", photo_id=1, x=1001, y=5),), "", judgement.BadDefect),
    ("send_back", (Seen("bad_seal", photo_id=999_999, x=1, y=5),), "", judgement.BadDefect),
    ("send_back", (Seen("bad_seal"),) * 41, "", judgement.BadDefect),
    ("accept", (), "ㄱ" * 501, judgement.NotesOfPeople),
    ("send_back", (Seen("bad_seal", note="900101-1234567"),), "", judgement.NotesOfPeople),
]


def test_a_judgement_that_says_too_little_or_too_much_changes_nothing(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    for verdict, defects, note, refusal in TOO_LITTLE:
        with pytest.raises(refusal):
            road.judge(inspection, verdict, *defects, note=note)
    assert (road.inspection(inspection.task_id).state, road.task(inspection.task_id).state) == (
        "waiting",
        "inspection",
    )


def test_another_defect_needs_only_words(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", Seen("other", item="seal", note="상자가 젖었어요"))
    assert marks_of(road.task(inspection.task_id)) == (Mark("seal", "other", "minor", "상자가 젖었어요"),)


def test_another_shops_inspection_is_not_found(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    with pytest.raises(NotFound):
        road.judge(inspection, "accept", who=road.cast.stranger)


def test_the_old_page_of_a_second_reviewer_is_refused_and_not_told_the_first_verdict(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", LOOSE)
    with pytest.raises(review.JudgedAlready) as refused:
        road.judge(inspection, "accept", who=road.cast.haneul)
    assert refused.value.facts == {}
    assert (road.task(inspection.task_id).state, road.pay()) == ("rework", [])


@pytest.mark.both
def test_of_two_reviewers_at_once_one_decides(road: Road) -> None:
    for _ in range(3):
        inspection = road.waiting(road.cast.minji)
        ends = at_once(road, inspection)
        assert sorted(ends) == ["accept", "judged_already"]
    assert len(road.pay()) == 3
    assert road.mugs() == (0, 0)


def at_once(road: Road, inspection: Inspection) -> list[str]:
    def decide(who: Person) -> str:
        try:
            persistently(partial(road.judge, inspection, "accept", who=who))
        except review.JudgedAlready:
            return "judged_already"
        return "accept"

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(decide, (road.cast.boram, road.cast.haneul)))


@pytest.mark.both
def test_clocks_and_journal_follow_the_judgement(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.later(hours=1)
    road.judge(inspection, "accept")
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        clocks = scope.session.scalars(
            select(StageClock).where(StageClock.task_id == inspection.task_id).order_by(StageClock.id)
        ).all()
        acts = scope.session.scalars(
            select(AuditEntry.act)
            .where(AuditEntry.shop_id == scope.shop_id)
            .order_by(AuditEntry.seq.desc())
            .limit(4)
        ).all()
    assert [(clock.stage, clock.verdict, clock.elapsed_s) for clock in clocks] == [
        ("claim", "met", 0),
        ("do", "met", 0),
        ("review", "met", 3600),
    ]
    assert acts == ["inspection.judged", "order.shipped", "pay.accrued", "task.accepted"]


@pytest.mark.both
def test_the_invariants_hold_along_the_road_and_name_what_breaks_them(road: Road) -> None:
    one, two, three = (road.waiting(road.cast.minji) for _ in range(3))
    road.judge(one, "accept")
    road.judge(two, "send_back", LOOSE)
    with road.acting_as(road.cast.haneul) as scope:
        assert invariants.findings(scope) == ()
        scope.session.get_one(Task, one.task_id).won = 5
        scope.session.delete(scope.session.get_one(Inspection, three.id))
        scope.session.flush()
        assert [(found.code, found.ids) for found in invariants.findings(scope)] == [
            ("qa.not_paid_as_claimed", (one.task_id,)),
            ("qa.waits_for_nobody", (three.task_id,)),
            ("qa.not_drawn", (three.submission_id,)),
        ]
