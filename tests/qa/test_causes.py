"""Escapes follow a claim back to the work; a bad week alarms once; actions are judged by what came after."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event, insert, select, update

import app as front
from base.clock import utcnow
from base.errors import NotFound, Stale
from base.scope import THE_HOUSE, acting
from qa import invariants
from qa.appeals import filing, judging
from qa.board import decisions
from qa.board.drill import window
from qa.causes import actions, alarms, escapes, keeping, reads
from qa.causes.actions import BadAction, Planned
from qa.causes.escapes import NotThatWork
from qa.causes.models import CorrectiveAction, Escape, QualityAlarm
from qa.models import Tally
from qa.tallies import keeping as tallies
from qa.tallies.rules import FOUND, PARTNER, QUALITY, SHOP
from stock import claims
from stock.claim_tables import Claim
from stock.claims import Told
from stock.models import OrderLine
from talk.models import Notice
from tests.api.calling import Program, token_of
from tests.cast import MONDAY, SignedIn
from tests.qa.road import BLURRED, LOOSE, Road

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)


def packed(road: Road, *, judged: bool = True) -> int:
    """An order that left, packed by Minji; looked at, or not drawn."""
    road.receive(2)
    order_id = road.order()
    road.hand_in(road.cast.minji, road.task_of(order_id))
    if judged:
        road.judge(road.inspection(road.task_of(order_id)), "accept")
    return order_id


def claimed(
    road: Road, order_id: int, reason: str = "broken", *, outcome: str = "ours", cost: int = 9000
) -> int:
    with road.acting_as(road.cast.haneul) as scope:
        line = scope.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id)).one()
        made = claims.record(scope, Told(line, "return", reason, 1, road.now))
        claims.settle(scope, made, outcome=outcome, cost=cost, version=1)
        return made


def the_escape(road: Road, claim_id: int) -> Escape | None:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return escapes.of_claim(scope, claim_id)


@ON_SQLITE
def test_a_claim_is_followed_back_to_the_hand_and_the_eye(road: Road, signed_in: SignedIn) -> None:
    looked_at = packed(road)
    road.rules(newcomer_n=0, revision_n=0, sample_percent=1)
    unseen = packed(road, judged=False)
    minji, boram = road.cast.minji.partner_id, road.cast.boram.actor.id
    first, second = (the_escape(road, claimed(road, order_id)) for order_id in (looked_at, unseen))
    assert first is not None
    assert second is not None
    assert (first.task_id, first.partner_id, first.reviewer_id, first.tied, first.won) == (
        road.task_of(looked_at), minji, boram, "house", 9000,
    )  # fmt: skip
    assert (second.task_id, second.partner_id, second.inspection_id) == (road.task_of(unseen), minji, None)
    assert the_escape(road, claimed(road, unseen, outcome="goodwill")) is None
    late = claimed(road, unseen, "late")
    assert getattr(the_escape(road, late), "tied", "") == "nobody"
    with road.acting_as(road.cast.haneul) as scope:
        assert [(one.code, one.count) for one in decisions.decisions(scope)] == [("untied_escapes", 1)]
        with pytest.raises(NotThatWork):
            escapes.tie(scope, late, road.task_of(looked_at))
        escapes.tie(scope, late, None)
        assert decisions.decisions(scope) == []
    road.counted()
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        found = reads.quality(scope, window(scope))
        assert (found.outgoing.lines, found.outgoing.escapes, found.outgoing.inspected) == (2, 3, 1)
        assert found.cost.escape == 27_000
        assert [(bar.key, bar.n) for bar in reads.reasons(scope, window(scope))] == [
            ("broken", 2),
            ("late", 1),
        ]
    with road.acting_as(road.cast.haneul) as scope:
        claims.step(scope, late, "reopen", version=2)
        with pytest.raises(Stale):
            escapes.tie(scope, late, None)
    road.counted()
    browser = signed_in(road.cast.haneul)
    pages = ("/quality", "/quality/escapes", f"/claims/{late}/cause", "/quality/cases", "/quality/rates")
    assert [browser.get(path).status_code for path in (*pages, "/sops/1/effect")] == [200] * 6
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert reads.quality(scope, window(scope)).outgoing.escapes == 2


@ON_SQLITE
def test_work_put_right_later_packed_nothing_that_left(road: Road) -> None:
    """Minji's rejection falls after Sujin's parcel went: both are paid, the escape is of Sujin's work."""
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "reject", LOOSE)
    order_id = road.task(inspection.task_id).order_id or 0
    with road.acting_as(road.cast.minji) as scope:
        appeal = filing.appeal(scope, inspection.task_id, text="테이프는 단단했어요")
    anew = road.task_of(order_id)
    road.later(minutes=5)
    road.hand_in(road.cast.sujin, anew)
    road.judge(road.inspection(anew), "accept")
    road.counted()
    road.later(minutes=5)
    with road.acting_as(road.cast.haneul) as scope:
        judging.judge(scope, appeal.id, verdict="accept", note="맞아요")
    found = the_escape(road, claimed(road, order_id))
    road.counted()
    hands = (road.cast.minji, road.cast.sujin)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert (found and found.task_id, found and found.partner_id) == (anew, road.cast.sujin.partner_id)
        gone = [reads.totals(scope, window(scope), PARTNER, who.partner_id)["out"][0] for who in hands]
        assert (gone, tallies.differences(scope), invariants.findings(scope)) == ([0, 1], [], ())


