"""The pages and calls of talk: sent once however often, text stays text, announcements, choices, the bell."""

import re
from html import unescape

from flask.testing import FlaskClient

import app as front
from base.scope import THE_HOUSE, Actor, acting
from security import people
from talk import bell, notices
from tests.api.calling import ON_SQLITE, Program, token_of
from tests.cast import Cast, Person, SignedIn
from tests.qa.road import Road

pytestmark = ON_SQLITE
SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} '\";--",
    "javascript:alert(1)",
)


def send(client: FlaskClient, path: str, status: int = 302, **form: object) -> str:
    answer = client.post(path, data={"csrf": client.csrf, **form})  # type: ignore[attr-defined]
    assert answer.status_code == status, answer.text
    return answer.text


def lines(client: FlaskClient, task: int) -> list[str]:
    """What stands in a thread, as its page says it."""
    page = client.get(f"/tasks/{task}/thread").text
    found = re.findall(r'<p class="talk-text">(.*?)</p>', page, re.DOTALL)
    return [unescape(re.sub(r"<strong[^>]*>|</strong>", "", one)) for one in found]


def test_what_is_said_is_said_once_and_stays_text(road: Road, signed_in: SignedIn) -> None:
    task = road.waiting(road.cast.minji).task_id
    minji, boram = signed_in(road.cast.minji), signed_in(road.cast.boram)
    path = f"/tasks/{task}/thread"
    for n, script in enumerate(SCRIPTS):
        for _ in range(3):
            send(minji, path, text=script, client_id=f"say-{n:08}")
    assert lines(boram, task) == list(SCRIPTS)
    for page in (boram.get(path).text, signed_in(road.cast.haneul).get(path).text):
        assert [script for script in SCRIPTS[:2] if script in page] == []
    refused = send(minji, path, 422, text="서울시 강남구 테헤란로 152\n봐 주세요")
    assert "서울시 강남구 테헤란로 152\n봐 주세요</textarea>" in refused
    assert len(lines(boram, task)) == 4
    send(minji, path, text="서울시 강남구 테헤란로 152\n봐 주세요", sure="1")
    assert lines(boram, task)[-1] == "서울시 강남구 테헤란로 152\n봐 주세요"
    begun = minji.get(f"{path}?say=1").text
    assert re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", begun) == ["지금 고치고 있어요."]
    assert minji.get(f"{path}?say=99").status_code == 200


def test_the_bell_counts_and_a_notice_leads_to_its_matter(road: Road, signed_in: SignedIn) -> None:
    task = road.waiting(road.cast.minji).task_id
    minji, boram = signed_in(road.cast.minji), signed_in(road.cast.boram)
    before = minji.get("/pulse").text
    assert "data-notices" not in minji.get("/notices/bell").text
    send(boram, f"/tasks/{task}/thread", text="@파트너 봐 주세요")
    assert minji.get("/pulse").text != before  # open pages look again
    for page in ("/today", "/notices/bell", "/offers"):
        assert 'data-notices="1"' in minji.get(page).text, page
    (notice,) = re.findall(r'action="(/notices/\d+/open)"', minji.get("/notices").text)
    opened = minji.post(notice, data={"csrf": minji.csrf})  # type: ignore[attr-defined]
    assert opened.headers["Location"] == f"/tasks/{task}/thread"
    assert "data-notices" not in minji.get("/notices/bell").text
    assert boram.post(notice, data={"csrf": boram.csrf}).status_code == 404  # type: ignore[attr-defined]


def test_an_announcement_is_pinned_until_it_is_confirmed(road: Road, signed_in: SignedIn, cast: Cast) -> None:
    haneul, minji, sujin = (signed_in(who) for who in (cast.haneul, cast.minji, cast.sujin))
    text = {"title": "월요일은 쉬어요", "text": "<b>택배</b>가 쉬는 날이에요."}
    assert "aria-invalid" in send(haneul, "/announcements", 422, title="", text="x", audience="all")
    assert "010-2345-6789" in send(
        haneul, "/announcements", 422, title="전화", text="010-2345-6789", audience="all"
    )
    send(haneul, "/announcements", 422, audience="some", **text)
    send(haneul, "/announcements", audience="all", **text)
    (told,) = re.findall(r'href="(/announcements/\d+)"', haneul.get("/announcements").text)
    assert "월요일은 쉬어요" in minji.get("/today").text
    assert minji.get(told).text.count("&lt;b&gt;택배&lt;/b&gt;") == 1
    assert "2명이 아직 읽지 않았어요." in haneul.get(told).text
    send(minji, "/notices/read")  # an announcement is not waved away
    assert "월요일은 쉬어요" in minji.get("/offers").text
    for _ in range(2):
        send(minji, f"{told}/confirmation")
    assert "월요일은 쉬어요" not in minji.get("/today").text
    page = haneul.get(told).text
    assert ("1명이 아직 읽지 않았어요." in page, page.index("Sujin") < page.index("Minji")) == (True, True)
    late = _joined(road, cast)
    with acting(road.world, shop_id=cast.shop_id, actor=late.actor) as scope:
        assert [title for _, title in bell.ring(scope).pinned] == ["월요일은 쉬어요"]
    for stranger in (cast.stranger, cast.stranger_partner):
        assert signed_in(stranger).get(told).status_code == 404
    assert signed_in(cast.boram).get(told).status_code == 403
    send(haneul, f"{told}/end")
    assert "월요일은 쉬어요" not in sujin.get("/today").text


