"""Doing a task: answers save themselves, photos stay, handing in says what is missing."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from base import files
from base.errors import NotFound
from tasks import day, dispatch, work
from tasks.evidence import TooManyPhotos
from tasks.marks import Mark
from tasks.models import Answer, LateDraft, Photo, Submission, Task
from tests.tasks.bench import ANSWERS, Bench, finish, picture


@pytest.fixture
def held(bench: Bench) -> int:
    """A task in Minji's hands."""
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    return task_id


# --- answers -----------------------------------------------------------------------------------------------


def test_an_answer_saves_itself_and_counts_its_versions(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        saved = [
            work.answer(scope, held, item="weight", value=value, version=version).version
            for version, value in enumerate(["600", "650", "700"])
        ]
        assert saved == [1, 2, 3]
        assert scope.session.scalars(select(Answer.value)).all() == [{"v": "700"}]


@pytest.mark.both
def test_two_tabs_do_not_overwrite_each_other(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        work.answer(scope, held, item="remark", value="첫 탭", version=0)
        for version in (0, 7):
            with pytest.raises(work.StaleAnswer) as refused:
                work.answer(scope, held, item="remark", value="다른 탭", version=version)
            assert refused.value.facts == {"item": "remark", "value": "첫 탭", "version": 1}


@pytest.mark.both
def test_the_same_answer_twice_is_one(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        twice = [work.answer(scope, held, item="seal", value=True, version=0).version for _ in range(2)]
    assert twice == [1, 1]


def test_what_cannot_stand_is_not_kept(bench: Bench, held: int) -> None:
    unfit = [
        ("weight", "무거움", "not_a_number"),
        ("condition", "broken", "not_a_choice"),
        ("remark", "900101-1234567", "resident_number"),
        ("remark", "가" * 301, "too_long"),
        ("packed_photo", "there", "not_a_photo"),
    ]
    with bench.acting_as("minji") as scope:
        for item, value, problem in unfit:
            with pytest.raises(work.BadAnswer) as refused:
                work.answer(scope, held, item=item, value=value, version=0)
            assert (refused.value.facts["item"], refused.value.facts["problem"]) == (item, problem)
        assert scope.session.scalars(select(Answer)).all() == []


def test_an_unfinished_answer_is_kept_and_says_what_is_wrong(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        saved = work.answer(scope, held, item="scan", value=["MUG-01", " "], version=0)
        assert saved.problem is not None
        assert (saved.version, saved.problem.facts["missing"]) == (1, (("MUG-01", 1),))
        assert scope.session.scalars(select(Answer.value)).one() == {"v": ["MUG-01"]}
        off = work.answer(scope, held, item="weight", value="2,000", version=0)
        assert (off.problem and off.problem.code, off.problem and off.problem.warns) == ("off_target", True)


def test_an_item_that_is_not_there_is_refused(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope, pytest.raises(work.UnknownItem):
        work.answer(scope, held, item="dance", value=True, version=0)


def test_nobody_elses_task_can_be_seen_or_touched(bench: Bench, held: int) -> None:
    for name in ("sujin", "boram"):
        with bench.acting_as(name) as scope:
            for attempt in (
                partial(work.answer, scope, held, item="seal", value=True, version=0),
                partial(work.attach, scope, held, item="packed_photo", picture=picture()),
                partial(work.submit, scope, held, fence=1),
                partial(work.keep_late, scope, held, item="seal", value=True),
            ):
                with pytest.raises(NotFound):
                    attempt()


# --- photos ------------------------------------------------------------------------------------------------


def test_a_photo_is_kept_once(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        first = work.attach(scope, held, item="packed_photo", picture=picture("a"))
        again = work.attach(scope, held, item="packed_photo", picture=picture("a"))
        assert (first.id, files.get(scope.world.files, first.file_key)) == (again.id, b"a")


def test_a_photo_taken_off_can_be_put_back(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        photo = work.attach(scope, held, item="packed_photo", picture=picture("a"))
        work.remove_photo(scope, held, photo.id)
        assert photo.removed_at == bench.now
        work.attach(scope, held, item="packed_photo", picture=picture("a"))
        assert photo.removed_at is None


def test_an_item_takes_ten_photos(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        for seed in "abcdefghij":
            work.attach(scope, held, item="packed_photo", picture=picture(seed))
        with pytest.raises(TooManyPhotos):
            work.attach(scope, held, item="packed_photo", picture=picture("k"))


def test_photos_belong_to_photo_items(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        with pytest.raises(work.UnknownItem):
            work.attach(scope, held, item="seal", picture=picture())
        with pytest.raises(NotFound):
            work.remove_photo(scope, held, 99)


# --- handing in --------------------------------------------------------------------------------------------


def test_handing_in_names_what_is_missing(bench: Bench) -> None:
    (task_id,) = bench.tasks(1, fragile=True)
    bench.claim("minji", task_id)
    with bench.acting_as("minji") as scope:
        work.answer(scope, task_id, item="picking", value=True, version=0)
        work.answer(scope, task_id, item="scan", value=["MUG-01*2"], version=0)
        with pytest.raises(work.Unfinished) as refused:
            work.submit(scope, task_id, fence=1)
    named = [(one["item"], one["code"]) for one in refused.value.facts["missing"]]  # type: ignore[attr-defined]
    assert named == [
        ("scan", "scan"),
        ("condition", "unanswered"),
        ("cushion_photo", "photos"),
        ("packed_photo", "photos"),
        ("weight", "unanswered"),
        ("seal", "unanswered"),
        ("label", "unanswered"),
    ]
    assert bench.state(task_id) == "claimed"


def test_what_was_handed_in_is_a_frozen_copy(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        finish(scope, scope.session.get_one(Task, held))
        made = work.submit(scope, held, fence=1)
        photo_id = scope.session.scalars(select(Photo.id)).one()
        assert (made.round, made.fence, made.answers, made.photos) == (
            1,
            1,
            ANSWERS,
            {"packed_photo": [photo_id]},
        )
    task = bench.task(held)
    assert (task.state, task.submitted_at, task.lease_until) == ("submitted", bench.now, None)


def test_handing_in_again_gives_what_was_handed_in(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        finish(scope, scope.session.get_one(Task, held))
        first, again = (work.submit(scope, held, fence=1).id for _ in range(2))
        assert first == again
        with pytest.raises(work.HandedIn):
            work.answer(scope, held, item="seal", value=False, version=1)


def test_handing_in_an_older_hold_is_refused(bench: Bench, held: int) -> None:
    with bench.acting_as("minji") as scope:
        dispatch.release(scope, held, reason="no_time")
        dispatch.claim(scope, held)
        finish(scope, scope.session.get_one(Task, held))
        with pytest.raises(work.LeaseEnded):
            work.submit(scope, held, fence=1)


# --- too late ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken_back", [False, True])
def test_after_the_lease_the_work_is_kept_and_another_task_offered(bench: Bench, taken_back: bool) -> None:
    held, other = bench.tasks(2)
    bench.claim("minji", held)
    with bench.acting_as("minji") as scope:
        work.answer(scope, held, item="weight", value="640", version=0)
    bench.later(minutes=61)
    if taken_back:
        with bench.acting_as("house") as scope:
            dispatch.expire_due(scope)
        bench.claim("sujin", held)
    with bench.acting_as("minji") as scope:
        with pytest.raises(work.LeaseEnded) as refused:
            work.answer(scope, held, item="weight", value="650", version=1)
        assert refused.value.facts == {"task_id": held, "next_id": other}
        with pytest.raises(work.LeaseEnded):
            work.submit(scope, held, fence=1)
        work.keep_late(scope, held, item="weight", value="650")
        work.keep_late(scope, held, item="remark", value="조금 늦었어요")
    with bench.acting_as("house") as scope:
        dispatch.expire_due(scope)
        kept = scope.session.scalars(select(LateDraft)).one()
        assert (kept.partner_id, kept.fence) == (bench.people["minji"].partner_id, 1)
        assert kept.answers == {"weight": "650", "remark": "조금 늦었어요"}


def test_a_late_answer_that_cannot_stand_is_not_kept_either(bench: Bench, held: int) -> None:
    bench.later(minutes=61)
    with bench.acting_as("minji") as scope, pytest.raises(work.BadAnswer):
        work.keep_late(scope, held, item="remark", value="900101-1234567")


# --- rework ------------------------------------------------------------------------------------------------


@pytest.fixture
def back(bench: Bench) -> int:
    """A task that came back to Minji for its photo and its seal."""
    (task_id,) = bench.tasks(1)
    bench.hand_in("minji", task_id)
    bench.later(hours=1)
    bench.send_back(task_id, "packed_photo", "seal")
    return task_id


def test_sent_back_comes_to_the_same_hand_with_the_marks(bench: Bench, back: int) -> None:
    task = bench.task(back)
    assert (task.state, task.round, task.lease_until) == ("rework", 2, bench.now + timedelta(days=1))
    with bench.acting_as("minji", reading=True) as scope:
        (card,) = day.today(scope).sent_back
        marks = tuple(Mark(item, "photo_unclear", "minor", "흐려요") for item in ("packed_photo", "seal"))
        assert (card.marks, card.note) == (marks, "다시 부탁해요")


def test_only_what_was_marked_may_be_changed(bench: Bench, back: int) -> None:
    with bench.acting_as("minji") as scope:
        with pytest.raises(work.NotThisItem):
            work.answer(scope, back, item="weight", value="1", version=1)
        assert work.answer(scope, back, item="seal", value=True, version=1).version == 2
        assert work.answer(scope, back, item="remark", value="다시 했어요", version=0).version == 1


@pytest.mark.both
def test_what_was_marked_has_to_be_done_again(bench: Bench, back: int) -> None:
    with bench.acting_as("minji") as scope:
        with pytest.raises(work.Unfinished) as refused:
            work.submit(scope, back, fence=1)
        named = [(one["item"], one["code"]) for one in refused.value.facts["missing"]]  # type: ignore[attr-defined]
        assert named == [("packed_photo", "not_redone"), ("seal", "not_redone")]
        old = scope.session.scalars(select(Photo)).one()
        work.remove_photo(scope, back, old.id)
        fresh = work.attach(scope, back, item="packed_photo", picture=picture("better"))
        work.answer(scope, back, item="seal", value=True, version=1)
        made = work.submit(scope, back, fence=1)
        assert (made.round, made.photos) == (2, {"packed_photo": [fresh.id]})
        rounds = scope.session.scalars(select(Submission.photos).order_by(Submission.round)).all()
        assert rounds == [{"packed_photo": [old.id]}, {"packed_photo": [fresh.id]}]
    assert bench.state(back) == "inspection"
    assert bench.findings() == []


def test_rework_may_be_given_back_and_opens_for_others(bench: Bench, back: int) -> None:
    with bench.acting_as("sujin") as scope, pytest.raises(NotFound):
        dispatch.release(scope, back, reason="no_time")
    with bench.acting_as("minji") as scope:
        dispatch.release(scope, back, reason="no_time")
        with pytest.raises(dispatch.NothingOpen):
            dispatch.claim_next(scope)  # it is not handed straight back
    with bench.acting_as("sujin") as scope:
        assert dispatch.claim_next(scope).replaces_id == back
        assert scope.session.scalars(select(Photo).where(Photo.removed_at.is_(None))).one().task_id == back
    assert (bench.state(back), bench.clocks(back)[-1].verdict) == ("rejected", "void")
    assert bench.findings() == []
