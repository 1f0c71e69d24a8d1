"""From an owner's poster to an applicant's answer: who may do what, what is refused, and what is kept of it."""

import io
import re
from datetime import timedelta
from itertools import pairwise, product

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from base.sheet import Sheet
from partners import people
from partners.joining import answers, cards, deciding, lists, posters
from partners.joining.answers import Answers
from partners.joining.lists import Trouble
from partners.joining.models import Application
from partners.lifecycle import (
    ACTIVE,
    AHEAD,
    APPLIED,
    ASKED,
    CHECKING,
    LEFT,
    OF_CARDS,
    STATES,
    STEPS,
    after,
    way_on,
)
from partners.models import Partner
from security.models import AuditEntry
from security.news import MemberLeft
from tests.attacks.browser import same

CARD = {
    "owner": "김하늘",
    "business_no": "102-81-03525",
    "mail_order_no": "",
    "mail_order_free": "few_sales",
    "contact": "02-123-4567",
    "about": "그릇을 팔아요.",
}
SAID = {
    "name": "이새봄",
    "phone": "010-2345-6789",
    "login": "Saebom@example.com",
    "kind": "business",
    "business_no": "104 81 25258",
    "when": ["evening"],
    "hours": "12",
    "space": "shelf",
    "tools": ["phone"],
    "words": "꼼꼼해요.",
    "consent": "1",
}
GOOD = Answers("이새봄", "010-2345-6789", "a@b.kr", hours=3, when=("weekend",))


# ------------------------------------------------------------------ rules


def test_the_rows_of_the_way_are_the_only_moves() -> None:
    moves = {(start, step): end for start, step, end, _ in STEPS}
    assert len(moves) == len(STEPS)  # no state has two ways by one step
    every = {step for _, step, _, _ in STEPS}
    assert {(s, t): after(s, t) for s, t in product(STATES, every)} == {
        (s, t): moves.get((s, t)) for s, t in product(STATES, every)
    }
    straight = (APPLIED, CHECKING, *way_on(CHECKING, asked=frozenset()))
    assert straight == STATES[: STATES.index(ACTIVE) + 1]
    ways = {(start, end) for start, _, end, _ in STEPS}
    assert set(pairwise(straight)) <= ways
    assert {start for start, _, end, _ in STEPS if end == LEFT} == set(STATES) - {LEFT}


@given(st.sampled_from(OF_CARDS), st.frozensets(st.sampled_from(sorted(ASKED.values()))))
def test_a_card_stops_where_something_is_asked(state: str, asked: frozenset[str]) -> None:
    """Nobody passes a stage that asks something, and nobody waits where nothing does."""
    *_, at = (state, *way_on(state, asked=asked))
    passed = [state, *way_on(state, asked=asked)][:-1]
    assert not {ASKED[one] for one in passed if one in ASKED} & asked
    assert at not in AHEAD or ASKED.get(at) in asked


WRONG = [
    ({"name": " "}, "name", "unanswered"),
    ({"words": "가" * 1001}, "words", "unanswered"),
    ({"phone": "1234"}, "phone", "not_a_phone"),
    ({"login": "새봄"}, "login", "not_a_login"),
    ({"words": "900101-1234567 이에요"}, "words", "resident_number"),
    ({"phone": "900101 1234567"}, "phone", "resident_number"),
    ({"name": "봄９００１０１１２３４５６７"}, "name", "resident_number"),
    ({"kind": "company"}, "kind", "not_offered"),
    ({"hours": 0}, "hours", "not_offered"),
    ({"when": ()}, "when", "not_offered"),
    ({"space": "ship"}, "space", "not_offered"),
    ({"tools": ("gun",)}, "tools", "not_offered"),
    ({"kind": "business"}, "business_no", "not_a_business_number"),
    ({"kind": "business", "business_no": "1048152258"}, "business_no", "not_a_business_number"),  # swapped
]


@pytest.mark.parametrize(("changed", "field", "code"), WRONG)
def test_an_answer_is_refused_at_its_field(changed: dict[str, object], field: str, code: str) -> None:
    with pytest.raises(answers.Invalid) as refused:
        answers.checked(answers.replace(GOOD, **changed))
    assert (refused.value.facts["field"], refused.value.code) == (field, f"joining.{code}")


