"""A newcomer's whole way in: learned, tried on gold, a pilot under the eyes of all, and then work like anybody's."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from partners import clearing, people, standings
from partners.models import Partner
from partners.training import accompanying, learning, shelf, writing
from partners.training.accompanying import BadPilot
from partners.training.models import Pilot, SampleTry
from partners.training.trying import BadSample
from qa.models import Draw
from qa.samples import making
from qa.samples.making import Wanted
from security.models import Membership
from security.news import MemberJoined
from tasks import dispatch, sops, surveying
from tasks.models import Sop
from tests.qa.road import BLURRED, Road


def _join(road: Road) -> None:
    """Sujin comes anew to a shop that asks for all of it."""
    with road.acting_as(road.cast.haneul) as scope:
        card = scope.session.get_one(Partner, road.cast.sujin.partner_id)
        card.state, card.joined_at = "left", scope.now
        scope.session.flush()
        member = scope.session.get_one(Membership, card.id)
        scope.tell(MemberJoined(member.id, member.account_id, "partner"))


def _state(road: Road) -> str:
    with road.acting_as(road.cast.sujin, reading=True) as scope:
        return scope.session.get_one(Partner, road.cast.sujin.partner_id).state


def _learn(road: Road, module_id: int) -> None:
    with road.acting_as(road.cast.sujin) as scope:
        own = learning.own_of(scope, module_id)
        learning.tick(scope, module_id, own.edition.id, parts=range(len(own.content.parts)))
        picked = [question.right for question in own.content.questions]
        learning.hand_in(scope, module_id, own.edition.id, picked=picked)


def _refused(road: Road) -> dict[str, object]:
    with road.acting_as(road.cast.sujin) as scope, pytest.raises(dispatch.NotReady) as refused:
        dispatch.claim_next(scope)
    return refused.value.facts


def _one_more(road: Road, who, *defects) -> str:
    """A piece that is claimed, done, drawn and judged; gives why it was drawn."""
    road.receive(2)
    task_id = road.task_of(road.order())
    assert road.claim_next(who) == task_id
    road.finish(who, task_id)
    road.judge(road.inspection(task_id), "reject" if defects else "accept", *defects)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return scope.session.scalars(select(Draw.reason).order_by(Draw.id.desc()).limit(1)).one()


def test_a_newcomer_learns_tries_and_is_accompanied(road: Road, signed_in) -> None:
    haneul, sujin = road.cast.haneul, road.cast.sujin
    road.rules(newcomer_n=0, revision_n=0, sample_percent=1)
    with road.acting_as(haneul) as scope:
        module_id = writing.make(scope, replace(shelf.book("packing", "ko"), questions=()))
        writing.publish(scope, module_id, asks_again=False, holds_from=scope.now)
        writing.set_whom(scope, module_id, whom="all", on_drop=False)
        revision = sops.published(scope, "packing")
        check = next(item for item in making.items(revision.items) if item.type == "check")
        with pytest.raises(BadSample):
            making.make(scope, revision.sop_id, Wanted("컵", "금이 간 컵", {check.key: "0"}, {}))
        sample_id = making.make(
            scope,
            revision.sop_id,
            Wanted("금 간 컵", "컵 하나에 금이 가 있어요", {check.key: "0"}, {check.key: "보내면 안 돼요"}),
        )
        with pytest.raises(BadPilot):
            accompanying.set_terms(scope, goal=9, held=1)
        accompanying.set_terms(scope, goal=10, held=1)
    _join(road)
    assert (_state(road), _refused(road)["next_url"]) == ("training", "/my-papers")
    _learn(road, module_id)
    assert (_state(road), _refused(road)) == (
        "sample", {"pieces": "금 간 컵", "next_url": f"/my-training/samples/{sample_id}"},
    )  # fmt: skip
    browser = signed_in(sujin)
    page = f"/my-training/samples/{sample_id}"
    for ticked, said in (("1", "보내면 안 돼요"), ("0", "모두 잘했어요!")):
        form = {"csrf": browser.csrf, f"answer-{check.key}": ticked}
        assert browser.post(page, data=form).status_code == 302
        assert browser.get(page).text.count(said) == 1
    assert _state(road) == "pilot"
    with road.acting_as(haneul, reading=True) as scope:
        assert [row.passed for row in scope.session.scalars(select(SampleTry).order_by(SampleTry.id))] == [
            False,
            True,
        ]
        assert (people.hands(scope)[-1][0], standings.most_held(scope, sujin.partner_id)) == (
            sujin.partner_id,
            1,
        )
    road.receive(4)
    first, second = road.task_of(road.order()), road.task_of(road.order())
    road.claim(sujin, first)
    with pytest.raises(dispatch.AtCapacity) as full:
        road.claim(sujin, second)
    assert full.value.facts == {"held": 1, "capacity": 1}
    road.finish(sujin, first)
    road.judge(road.inspection(first), "accept")
    road.hand_in(sujin, second)
    road.judge(road.inspection(second), "accept")
    assert [_one_more(road, sujin) for _ in range(7)] == ["pilot"] * 7
    with road.acting_as(sujin, reading=True) as scope:
        held = accompanying.own(scope)
        assert held is not None
        assert (held.progress.done, held.progress.goal, held.progress.stands) == (9, 10, "going")
    assert browser.get("/my-training").text.count("9 / 10") == 2  # in words, and in the bar
    assert (_one_more(road, sujin), _state(road)) == ("pilot", "active")
    with road.acting_as(haneul, reading=True) as scope:
        row = scope.session.scalars(select(Pilot)).one()
        assert (row.done, row.ended_at, standings.most_held(scope, sujin.partner_id)) == (10, road.now, 3)
        assert clearing.pieces_of(scope, sujin.partner_id)[0].until > road.now
        assert scope.session.scalar(select(Sop.kind).where(Sop.id == revision.sop_id)) == "packing"


def test_a_pilot_that_goes_badly_goes_on_and_may_be_called_off(road: Road) -> None:
    with road.acting_as(road.cast.haneul) as scope:
        accompanying.set_terms(scope, goal=10, held=2)
    _join(road)
    assert _state(road) == "pilot"
    for _ in range(10):
        _one_more(road, road.cast.sujin, BLURRED)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        (seen,) = accompanying.every(scope)
        assert (seen.progress.done, seen.progress.stands) == (10, "doubted")
    assert _state(road) == "pilot"
    with road.acting_as(road.cast.haneul) as scope:
        accompanying.set_terms(scope, goal=0, held=2)
    assert _state(road) == "active"
    with road.acting_as(road.cast.sujin, reading=True) as scope:
        assert surveying.near(scope).state == "active"
