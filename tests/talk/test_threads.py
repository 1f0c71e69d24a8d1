"""A thread on every task: who reads what, who is told, what may not be said, and marks on photos."""

import pytest
from sqlalchemy import select, text

from base.errors import Invalid, NotFound
from base.scope import Scope
from security.throttle import TooManyTries
from talk import bell, conversation, notices, saying, threads
from talk.models import Message, Notice
from talk.saying import LooksPersonal, NobodyThere, NothingSaid, NotThisPhoto, ResidentNumber, Said
from tasks import dispatch
from tests.cast import Person
from tests.qa.road import BLURRED, Road

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)


def say(road: Road, who: Person, task_id: int, words: str, **more: object) -> int:
    road.later(seconds=20)
    with road.acting_as(who) as scope:
        return saying.write(scope, task_id, Said(words, **more)).id


def heard(road: Road, who: Person, task_id: int) -> list[tuple[str, str, str | None]]:
    """Who said what, as somebody sees it."""
    with road.acting_as(who, reading=True) as scope:
        return [(line.role, line.name, line.text) for line in conversation.thread(scope, task_id).lines]


def told(road: Road, who: Person) -> list[tuple[str, int, bool]]:
    """Somebody's notices: kind, count, and whether read; the latest first."""
    with road.acting_as(who, reading=True) as scope:
        return [(row.kind, row.count, row.read_at is not None) for row in notices.every(scope).rows]


def code(scope: Scope, task_id: int, person: Person) -> str:
    return threads.code_of(scope, task_id, person.partner_id)


@pytest.mark.both
def test_a_question_and_its_answer(road: Road) -> None:
    """Everybody sees their own part: partners no other partner, reviewers no names."""
    minji, sujin, boram, haneul = road.cast.minji, road.cast.sujin, road.cast.boram, road.cast.haneul
    inspection = road.waiting(minji)
    task = inspection.task_id
    say(road, haneul, task, "선물 포장이에요")
    say(road, minji, task, "리본 색은 아무거나 괜찮나요?")
    assert told(road, haneul) == [("message", 1, False)]  # nobody of the house has taken part but her
    say(road, minji, task, "@검수자 사진 봐 주세요")
    assert told(road, boram) == [("mention", 1, False)]
    road.later(seconds=5)
    road.judge(inspection, "send_back", BLURRED, note="송장이 흐려요")
    say(road, boram, task, "@파트너 여기는 왜 접혔나요?", marks=f"{road.photo(task)}:10,20,30,40")
    assert told(road, minji) == [("mention", 1, False), ("sent_back", 1, False), ("message", 1, False)]
    say(road, minji, task, "상자가 작았어요. 바꿀게요")
    assert told(road, boram) == [("message", 1, False), ("mention", 1, False)]
    assert heard(road, minji, task) == [
        ("owner", "", "선물 포장이에요"),
        ("partner", "", "리본 색은 아무거나 괜찮나요?"),
        ("partner", "", "@검수자 사진 봐 주세요"),
        ("reviewer", "", "송장이 흐려요"),
        ("reviewer", "", "@파트너 여기는 왜 접혔나요?"),
        ("partner", "", "상자가 작았어요. 바꿀게요"),
    ]
    assert {name for role, name, _ in heard(road, boram, task) if role == "partner"} == {""}
    assert {name for role, name, _ in heard(road, haneul, task) if role == "partner"} == {"Minji"}
    for stranger in (sujin, road.cast.stranger, road.cast.stranger_partner):
        with road.acting_as(stranger) as scope, pytest.raises(NotFound):
            conversation.thread(scope, task)
        with road.acting_as(stranger) as scope, pytest.raises(NotFound):
            saying.write(scope, task, Said("안녕"))


def test_the_next_hand_sees_nothing_of_the_last(road: Road) -> None:
    minji, sujin, boram = road.cast.minji, road.cast.sujin, road.cast.boram
    road.receive(2)
    task = road.task_of(road.order())
    say(road, boram, task, "포장지를 두 겹으로")  # nobody has it: it is for whoever comes
    road.claim(minji, task)
    say(road, minji, task, "종이가 모자라요")
    with road.acting_as(minji) as scope:
        dispatch.release(scope, task, reason="goods_missing")
    road.claim(sujin, task)
    say(road, boram, task, "종이는 새로 보냈어요")
    assert [words for *_, words in heard(road, sujin, task)] == ["포장지를 두 겹으로", "종이는 새로 보냈어요"]
    assert [words for *_, words in heard(road, minji, task)] == ["포장지를 두 겹으로", "종이가 모자라요"]
    with road.acting_as(boram) as scope:
        first, second = conversation.thread(scope, task).sides
        assert (first.code, second.code) == (code(scope, task, minji), code(scope, task, sujin))
        assert [(side.number, side.name, side.has_it) for side in (first, second)] == [
            (1, "", False),
            (2, "", True),
        ]
    say(road, boram, task, "고마워요", to=first.code)
    assert [words for *_, words in heard(road, minji, task)][-1] == "고마워요"
    assert told(road, minji) == [("message", 1, False)]
    with road.acting_as(boram) as scope, pytest.raises(NobodyThere):
        saying.write(scope, task, Said("?", to="0" * 12))


