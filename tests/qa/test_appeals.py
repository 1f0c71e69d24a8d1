"""Appeals: a partner asks, a second reviewer looks afresh, and what falls is put right once; every trick is tried."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from base.errors import NotFound
from base.scope import THE_HOUSE, acting
from base.workdays import add
from partners.models import Standing
from qa import invariants, queries, review
from qa.appeals import filing, gate, judging, reads, seconds
from qa.appeals.lifecycle import STATES, STEPS, TO, Stand, diagram, effect
from qa.appeals.models import Appeal
from qa.judgement import CriticalFails
from qa.marking import Seen
from qa.reviewers import settling
from qa.reviewers.models import Look
from qa.sampling.models import SamplingState
from qa.tallies import keeping, store
from security import people
from security.models import Membership
from stock import orders
from tasks import dispatch
from tasks import invariants as of_tasks
from tasks.models import StageClock, Task
from tests.cast import Person
from tests.qa.road import BLURRED, LOOSE, WRONG, Road

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
SHARP = "사진이 또렷해요. 다시 봐 주세요."


# --- the tables --------------------------------------------------------------------------------------------


def test_an_appeal_ends_once_and_every_end_is_reached() -> None:
    assert {start for start, *_ in STEPS} == {"opened"}
    assert {end for *_, end, _ in STEPS} | {"opened"} == set(STATES)
    assert len(TO) == len(STEPS) == 4
    assert diagram().count("[*]") == 5


@pytest.mark.parametrize(
    ("stand", "brought"),
    [
        (Stand("rework"), "whole"),
        (Stand("rework", wanted=False), "paid"),
        (Stand("rework", unseen=True), "paid"),
        (Stand("rejected"), "whole"),
        (Stand("rejected", "open"), "whole"),
        (Stand("rejected", "cancelled"), "whole"),
        (Stand("rejected", "rejected"), "whole"),
        (Stand("rejected", "claimed"), "paid"),
        (Stand("rejected", "submitted"), "paid"),
        (Stand("rejected", "inspection"), "paid"),
        (Stand("rejected", "rework"), "paid"),
        (Stand("rejected", "accepted"), "paid"),
        (Stand("rejected", "open", wanted=False), "paid"),
        (Stand("rejected", "open", unseen=True), "paid"),
        (Stand("rejected", "open", of_set=True), "paid"),
        (Stand("rework", of_set=True), "whole"),
        (Stand("rejected", "claimed", of_set=True, again=True), "known"),
    ],
)
def test_what_the_fall_of_a_verdict_brings(stand: Stand, brought: str) -> None:
    assert effect(stand) == brought


# --- the road ----------------------------------------------------------------------------------------------


def appeal(road: Road, task_id: int, who: Person | None = None, **said: object) -> Appeal:
    with road.acting_as(who or road.cast.minji) as scope:
        return filing.appeal(scope, task_id, text=SHARP, **said)  # type: ignore[arg-type]


def judge(road: Road, found: Appeal, verdict: str, *seen: Seen, who: Person | None = None) -> Appeal:
    with road.acting_as(who or road.cast.haneul) as scope:
        return judging.judge(scope, found.id, verdict=verdict, defects=seen, note="고마워요")


def broken(road: Road) -> list[str]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return [finding.code for of in (invariants, of_tasks) for finding in of.findings(scope)]


def clock(road: Road, task_id: int, stage: str) -> StageClock:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        stmt = select(StageClock).where(StageClock.task_id == task_id, StageClock.stage == stage)
        return scope.session.scalars(stmt.order_by(StageClock.id.desc()).limit(1)).one()


@pytest.mark.both
def test_what_came_back_wrongly_is_accepted_shipped_and_paid_once(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", BLURRED)
    assert tallied(road) == [(1, 0)]
    photo = road.photo(inspection.task_id)
    found = appeal(road, inspection.task_id, photos=[photo])
    stopped = clock(road, inspection.task_id, "rework")
    assert (stopped.due_at, stopped.paused_at, found.judge_by) == (None, road.now, _after(road, 18))

    with road.acting_as(road.cast.haneul, reading=True) as scope:
        look = reads.second(scope, found.id)
        assert (look.words, look.photos, look.alone, look.barred) == (SHARP, (photo,), False, "")
        assert (look.desk.defects, look.desk.note, look.desk.score, look.desk.earlier) == ((), "", None, ())
        assert (look.desk.at_hand.state, look.desk.at_hand.verdict, look.desk.marks) == ("waiting", "", {})

    road.later(hours=2)
    judged = judge(road, found, "accept")
    task = road.task(inspection.task_id)
    assert task.order_id is not None
    assert (judged.state, judged.effect, judged.second_id, task.state) == (
        "overturned",
        "whole",
        road.cast.haneul.actor.id,
        "accepted",
    )
    assert (road.order_row(task.order_id).state, road.mugs(), len(road.pay())) == ("shipped", (0, 0), 1)
    assert clock(road, task.id, "rework").verdict == "void"
    with road.acting_as(road.cast.boram, reading=True) as scope:
        tally = reads.against(scope)
        assert (tally.overturned, tally.upheld, tally.waiting) == (1, 0, 0)
        assert [(one.first, one.second, one.note) for one in tally.latest] == [
            ("send_back", "accept", "고마워요")
        ]
    assert (broken(road), tallied(road)) == ([], [(1, 1)])
    with pytest.raises(gate.AppealOver):
        judge(road, found, "accept")


def tallied(road: Road) -> list[tuple[int, int]]:
    """First rounds judged and passed, as counted along; and the same when counted anew."""
    road.counted()
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert keeping.differences(scope) == []
        days = store.stored(scope).days
    return [
        (n, hits) for (_, name, dim, _), (n, hits, _) in days.items() if (name, dim) == ("quality", "shop")
    ]


def _after(road: Road, hours: int) -> object:
    from base import calendars

    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return add(calendars.current(scope), road.now, hours * 3600)


@ON_SQLITE
def test_what_is_upheld_goes_on_with_its_whole_time(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", BLURRED)
    found = appeal(road, inspection.task_id)
    due = road.now + timedelta(hours=4)
    road.later(hours=3)
    judged = judge(road, found, "send_back", BLURRED)
    mending = clock(road, inspection.task_id, "rework")
    task = road.task(inspection.task_id)
    assert (judged.state, judged.score, task.state, mending.due_at, mending.paused_at) == (
        "upheld",
        95,
        "rework",
        due + timedelta(hours=3),
        None,
    )
    assert task.lease_until == road.now + timedelta(days=1)
    road.mend(road.cast.minji, inspection.task_id)
    road.judge(road.inspection(inspection.task_id), "accept")
    assert (len(road.pay()), broken(road)) == (1, [])
    with road.acting_as(road.cast.boram, reading=True) as scope:
        assert (reads.against(scope).upheld, reads.overturned(scope, road.cast.boram.actor.id)) == (1, (0, 1))


def rejected(road: Road) -> tuple[int, int]:
    """Minji's rejected task and the one that took its place."""
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "reject", WRONG)
    task = road.task(inspection.task_id)
    assert task.order_id is not None
    return task.id, road.task_of(task.order_id)


