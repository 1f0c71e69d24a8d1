"""What a machine sees on a photo: the partner is told at once, the reviewer beside it, and nothing is held up."""

from dataclasses import replace

import pytest

from tasks import evidence, seeing, work
from tests.cast import SignedIn
from tests.qa.road import Road
from tests.tasks.bench import finish, picture

FINE = {"width": 1600, "height": 1200, "softness": 20, "light": 120}


@pytest.mark.quick
@pytest.mark.parametrize(
    ("odd", "codes"),
    [
        ({}, ()),
        ({"width": 500, "height": 300}, ()),
        ({"width": 499, "height": 480}, ("too_small",)),
        ({"width": 300, "height": 900}, ()),
        ({"softness": 60}, ()),
        ({"softness": 61}, ("blurred",)),
        ({"light": 34}, ("too_dark",)),
        ({"light": 35}, ()),
        ({"light": 241}, ("too_bright",)),
        ({"width": 90, "height": 90, "light": 3, "softness": 100}, ("too_small", "too_dark", "blurred")),
    ],
)
def test_troubles(odd: dict[str, int], codes: tuple[str, ...]) -> None:
    assert seeing.troubles(**FINE | odd) == codes


@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_partner_and_reviewer_are_told_and_nothing_is_held_up(road: Road, signed_in: SignedIn) -> None:
    road.receive(2)
    task_id = road.task_of(road.order())
    road.claim(road.cast.minji, task_id)
    with road.acting_as(road.cast.minji) as scope:
        finish(scope, work.held(scope, task_id))
        soft = replace(picture("b"), softness=88)
        photo = work.attach(scope, task_id, item="packed_photo", picture=soft)
        assert evidence.troubled(scope, [photo.id, photo.id + 1]) == {photo.id: ("blurred",)}
        task = work.held(scope, task_id)
        work.submit(scope, task_id, fence=task.fence)
    desk = signed_in(road.cast.boram).get(f"/inspections/{road.inspection(task_id).id}").text
    assert "기계가 본 것: 2번째 사진" in desk
    assert "흐려 보여요." in desk
    assert desk.count("기계가 본 것") == 1
