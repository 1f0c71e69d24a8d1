"""Suggestions from past work: what is offered, what counts as kept, what rests, and what the owner sees of it."""

import re

import pytest
from sqlalchemy import insert, select

from base.shares import Share
from stock import describing
from stock.describing import Card
from tasks import product_work
from tasks.kinds.listing import hints
from tasks.kinds.listing.content import Listing
from tasks.kinds.listing.hints import Hint
from tasks.kinds.tagging import reads, reads_hints
from tasks.models import Task
from tasks.suggestions import noting
from tasks.suggestions.models import ShownSuggestion
from tasks.suggestions.rule import Figure, is_shown
from tests.attacks.estate import ON_SQLITE
from tests.qa.road import Road, build
from tests.qa.studio import DRESS, SHIRT, build_studio
from tests.tasks.test_listing import claimed, listed, mug, task_of

__all__ = ["mug"]


@pytest.mark.parametrize(
    ("kept", "shown", "rests"),
    [(0, 0, False), (0, 19, False), (0, 20, True), (1, 20, True), (2, 20, False), (16, 100, True), (18, 100, False), (90, 100, False)],
)  # fmt: skip
def test_what_is_surely_kept_too_rarely_rests(kept: int, shown: int, rests: bool) -> None:
    assert Figure("title", "product", Share(kept, shown)).rests == rests


def test_what_rests_is_tried_with_every_tenth_task() -> None:
    rest = {("title", "product")}
    assert [n for n in range(1, 31) if is_shown(("title", "product"), rest, n)] == [10, 20, 30]
    assert all(is_shown(("title", "before"), rest, n) for n in range(1, 31))


WRITTEN = Listing(
    title="도자기  머그컵",
    category="컵",
    attributes={"colour": ("화이트", "블랙"), "weight": ("350 g",)},
    description="손으로\n빚었어요",
    group="kitchen",
    notice={"maker": "다리"},
    price=12000,
)


@pytest.mark.parametrize(
    ("field", "value", "kept", "about"),
    [
        ("answer-own-title", "도자기 머그컵", True, "title"),
        ("answer-own-title", "머그컵", False, "title"),
        ("answer-own-price", "12000", True, "price"),
        ("answer-own-price", "1200", False, "price"),
        ("answer-own-description", "손으로 빚었어요", True, "description"),
        ("answer-own-category", "컵", True, "category"),
        ("answer-own-attributes-colour", "화이트", True, "colour"),
        ("answer-own-attributes-colour", "화이트, 레드", False, "colour"),
        ("answer-own-attributes-origin", "국산", False, "origin"),
        ("answer-own-notice-kitchen-maker", "다리", True, "notice"),
        ("answer-own-notice-food-maker", "다리", False, "notice"),
    ],
)
def test_a_suggestion_is_kept_when_the_listing_says_it(
    field: str, value: str, kept: bool, about: str
) -> None:
    hint = Hint(field, value)
    assert (hints.is_kept(hint, WRITTEN), hint.about) == (kept, about)


def test_a_sibling_gives_what_both_have_in_common() -> None:
    fields = [one.field.removeprefix("answer-own-") for one in hints.taken_from(hints.SIBLING, WRITTEN)]
    assert fields == ["category", "description", "notice-kitchen-maker"]
    assert {one.source for one in hints.taken_from("coupang", WRITTEN)} == {"elsewhere"}
    twice = [Hint("answer-own-title", "컵", "before"), Hint("answer-own-title", "컵")]
    assert hints.each_once(twice) == twice[:1]


def facts(acting_as, cast) -> set[tuple[str, str, bool]]:
    with acting_as(cast.haneul, reading=True) as scope:
        return {(one.field, one.source, one.kept) for one in scope.session.scalars(select(ShownSuggestion))}


SHARED = ("category", "description", "notice", "capacity", "origin")


@ON_SQLITE
def test_suggestions_of_a_listing_are_counted_and_rest(cast, acting_as, signed_in, mug) -> None:
    owner, minji, boram = (signed_in(one) for one in (cast.haneul, cast.minji, cast.boram))
    listed(acting_as, cast, (owner, minji, boram), mug, channel="coupang")
    told = facts(acting_as, cast)
    assert told == {
        ("title", "product", False),
        ("price", "product", True),
        ("colour", "product", True),
        ("origin", "product", True),
        ("capacity", "product", True),
        ("weight", "product", False),
        ("material", "product", False),
    }
    with acting_as(cast.haneul) as scope:
        other = describing.add(scope, "MUG-03", Card("도자기 머그컵", "블랙", "", None, None, False))
        product_work.open_for_product(scope, kind="listing", product_id=other, target="coupang")
    task_id, *_ = task_of(acting_as, cast.haneul, other)
    claimed(acting_as, minji, cast.minji, task_id)
    assert "같은 이름의 상품" in minji.get(f"/work/{task_id}").text
    with acting_as(cast.haneul) as scope:
        row = {
            "shop_id": scope.shop_id,
            "task_id": task_id,
            "kind": "listing",
            "kept": False,
            "at": scope.now,
        }
        rows = [row | {"field": field, "source": "sibling"} for field in SHARED]
        scope.session.execute(insert(ShownSuggestion), rows * 20)
    shown = "같은 이름의 상품" in minji.get(f"/work/{task_id}").text
    assert shown == (task_id % 10 == 0)
    page = re.sub(r"\s+", " ", owner.get("/kinds/listing").text)
    assert (page.count("쉬어요 (10개 중 하나)"), "아직 판단할 자료가 부족해요" in page) == (len(SHARED), True)
    assert page.count("0% (0–16%)") == len(SHARED)
    assert owner.get("/kinds/packing").text.count("그대로 쓴 비율") == 0


@ON_SQLITE
def test_pictures_are_suggested_for_only_where_one_hand_is_asked(cast, world) -> None:
    road: Road = build(world, cast)
    studio = build_studio(road)
    dress, dress_too, _shirt = studio.picture_ids
    for pictures, answers in (([dress], 1), ([dress_too], 1), ([dress_too], 2)):
        studio.picture_ids = pictures
        studio.album(answers=answers, most=answers)
        if pictures == [dress]:
            studio.hand_in(studio.hands[0], lambda _id: DRESS)
            studio.judge()
    with road.acting_as(cast.minji, reading=True) as scope:
        alone, *several = scope.session.scalars(select(Task).where(Task.state == "open").order_by(Task.id))
        (hinted,) = reads_hints.shown(scope, alone, reads.album_of(scope, alone)[0]).values()
        assert hinted == {"종류": {"원피스"}, "색": {"빨강"}}
        assert [reads_hints.shown(scope, one, reads.album_of(scope, one)[0]) for one in several] == [{}, {}]
    studio.hand_in(studio.hands[1], lambda _id: SHIRT | {"tags": {"종류": ["셔츠"], "색": ["빨강", "파랑"]}})
    with road.acting_as(cast.haneul, reading=True) as scope:
        told = {(one.field, one.kept.hits, one.kept.n) for one in noting.figures(scope, "tagging")}
    assert told == {("종류", 0, 1), ("색", 1, 1)}
