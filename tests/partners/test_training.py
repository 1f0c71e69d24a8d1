"""Training: what is read and asked, when it counts, whom it keeps from work; and a newcomer's whole way in."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select, update

from partners import clearance, clearing, invariants
from partners.clearance import FOREVER
from partners.models import Partner
from partners.news import StandingChanged
from partners.training import (
    assigning,
    content,
    learning,
    marking,
    pilot,
    quiz,
    shelf,
    writing,
)
from partners.training.assigning import Cause
from partners.training.content import BadContent, Content, Part, Question
from partners.training.models import BY_ACTION, BY_OWNER, Assignment, ModuleEdition, QuizTry
from partners.training.quiz import Demand, Pass
from tasks import day, dispatch
from tests.cast import MONDAY

SEOUL = ZoneInfo("Asia/Seoul")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CUPS = Question("유리컵은?", ("따로 감싼다", "함께 감싼다", "흔들어 본다"), frozenset({0, 2}), "부딪혀요")
COUNT = Question("언제 세나요?", ("한 번", "세 번"), frozenset({1}), "빠지지 않아요")
BASICS = Content(
    "포장",
    (Part("text", "글", "읽어요"), Part("checklist", "책상", "상자\n테이프")),
    (CUPS, COUNT),
    100,
    12,
    2,
    12,
)
RIGHT, WRONG = [frozenset({0, 2}), frozenset({1})], [frozenset({0}), frozenset({1})]

# ------------------------------------------------------------------ rules


@pytest.mark.parametrize(
    ("picked", "pct", "right", "passed"),
    [
        (RIGHT, 100, (True, True), True),
        (WRONG, 100, (False, True), False),
        (WRONG, 50, (False, True), True),
        ([frozenset({0, 1, 2}), frozenset({1})], 51, (False, True), False),  # all ticked is not right
    ],
)
def test_a_question_is_right_when_exactly_its_right_choices_are_picked(picked, pct, right, passed) -> None:
    marked = quiz.mark([CUPS, COUNT], picked, pass_pct=pct)
    assert (marked.right, marked.hits, marked.passed) == (right, sum(right), passed)


def test_nothing_asked_is_passed_by_reading() -> None:
    assert quiz.mark([], [], pass_pct=100).passed is True


@pytest.mark.parametrize(
    ("missed", "wait_h", "left", "opens", "may"),
    [
        ([], 24, 3, None, True),
        ([MONDAY], 24, 2, MONDAY + DAY, False),
        ([MONDAY - DAY], 24, 2, MONDAY, True),
        ([MONDAY], 0, 2, MONDAY, True),
        ([MONDAY - 9 * DAY] * 3, 24, 0, None, False),
        ([MONDAY - 9 * DAY] * 5, 24, 0, None, False),
    ],
)
def test_when_another_try_may_be_made(missed, wait_h, left, opens, may) -> None:
    found = quiz.retake(missed, wait_h=wait_h, tries=3)
    assert (found.left, found.opens_at, found.may(MONDAY)) == (left, opens, may)


@pytest.mark.parametrize(
    ("at", "months", "ends"),
    [
        (datetime(2026, 11, 23, tzinfo=UTC), 12, datetime(2027, 11, 23, tzinfo=UTC)),
        (datetime(2026, 8, 31, 1, tzinfo=UTC), 6, datetime(2027, 2, 28, 1, tzinfo=UTC)),
        (
            datetime(2026, 11, 30, 15, tzinfo=UTC),
            1,
            datetime(2026, 12, 31, 15, tzinfo=UTC),
        ),  # 1 December there
        (datetime(2026, 11, 23, tzinfo=UTC), 0, None),
    ],
)
def test_when_a_pass_ends(at, months, ends) -> None:
    assert quiz.ends_at(at, months, zone=SEOUL) == ends


FIRST, AGAIN = Demand(MONDAY, 1), Demand(MONDAY + 9 * DAY, 2)


@pytest.mark.parametrize(
    ("demands", "passes", "until", "wanted"),
    [
        ([], [], FOREVER, None),
        ([FIRST], [], MONDAY, MONDAY),
        ([FIRST], [Pass(1, 1, None)], FOREVER, None),
        ([FIRST], [Pass(1, 1, MONDAY + 3 * DAY)], MONDAY + 3 * DAY, None),
        (
            [FIRST, AGAIN],
            [Pass(1, 1, None)],
            MONDAY + 9 * DAY,
            MONDAY + 9 * DAY,
        ),  # the new edition asks again
        ([FIRST, AGAIN], [Pass(1, 2, None)], FOREVER, None),  # who passed the later one has both
        (
            [FIRST, Demand(MONDAY + DAY, 0, 1)],
            [Pass(1, 1, None)],
            MONDAY + DAY,
            MONDAY + DAY,
        ),  # learn it again
        ([FIRST, Demand(MONDAY + DAY, 0, 1)], [Pass(1, 1, None), Pass(2, 1, None)], FOREVER, None),
    ],
)
def test_until_when_somebody_is_trained(demands, passes, until, wanted) -> None:
    assert quiz.good_until(demands, passes) == until
    assert quiz.wanted_by(demands, passes, at=MONDAY) == wanted


times = st.integers(0, 400).map(lambda hours: MONDAY + hours * HOUR)
asked = st.lists(st.builds(Demand, times, st.integers(0, 3), st.integers(0, 4)), max_size=4)
had = st.lists(st.builds(Pass, st.integers(1, 5), st.integers(1, 3), st.none() | times), max_size=4)


@given(asked, had, times)
def test_a_further_pass_never_shortens_and_a_further_demand_never_lengthens(demands, passes, at) -> None:
    until = quiz.good_until(demands, passes)
    assert quiz.good_until(demands, [*passes, Pass(9, 3, None)]) == FOREVER
    assert quiz.good_until([*demands, Demand(at, 3, 5)], passes) == min(until, at)
    if at < until:
        assert all(demand.holds_from > at for demand in demands if quiz.wanted_by([demand], passes, at=at))


@pytest.mark.parametrize(
    ("link", "good"),
    [
        ("https://youtu.be/abc", True), ("https://example.com:443/a?b=c", True), ("http://example.com", False),
        ("javascript:alert(1)", False), ("https://", False), ("https://a@b.com/", False), ("https://a b.com", False),
        ("https://example.com:8080/", False), ("//example.com", False), ("https://[::1", False),
    ],
)  # fmt: skip
def test_a_video_is_an_address_on_the_web(link, good) -> None:
    assert content.is_address(link) is good


@pytest.mark.parametrize(
    ("changed", "field", "why"),
    [
        ({"title": ""}, "title", "empty"),
        ({"parts": ()}, "parts", "no_parts"),
        ({"parts": (Part("text", "글", ""),)}, "part-0-text", "empty"),
        ({"parts": (Part("picture", "사진", "컵", "gone"),)}, "part-0-picture", "no_picture"),
        ({"parts": (Part("video", "영상"),)}, "part-0-link", "empty"),
        ({"questions": (replace(CUPS, why=""),)}, "question-0-why", "empty"),
        ({"questions": (replace(CUPS, right=frozenset()),)}, "question-0-choice", "no_right"),
        ({"questions": (replace(CUPS, choices=("같다", "같다")),)}, "question-0-choice", "choices"),
    ],
)
def test_what_keeps_a_module_from_being_published(changed, field, why) -> None:
    wrong = content.unfinished(replace(BASICS, **changed), pictures=["there"])
    assert wrong is not None
    assert (wrong.facts["field"], wrong.facts["why"]) == (field, why)


@pytest.mark.parametrize(
    ("changed", "field", "why"),
    [
        ({"title": "900101-1234567"}, "title", "resident_number"),
        ({"parts": (Part("text", "글", "x" * 2001),)}, "part-0-text", "long"),
        ({"parts": (Part("song", "글", "x"),)}, "part-0-title", "kind"),
        ({"parts": (Part("video", "영상", "", "ftp://x"),)}, "part-0-link", "link"),
        ({"parts": (Part("text"),) * 21}, "parts", "many"),
        ({"pass_pct": 49}, "pass_pct", "range"),
        ({"tries": 0}, "tries", "range"),
    ],
)
def test_what_is_not_even_kept(changed, field, why) -> None:
    with pytest.raises(BadContent) as wrong:
        content.checked(replace(BASICS, **changed))
    assert (wrong.value.facts["field"], wrong.value.facts["why"]) == (field, why)


def test_choices_left_empty_move_what_is_right_along() -> None:
    typed = replace(BASICS, questions=(replace(CUPS, choices=("", "가", "", "나"), right=frozenset({0, 3})),))
    assert content.checked(typed).questions[0].choices == ("가", "나")
    assert content.checked(typed).questions[0].right == frozenset({1})
    assert content.told(content.kept(BASICS)) == BASICS


def test_the_library_can_be_published_as_it_is_in_both_languages() -> None:
    books = {(locale, name): book for locale in ("ko", "en") for name, book in shelf.books(locale).items()}
    assert {key: content.unfinished(book, pictures=()) for key, book in books.items()} == dict.fromkeys(books)
    for name in shelf.NAMES:
        ko, en = books["ko", name], books["en", name]
        assert [part.kind for part in ko.parts] == [part.kind for part in en.parts]
        assert [(q.right, len(q.choices)) for q in ko.questions] == [
            (q.right, len(q.choices)) for q in en.questions
        ]
        assert (ko.pass_pct, ko.wait_h, ko.tries, ko.months) == (en.pass_pct, en.wait_h, en.tries, en.months)


@pytest.mark.parametrize(
    ("stands", "before", "done", "is_"),
    [
        ([], 0, 0, "going"),
        ([(9, "new")], 0, 9, "going"),
        ([(10, "new")], 0, 10, "short"),  # spread thin: the standing does not say anything yet
        ([(10, "steady")], 0, 10, "reached"),
        ([(12, "trusted"), (3, "new")], 0, 15, "reached"),
        ([(12, "trusted"), (10, "watched")], 0, 22, "doubted"),
        ([(12, "steady")], 5, 7, "going"),  # what was inspected before it began does not count
    ],
)
def test_a_pilot_ends_by_the_standings_own_word(stands, before, done, is_) -> None:
    found = pilot.progress(stands, before=before, goal=10)
    assert (found.done, found.stands) == (done, is_)


@pytest.mark.parametrize(
    ("said", "right", "good"),
    [
        (True, True, True), (None, True, False), (False, False, True), (None, False, True), (True, False, False),
        ("2", "2.0", True), ("2,000", "2000", True), ("", "2", False), ("box", "box", True), ("bag", "box", False),
        (True, "1", False), (["b", "a"], ["a", "b"], True), ("nan", "nan", True),
    ],
)  # fmt: skip
def test_what_counts_as_the_right_answer(said, right, good) -> None:
    assert marking.same(said, right) is good


# ------------------------------------------------------------------ stories


def published(acting_as, cast, told: Content = BASICS, *, at=MONDAY, holds_from=None) -> int:
    with acting_as(cast.haneul, now=at) as scope:
        made = writing.make(scope, told)
        writing.publish(scope, made, asks_again=False, holds_from=holds_from or at)
        return made


def passed(acting_as, who, module_id, *, at=MONDAY, picked=RIGHT) -> QuizTry:
    with acting_as(who, now=at) as scope:
        edition = learning.own_of(scope, module_id).edition.id
        learning.tick(scope, module_id, edition, parts=[0, 1])
        return learning.hand_in(scope, module_id, edition, picked=picked)


def stands_of(scope, module_id) -> str:
    return learning.own_of(scope, module_id).stands


def sound(scope) -> bool:
    return invariants.findings(scope) == ()


def test_a_module_is_learned_missed_waited_for_and_passed(acting_as, cast, signed_in):
    """With its pages, on the phone of somebody who works here already and of the owner."""
    by = MONDAY + 7 * DAY
    module_id = published(acting_as, cast, holds_from=by)
    for at, ready in ((MONDAY, True), (by, False)):
        with acting_as(cast.minji, now=at, reading=True) as scope:
            assert (stands_of(scope, module_id), day.today(scope).unready) == (
                "new" if ready else "due",
                not ready,
            )
    with acting_as(cast.minji, now=by) as scope, pytest.raises(dispatch.NotReady) as refused:
        dispatch.claim_next(scope)
    assert refused.value.facts == {"pieces": "포장", "next_url": f"/my-training/{module_id}"}
    with acting_as(cast.minji, now=by) as scope:
        edition = learning.own_of(scope, module_id).edition.id
        with pytest.raises(learning.NotRead) as unread:
            learning.hand_in(scope, module_id, edition, picked=RIGHT)
        assert unread.value.facts["n"] == 2
        assert learning.tick(scope, module_id, edition, parts=[0]) is False
        assert learning.tick(scope, module_id, edition, parts=[0, 1, 7]) is True
        with pytest.raises(learning.Unanswered):
            learning.hand_in(scope, module_id, edition, picked=[frozenset(), frozenset({1})])
        with pytest.raises(learning.OtherEdition):
            learning.hand_in(scope, module_id, edition + 1, picked=RIGHT)
    missed = passed(acting_as, cast.minji, module_id, at=by, picked=WRONG)
    assert (missed.hits, missed.asked, missed.passed, missed.ends_at) == (1, 2, False, None)
    with acting_as(cast.minji, now=by + 11 * HOUR) as scope, pytest.raises(learning.NotYet):
        learning.hand_in(scope, module_id, edition, picked=RIGHT)
    right = passed(acting_as, cast.minji, module_id, at=by + 12 * HOUR)
    ends = quiz.ends_at(by + 12 * HOUR, 12, zone=SEOUL)
    assert (right.passed, right.ends_at) == (True, ends)
    with acting_as(cast.minji, now=by + 13 * HOUR) as scope:
        assert (stands_of(scope, module_id), day.today(scope).unready) == ("done", False)
        assert scope.session.get_one(Partner, cast.minji.partner_id).cleared_until == ends
        with pytest.raises(learning.PassedAlready):
            learning.hand_in(scope, module_id, edition, picked=RIGHT)
    with acting_as(cast.minji, now=ends - clearance.SOON, reading=True) as scope:
        assert (stands_of(scope, module_id), day.today(scope).ends_soon) == ("soon", True)
    with acting_as(cast.minji, now=ends, reading=True) as scope:
        assert (stands_of(scope, module_id), day.today(scope).unready) == ("again", True)
    with acting_as(cast.haneul) as scope:
        assert sound(scope)
        scope.session.execute(
            update(Partner).where(Partner.shop_id == scope.shop_id, Partner.id == cast.minji.partner_id)
            .values(cleared_until=None)
        )  # fmt: skip
        assert not sound(scope)
    with pytest.raises(Exception, match="append-only"), acting_as(cast.haneul) as scope:
        scope.session.execute(update(QuizTry).where(QuizTry.shop_id == scope.shop_id).values(passed=True))
    minji, sujin, haneul, stranger = map(signed_in, (cast.minji, cast.sujin, cast.haneul, cast.stranger))
    paper = f"/my-training/tries/{right.id}/certificate"
    assert [minji.get(path).status_code for path in (paper, f"/my-training/tries/{missed.id}")] == [200, 200]
    assert minji.get(f"/my-training/tries/{missed.id}/certificate").status_code == 404
    assert [sujin.get(paper).status_code, haneul.get(f"/training/certificates/{right.id}").status_code] == [
        404,
        200,
    ]
    assert [stranger.get(f"/training/{module_id}").status_code, sujin.get("/training").status_code] == [
        404,
        403,
    ]


def test_tries_run_out_and_the_owner_gives_more(acting_as, cast, signed_in):
    module_id = published(acting_as, cast)
    for hours in (0, 12):
        passed(acting_as, cast.minji, module_id, at=MONDAY + hours * HOUR, picked=WRONG)
    with acting_as(cast.minji, now=MONDAY + DAY) as scope, pytest.raises(learning.NoTriesLeft):
        learning.hand_in(scope, module_id, learning.own_of(scope, module_id).edition.id, picked=RIGHT)
    haneul = signed_in(cast.haneul)
    page = f"/training/{module_id}"
    assert haneul.get(page).text.count("기회 더 주기") == 2  # the word, and whom it is for
    again = f"{page}/again/{cast.minji.partner_id}"
    assert haneul.post(again, data={"csrf": haneul.csrf}).status_code == 302
    assert passed(acting_as, cast.minji, module_id, at=MONDAY + DAY).passed
    with acting_as(cast.minji, now=MONDAY + DAY, reading=True) as scope:
        assert stands_of(scope, module_id) == "done"


def test_a_new_edition_asks_again_only_where_the_owner_says_so(acting_as, cast):
    module_id = published(acting_as, cast)
    passed(acting_as, cast.minji, module_id)
    mended, harder = replace(BASICS, title="포장 (고침)"), replace(BASICS, title="포장과 사진")
    later = MONDAY + 3 * DAY
    with acting_as(cast.haneul, now=MONDAY + HOUR) as scope:
        writing.save(scope, module_id, mended)
        writing.publish(scope, module_id, asks_again=False, holds_from=scope.now)
    with acting_as(cast.minji, now=later, reading=True) as scope:
        assert stands_of(scope, module_id) == "done"
    with acting_as(cast.haneul, now=MONDAY + 2 * HOUR) as scope:
        writing.save(scope, module_id, harder)
        with pytest.raises(writing.BadDay):
            writing.publish(scope, module_id, asks_again=True, holds_from=scope.now - HOUR)
        writing.publish(scope, module_id, asks_again=True, holds_from=later)
        with pytest.raises(writing.NoDraft):
            writing.publish(scope, module_id, asks_again=True, holds_from=later)
    for at, is_ in ((later - HOUR, "new"), (later, "again")):
        with acting_as(cast.minji, now=at, reading=True) as scope:
            assert (stands_of(scope, module_id), learning.own_of(scope, module_id).content.title) == (
                is_,
                "포장과 사진",
            )
    assert passed(acting_as, cast.minji, module_id, at=later).edition == 3
    with acting_as(cast.haneul, now=later) as scope:
        assert sound(scope)
        writing.retire(scope, module_id)
        assert sound(scope)
        assert clearing.pieces_of(scope, cast.sujin.partner_id) == ()
    with pytest.raises(Exception, match="decided"), acting_as(cast.haneul) as scope:
        scope.session.execute(
            update(ModuleEdition).where(ModuleEdition.shop_id == scope.shop_id).values(locale="en")
        )


def test_it_is_learned_again_after_a_corrective_action_or_a_drop(acting_as, cast, signed_in):
    module_id = published(acting_as, cast)
    for who in (cast.minji, cast.sujin):
        passed(acting_as, who, module_id)
    haneul = signed_in(cast.haneul)
    today = datetime.now(SEOUL).date()  # the browser's clock is today's
    planned = {
        "csrf": haneul.csrf, "title": "사진 흔들림", "cause": "서둘러서", "measure": "다시 배워요", "way": "training",
        "dim": "partner", "dim_id": str(cast.minji.partner_id), "owner": str(cast.haneul.actor.id),
        "due": (today + 7 * DAY).isoformat(),
    }  # fmt: skip
    page = haneul.post("/quality/actions/new", data=planned).headers["Location"]
    given_ = {
        "csrf": haneul.csrf,
        "module": str(module_id),
        "partner": str(cast.minji.partner_id),
        "since": "",
    }
    assert haneul.post(f"{page}/training", data=given_ | {"partner": "987654321"}).status_code == 422
    assert haneul.post(f"{page}/training", data=given_ | {"since": "2020-01-01"}).status_code == 422
    assert haneul.post(f"{page}/training", data=given_).status_code == 302
    assert haneul.get(page).text.count("다시 배움") == 0
    with acting_as(cast.haneul) as scope:
        (row,) = scope.session.scalars(select(Assignment))
        assert (row.partner_id, row.cause) == (cast.minji.partner_id, BY_ACTION)
        later = row.at + HOUR
    with acting_as(cast.minji, now=later, reading=True) as scope:
        assert (stands_of(scope, module_id), day.today(scope).unready) == ("again", True)
    with acting_as(cast.sujin, now=later, reading=True) as scope:
        assert stands_of(scope, module_id) == "done"
    passed(acting_as, cast.minji, module_id, at=later)
    assert haneul.get(page).text.count("다시 배움") == 1
    with acting_as(cast.haneul, now=later) as scope:
        writing.set_whom(scope, module_id, whom="chosen", on_drop=True)
        change = _watched(scope, cast.sujin.partner_id)
        scope.tell(StandingChanged(change, cast.sujin.partner_id, 1))
    for after, is_ in ((timedelta(), "new"), (assigning.AFTER_DROP, "again")):
        with acting_as(cast.sujin, now=later + after, reading=True) as scope:
            assert stands_of(scope, module_id) == is_
    with acting_as(cast.haneul, now=later) as scope:
        assert sound(scope)
        with pytest.raises(assigning.NotTaught):
            assigning.assign(
                scope, module_id, [cast.stranger_partner.partner_id], holds_from=later, cause=Cause(BY_OWNER)
            )


def _watched(scope, partner_id) -> int:
    from partners.models import StandingChange

    row = StandingChange(
        shop_id=scope.shop_id, partner_id=partner_id, kind="packing", before="steady", after="watched",
        cause="judged", task_id=1, n=20, share=500, low=300, high=700, wanted=90, at=scope.now,
    )  # fmt: skip
    scope.session.add(row)
    scope.session.flush()
    return row.id


def knot() -> BytesIO:
    data = BytesIO()
    Image.new("RGB", (40, 30), "#a63").save(data, "JPEG")
    return BytesIO(data.getvalue())


def test_the_owner_writes_a_module_with_a_picture_and_publishes_it(cast, signed_in):
    """Every button keeps what was typed; the picture is one of the shop's, and nobody else's."""
    haneul, minji, stranger = map(signed_in, (cast.haneul, cast.minji, cast.stranger))
    begun = haneul.post("/training", data={"csrf": haneul.csrf, "title": "선물 포장"}).headers["Location"]
    page = begun.split("#")[0]

    def save(act: str, **more: object) -> int:
        form = {
            "csrf": haneul.csrf,
            "title": "선물 포장",
            "pass_pct": "80",
            "wait_h": "0",
            "tries": "3",
            "months": "0",
        }
        return haneul.post(page, data=form | more | {"act": act}).status_code

    assert (save("add-song"), save("add-picture"), save("add-picture", title="900101-1234567")) == (
        302,
        302,
        422,
    )
    part = {"part-0": "picture", "part-0-title": "매듭", "part-0-text": "리본을 두 번 묶은 상자"}
    publish = {"csrf": haneul.csrf, "since": ""}
    assert save("save", **part) == 302
    assert haneul.post(f"{page}/publish", data=publish).status_code == 422  # its picture is missing
    assert save("save", **part, **{"part-0-picture": (BytesIO(b"no picture"), "a.jpg")}) == 422
    assert save("add-question", **part, **{"part-0-picture": (knot(), "a.jpg")}) == 302
    (shown,) = set(re.findall(r"/training/pictures/[0-9a-f]{64}", haneul.get(page).text))
    assert [who.get(shown).status_code for who in (haneul, minji, stranger)] == [200, 200, 404]
    asked = {
        **part, "part-0-link": shown.rsplit("/", 1)[1], "question-0": "1", "question-0-text": "몇 번 묶나요?",
        "question-0-choice-0": "한 번", "question-0-choice-2": "두 번", "question-0-right": "2", "question-0-why": "풀리지 않아요",
    }  # fmt: skip
    assert save("save", **asked) == 302
    assert haneul.post(f"{page}/publish", data=publish).status_code == 302
    module_id = int(page.split("/")[2])
    assert haneul.get("/training").text.count("2명 남음") == 1
    assert haneul.get(f"/training/{module_id}").text.count("배울 차례") == 2
    read = f"/my-training/{module_id}"
    assert minji.get(read).text.count(shown) == 1
    edition = re.search(r'name="edition" value="(\d+)"', minji.get(read).text)[1]
    form = {"csrf": minji.csrf, "edition": edition}
    assert minji.post(f"{read}/read", data=form).headers["Location"] == read
    assert minji.post(f"{read}/read", data=form | {"read-0": "1"}).headers["Location"] == f"{read}/quiz"
    assert minji.post(f"{read}/quiz", data=form).status_code == 422
    answered = [
        minji.post(f"{read}/quiz", data=form | {"question-0": pick}).headers["Location"] for pick in "01"
    ]
    assert [minji.get(result).text.count("풀리지 않아요") for result in answered] == [1, 1]
    assert [minji.get(result).text.count("통과했어요!") for result in answered] == [0, 1]
    assert signed_in(cast.stranger_partner).get(read).status_code == 404