def test_answers_come_back_as_they_were() -> None:
    kept = answers.checked(answers.replace(GOOD, kind="business", business_no="104-81-25258", login="A@B.kr"))
    assert (kept.phone, kept.login, kept.business_no) == ("01023456789", "a@b.kr", "1048125258")
    assert answers.heard(answers.told(kept)) == kept
    assert (
        answers.checked(answers.replace(GOOD, business_no="1048125258")).business_no == ""
    )  # a person has none


def sheet(*rows: tuple[str, ...]) -> Sheet:
    return Sheet(rows[0], tuple(enumerate(rows[1:], start=2)))


def test_a_list_of_people_names_what_is_wrong_with_each_row() -> None:
    good = sheet(("이메일", "이름"), ("A@b.kr", " 이 봄 "))
    assert lists.read(good) == ((lists.Line(2, "이 봄", "a@b.kr"),), ())
    bad = sheet(
        ("이름", "이메일"), ("", "x"), ("봄", "b@c.kr"), ("솔", "B@c.kr"), ("900101-1234567", "d@e.kr")
    )
    _, troubles = lists.read(bad)
    assert troubles == (
        Trouble(2, "name", "no_name"), Trouble(2, "login", "no_login"), Trouble(3, "login", "twice"),
        Trouble(4, "login", "twice"), Trouble(5, "name", "resident_number"),
    )  # fmt: skip
    assert lists.read(sheet(("이름",), ("봄",)))[1] == (Trouble(0, "login", "no_column"),)
    assert lists.read(sheet(("이름", "이메일")))[1] == (Trouble(0, "name", "no_rows"),)


# ------------------------------------------------------------------ stories


def opened(acting_as, cast) -> str:
    """Hands round a poster of Haneul's; gives its path."""
    with acting_as(cast.haneul) as scope:
        cards.save(scope, **CARD)
        poster_id = posters.put_up(scope, name="동네 게시판")
        code = next(one.code for one in posters.every(scope) if one.id == poster_id)
    return f"/apply/haneul/{code}"


def sent(client, path: str, **changed: object):
    return client.post(f"{path}/form", data=SAID | changed)


def one_row(acting_as, cast) -> Application:
    with acting_as(cast.haneul, reading=True) as scope:
        return scope.session.scalars(select(Application).where(Application.shop_id == cast.shop_id)).one()


def test_the_owner_says_who_the_shop_is_before_anybody_may_apply(acting_as, cast, signed_in, client):
    haneul = signed_in(cast.haneul)
    made = haneul.post("/joining/posters", data={"csrf": haneul.csrf, "name": "게시판"})
    assert (made.status_code, made.text.count("상점 카드를 먼저 적어 주세요")) == (409, 1)
    form = {"csrf": haneul.csrf, **CARD}
    for changed in ({"business_no": "102-81-03526"}, {"mail_order_free": ""}, {"about": "900101-1234567"}):
        assert haneul.post("/joining/card", data=form | changed).status_code == 422
    assert haneul.post("/joining/card", data=form).status_code == 302
    poster = haneul.post(
        "/joining/posters", data={"csrf": haneul.csrf, "name": "게시판"}, follow_redirects=True
    )
    address = re.search(r'href="(http://localhost/apply/haneul/[\w-]{16})"', poster.text)
    assert address is not None
    path = address[1].removeprefix("http://localhost")
    page = client.get(path).text
    assert page.count("102-81-03525") == 1
    assert all(
        page.count(words) == 1 for words in ("보증금, 교육비", "비밀번호나 인증번호", "주민등록번호나 신분증")
    )


def test_the_picture_says_the_address() -> None:
    """What is drawn is what the library says of this address, in SVG that a strict page takes."""
    address = "https://dari.example/apply/haneul/abcdefghijklmnop"
    drawn = str(posters.picture(address))
    side = segno.make(address, error="m").symbol_size(border=4)[0]
    assert re.match(rf'<svg viewBox="0 0 {side} {side}"', drawn)
    assert [drawn.count(word) for word in ("style", "script", "http", "<path")] == [0, 0, 0, 1]


