"""Batches to their end, on both engines: drawn, passed, failed, tightened, stopped, and begun again."""

import pytest
from sqlalchemy import select, update

from base.errors import NotFound
from base.scope import THE_HOUSE, acting
from qa import invariants
from qa.sampling import batches, states
from qa.sampling.draws import BATCH
from qa.sampling.models import SamplingAction, SamplingState
from qa.sampling.plans import Chosen
from tests.cast import Person
from tests.qa.road import Road
from tests.qa.test_sampling_desks import (
    bare,
    batch_rows,
    choose,
    drawn,
    hand_in_own,
    own_kind,
    settled,
    state,
)


def test_batches_pass_fail_switch_stop_and_come_back(road: Road) -> None:
    """Batches of eight at AQL 2.5: five pieces of each are inspected, and none may be wrong."""
    bare(road)
    kind = own_kind(road, 80)
    choose(road, kind, Chosen(BATCH, 20, aql="2.5", size=8))
    minji = road.cast.minji
    ids = [hand_in_own(road, minji, kind) for _ in range(8)]
    (first,) = batch_rows(road)
    assert (first.state, first.severity, first.size, first.n, first.ac) == ("drawn", "normal", 8, 5, 0)
    inspected = [id_ for id_ in ids if road.task(id_).state == "inspection"]
    assert (len(inspected), {road.task(id_).state for id_ in set(ids) - set(inspected)}) == (5, {"submitted"})
    assert healthy(road)
    for id_ in inspected:
        road.judge(road.inspection(id_), "accept")
    settled(road)
    settled(road)  # what was done is not done again
    assert [road.task(id_).state for id_ in ids] == ["accepted"] * 8
    assert (batch_rows(road)[0].state, state(road, minji, kind).score) == ("passed", 2)
    assert len([line for line in road.pay() if line[0] in ids]) == 8

    failed = fail_batch(road, minji, kind)
    assert {road.task(id_).state for id_ in failed} == {"rejected", "inspection"}
    rest = [id_ for id_ in failed if road.task(id_).state == "inspection"]
    assert {road.inspection(id_).reason for id_ in rest} == {"batch", "batch_failed"}
    assert healthy(road)
    for id_ in rest:
        road.judge(road.inspection(id_), "accept")
    assert state(road, minji, kind).phase == "normal"  # and what came after the failure taught nothing
    fail_batch(road, minji, kind, size=2)
    now = state(road, minji, kind)
    assert (now.phase, now.because) == ("tightened", "two_of_five")
    for _ in range(5):
        fail_batch(road, minji, kind, size=2)
    stopped = state(road, minji, kind)
    assert (stopped.phase, stopped.because) == ("discontinued", "five_failed")
    forgive(road, minji, kind)
    last = hand_in_own(road, minji, kind)
    assert (road.inspection(last).reason, drawn(road)[-1]) == ("stopped", ("stopped", 100, True))
    the_way_back(road, stopped.id)
    assert state(road, minji, kind).phase == "tightened"


def fail_batch(road: Road, who: Person, kind: str, *, size: int = 8) -> list[int]:
    """A batch whose first judged piece is refused; `size` below the plan's is closed by the clock."""
    forgive(road, who, kind)
    ids = [hand_in_own(road, who, kind) for _ in range(size)]
    if size < 8:
        road.later(days=2)
        with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
            assert batches.close_due(scope) == 1
    wrong = next(id_ for id_ in ids if road.task(id_).state == "inspection")
    road.judge(road.inspection(wrong), "reject", note="자릿수가 틀렸어요")
    settled(road)
    assert batch_rows(road)[-1].state == "failed"
    return ids


def forgive(road: Road, who: Person, kind: str) -> None:
    """The final no is made up for: batches are what this story is about."""
    with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
        here = (SamplingState.shop_id == scope.shop_id, SamplingState.partner_id == who.partner_id)
        scope.session.execute(
            update(SamplingState).where(*here, SamplingState.kind == kind).values(rejected=False)
        )


def the_way_back(road: Road, state_id: int) -> None:
    with road.acting_as(road.cast.haneul) as scope:
        for said in ("", "가" * 501, "900101-1234567 확인"):
            with pytest.raises(states.BadAction):
                states.resume(scope, state_id, action=said)
    with road.acting_as(road.cast.haneul) as scope:
        states.resume(scope, state_id, action="자릿수 확인 항목을 작업표준에 넣고 함께 연습했어요.")
    with road.acting_as(road.cast.haneul) as scope:
        with pytest.raises(states.NotStopped):
            states.resume(scope, state_id, action="한 번 더")
        assert scope.session.scalars(select(SamplingAction.text)).all() == [
            "자릿수 확인 항목을 작업표준에 넣고 함께 연습했어요."
        ]
    with road.acting_as(road.cast.stranger) as scope, pytest.raises(NotFound):
        states.resume(scope, state_id, action="남의 가게")


def healthy(road: Road) -> bool:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return invariants.findings(scope) == ()