@ON_SQLITE
def test_what_replaced_rejected_work_is_taken_away_while_nobody_has_it(road: Road) -> None:
    task_id, anew = rejected(road)
    judge(road, appeal(road, task_id), "accept")
    assert (road.task(task_id).state, road.task(anew).state) == ("accepted", "cancelled")
    assert (road.mugs(), [line[:2] for line in road.pay()]) == (
        (0, 0),
        [(task_id, road.cast.minji.partner_id)],
    )
    assert broken(road) == []


@pytest.mark.parametrize("far", ["claimed", "done"])
@pytest.mark.both
def test_who_was_right_is_paid_beside_whoever_did_it_anew_and_goods_leave_once(road: Road, far: str) -> None:
    task_id, anew = rejected(road)
    found = appeal(road, task_id)
    fence = road.claim(road.cast.sujin, anew)
    if far == "done":
        road.finish(road.cast.sujin, anew)
        road.judge(road.inspection(anew), "accept")
    before = road.mugs()
    judged = judge(road, found, "accept")
    assert (fence, judged.effect, road.task(task_id).state, road.mugs()) == (1, "paid", "accepted", before)
    assert broken(road) == []
    if far == "claimed":
        road.finish(road.cast.sujin, anew)
        road.judge(road.inspection(anew), "accept")
    assert (road.mugs(), len(road.pay()), broken(road)) == ((0, 0), 2, [])