def test_an_application_is_followed_answered_and_its_words_are_sealed(
    acting_as, cast, signed_in, client, world
):
    path = opened(acting_as, cast)
    own = sent(client, path).headers["Location"]
    assert client.get(own).text.count("신청을 잘 받았어요") == 1
    row = one_row(acting_as, cast)
    assert (row.said.count(b"2345"), row.said.count("새봄".encode())) == (0, 0)
    haneul, minji, boram = (signed_in(person) for person in (cast.haneul, cast.minji, cast.boram))
    page = f"/joining/applications/{row.id}"
    assert [browser.get(page).status_code for browser in (haneul, minji, boram, client)] == [
        200,
        403,
        200,
        302,
    ]
    assert [browser.get(page).text.count("01023456789") for browser in (haneul, boram)] == [1, 0]
    assert haneul.post(f"{page}/yes", data={"csrf": haneul.csrf}).status_code == 409  # not looked at yet
    assert haneul.post(f"{page}/look", data={"csrf": haneul.csrf}).status_code == 302
    assert client.get(own).text.count("신청서를 확인하고 있어요") == 1
    assert client.post(f"{own}/enter").status_code == 409
    for browser in (haneul, boram, haneul):
        answers_ = browser.post(f"{page}/yes", data={"csrf": browser.csrf})
    assert (answers_.status_code, client.get(own).text.count("두 사람이 보고 정했어요")) == (409, 1)
    join = client.post(f"{own}/enter").headers["Location"]
    assert client.get(join).text.count("102-81-03525") == 1  # the shop's card, here as well
    assert client.post(join, data={"password": "long enough to be good"}).status_code == 302
    assert client.get("/today").status_code == 200
    with acting_as(cast.haneul, reading=True) as scope:
        card = scope.session.get_one(Partner, one_row(acting_as, cast).partner_id)
        assert (card.state, card.kind) == (ACTIVE, "business")
        noted = scope.session.scalars(select(AuditEntry).where(AuditEntry.subject == "application"))
        acts = [(entry.act, "새봄" in entry.facts or "2345" in entry.facts) for entry in noted]
    assert acts == [
        (f"application.{act}", False) for act in ("made", "looked_at", "approved", "approved", "welcomed")
    ]


def test_somebody_is_refused_for_a_reason_and_forgotten(acting_as, cast, signed_in, client, as_house):
    own = sent(client, opened(acting_as, cast)).headers["Location"]
    haneul, row = signed_in(cast.haneul), one_row(acting_as, cast)
    page = f"/joining/applications/{row.id}"
    assert haneul.post(f"{page}/refuse", data={"csrf": haneul.csrf, "reason": "dislike"}).status_code == 422
    assert haneul.post(f"{page}/refuse", data={"csrf": haneul.csrf, "reason": "full"}).status_code == 302
    said = client.get(own).text
    assert (said.count("이번에는 함께하지 못하게"), said.count("지금은 자리가 다 찼어요")) == (1, 1)
    assert [client.post(f"{own}/{act}").status_code for act in ("enter", "withdraw")] == [409, 409]
    for act in ("look", "yes"):
        assert haneul.post(f"{page}/{act}", data={"csrf": haneul.csrf}).status_code == 409
    ended = one_row(acting_as, cast).ended_at
    assert ended is not None
    for days, left in ((29, True), (31, False)):
        with as_house(cast.haneul, now=ended + timedelta(days=days)) as scope:
            deciding.sweep(scope)
        assert bool(one_row(acting_as, cast).said) is left
    assert haneul.get(page).text.count("01023456789") == 0


def test_whoever_withdraws_is_forgotten_at_once(acting_as, cast, client):
    own = sent(client, opened(acting_as, cast)).headers["Location"]
    assert client.post(f"{own}/withdraw").status_code == 302
    row = one_row(acting_as, cast)
    assert (row.state, row.ended_how, row.said) == (LEFT, "withdrawn", b"")
    assert client.get(own).text.count("적은 내용은 지웠어요") == 2  # the notice and the verdict


def test_a_stranger_learns_nothing_by_trying(acting_as, cast, client):
    """No shop, another shop's poster, none, and one that was taken down: all the same 404."""
    path = opened(acting_as, cast)
    code = path.rpartition("/")[2]
    wrong = [f"/apply/nobody/{code}", f"/apply/other/{code}", "/apply/haneul/aaaaaaaaaaaaaaaa"]
    wrong += [f"/application/haneul/{code}", f"/application/other/{'a' * 43}"]
    seen = [client.get(one) for one in wrong]
    assert (
        {one.status_code for one in seen},
        len({same(one, path) for one, path in zip(seen, wrong, strict=True)}),
    ) == ({404}, 1)
    with acting_as(cast.haneul) as scope:
        posters.take_down(scope, posters.every(scope)[0].id)
    assert [client.get(path).status_code, sent(client, path).status_code] == [404, 404]


