"""Tagging from a vocabulary to a product that is found: the cast and three more hands, through the real desks."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from base import errands
from partners.models import PayLine
from stock import tags
from stock.models import Product
from tasks import dispatch, product_work, sheet, work
from tasks.kinds.tagging import acts_album, acts_deciding, reads_albums, reads_review
from tasks.kinds.tagging.models import Album, PictureAnswer
from tasks.models import Task
from tasks.product_work import Wanted
from tests.attacks.estate import ON_SQLITE
from tests.qa.road import Road
from tests.qa.studio import DRESS, SHIRT, STAINED, Studio, build_studio

pytestmark = ON_SQLITE


@pytest.fixture
def studio(road: Road) -> Studio:
    return build_studio(road)


def test_what_hands_agree_on_stands_is_found_and_taken_out(studio: Studio, signed_in) -> None:
    dress, dress_too, shirt = studio.picture_ids
    owner, words = signed_in(studio.road.cast.haneul), f"/tagging/words/{studio.vocabulary_id}"
    assert (owner.get(f"{words}/tags.csv").status_code, "/tags.csv" in owner.get(words).text) == (409, False)
    with studio.road.acting_as(studio.road.cast.haneul) as scope:
        scope.session.get_one(Product, studio.products["A-1"]).name = "=1+1 <b>"
    studio.album()
    truth = {dress: DRESS, dress_too: DRESS, shirt: STAINED}
    for who in studio.hands[:3]:
        studio.hand_in(who, truth.__getitem__)
        with pytest.raises(dispatch.NothingOpen), studio.road.acting_as(who) as scope:
            dispatch.claim_next(scope, "tagging")  # nobody answers the same pictures twice
    assert set(studio.states().values()) == {"waiting"}
    studio.judge()
    assert set(studio.states().values()) == {"decided"}
    assert (studio.found("드레스"), studio.found("red dress"), studio.found("stain")) == (
        ["A-1"],
        ["A-1"],
        ["B-2"],
    )
    assert (studio.found("clothes"), studio.found("없음")) == (["A-1", "B-2"], [])
    with studio.road.acting_as(studio.road.cast.haneul, reading=True) as scope:
        on_shirt = [(one.named("en"), one.sure) for one in tags.of(scope, studio.products["B-2"])]
        paid = scope.session.execute(select(PayLine.kind, PayLine.won)).all()
    assert on_shirt == [("Blue", 1000), ("Shirt", 1000), ("Stain", 1000)]
    assert [tuple(line) for line in paid] == [("tagging", 300)] * 3
    assert owner.get(f"{words}/tags.csv").data.decode("utf-8-sig").splitlines() == [
        '"상품코드","상품","가장 낮은 확신(%)","종류","색","흠"',
        '"A-1","\'=1+1 <b>",100,"원피스","빨강",""',
        '"B-2","B-2 상품",100,"셔츠","파랑","얼룩"',
    ]
    book = CalamineWorkbook.from_filelike(BytesIO(owner.get(f"{words}/tags.xlsx").data))
    rows = book.get_sheet_by_name(book.sheet_names[0]).to_python()
    assert rows[1] == ["A-1", "=1+1 <b>", 100.0, "원피스", "빨강", ""]
    assert ("/tags.csv" in owner.get(words).text, owner.get(f"{words}/tags.pdf").status_code) == (True, 404)
    others = [signed_in(person) for person in (studio.road.cast.stranger, studio.road.cast.minji)]
    assert {one.get(f"{words}/tags.csv").status_code for one in others} <= {403, 404}


def test_only_what_is_in_doubt_is_asked_again_and_then_decided_by_a_person(studio: Studio) -> None:
    dress, dress_too, shirt = studio.picture_ids
    studio.album()
    for who, doubt in zip(studio.hands, (DRESS, SHIRT, DRESS), strict=False):
        studio.hand_in(who, {dress: DRESS, dress_too: doubt, shirt: SHIRT}.__getitem__)
    studio.judge()
    assert studio.states() == {dress: "decided", dress_too: "waiting", shirt: "decided"}
    asked: list[int] = []
    studio.hand_in(studio.hands[3], lambda id_: asked.append(id_) or SHIRT)
    studio.judge()
    assert (asked, studio.states()[dress_too]) == ([dress_too], "disputed")
    with studio.road.acting_as(studio.road.cast.boram) as scope:
        (waiting,) = reads_review.disputes(scope).rows
        side = reads_review.dispute(scope, waiting)
        assert (len(side.columns), side.found["종류"]["agreeing"], side.found["종류"]["sure"]) == (4, 2, 500)
        with pytest.raises(acts_deciding.BadDescription):
            acts_deciding.settle(scope, waiting.id, said={"tags": {"색": ["빨강"]}})
        acts_deciding.settle(scope, waiting.id, said=DRESS)
    with pytest.raises(acts_deciding.DecidedAlready), studio.road.acting_as(studio.road.cast.boram) as scope:
        acts_deciding.settle(scope, waiting.id, said=SHIRT)
    assert set(studio.states().values()) == {"decided"}
    assert studio.found("원피스") == ["A-1"]


def test_an_answer_outside_the_vocabulary_or_incomplete_is_not_handed_in(studio: Studio) -> None:
    studio.album()
    with studio.road.acting_as(studio.hands[0]) as scope:
        task = dispatch.claim_next(scope, "tagging")
        keys = [item.key for item in sheet.fields_of(scope, task)]
        purple = {"tags": {"종류": ["원피스"], "색": ["보라"]}}
        refused = work.answer_all(
            scope, task.id, {keys[0]: (purple, 0), keys[1]: ({"tags": {"색": ["레드"]}}, 0)}
        )
        assert [refusal.facts["problem"] for refusal in refused.values()] == [
            "kinds.tagging.problem.outside_vocabulary"
        ]
        with pytest.raises(work.Unfinished) as unfinished:
            work.submit(scope, task.id, fence=task.fence)
    lacking = {one["item"]: one["code"] for one in unfinished.value.facts["missing"]}
    assert lacking == {
        keys[0]: "unanswered",
        keys[1]: "kinds.tagging.problem.tag_needed",
        keys[2]: "unanswered",
        "checked": "unanswered",
    }


def costs(studio: Studio, album_id: int) -> tuple[int, int]:
    """What an album has cost, and the most it can come to."""
    with studio.road.acting_as(studio.road.cast.haneul, reading=True) as scope:
        found = reads_albums.standing(scope, scope.session.get_one(Album, album_id))
        return found.paid, found.at_most


def test_an_album_that_is_closed_is_decided_with_what_there_is(studio: Studio) -> None:
    album_id = studio.album(per_sheet=1)
    assert costs(studio, album_id) == (0, 3 * 4 * 300)
    studio.hand_in(studio.hands[0], lambda _id: SHIRT)
    studio.judge()
    with studio.road.acting_as(studio.road.cast.haneul) as scope:
        acts_album.close(scope, album_id)
    errands.drain(studio.road.world, now=studio.road.now)
    assert sorted(studio.states().values()) == ["decided", "waiting", "waiting"]
    assert costs(studio, album_id) == (300, 3 * 4 * 300)
    with studio.road.acting_as(studio.road.cast.haneul, reading=True) as scope:
        states = list(scope.session.scalars(select(Task.state).where(Task.kind == "tagging")))
        answers = scope.session.scalars(select(PictureAnswer)).all()
    assert (sorted(states), len(answers)) == (["accepted"] + ["cancelled"] * 8, 1)


def test_work_wanted_about_products_becomes_an_album_of_their_new_pictures(studio: Studio) -> None:
    wanted = [Wanted(id_, slots=2) for id_ in studio.products.values()]
    with studio.road.acting_as(studio.road.cast.haneul) as scope:
        opened = product_work.open_for_products(scope, kind="tagging", wanted=wanted)
        again = product_work.open_for_products(scope, kind="tagging", wanted=wanted)
    assert (len(opened), again) == (2, ())
    assert set(studio.states()) == set(studio.picture_ids)
    for who in studio.hands[:2]:
        studio.hand_in(who, lambda _id: DRESS)
    studio.judge()
    assert studio.found("드레스") == ["A-1", "B-2"]


def test_another_shop_s_words_pictures_and_disputes_are_not_there(studio: Studio, signed_in) -> None:
    album_id = studio.album(answers=2, most=2)
    for who, said in zip(studio.hands, (DRESS, SHIRT), strict=False):
        studio.hand_in(who, lambda _id, said=said: said)
    studio.judge()
    assert set(studio.states().values()) == {"disputed"}
    client = signed_in(studio.road.cast.stranger)
    paths = (f"/tagging/albums/{album_id}", f"/tagging/words/{studio.vocabulary_id}", "/tagging/disputes/1")
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    sent = {"csrf": client.csrf, "client_id": "stranger-decides-1", "tag-said-종류": "셔츠"}
    assert client.post("/tagging/disputes/1", data=sent).status_code == 404
    minji = signed_in(studio.road.cast.minji)
    assert [minji.get(path).status_code for path in ("/tagging", "/tagging/disputes/1")] == [403, 403]
    assert set(studio.states().values()) == {"disputed"}


def test_who_judges_sees_the_answers_side_by_side_and_who_works_sees_none(studio: Studio, signed_in) -> None:
    studio.album()
    dress, dress_too, _shirt = studio.picture_ids
    with studio.road.acting_as(studio.road.cast.haneul) as scope:
        acts_deciding.know(scope, studio.vocabulary_id, dress, said=DRESS)
    studio.hand_in(studio.hands[2], lambda _id: DRESS)
    studio.judge()
    task_id = studio.hand_in(studio.hands[3], lambda id_: SHIRT if id_ == dress_too else DRESS)
    desk = signed_in(studio.road.cast.boram).get(f"/inspections/{studio.road.inspection(task_id).id}").text
    assert ("볼 사진 1장 (모두 3장)" in desk, "답이 모두 같은 사진 2장" in desk, "확신 50%" in desk) == (
        True,
        True,
        True,
    )
    minji = signed_in(studio.road.cast.minji)
    with studio.road.acting_as(studio.road.cast.minji) as scope:
        held = dispatch.claim_next(scope, "tagging").id
    page = minji.get(f"/work/{held}").text
    assert ("확신" in page, "정답" in page, page.count(" checked")) == (False, False, 0)
    client = {"csrf": minji.csrf, "client_id": "minji-says-1", "version-own-p1": "0", "item": "own-p1"}
    outside = minji.post(f"/work/{held}/answers", data=client | {"tag-own-p1-종류": "<b>바지</b>"})
    assert (outside.status_code, outside.json["field"]) == (422, "answer-own-p1")
    assert "<b>바지</b>는 종류 낱말 목록에 없어요" in outside.json["text"]