@ON_SQLITE
def test_of_a_cancelled_order_the_pay_alone_is_put_right(road: Road) -> None:
    task_id, _anew = rejected(road)
    found = appeal(road, task_id)
    order_id = road.task(task_id).order_id
    assert order_id is not None
    with road.acting_as(road.cast.haneul) as scope:
        orders.cancel(scope, order_id, why="asked")
    judged = judge(road, found, "accept")
    assert (judged.effect, road.order_row(order_id).state, len(road.pay()), broken(road)) == (
        "paid",
        "cancelled",
        1,
        [],
    )


@ON_SQLITE
def test_given_back_rework_may_still_be_appealed_and_mending_takes_an_appeal_back(road: Road) -> None:
    first, second = road.waiting(road.cast.minji), road.waiting(road.cast.minji)
    road.judge(first, "send_back", BLURRED)
    road.judge(second, "send_back", BLURRED, LOOSE)
    with road.acting_as(road.cast.minji) as scope:
        dispatch.release(scope, first.task_id, reason="no_time")
    assert (road.task(first.task_id).state, road.pay()) == ("rejected", [])
    assert judge(road, appeal(road, first.task_id), "accept").effect == "whole"
    found = appeal(road, second.task_id)
    road.mend(road.cast.minji, second.task_id)
    with road.acting_as(road.cast.minji, reading=True) as scope:
        assert scope.session.get_one(Appeal, found.id).state == "withdrawn"
    with pytest.raises(filing.NothingToAppeal):
        appeal(road, road.waiting(road.cast.minji).task_id)
    assert broken(road) == []