@ON_SQLITE
def test_messages_are_counted_until_they_are_read(road: Road) -> None:
    minji, boram = road.cast.minji, road.cast.boram
    task = road.waiting(minji).task_id
    ids = [say(road, boram, task, words) for words in ("하나", "둘", "셋")]
    assert told(road, minji) == [("message", 3, False)]
    with road.acting_as(minji, reading=True) as scope:
        assert (threads.unread(scope, task), bell.ring(scope).count) == (3, 1)
        assert [line.new for line in conversation.thread(scope, task).lines] == [True] * 3
    with road.acting_as(minji) as scope:
        threads.see(scope, task, up_to=ids[1])
    with road.acting_as(minji) as scope:
        assert (threads.unread(scope, task), bell.ring(scope).count) == (1, 0)
        threads.see(scope, task, up_to=10**15)
        threads.see(scope, task, up_to=ids[0])  # nobody reads backwards
    say(road, minji, task, "네")
    with road.acting_as(minji, reading=True) as scope:
        assert threads.unread(scope, task) == 0
    say(road, boram, task, "넷")
    assert told(road, minji) == [("message", 1, False), ("message", 3, True)]


@ON_SQLITE
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (Said(" \u200b\n "), NothingSaid),
        (Said("가" * 1001), NothingSaid),
        (Said("\n".join("x" * 41)), NothingSaid),
        (Said("900101-1234567"), ResidentNumber),
        (Said("900101-1234567", sure=True), ResidentNumber),
        (Said("고객님 010-2345-6789"), LooksPersonal),
        (Said("서울시 강남구 테헤란로 152"), LooksPersonal),
        (Said("봐 주세요", marks="1:0,0,10,10"), NotThisPhoto),
        (Said("봐 주세요", marks="here"), NotThisPhoto),
    ],
    ids=lambda case: getattr(case, "__name__", None) or case.text[:8].strip(),
)
def test_what_is_not_said(road: Road, said: Said, refusal: type[Invalid]) -> None:
    road.receive(2)
    task = road.task_of(road.order())
    road.claim(road.cast.minji, task)
    with pytest.raises(refusal), road.acting_as(road.cast.minji) as scope:
        saying.write(scope, task, said)
    assert heard(road, road.cast.haneul, task) == []


@ON_SQLITE
def test_who_is_sure_says_it_and_nobody_says_too_much(road: Road) -> None:
    road.receive(2)
    task = road.task_of(road.order())
    road.claim(road.cast.minji, task)
    say(road, road.cast.minji, task, "제 번호는 010-2345-6789예요", sure=True)
    with road.acting_as(road.cast.minji) as scope:
        for n in range(1, saying.PACE):
            saying.write(scope, task, Said(f"{n}"))
        with pytest.raises(TooManyTries):
            saying.write(scope, task, Said("한 번 더"))


@ON_SQLITE
def test_a_body_lies_sealed_and_bound_to_its_row(road: Road) -> None:
    task = road.waiting(road.cast.minji).task_id
    first, second = (say(road, road.cast.minji, task, words) for words in ("카나리아 하나", "카나리아 둘"))
    with road.acting_as(road.cast.haneul) as scope:
        bodies = dict(scope.session.execute(select(Message.id, Message.body)).all())
        assert [body for body in bodies.values() if "카나리아".encode() in body] == []
        journal = scope.session.execute(text("SELECT group_concat(act || facts) FROM audit_entries")).scalar()
        assert ("message.written" in journal, "카나리아" in journal) == (True, False)
        scope.session.execute(
            text("UPDATE messages SET body = :body WHERE id = :id"), {"body": bodies[first], "id": second}
        )
    assert [words for *_, words in heard(road, road.cast.haneul, task)] == ["카나리아 하나", None]


@ON_SQLITE
def test_what_tells_whom(road: Road) -> None:
    """Each notice helps somebody act: a plain pass says nothing, a remark, a return and a refusal do."""
    minji, boram = road.cast.minji, road.cast.boram
    plain, remarked, refused = (road.waiting(minji) for _ in range(3))
    road.judge(plain, "accept")
    assert told(road, minji) == []
    road.later(minutes=1)
    road.judge(remarked, "accept", note="매듭이 예뻐요")
    road.later(minutes=1)
    road.judge(refused, "reject", note="다른 상품이에요")
    assert told(road, minji) == [("rejected", 1, False), ("remark", 1, False)]
    assert told(road, boram) == []
    with road.acting_as(boram) as scope:
        theirs = scope.session.scalars(select(Notice.id)).first() or 0
        with pytest.raises(NotFound):
            notices.read(scope, theirs)
    with road.acting_as(minji) as scope:
        notices.read_all(scope)
    assert {read for *_, read in told(road, minji)} == {True}