def test_a_known_address_gets_the_same_answer_and_tries_are_counted(acting_as, cast, client):
    path = opened(acting_as, cast)
    first, twin = sent(client, path), sent(client, path, login="minji@example.com")
    assert (first.status_code, twin.status_code) == (302, 302)
    refused = sent(client, path, words="900101-1234567")
    assert (refused.status_code, refused.text.count("주민등록번호를 묻지도, 적어 두지도 않아요")) == (422, 1)
    assert [sent(client, path, consent="").status_code, sent(client, path).status_code] == [422, 302]
    assert sent(client, path).status_code == 429
    with acting_as(cast.haneul) as scope:
        found = {row.id: deciding.applicant(scope, row.id) for row in deciding.queue(scope).rows}
        assert [one.twins for one in found.values()] == [1, 0, 1]
        minjis = next(id_ for id_, one in found.items() if one.said and one.said.login == "minji@example.com")
        deciding.look(scope, minjis)
        with pytest.raises(deciding.AlreadyHere):
            deciding.welcome(scope, minjis)


def test_what_sounds_false_is_asked_about_and_its_readers_are_warned(acting_as, cast, signed_in, client):
    path, words = opened(acting_as, cast), "연락은 텔레그램으로만 주세요"
    asked = sent(client, path, words=words)
    assert (asked.status_code, asked.text.count('name="sure"')) == (422, 1)
    assert sent(client, path, words=words, sure="1").status_code == 302
    haneul, minji = signed_in(cast.haneul), signed_in(cast.minji)
    page = f"/joining/applications/{one_row(acting_as, cast).id}"
    assert haneul.get(page).text.count("메신저로만 이야기하자는 말") == 1
    lure = {"csrf": haneul.csrf, **CARD, "about": "하루 50만원 수익 보장"}
    assert haneul.post("/joining/card", data=lure).status_code == 422
    assert haneul.post("/joining/card", data=lure | {"sure": "1"}).status_code == 302
    assert client.get(path).text.count("바로 큰돈을 벌 수 있다는 말") == 1
    told = {"csrf": haneul.csrf, "title": "알림", "text": "보증금 5만원을 먼저 입금해 주세요"}
    assert haneul.post("/announcements", data=told).status_code == 422
    page = haneul.post("/announcements", data=told | {"sure": "1"}).headers["Location"]
    assert minji.get(page).text.count("보증금이나 교육비를 먼저 내라는 말") == 1


def test_a_file_invites_everybody_or_nobody(cast, signed_in, acting_as):
    haneul = signed_in(cast.haneul)

    def send(text: str):
        file = (io.BytesIO(text.encode()), "people.csv")
        return haneul.post("/joining/invites", data={"csrf": haneul.csrf, "file": file})

    bad = send("이름,이메일\n봄,bom@example.com\n민지,minji@example.com\n")
    assert (bad.status_code, bad.text.count("3번째 줄"), bad.text.count("이미 이 상점의 파트너예요")) == (
        422,
        1,
        1,
    )
    with acting_as(cast.haneul, reading=True) as scope:
        before = len(people.hands(scope))
    good = send("이름,이메일\n봄,bom@example.com\n솔,sol@example.com\n")
    assert (good.status_code, len(set(re.findall(r"http://localhost/invite/[\w-]{43}", good.text)))) == (
        200,
        2,
    )
    with acting_as(cast.haneul, reading=True) as scope:
        assert len(people.hands(scope)) == before + 2


def test_a_card_that_left_takes_no_other_step(cast, as_house):
    with as_house(cast.haneul) as scope:
        people.on_left(scope, MemberLeft(cast.minji.partner_id, cast.minji.actor.id, "partner"))
        assert scope.session.get_one(Partner, cast.minji.partner_id).state == LEFT
        with pytest.raises(people.NotFromHere):
            people.pause(scope, cast.minji.partner_id)