@ON_SQLITE
def test_a_withdrawn_appeal_is_over_and_says_nothing_of_anybody(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", BLURRED)
    found = appeal(road, inspection.task_id)
    with pytest.raises(NotFound), road.acting_as(road.cast.sujin) as scope:
        filing.withdraw(scope, found.id)
    with road.acting_as(road.cast.minji) as scope:
        filing.withdraw(scope, found.id)
    assert clock(road, inspection.task_id, "rework").paused_at is None
    with pytest.raises(gate.AppealedAlready):
        appeal(road, inspection.task_id)
    with pytest.raises(gate.AppealOver):
        judge(road, found, "accept")
    with road.acting_as(road.cast.boram, reading=True) as scope:
        tally = reads.against(scope)
    assert (tally.overturned, tally.upheld, broken(road)) == (0, 0, [])


@ON_SQLITE
@pytest.mark.parametrize(("seen", "brought", "states"), [
    (BLURRED, "whole", ["accepted"]),
    (WRONG, "paid", ["accepted", "open"]),
])  # fmt: skip
def test_what_nobody_looked_at_again_in_time_falls_but_nothing_critical_leaves_unseen(
    road: Road, seen: Seen, brought: str, states: list[str]
) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", seen)
    found = appeal(road, inspection.task_id)
    road.now = found.judge_by - timedelta(seconds=1)
    assert lapse(road) == 0
    road.now, known = found.judge_by, learned(road)
    assert (lapse(road), lapse(road)) == (1, 0)
    assert learned(road) == known  # nobody looked, so nothing is known that was not
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        ended = scope.session.get_one(Appeal, found.id)
        tasks = scope.session.scalars(select(Task.state).order_by(Task.id)).all()
    assert (ended.state, ended.effect, list(tasks), len(road.pay())) == ("lapsed", brought, states, 1)
    with road.acting_as(road.cast.boram, reading=True) as scope:
        assert reads.against(scope).overturned == 0
    assert broken(road) == []


def learned(road: Road) -> list[tuple[object, ...]]:
    """What sampling and standing have learned of everybody."""
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        rows = [scope.session.execute(select(*of.__table__.columns)) for of in (SamplingState, Standing)]
        return [tuple(row) for found in rows for row in found]


def lapse(road: Road) -> int:
    with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
        return judging.lapse_due(scope)


# --- attacks -----------------------------------------------------------------------------------------------


@ON_SQLITE
def test_nobody_appeals_late_twice_for_another_or_about_another_shops_work(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    task_id = inspection.task_id
    with pytest.raises(filing.NothingToAppeal):
        appeal(road, task_id)
    road.judge(inspection, "reject", WRONG)
    foreign = road.photo(road.waiting(road.cast.sujin).task_id)
    for who in (road.cast.sujin, road.cast.stranger_partner):
        with pytest.raises(NotFound):
            appeal(road, task_id, who)
    with road.acting_as(road.cast.minji) as scope:
        for refused, said in (
            (filing.NoReason, {"text": "  "}),
            (filing.NoReason, {"text": "가" * 1001}),
            (filing.PersonalWords, {"text": "받는 분 010-1234-5678께 물어보세요"}),
            (filing.NotThisPhoto, {"text": SHARP, "photos": [foreign]}),
        ):
            with pytest.raises(refused):
                filing.appeal(scope, task_id, **said)
    with road.acting_as(road.cast.minji, reading=True) as scope:
        until = filing.chance(scope, task_id).until
    assert until is not None
    now, road.now = road.now, until + timedelta(seconds=1)
    with pytest.raises(filing.TooLate):
        appeal(road, task_id)
    road.now = now
    appeal(road, task_id)
    with pytest.raises(gate.AppealedAlready):
        appeal(road, task_id)
    assert broken(road) == []


@ON_SQLITE
def test_the_first_judge_the_hand_itself_and_strangers_never_judge_an_appeal(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", BLURRED)
    found = appeal(road, inspection.task_id)
    with road.acting_as(road.cast.haneul) as scope:
        people.invite(scope, login="minji@example.com", name="Minji", role="reviewer")
    both = Person(road.cast.minji.name, road.cast.shop_id, type(road.cast.minji.actor)(id=road.cast.minji.actor.id, role="reviewer"))  # fmt: skip
    for who, refusal in (
        (road.cast.boram, seconds.FirstJudge),
        (both, seconds.OwnAppeal),
        (road.cast.stranger, NotFound),
    ):
        with pytest.raises(refusal):
            judge(road, found, "accept", who=who)
        with road.acting_as(who, reading=True) as scope:
            assert (reads.queue(scope).rows, reads.waiting(scope)) == ([], 0)
    with pytest.raises(CriticalFails):
        judge(road, found, "accept", WRONG)
    with pytest.raises(NotFound), road.acting_as(both, reading=True) as scope:
        reads.second(scope, found.id)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert [row.id for row in reads.queue(scope).rows] == [found.id]
    assert road.task(inspection.task_id).state == "rework"


@ON_SQLITE
def test_an_owner_alone_may_look_again_at_her_own_verdict_and_it_says_so(road: Road) -> None:
    with road.acting_as(road.cast.haneul) as scope:
        scope.session.execute(update(Membership).values(accepted_at=road.now))
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", BLURRED, who=road.cast.haneul)
    found = appeal(road, inspection.task_id)
    with pytest.raises(seconds.FirstJudge):
        judge(road, found, "accept")
    with road.acting_as(road.cast.haneul) as scope:
        members = people.members(scope)
        people.leave(scope, next(one.id for one in members if one.role == "reviewer"))
        assert reads.waiting(scope) == 1
    assert judge(road, found, "accept").alone is True
    assert broken(road) == []


CHANGES = (
    "UPDATE inspections SET verdict = 'accept' WHERE state = 'judged'",
    "UPDATE inspections SET state = 'waiting', verdict = '', judged_at = NULL WHERE state = 'judged'",
    "DELETE FROM inspections WHERE state = 'judged'",
    "UPDATE defects SET severity = 'minor'",
    "DELETE FROM defects",
    "UPDATE appeals SET state = 'upheld' WHERE state = 'overturned'",
    "DELETE FROM appeals WHERE state = 'overturned'",
    "UPDATE looks SET verdict = 'reject'",
    "UPDATE looks SET found = '{}'",
    "UPDATE looks SET settled = ''",
    "UPDATE looks SET settled = 'reject', settled_by = 2",
    "UPDATE looks SET state = 'dropped', verdict = '', judged_at = NULL",
    "DELETE FROM looks",
)


@pytest.mark.both
def test_the_database_lets_nobody_change_what_was_judged(ended: Road) -> None:
    with ended.acting_as(ended.cast.haneul) as scope:
        for said in CHANGES:
            with pytest.raises(DBAPIError), scope.session.begin_nested():
                scope.session.execute(text(said))


@pytest.fixture
def ended(road: Road) -> Road:
    """An appeal that overturned a verdict, and a second look at it, of which the owner said what is so."""
    road.rules(second_percent=100)
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", BLURRED)
    judge(road, appeal(road, inspection.task_id), "accept")
    with road.acting_as(road.cast.haneul) as scope:
        look = scope.session.scalars(select(Look)).one()
        look.number, look.drawn_at, look.due_at = 1_000, scope.now, scope.now
        look.state = "waiting"
    with road.acting_as(road.cast.haneul) as scope:
        review.judge(scope, 1_000, version=1, verdict="accept")
    with road.acting_as(road.cast.haneul) as scope:
        settling.settle(scope, look.id, verdict="accept", codes=[])
    return road


@ON_SQLITE
def test_whoever_gets_past_the_guards_is_named_by_the_doctor(ended: Road) -> None:
    """The triggers fall, as for whoever owns the database; the journal still tells."""
    _past_the_guards(ended, "UPDATE inspections SET score = 100")
    assert broken(ended) == ["qa.verdict_changed"]
    _past_the_guards(ended, "UPDATE inspections SET score = 95", "DELETE FROM defects")
    assert broken(ended) == ["qa.sent_back_for_nothing", "qa.verdict_changed"]
    _past_the_guards(ended, "UPDATE appeals SET second_id = against_id, alone = true")
    assert "qa.appeal_changed" in broken(ended)
    assert "qa.look_changed" not in broken(ended)
    _past_the_guards(ended, "UPDATE looks SET verdict = 'send_back'")
    assert "qa.look_changed" in broken(ended)


def _past_the_guards(road: Road, *statements: str) -> None:
    with road.acting_as(road.cast.haneul) as scope:
        for name in scope.session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            if name.startswith(("inspections", "defects", "appeals", "looks")):
                scope.session.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            scope.session.execute(text(statement))


@ON_SQLITE
def test_a_second_reviewer_cannot_look_the_first_verdict_up(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", BLURRED)
    appeal(road, inspection.task_id)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert reads.is_blind(scope, inspection.id) is not None
    with road.acting_as(road.cast.boram, reading=True) as scope:
        assert reads.is_blind(scope, inspection.id) is None
        assert queries.desk(scope, inspection.id).at_hand.verdict == "send_back"
