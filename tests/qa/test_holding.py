"""Two reviewers at their desks: what one has open is not offered to the other, and never judged by both."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from base.clock import utcnow
from base.errors import NotFound
from base.scope import persistently
from qa import holding, records, review, waiting
from qa.models import Inspection
from tests.cast import Person
from tests.qa.road import LOOSE, Road


def held(road: Road, who: Person, wanted: int = 0) -> int | None:
    with road.acting_as(who) as scope:
        return holding.hold_next(scope, wanted=wanted)


def offered(road: Road, who: Person) -> tuple[list[int], int, int]:
    """The queue of somebody, how many it counts, and how many are at other desks."""
    with road.acting_as(who, reading=True) as scope:
        ids = [row.id for row in waiting.queue(scope).rows]
        return ids, waiting.count(scope), waiting.elsewhere(scope)


def test_what_one_has_open_is_not_offered_to_the_other(road: Road) -> None:
    boram, haneul = road.cast.boram, road.cast.haneul
    first, second, third = (road.waiting(road.cast.minji).id for _ in range(3))
    assert (held(road, boram), held(road, haneul)) == (first, second)
    assert offered(road, boram) == ([first, third], 2, 1)
    assert offered(road, haneul) == ([second, third], 2, 1)
    assert held(road, haneul, wanted=third) == third  # going on lets go of the one before
    assert offered(road, boram) == ([first, second], 2, 1)
    assert held(road, boram, wanted=third) == first  # what was expected is at another desk by now


def test_the_other_is_told_and_judges_nothing(road: Road) -> None:
    boram, haneul = road.cast.boram, road.cast.haneul
    inspection = road.waiting(road.cast.minji)
    held(road, boram)
    with road.acting_as(haneul) as scope, pytest.raises(holding.HeldByOther):
        holding.hold(scope, inspection.id)
    with pytest.raises(review.HeldByOther):
        road.judge(inspection, "accept", who=haneul)
    assert (road.inspection(inspection.task_id).state, road.pay()) == ("waiting", [])
    road.judge(inspection, "accept", who=boram)
    with road.acting_as(boram) as scope, pytest.raises(holding.JudgedMeanwhile):
        holding.hold(scope, inspection.id)


def test_what_was_left_open_comes_back_after_a_while(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    held(road, road.cast.boram)
    road.now += holding.HELD_FOR
    assert offered(road, road.cast.haneul) == ([inspection.id], 1, 0)
    road.judge(inspection, "accept", who=road.cast.haneul)
    with pytest.raises(review.JudgedAlready):
        road.judge(inspection, "send_back", LOOSE, who=road.cast.boram)


def test_nobody_holds_their_own_work_or_another_shops(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    with road.acting_as(road.cast.stranger) as scope, pytest.raises(NotFound):
        holding.hold(scope, inspection.id)
    packer = type(road.cast.minji.actor)(road.cast.minji.actor.id, "reviewer")
    both = Person("minji", road.cast.shop_id, packer)
    assert held(road, both) is None
    with road.acting_as(both) as scope, pytest.raises(review.OwnWork):
        holding.hold(scope, inspection.id)


@pytest.mark.both
def test_two_who_begin_at_once_begin_with_different_work(road: Road) -> None:
    ids = {road.waiting(road.cast.minji).id for _ in range(2)}
    people = (road.cast.boram, road.cast.haneul)
    with ThreadPoolExecutor(2) as both:
        found = list(both.map(lambda who: persistently(lambda: held(road, who)), people))
    assert set(found) == ids


@pytest.mark.both
def test_the_look_is_measured_from_opening_to_the_verdict(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    held(road, road.cast.boram)
    road.later(seconds=40)
    held(road, road.cast.boram, wanted=inspection.id)  # the desk asks again while it is open
    road.later(seconds=5)
    road.judge(inspection, "accept")
    with road.acting_as(road.cast.boram, reading=True) as scope:
        row = scope.session.scalars(select(Inspection)).one()
        assert (row.look_s, row.held_by, row.held_at, row.held_until) == (45, None, None, None)
        assert records.own(scope).look_s is None  # one look says nothing yet


def test_the_doors_of_holding(road: Road, signed_in, client) -> None:
    road.now = utcnow() - timedelta(hours=1)
    inspection = road.waiting(road.cast.minji)
    boram, haneul, minji = (signed_in(who) for who in (road.cast.boram, road.cast.haneul, road.cast.minji))
    desk, json = f"/inspections/{inspection.id}", {"Accept": "application/json"}
    started = boram.post("/inspections/next", data={"csrf": boram.csrf})
    kept = boram.post(f"{desk}/hold", data={"csrf": boram.csrf}, headers=json)
    assert (started.status_code, started.location, kept.json) == (302, desk, {"seconds": 900})
    refused = haneul.post(f"{desk}/hold", data={"csrf": haneul.csrf}, headers=json)
    assert (refused.status_code, refused.json["code"]) == (409, "qa.held_by_other")
    page = haneul.get(desk)
    assert (page.status_code, page.text.count("지금 다른 분이 이 제출을 검수하고"), page.text.count('name="verdict"')) == (200, 1, 0)  # fmt: skip
    assert haneul.get("/inspections").text.count("다른 분이 한 건을 보고 있어서 빼 두었어요.") == 1
    nothing = haneul.post("/inspections/next", data={"csrf": haneul.csrf})
    assert (nothing.status_code, nothing.location) == (302, "/inspections")
    assert minji.post(f"{desk}/hold", data={"csrf": minji.csrf}).status_code == 403
    stranger = signed_in(road.cast.stranger)
    assert stranger.post(f"{desk}/hold", data={"csrf": stranger.csrf}).status_code == 404
    assert client.post(f"{desk}/hold").status_code in {302, 401}


def test_the_desk_fetched_ahead_counts_the_one_before_as_done(road: Road, signed_in) -> None:
    road.now = utcnow() - timedelta(hours=1)
    first, second = road.waiting(road.cast.minji), road.waiting(road.cast.minji)
    boram = signed_in(road.cast.boram)
    listed = [
        boram.get(f"/inspections/{second.id}{query}").text.count(f'href="/inspections/{first.id}"')
        for query in ("", f"?done={first.id}", "?done=x")
    ]
    assert listed == [2, 0, 2]  # in the list, and as the one before
