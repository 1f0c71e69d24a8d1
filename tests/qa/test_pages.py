"""The doors of judging: happy, refused, stranger; and that nothing a reviewer put down is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from base.clock import utcnow
from qa import queries, waiting
from qa.models import Defect, Inspection
from security import people
from security.models import Membership
from stock.models import Level
from tests.cast import Person
from tests.qa.road import LOOSE, Road


@pytest.fixture
def at(road: Road, signed_in):
    """A browser of somebody; the doors go by the real clock, so the story is told of the last hour."""
    road.now = utcnow() - timedelta(hours=1)
    return signed_in


def form(client, inspection: Inspection, verdict: str, **fields: object) -> dict[str, object]:
    return {"csrf": client.csrf, "version": str(inspection.version), "verdict": verdict} | fields


def test_an_empty_queue_teaches(road: Road, at) -> None:
    page = at(road.cast.boram).get("/inspections")
    assert (page.status_code, page.text.count("제출된 작업이 여기 모여요")) == (200, 1)


def test_the_queue_shows_the_most_urgent_first_and_never_whose_it_is(road: Road, at) -> None:
    later, sooner = road.waiting(road.cast.minji), None
    road.receive(2)
    sooner_task = road.task_of(road.order(ship_by=road.now + timedelta(hours=1)))
    road.hand_in(road.cast.sujin, sooner_task)
    sooner = road.inspection(sooner_task)
    page = at(road.cast.boram).get("/inspections").text
    assert page.index(f"/inspections/{sooner.id}") < page.index(f"/inspections/{later.id}")
    assert [page.count(name) for name in ("Minji", "Sujin", "2건이 기다려요.")] == [0, 0, 1]


def test_the_desk_shows_the_evidence_and_hides_the_hand(road: Road, at) -> None:
    inspection = road.waiting(road.cast.minji)
    page = at(road.cast.boram).get(f"/inspections/{inspection.id}")
    assert page.status_code == 200
    seen = [
        page.text.count(words)
        for words in ("Minji", "MUG-01", 'data-key="a"', 'data-key="s"', 'data-key="r"')
    ]
    assert seen[0] == 0
    assert min(seen[1:]) >= 1
    assert [page.text.count(f'data-key="{place}"') for place in range(1, 9)] == [1] * 8


def test_one_decision_leads_to_the_next(road: Road, at) -> None:
    first, second = road.waiting(road.cast.minji), road.waiting(road.cast.minji)
    boram = at(road.cast.boram)
    answer = boram.post(f"/inspections/{first.id}/verdict", data=form(boram, first, "accept"))
    assert (answer.status_code, answer.location) == (302, f"/inspections/{second.id}")
    answer = boram.post(f"/inspections/{second.id}/verdict", data=form(boram, second, "accept"))
    assert (answer.status_code, answer.location) == (302, "/inspections")
    assert len(road.pay()) == 2


@pytest.mark.both
def test_what_was_ticked_written_and_drawn_goes_back_to_the_hand(road: Road, at) -> None:
    inspection = road.waiting(road.cast.minji)
    photo = road.photo(inspection.task_id)
    boram = at(road.cast.boram)
    fields = {
        "defect": ["photo_unclear", "bad_seal"],
        "note-photo_unclear": "송장이 흐려요",
        "severity-bad_seal": "minor",
        "mark": f"{photo}:10,20,30,40 {photo}:50,50,10,10",
        "note": "다시 부탁해요",
    }
    answer = boram.post(
        f"/inspections/{inspection.id}/verdict", data=form(boram, inspection, "send_back", **fields)
    )
    assert answer.status_code == 302
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        rows = scope.session.scalars(select(Defect).order_by(Defect.id)).all()
        seen = [(d.code, d.item, d.severity, d.note, d.photo_id, d.x, d.y, d.w, d.h) for d in rows]
    assert seen == [
        ("bad_seal", "seal", "minor", "", None, None, None, None, None),
        ("photo_unclear", "packed_photo", "minor", "송장이 흐려요", photo, 100, 200, 300, 400),
        ("photo_unclear", "packed_photo", "minor", "송장이 흐려요", photo, 500, 500, 100, 100),
    ]
    assert road.task(inspection.task_id).state == "rework"


REFUSED = [
    ("send_back", {"note": "왜냐하면"}, "이유가 필요해요."),
    ("accept", {"defect": ["wrong_item"]}, "치명 불량이 있으면"),
    ("send_back", {"defect": ["bad_seal"], "mark": "scribble"}, "고른 불량이나 사진의 표시를"),
    ("accept", {"mark": "1:1,1,5,5"}, "고른 불량이나 사진의 표시를"),
    ("accept", {"version": "x"}, "이 화면이 오래됐어요."),
]


def test_a_refused_verdict_keeps_what_was_put_down(road: Road, at) -> None:
    inspection = road.waiting(road.cast.minji)
    boram = at(road.cast.boram)
    for verdict, fields, code in REFUSED:
        data = form(boram, inspection, verdict, **({"note": "적던 말"} | fields))
        answer = boram.post(f"/inspections/{inspection.id}/verdict", data=data)
        assert (answer.status_code, answer.text.count(code)) == (422, 1)
        assert answer.text.count(str(data["note"])) == 1
        assert answer.text.count("checked") == len(fields.get("defect", ()))
    assert (road.inspection(inspection.task_id).state, road.task(inspection.task_id).state) == (
        "waiting",
        "inspection",
    )


def test_the_second_reviewer_sees_the_first_verdict_and_their_own_draft(road: Road, at) -> None:
    inspection = road.waiting(road.cast.minji)
    road.judge(inspection, "send_back", LOOSE)
    haneul = at(road.cast.haneul)
    data = form(haneul, inspection, "accept", note="좋아 보여요", defect=["weight_off"])
    answer = haneul.post(f"/inspections/{inspection.id}/verdict", data=data)
    assert answer.status_code == 409
    words = ("다른 분이 먼저 판정했어요.", "이미 판정했어요: 돌려보냄", "좋아 보여요", 'name="verdict"')
    assert [answer.text.count(said) for said in words] == [1, 1, 1, 0]
    assert road.pay() == []


@pytest.mark.both
def test_a_verdict_that_cannot_be_carried_out_is_undone_before_the_page_is_shown(road: Road, at) -> None:
    inspection = road.waiting(road.cast.minji)
    with road.acting_as(road.cast.haneul) as scope:
        for level in scope.session.scalars(select(Level).where(Level.on_hand == 2)):
            level.on_hand = 1
    boram = at(road.cast.boram)
    answer = boram.post(f"/inspections/{inspection.id}/verdict", data=form(boram, inspection, "accept"))
    assert (answer.status_code, answer.text.count('name="verdict"')) == (409, 3)
    assert (road.inspection(inspection.task_id).state, road.pay()) == ("waiting", [])


def test_a_script_is_answered_in_json(road: Road, at) -> None:
    inspection = road.waiting(road.cast.minji)
    boram = at(road.cast.boram)
    json = {"Accept": "application/json"}
    where = f"/inspections/{inspection.id}/verdict"
    refused = boram.post(where, data=form(boram, inspection, "reject"), headers=json)
    assert (refused.status_code, refused.json["code"], refused.json["field"]) == (
        422,
        "qa.reason_missing",
        "note",
    )
    done = boram.post(where, data=form(boram, inspection, "accept"), headers=json)
    said = {"next_url": "/inspections", "text": "A00001을 통과시켰어요."}
    assert (done.status_code, done.json) == (200, said)


def test_sent_twice_it_is_judged_once(road: Road, at) -> None:
    inspection = road.waiting(road.cast.minji)
    boram = at(road.cast.boram)
    data = form(boram, inspection, "accept", client_id="the-same-act-twice")
    answers = [boram.post(f"/inspections/{inspection.id}/verdict", data=data) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(302, "/inspections")] * 2
    assert len(road.pay()) == 1


@pytest.mark.both
def test_ones_own_work_is_shown_without_a_verdict_to_give(road: Road, at) -> None:
    with road.acting_as(road.cast.haneul) as scope:
        people.invite(scope, login="haneul@example.com", name="Haneul", role="partner")
        member = scope.session.scalars(
            select(Membership).where(
                Membership.account_id == road.cast.haneul.actor.id, Membership.role == "partner"
            )
        ).one()
    packer = Person(
        "haneul", road.cast.shop_id, type(road.cast.haneul.actor)(member.account_id, "partner", member.id)
    )
    inspection = road.waiting(packer)
    with road.acting_as(road.cast.haneul) as scope:
        assert [row.id for row in waiting.queue(scope).rows] == []
        assert queries.desk(scope, inspection.id).own


def test_judging_is_not_for_partners_or_strangers(road: Road, at, client) -> None:
    inspection = road.waiting(road.cast.minji)
    minji, stranger = at(road.cast.minji), at(road.cast.stranger)
    for path, elsewhere in (
        ("/inspections", 200),
        ("/own-record", 200),
        (f"/inspections/{inspection.id}", 404),
    ):
        other = stranger.get(path)
        assert (minji.get(path).status_code, client.get(path).status_code, other.status_code) == (
            403,
            302,
            elsewhere,
        )
        assert other.text.count("A00001") == 0


def test_another_shops_inspection_cannot_be_judged(road: Road, at) -> None:
    inspection = road.waiting(road.cast.minji)
    stranger = at(road.cast.stranger)
    answers = [
        stranger.post(f"/inspections/{id_}/verdict", data=form(stranger, inspection, "accept")).status_code
        for id_ in (inspection.id, 999_999)
    ]
    assert answers == [404, 404]


def test_ones_own_record(road: Road, at) -> None:
    first, second = road.waiting(road.cast.minji), road.waiting(road.cast.sujin)
    boram = at(road.cast.boram)
    assert boram.get("/own-record").text.count("4주 동안 검수한 것이 없어요.") == 2
    for inspection, verdict, fields in (
        (first, "accept", {}),
        (second, "send_back", {"defect": ["bad_seal"]}),
    ):
        boram.post(f"/inspections/{inspection.id}/verdict", data=form(boram, inspection, verdict, **fields))
    road.counted()
    page = boram.get("/own-record")
    assert (page.status_code, page.text.count("4주 동안 2건을 검수했어요.")) == (200, 1)
    assert page.text.count("10건이 모이면 보여요") == 3
    assert at(road.cast.haneul).get("/own-record").text.count("4주 동안 검수한 것이 없어요.") == 2
