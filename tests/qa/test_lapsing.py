"""What the clock lets pass, whose eyes see mended work, words said often, and marks on text."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from base.errors import Forbidden, NotFound
from base.scope import THE_HOUSE, acting
from partners.kinds import own_name
from qa import holding, invariants, lapsing, phrases, queries, waiting
from qa.judgement import BadDefect, NotAgain
from qa.marking import Seen, Stretch, pair_stretches, pieces, stretches
from qa.models import Inspection, Phrase
from security.models import Membership
from security.shops import rules, save_rules
from talk.models import Notice
from tasks import dispatch, own_kinds, sops, work
from tasks.marks import marks_of
from tests.qa.road import BLURRED, Road

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)


def lapse(road: Road) -> int:
    with acting(road.world, shop_id=road.cast.shop_id, actor=THE_HOUSE, now=road.now) as scope:
        return lapsing.lapse_due(scope)


def reason(road: Road, inspection: Inspection, why: str) -> None:
    with road.acting_as(road.cast.haneul) as scope:
        this = (Inspection.shop_id == scope.shop_id, Inspection.id == inspection.id)
        scope.session.execute(update(Inspection).where(*this).values(reason=why))


def told(road: Road, kind: str) -> list[int | None]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return list(
            scope.session.scalars(select(Notice.task_id).where(Notice.kind == kind).order_by(Notice.id))
        )


@ON_SQLITE
def test_what_nobody_looks_at_passes_by_the_clock_and_what_is_risky_waits(road: Road) -> None:
    calm, new, open_ = (road.waiting(road.cast.minji) for _ in range(3))
    reason(road, calm, "fraction")
    reason(road, open_, "fraction")
    road.later(hours=32, minutes=55)  # two working days of nine hours, but for five minutes
    assert lapse(road) == 0
    with road.acting_as(road.cast.boram) as scope:
        holding.hold(scope, open_.id)
    road.later(minutes=6)
    assert (lapse(road), lapse(road)) == (1, 0)
    states = [road.inspection(one.task_id).state for one in (calm, new, open_)]
    assert (states, road.task(calm.task_id).state) == (["lapsed", "waiting", "waiting"], "accepted")
    assert [line[0] for line in road.pay()] == [calm.task_id]
    assert told(road, "unreviewed") == [new.task_id, calm.task_id]
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert (lapsing.passed(scope), invariants.findings(scope)) == (1, ())
    with pytest.raises(holding.JudgedMeanwhile), road.acting_as(road.cast.boram) as scope:
        holding.hold(scope, calm.id)
    road.rules(auto_accept_s=0)
    road.later(days=9)
    assert lapse(road) == 0


def eyes(road: Road, rule: str) -> Inspection:
    """Mended work that waits, by the rule of the shop; Boram judged it first."""
    with road.acting_as(road.cast.haneul) as scope:
        scope.session.execute(update(Membership).values(accepted_at=road.now))
        save_rules(scope, replace(rules(scope), rework_eyes=rule))
    first = road.waiting(road.cast.minji)
    road.judge(first, "send_back", BLURRED)
    road.mend(road.cast.minji, first.task_id)
    return road.inspection(first.task_id)


def queue(road: Road, who: str) -> list[int]:
    with road.acting_as(getattr(road.cast, who), reading=True) as scope:
        return [row.id for row in waiting.queue(scope).rows]


@ON_SQLITE
def test_the_same_reviewer_is_offered_mended_work_first(road: Road) -> None:
    mended = eyes(road, "same")
    assert (queue(road, "boram"), queue(road, "haneul")) == ([mended.id], [])
    road.now = mended.due_at - timedelta(minutes=59)
    assert queue(road, "haneul") == [mended.id]


@ON_SQLITE
def test_another_reviewer_looks_at_mended_work_where_the_shop_says_so(road: Road) -> None:
    mended = eyes(road, "other")
    assert (queue(road, "boram"), queue(road, "haneul")) == ([], [mended.id])
    with pytest.raises(NotAgain):
        road.judge(mended, "accept")
    with pytest.raises(NotAgain), road.acting_as(road.cast.boram) as scope:
        holding.hold(scope, mended.id)
    road.judge(mended, "accept", who=road.cast.haneul)
    assert road.task(mended.task_id).state == "accepted"


@ON_SQLITE
def test_phrases_said_often_come_first_and_own_words_come_besides(road: Road) -> None:
    with road.acting_as(road.cast.boram) as scope:
        assert len([one for one in phrases.offered(scope) if one.id == 0]) == 5
        phrases.keep(scope, " 송장을  펴 주세요. ")
        phrases.keep(scope, "송장을 펴 주세요.")
        with pytest.raises(Forbidden):
            phrases.keep(scope, "모두에게", shared=True)
        for bad in ("", "가" * 201, "900101-1234567"):
            with pytest.raises(phrases.BadPhrase):
                phrases.keep(scope, bad)
    with road.acting_as(road.cast.haneul) as scope:
        phrases.keep(scope, "고마워요.", shared=True)
    with road.acting_as(road.cast.boram) as scope:
        assert phrases.use(scope, "고마워요.", words="다음에도요") == "고마워요. 다음에도요"
        assert [(one.text, one.own, one.used) for one in phrases.offered(scope)] == [
            ("고마워요.", False, 1),
            ("송장을 펴 주세요.", True, 0),
        ]
        shared = scope.session.scalars(select(Phrase.id).where(Phrase.account_id.is_(None))).one()
        with pytest.raises(NotFound):
            phrases.remove(scope, shared)
    with road.acting_as(road.cast.haneul) as scope:
        phrases.remove(scope, shared)
        assert [one.text for one in phrases.offered(scope) if one.id] == []


# --- marks on text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("", []),
        ("title:0-3 memo:2-9", [Stretch("title", 0, 3), Stretch("memo", 2, 9)]),
        ("title:3-3", None),
        ("title:4-3", None),
        ("title:-1-3", None),
        ("title 0-3", None),
        ("제목:0-3", None),
        (" ".join(["a:0-1"] * 21), None),
    ],
)
def test_stretches_are_read_or_refused_whole(said: str, read: list[Stretch] | None) -> None:
    assert stretches(said) == read


def test_a_stretch_belongs_to_the_defect_of_its_item() -> None:
    seen = [Seen("a", "photo", photo_id=1, x=0, y=0), Seen("b", "memo")]
    memo, more, title = Stretch("memo", 0, 2), Stretch("memo", 3, 5), Stretch("title", 1, 4)
    assert pair_stretches(seen, []) == seen
    assert pair_stretches([], [memo]) is None
    paired = pair_stretches(seen, [memo, more, title]) or []
    assert [(one.code, one.item, one.begins, one.photo_id) for one in paired] == [
        ("a", "photo", None, 1),
        ("b", "memo", 0, None),
        ("b", "memo", 3, None),
        ("a", "title", 1, None),
    ]


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=4))
def test_pieces_are_the_text_again_and_change_at_every_edge(text: str, marked: list[tuple[int, int]]) -> None:
    cut = pieces(text, marked)
    assert "".join(piece for piece, _ in cut) == text
    assert all(one[1] != other[1] for one, other in pairwise(cut))


@ON_SQLITE
def test_words_of_an_answer_are_marked_and_said_again_to_the_hand(road: Road) -> None:
    with road.acting_as(road.cast.haneul) as scope:
        made, draft = own_kinds.make(scope, ko="전표 적기", en="Slips", icon="phone", won=900)
        sops.publish(scope, draft.id, version=draft.version)
        own_kinds.open_by_hand(scope, own_name(made.id), title="3월 전표")
    with road.acting_as(road.cast.minji) as scope:
        task = dispatch.claim_next(scope, own_name(made.id))
        work.answer_all(scope, task.id, {"done": (True, 0), "result": ("뽁뽁이 두 겹 👍 했어요", 0)})
        work.submit(scope, task.id, fence=task.fence)
    inspection = road.inspection(task.id)
    for begins, ends, item in ((0, 99, "result"), (3, 2, "result"), (0, None, "result"), (0, 2, "done")):
        with pytest.raises(BadDefect):
            road.judge(inspection, "send_back", Seen("careless", item, begins=begins, ends=ends))
    road.judge(inspection, "send_back", Seen("careless", "result", begins=4, ends=10))
    (mark,) = marks_of(road.task(task.id))
    with road.acting_as(road.cast.boram, reading=True) as scope:
        desk = queries.desk(scope, inspection.id)
    assert (mark.quote, [(one.begins, one.ends) for one in desk.defects]) == ("두 겹 👍 ", [(4, 10)])
    assert [(item.key, [piece for piece, marked in cut if marked]) for item, _, cut in desk.texts] == [
        ("result", ["두 겹 👍 "])
    ]
