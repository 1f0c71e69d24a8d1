"""What verdicts make of a partner's standing: counted once, told with its cause, asked about and answered."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from partners import skills, standing_reads, standings
from partners.models import Standing, StandingChange
from partners.standings import Verdict
from qa.crediting import first_verdicts
from security.models import AuditEntry
from talk.models import Notice
from tasks import day
from tasks.claiming import AtCapacity
from tests.attacks.estate import ON_SQLITE
from tests.cast import MONDAY
from tests.qa.road import LOOSE, Road


def stand(road: Road, person):
    with road.acting_as(person, reading=True) as scope:
        return standing_reads.of_partner(scope, person.partner_id)


def pieces(road: Road, person, signs: str, *, kind: str = "packing") -> None:
    """First verdicts as they would have come from the desk, `+` passed and `-` not, an hour apart."""
    with road.acting_as(road.cast.haneul) as scope:
        for place, sign in enumerate(signs):
            at = road.now + timedelta(hours=place)
            verdict = Verdict(person.partner_id, kind, 1000 + place, sign == "+", at)
            standings.count(scope, verdict, past=lambda said=verdict: [said])
        road.now = at


@pytest.mark.both
def test_a_verdict_is_counted_once_and_rework_is_not(road: Road):
    minji = road.cast.minji
    first = road.waiting(minji)
    road.judge(first, "send_back", LOOSE, note="다시 붙여 주세요")
    road.later(hours=1)
    road.mend(minji, first.task_id)
    road.judge(road.inspection(first.task_id), "accept")
    road.judge(road.waiting(minji), "accept")
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        row = scope.session.scalars(select(Standing)).one()
        assert (row.partner_id, row.kind, row.n, row.band) == (minji.partner_id, "packing", 2, "new")
        assert [said.passed for said in first_verdicts(scope, minji.partner_id, "packing")] == [False, True]
    assert (stand(road, minji)[0].share, stand(road, minji)[0].missing) == (None, 8)


@ON_SQLITE
def test_what_was_judged_before_standings_were_kept_is_counted_with_the_next(road: Road):
    minji = road.cast.minji
    road.judge(road.waiting(minji), "accept")
    with road.acting_as(road.cast.haneul) as scope:
        scope.session.delete(scope.session.scalars(select(Standing)).one())
    road.judge(road.waiting(minji), "accept")
    assert [one.n for one in stand(road, minji)] == [2]


@ON_SQLITE
def test_a_change_names_its_cause_and_is_asked_about_and_answered(road: Road, signed_in):
    minji, haneul = road.cast.minji, road.cast.haneul
    pieces(road, minji, "-" * 10)
    with road.acting_as(haneul, reading=True) as scope:
        change = scope.session.scalars(select(StandingChange)).one()
        assert (change.before, change.after, change.cause, change.task_id) == (
            "new",
            "watched",
            "judged",
            1009,
        )
        told = scope.session.execute(select(Notice.account_id, Notice.role, Notice.kind)).all()
        assert [tuple(row) for row in told] == [(minji.actor.id, "partner", "standing")]
        assert (change.n, change.share, change.low, change.high, change.wanted) == (10, 0, 0, 278, 90)
        assert scope.session.scalars(
            select(AuditEntry.act).where(AuditEntry.act.like("standing.%"))
        ).all() == ["standing.changed"]
    hers, theirs = signed_in(minji), signed_in(haneul)
    asked = f"/standing/changes/{change.id}/question"
    assert hers.post(asked, data={"csrf": hers.csrf, "words": "  "}).status_code == 422
    assert (
        hers.post(asked, data={"csrf": hers.csrf, "words": "사진이 흐린 것은 조명 때문이었어요"}).status_code
        == 302
    )
    assert hers.post(asked, data={"csrf": hers.csrf, "words": "다시"}).status_code == 409
    assert theirs.get("/partners").text.count("믿음에 대해 물어봤어요") == 1
    page = theirs.get(f"/partners/{minji.partner_id}/standing")
    assert page.text.count("조명 때문이었어요") == 1
    said = f"/standing/changes/{change.id}/answer"
    assert theirs.post(said, data={"csrf": theirs.csrf, "words": "조명을 보내 드릴게요"}).status_code == 302
    assert theirs.post(said, data={"csrf": theirs.csrf, "words": "또"}).status_code == 409
    assert hers.get("/standing").text.count("조명을 보내 드릴게요") == 1


@ON_SQLITE
def test_nobody_sees_or_asks_about_anothers(road: Road, signed_in):
    minji, sujin, stranger = road.cast.minji, road.cast.sujin, road.cast.stranger
    pieces(road, minji, "-" * 10)
    other = signed_in(sujin)
    assert (
        other.post("/standing/changes/1/question", data={"csrf": other.csrf, "words": "왜"}).status_code
        == 404
    )
    assert other.get(f"/partners/{minji.partner_id}/standing").status_code == 403
    outside = signed_in(stranger)
    assert outside.get(f"/partners/{minji.partner_id}/standing").status_code == 404
    assert (
        outside.post("/standing/changes/1/answer", data={"csrf": outside.csrf, "words": "왜"}).status_code
        == 404
    )
    assert signed_in(road.cast.boram).get("/standing").status_code == 403


@ON_SQLITE
def test_a_verdict_turned_round_is_put_right(road: Road):
    minji = road.cast.minji
    pieces(road, minji, "+" * 8 + "-" * 4)
    assert stand(road, minji)[0].band == "watched"
    with road.acting_as(road.cast.haneul) as scope:
        for place in (10, 11):
            at = MONDAY + timedelta(hours=place)
            standings.mend(scope, Verdict(minji.partner_id, "packing", 1000 + place, True, at))
        changes = scope.session.execute(
            select(StandingChange.after, StandingChange.cause).order_by(StandingChange.id)
        ).all()
        assert [tuple(row) for row in changes][-1] == ("steady", "turned")
        assert scope.session.scalar(select(func.count()).select_from(Standing)) == 1
    assert (stand(road, minji)[0].band, stand(road, minji)[0].share) == ("steady", 83)


@pytest.mark.both
def test_who_is_watched_holds_two_at_most_until_the_band_lifts(road: Road):
    minji = road.cast.minji
    pieces(road, minji, "-" * 10, kind="listing")
    road.receive(8)
    tasks = [road.task_of(road.order()) for _ in range(4)]
    for task_id in tasks[:2]:
        road.claim(minji, task_id)
    with pytest.raises(AtCapacity) as refused:
        road.claim(minji, tasks[2])
    assert refused.value.facts == {"held": 2, "capacity": 2}
    with road.acting_as(minji, reading=True) as scope:
        assert day.today(scope).capacity == 2
    pieces(road, minji, "+" * 60, kind="listing")
    road.claim(minji, tasks[2])


@ON_SQLITE
def test_all_work_of_who_is_watched_is_inspected(road: Road):
    road.rules(newcomer_n=0, revision_n=0, sample_percent=1)
    pieces(road, road.cast.minji, "-" * 10)
    assert {road.waiting(road.cast.minji).reason for _ in range(3)} == {"below"}


@ON_SQLITE
def test_trust_gives_the_skill_that_is_earned_and_being_watched_takes_it(road: Road, signed_in):
    minji, sujin, haneul = road.cast.minji, road.cast.sujin, signed_in(road.cast.haneul)
    pieces(road, sujin, "+" * 36, kind="listing")
    asked = {"csrf": haneul.csrf, "name": "선물 포장", "earned_in": "listing"}
    assert haneul.post("/skills", data=asked | {"earned_in": "nothing"}).status_code == 404
    assert haneul.post("/skills", data=asked).status_code == 302
    pieces(road, minji, "+" * 36, kind="listing")
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert skills.holders(scope) == {sujin.partner_id: [1], minji.partner_id: [1]}
        assert [one.by for one in skills.of(scope, minji.partner_id)] == [0]  # the house
    pieces(road, minji, "-" * 36, kind="listing")
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert skills.holders(scope) == {sujin.partner_id: [1]}