def _joined(road: Road, cast: Cast) -> Person:
    """Somebody who comes to pack later."""
    with acting(road.world, shop_id=cast.shop_id, actor=THE_HOUSE) as scope:
        member, _ = people.invite(scope, login="late@example.com", name="Late", role="partner")
        return Person("late", cast.shop_id, Actor(member.account_id, "partner", member.id))


def test_what_a_person_and_the_shop_choose(road: Road, signed_in: SignedIn, cast: Cast) -> None:
    minji, haneul = signed_in(cast.minji), signed_in(cast.haneul)
    for wrong in ({"quiet_from": "25:00", "quiet_to": "08:00"}, {"quiet_from": "22:00", "quiet_to": ""}):
        assert "aria-invalid" in send(minji, "/notices/choices", 422, **wrong)
    send(
        minji,
        "/notices/choices",
        mailed=["mention"],
        quiet_from="22:00",
        quiet_to="07:00",
        urgent_through="1",
    )
    page = minji.get("/notices/choices").text
    assert re.findall(r'name="mailed" value="(\w+)" checked', page) == ["mention"]
    assert re.findall(r'value="(\d\d:\d\d)"', page) == ["22:00", "07:00"]
    send(
        haneul,
        "/settings/talk",
        422,
        quiet_from="20:00",
        quiet_to="09:00",
        phrases_partner="\n".join("x" * 13),
    )
    send(
        haneul,
        "/settings/talk",
        quiet_from="20:00",
        quiet_to="09:00",
        phrases_partner="테이프가 없어요\n\n비가 와요",
    )
    assert "20:00~09:00" in signed_in(cast.sujin).get("/notices/choices").text
    task = road.waiting(cast.minji).task_id
    said = re.findall(r'name="say" value="\d">([^<]+)<', minji.get(f"/tasks/{task}/thread").text)
    assert said == ["테이프가 없어요", "비가 와요"]


def test_programs_talk_by_the_same_rules(road: Road, cast: Cast) -> None:
    task = road.waiting(cast.minji).task_id
    client = front.create_app(road.world).test_client()
    minji, boram, sujin = (
        Program(client, token_of(road.world, who)[1]) for who in (cast.minji, cast.boram, cast.sujin)
    )
    thread, photo = f"/tasks/{task}/thread", road.photo(task)
    mark = {"photo_id": photo, "x": 10, "y": 20, "w": 30, "h": 40}
    answers = [
        boram.post(thread, {"text": "여기요", "marks": [mark]}, key="same-key-1").json for _ in range(2)
    ]
    assert answers[0] == answers[1]
    shown = minji.get(thread).json
    assert [(line["text"], line["marks"], line["new"], line["name"]) for line in shown["lines"]] == [
        ("여기요", [mark], True, "")
    ]
    assert [row["kind"] for row in minji.get("/notices").json["rows"]] == ["message"]
    assert minji.post(f"{thread}/seen", {"up_to": shown["last"]}).status_code == 204
    assert (minji.get(thread).json["unread"], minji.get("/notices").json["rows"][0]["read_at"] is None) == (
        0,
        False,
    )
    refusals = [
        (minji, {"text": "900101-1234567"}, 422),
        (minji, {"text": "여기", "marks": [mark | {"photo_id": 999}]}, 422),
        (minji, {"text": "여기", "marks": [mark | {"x": 101}]}, 422),
        (sujin, {"text": "나도"}, 404),
    ]
    assert [program.post(thread, body).status_code for program, body, _ in refusals] == [
        s for *_, s in refusals
    ]
    narrow = Program(client, token_of(road.world, cast.minji, permissions=["task.work"])[1])
    assert (narrow.get(thread).status_code, narrow.get("/notices").status_code) == (403, 403)
    with road.acting_as(cast.minji, reading=True) as scope:
        assert notices.unread(scope) == 0
