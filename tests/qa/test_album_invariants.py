"""The albums' invariants: each of them notices what it is there for; and what is called off is waited for by nobody."""

import pytest
from sqlalchemy import select, text

from base import errands
from base.scope import undo
from qa.doctor.examine import invariants as doctor
from tasks import invariants, stopping
from tasks.kinds.tagging import invariants as albums
from tasks.models import Task
from tests.attacks.estate import ON_SQLITE
from tests.qa.road import Road
from tests.qa.studio import DRESS, SHIRT, Studio, build_studio

# fmt: off
BROKEN = {  # what somebody with a database shell might do -> what is found
    "UPDATE tag_sheets SET asked = asked + 1": "not_as_many",
    "UPDATE tag_sheets SET got = got - 1": "counted_wrongly",
    "UPDATE tag_sheets SET off = 1": "counted_wrongly",
    "UPDATE tag_albums SET answers = 1, most = 1": "asked_too_often",
    "UPDATE tag_pictures SET state = 'waiting', decided_at = NULL": "forgotten",
    "UPDATE tag_answers SET partner_id = (SELECT min(partner_id) FROM tag_answers)": "answered_twice",
    "UPDATE tasks SET state = 'rejected' WHERE kind = 'tagging'": "answer_of_nobody",
    "DELETE FROM tag_answers WHERE id = (SELECT min(id) FROM tag_answers)": "too_few_answers",
    "UPDATE tag_pictures SET decided_at = NULL": "decided_at_no_time",
    "DELETE FROM product_tags": "not_on_product",
    "UPDATE tag_pictures SET state = 'disputed'": "tag_of_nobody",
    "UPDATE product_tags SET product_id = (SELECT max(id) FROM products)": "tag_of_nobody",
}
# fmt: on


@pytest.fixture
def studio(road: Road) -> Studio:
    return build_studio(road)


def broken(studio: Studio) -> list[str]:
    with studio.road.acting_as(studio.road.cast.haneul, reading=True) as scope:
        return [one.code for one in invariants.findings(scope)]


def test_every_invariant_is_tried() -> None:
    assert set(BROKEN.values()) == set(albums.ASKED)


@ON_SQLITE
def test_each_notices_what_it_is_there_for(studio: Studio) -> None:
    studio.album(answers=2, most=2)
    for who in studio.hands[:2]:
        studio.hand_in(who, lambda _id: DRESS)
    assert broken(studio) == []
    studio.judge()
    assert (broken(studio), set(studio.states().values())) == ([], {"decided"})
    for statement, code in BROKEN.items():
        with studio.road.acting_as(studio.road.cast.haneul) as scope:
            scope.session.execute(text(statement))
            found = [one.code for one in invariants.findings(scope)]
            assert (statement, f"kinds.tagging.broken.{code}" in found) == (statement, True)
            assert f"kinds.tagging.broken.{code}" in {one.code for one in doctor(scope)}
            undo(scope)


def open_tasks(studio: Studio) -> list[int]:
    with studio.road.acting_as(studio.road.cast.haneul, reading=True) as scope:
        waiting = select(Task.id).where(Task.kind == "tagging", Task.state == "open").order_by(Task.id)
        return list(scope.session.scalars(waiting))


def call_off(studio: Studio, task_id: int) -> None:
    with studio.road.acting_as(studio.road.cast.haneul) as scope:
        stopping.cancel(scope, task_id, reason="mistake")
    errands.drain(studio.road.world, now=studio.road.now)


@ON_SQLITE
def test_an_answer_called_off_is_waited_for_by_nobody(studio: Studio) -> None:
    dress, dress_too, shirt = studio.picture_ids
    studio.album()
    for who, doubt in zip(studio.hands, (DRESS, SHIRT), strict=False):
        studio.hand_in(who, {dress: DRESS, dress_too: doubt, shirt: SHIRT}.__getitem__)
    studio.judge()
    assert set(studio.states().values()) == {"waiting"}
    (last,) = open_tasks(studio)
    call_off(studio, last)
    # what hands agree on is decided, what they do not goes to a person: no other answer is asked
    assert studio.states() == {dress: "decided", dress_too: "disputed", shirt: "decided"}
    assert (open_tasks(studio), broken(studio)) == ([], [])


@ON_SQLITE
def test_a_sheet_of_which_every_answer_is_called_off_says_so(studio: Studio, signed_in) -> None:
    album_id = studio.album(answers=2, most=2)
    for task_id in open_tasks(studio):
        call_off(studio, task_id)
    assert (set(studio.states().values()), broken(studio)) == ({"waiting"}, [])
    page = signed_in(studio.road.cast.haneul).get(f"/tagging/albums/{album_id}").text
    assert (page.count("일감이 취소됐어요"), page.count("기다려요")) == (3, 0)


@ON_SQLITE
def test_rejected_work_about_a_product_is_replaced_soundly(studio: Studio) -> None:
    studio.album(answers=1, most=1)
    task_id = studio.hand_in(studio.hands[0], lambda _id: SHIRT)
    studio.road.judge(studio.road.inspection(task_id), "reject", note="다른 옷이에요")
    (anew,) = open_tasks(studio)
    with studio.road.acting_as(studio.road.cast.haneul, reading=True) as scope:
        assert scope.session.get_one(Task, anew).replaces_id == task_id
    assert broken(studio) == []