@ON_SQLITE
def test_the_doctor_finds_an_escape_that_is_none(road: Road) -> None:
    made = claimed(road, packed(road))
    with road.acting_as(road.cast.haneul) as scope:
        scope.session.execute(update(Claim).where(Claim.id == made).values(outcome="goodwill"))
        assert [one.code for one in invariants.findings(scope)] == ["qa.escape_of_nothing"]
        scope.session.execute(update(Claim).where(Claim.id == made).values(outcome="ours", cost=1))
        assert [one.code for one in invariants.findings(scope)] == ["qa.escape_missing"]


def days(road: Road, *failed: int, n: int = 20, dim: tuple[str, int] = (SHOP, 0)) -> None:
    """So many failed of twenty on the days up to yesterday, as the tallies keep them."""
    today = road.now.date()
    rows = [
        {
            "shop_id": road.cast.shop_id, "day": today - timedelta(days=len(failed) - at), "measure": measure,
            "dim": dim[0], "dim_id": dim[1], "n": n if measure == QUALITY else bad,
            "hits": n - bad if measure == QUALITY else bad, "amount": 0,
        }
        for at, bad in enumerate(failed)
        for measure in (QUALITY, FOUND)
    ]  # fmt: skip
    with road.acting_as(road.cast.haneul) as scope:
        scope.session.execute(insert(Tally), rows)


USUAL = (1, 2, 0, 1, 2, 1, 1, 2, 1, 1, 2, 1, 0, 1)


def watched(road: Road) -> None:
    with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
        keeping.keep(scope)


def told(road: Road, kind: str) -> list[tuple[int, str, bool]]:
    """Whom notices of a kind are for, and whether they still wait to be read."""
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        stmt = select(Notice).where(Notice.kind == kind).order_by(Notice.id)
        return [(one.account_id, one.role, one.read_at is None) for one in scope.session.scalars(stmt)]


@ON_SQLITE
def test_a_day_beyond_chance_alarms_once_and_is_answered_once(road: Road, signed_in: SignedIn) -> None:
    days(road, *USUAL, 9, 1)
    days(road, *USUAL, 1, 1, dim=(PARTNER, road.cast.minji.partner_id))
    watched(road)
    watched(road)
    owner = (road.cast.haneul.actor.id, "owner")
    assert told(road, "alarm") == [(*owner, True)]
    with road.acting_as(road.cast.haneul) as scope:
        page = signed_in(road.cast.haneul).get("/quality")
        assert (page.status_code, "그날 하루가 한계를 넘었어요." in page.text) == (200, True)
        waiting = alarms.waiting(scope)
        yesterday = road.now.date() - timedelta(days=2)
        assert [(one.chart, one.dim, one.day, one.rule, one.found) for one in waiting] == [
            ("p", SHOP, yesterday, "beyond", 9),
        ]
        assert ("quality_alarms", 1) in [(one.code, one.count) for one in decisions.decisions(scope)]
        alarms.answer(scope, waiting[0].id, "chance")
        with pytest.raises(Stale):
            alarms.answer(scope, waiting[0].id, "known")
        with pytest.raises(alarms.BadAnswer):
            alarms.answer(scope, waiting[0].id, "whatever")
    with road.acting_as(road.cast.stranger) as scope, pytest.raises(NotFound):
        alarms.answer(scope, waiting[0].id, "chance")
    assert told(road, "alarm") == [(*owner, False)]


@ON_SQLITE
def test_programs_read_the_figures_of_the_page_each_their_own(road: Road) -> None:
    road.now = utcnow()  # calls read the clock
    piece = road.waiting(road.cast.minji)
    road.judge(piece, "accept")
    road.counted()
    days(road, *USUAL, 9, 1)
    watched(road)
    haneul, minji, boram, stranger = (
        Program(front.create_app(road.world).test_client(), token_of(road.world, who)[1])
        for who in (road.cast.haneul, road.cast.minji, road.cast.boram, road.cast.stranger)
    )
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        seen = reads.quality(scope, window(scope))
    told = haneul.get("/quality").json
    assert (told["incoming"]["n"], told["incoming"]["hits"]) == (seen.incoming.n, seen.incoming.hits)
    assert [(one["chart"], one["dim"], one["rule"], one["found"]) for one in told["alarms"]] == [
        ("p", SHOP, "beyond", 9)
    ]
    assert len(told["p"]["points"]) >= len(USUAL)
    assert [haneul.get(f"/quality?{query}").status_code for query in ("days=7&by=partner", "days=9", "by=mood")] == [
        200, 422, 422,
    ]  # fmt: skip
    own = minji.get("/my-quality").json
    assert (own["passed"], own["good"][0]["task_id"]) == (
        {"n": 1, "hits": 1, "percent": None, "low": None, "high": None},
        piece.task_id,
    )
    assert [one["kind"] for one in own["standing"]] == ["packing"]
    assert stranger.get("/quality").json["alarms"] == []
    refused = [
        minji.get("/quality"),
        boram.get("/quality"),
        boram.get("/my-quality"),
        haneul.get("/my-quality"),
    ]
    assert [answer.status_code for answer in refused] == [403] * 4


def planned(road: Road, **told: object) -> int:
    values = {
        "title": "완충재 두 겹", "cause": "한 겹이면 깨져요", "measure": "두 겹으로 싸요", "way": "sop", "dim": SHOP,
        "dim_id": 0, "owner_id": road.cast.haneul.actor.id, "due": road.now.date() + timedelta(days=3),
    }  # fmt: skip
    with road.acting_as(road.cast.haneul) as scope:
        return actions.plan(scope, Planned(**(values | told)))  # type: ignore[arg-type]


def state(road: Road, action_id: int) -> tuple[str, int, str]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        row = scope.session.get_one(CorrectiveAction, action_id)
        return row.state, row.reopened, row.verdict.get("verdict", "")


@ON_SQLITE
@pytest.mark.parametrize(
    ("after", "weeks", "end"),
    [
        ((0,) * 10, 2, ("proven", 0, "better")),
        ((2,) * 27, 4, ("open", 1, "none")),
        ((1, 1), 1, ("done", 0, "")),
    ],
)
def test_an_action_is_judged_by_the_days_after_it(
    road: Road, after: tuple[int, ...], weeks: int, end: tuple[str, int, str]
) -> None:
    days(road, *(4, 3, 4, 3, 4, 3) if end[0] == "proven" else (2, 2, 2, 2, 2, 2))
    made = planned(road)
    with road.acting_as(road.cast.haneul) as scope:
        actions.step(scope, made, "finish", version=1)
        with pytest.raises(Stale):
            actions.step(scope, made, "finish", version=1)
    watched(road)
    assert state(road, made) == ("done", 0, "")
    road.later(days=7 * weeks + 1)
    days(road, *after)
    watched(road)
    assert state(road, made) == end


@ON_SQLITE
def test_who_answers_for_an_action_is_told_on_its_day_once(road: Road) -> None:
    made, owner = planned(road), (road.cast.haneul.actor.id, "owner")
    watched(road)
    assert told(road, "action_due") == []
    road.later(days=3)
    watched(road)
    watched(road)
    assert told(road, "action_due") == [(*owner, True)]
    with road.acting_as(road.cast.haneul) as scope:
        actions.step(scope, made, "finish", version=1)
    assert told(road, "action_due") == [(*owner, False)]


@ON_SQLITE
def test_an_alarm_leads_to_an_action_and_bad_ones_are_refused(road: Road, signed_in: SignedIn) -> None:
    days(road, *USUAL, 9)
    watched(road)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        alarm_id = alarms.waiting(scope)[0].id
    browser = signed_in(road.cast.haneul)
    assert browser.get(f"/quality/actions/new?dim=shop&id=0&alarm={alarm_id}").status_code == 200
    made = planned(road, alarm_id=alarm_id)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert scope.session.get_one(QualityAlarm, alarm_id).answer == "action"
    for wrong, field in (
        ({"title": " "}, "title"),
        ({"way": "magic"}, "way"),
        ({"due": date(2020, 1, 1)}, "due"),
        ({"owner_id": 99999}, "owner"),
        ({"cause": "900101-1234567"}, "cause"),
    ):
        with pytest.raises(BadAction) as refused:
            planned(road, **wrong)
        assert refused.value.facts["field"] == field
    for path in (f"/quality/actions/{made}", "/quality/actions", "/quality"):
        assert browser.get(path).status_code == 200
    assert signed_in(road.cast.minji).get("/quality").status_code == 403
    assert signed_in(road.cast.stranger).get(f"/quality/actions/{made}").status_code == 404


def test_pareto_and_cost_from_what_reviewers_found(road: Road, signed_in: SignedIn) -> None:
    for defects in ((BLURRED, LOOSE), (LOOSE,), ()):
        road.receive(2)
        task_id = road.task_of(road.order())
        road.hand_in(road.cast.minji, task_id)
        road.judge(road.inspection(task_id), "send_back" if defects else "accept", *defects)
    road.counted()
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        span = window(scope)
        ranked = {by: [(bar.key, bar.n) for bar in reads.causes(scope, by, span)] for by in reads.BY}
        assert (ranked["code"], ranked["partner"]) == (
            [("bad_seal", 2), ("photo_unclear", 1)],
            [(str(road.cast.minji.partner_id), 3)],
        )
        assert (ranked["hour"], [n for _key, n in ranked["product"]]) == ([("9", 2)], [3])
        assert (reads.quality(scope, span).incoming.hits, reads.quality(scope, span).returned) == (2, 2)
    browser = signed_in(road.cast.haneul)
    done = browser.post("/quality/rates", data={"csrf": browser.csrf, "hour": "12,000", "piece": "1500"})  # type: ignore[attr-defined]
    assert done.status_code == 302
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert reads.quality(scope, window(scope)).cost.rework == 3000
    for by in reads.BY:
        assert browser.get(f"/quality?by={by}").status_code == 200
    day = MONDAY.date().isoformat()
    cases = browser.get(f"/quality/cases?dim=code:bad_seal&id=0&first={day}&last={day}")
    assert (cases.status_code, cases.text.count("/record")) == (200, 2)


@ON_SQLITE
def test_the_page_reads_sums_and_never_the_rows(road: Road) -> None:
    """So a million inspections cost what ten cost: what is read is a row a day, a measure and a dimension."""
    packed(road)
    days(road, *USUAL)
    said: list[str] = []
    event.listen(road.world.engines.read, "before_cursor_execute", lambda *a: said.append(a[2]))
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        span = window(scope)
        reads.quality(scope, span)
        reads.charts(scope)
        reads.reasons(scope, span)
        for by in reads.BY:
            reads.causes(scope, by, span)
    big = re.compile(r"FROM (inspections|defects|submissions|tasks|orders|order_lines|claims|escapes)\b")
    assert [one for one in said if big.search(one)] == []
    assert 0 < len([one for one in said if "FROM tallies" in one]) <= 9
