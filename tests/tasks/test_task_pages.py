"""The partner's pages, as a browser without a script and as one with scripts see them."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from base.clock import utcnow
from security.models import AuditEntry
from stock import handling, orders
from stock.drafts import Draft, Line, Recipient
from tasks import marks, steps
from tasks.kinds.packing.procedure import ITEMS
from tasks.models import LateDraft, Task
from tests.cast import Cast, SignedIn
from tests.pictures import encoded, scene
from tests.tasks.bench import Bench

JSON = {"Accept": "application/json"}


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """The bench by the clock on the wall, because pages know no other."""
    bench.now = utcnow()
    return bench


@pytest.fixture
def minji(bench: Bench, cast: Cast, signed_in: SignedIn) -> FlaskClient:
    return signed_in(cast.minji)


_ids = iter(range(10**9))


def send(client: FlaskClient, path: str, *, json: bool = False, **form: object) -> TestResponse:
    data = {"csrf": client.csrf, "client_id": f"client-{next(_ids):08}"} | form  # type: ignore[attr-defined]
    return client.post(path, data=data, headers=JSON if json else {})


def text(response: TestResponse) -> str:
    """What a reader sees: no tags, single blanks."""
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return " ".join(plain.split())


def whole_form(client: FlaskClient, task_id: int, **changed: object) -> dict[str, object]:
    """The fields of the task page as a browser would send them, some filled in."""
    page = client.get(f"/work/{task_id}").text
    form = page[page.index('<form id="sheet"') :]
    hidden = re.findall(r'<input type="hidden" name="((?:version|times)-[^"]+|fence)" value="([^"]*)"', form)
    fields: dict[str, object] = dict(hidden)
    fields["times-scan"] = [value for name, value in hidden if name == "times-scan"]
    return fields | changed


FILLED = {
    "answer-picking": "1",
    "answer-scan": ["MUG-01", "8801234567893"],
    "answer-condition": "fine",
    "answer-weight": "650",
    "answer-seal": "1",
    "answer-label": "1",
}


def jpeg() -> tuple[BytesIO, str]:
    return BytesIO(encoded(scene())), "photo.jpg"


def test_a_parcel_without_a_script(bench: Bench, minji: FlaskClient) -> None:
    (task_id,) = bench.tasks(1)
    number = bench.task(task_id).title
    assert "지금 1건이 기다리고 있어요" in text(minji.get("/today"))
    taken = send(minji, "/offers/next")
    assert (taken.status_code, taken.location) == (302, f"/work/{task_id}")
    page = text(minji.get(f"/work/{task_id}"))
    assert [words in page for words in (f"주문 {number}", "MUG-01", "상자를 닫기 전 사진")] == [True] * 3

    partly = send(minji, f"/work/{task_id}/answers", **whole_form(minji, task_id, **{"answer-weight": "650"}))
    assert partly.location == f"/work/{task_id}"
    kept = whole_form(minji, task_id, **{"answer-weight": "650"})
    refused = send(minji, f"/work/{task_id}/submission", **kept)
    assert (refused.status_code, "아직 6가지가 남았어요" in text(refused)) == (422, True)
    assert re.findall(r'<a href="#item-(\w+)">', refused.text) == [
        "picking", "scan", "condition", "packed_photo", "seal", "label",
    ]  # fmt: skip

    more = whole_form(
        minji, task_id, **{"answer-weight": "650", "answer-seal": "1", "photo-packed_photo": jpeg()}
    )
    refused = send(minji, f"/work/{task_id}/submission", **more)  # refused, and what it carried is kept
    assert re.findall(r'<a href="#item-(\w+)">', refused.text) == ["picking", "scan", "condition", "label"]
    again = dict(re.findall(r'<input type="hidden" name="(version-\w+)" value="(\d+)"', refused.text))
    assert again == dict(
        re.findall(r'name="(version-\w+)" value="(\d+)"', minji.get(f"/work/{task_id}").text)
    )
    assert (again["version-seal"], "photos/" in refused.text) == ("1", True)

    form = whole_form(minji, task_id, **FILLED)
    done = send(minji, f"/work/{task_id}/submission", **form)
    assert (done.status_code, done.location) == (302, "/today")
    assert bench.state(task_id) in {"submitted", "inspection", "accepted"}
    assert "제출했어요" in text(minji.get("/today"))
    assert number in text(minji.get("/done"))
    assert "제출한 일감이에요" in text(minji.get(f"/work/{task_id}"))


def test_a_parcel_with_scripts(bench: Bench, minji: FlaskClient) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    saved = send(
        minji, f"/work/{task_id}/answers", json=True,
        **{"item": "scan", "version-scan": "0", "answer-scan": ["MUG-01", ""], "times-scan": ["1", "1"]},
    ).json  # fmt: skip
    assert saved == {
        "fields": {"version-scan": "1"},
        "stands": "todo",
        "progress": {"done": 0, "total": 7},
        "text": "저장됨 · 빠진 것: MUG-01 1개.",
        "asked": [item["key"] for item in ITEMS if "when" not in item],
    }
    done = send(
        minji, f"/work/{task_id}/answers", json=True,
        **{"item": "scan", "version-scan": "1", "answer-scan": ["MUG-01", "MUG-01"], "times-scan": ["1", "1"]},
    ).json  # fmt: skip
    assert (done["stands"], done["progress"], done["text"]) == ("done", {"done": 1, "total": 7}, "저장됨")
    stale = send(
        minji,
        f"/work/{task_id}/answers",
        json=True,
        **{"item": "scan", "version-scan": "0", "answer-scan": "X"},
    )
    assert (stale.status_code, stale.json["code"], stale.json["version"]) == (409, "tasks.stale_answer", 2)
    unfit = send(
        minji, f"/work/{task_id}/answers", json=True,
        **{"item": "remark", "version-remark": "0", "answer-remark": "900101-1234567"},
    )  # fmt: skip
    assert (unfit.status_code, unfit.json["field"]) == (422, "answer-remark")
    photo = send(minji, f"/work/{task_id}/photos/packed_photo", json=True, photo=jpeg())
    assert (photo.status_code, photo.json["stands"]) == (200, "done")
    shown = minji.get(photo.json["url"])
    assert (shown.mimetype, shown.data[:2]) == ("image/jpeg", b"\xff\xd8")
    assert "900101" not in minji.get(f"/work/{task_id}").text


def test_the_loser_is_told_and_offered_the_next(bench: Bench, cast: Cast, minji: FlaskClient) -> None:
    first, second = bench.tasks(2)
    bench.claim("sujin", first)
    lost = send(minji, f"/offers/{first}/claim")
    assert (lost.status_code, "이미 다른 분이 맡았어요" in text(lost)) == (409, True)
    assert f"/offers/{second}/claim" in lost.text
    by_script = send(minji, f"/offers/{first}/claim", json=True)
    assert (by_script.status_code, by_script.json["code"], by_script.json["next_id"]) == (
        409, "tasks.taken", second,
    )  # fmt: skip
    assert "이미 다른 분이 맡았어요" in text(minji.get(f"/offers/{first}"))


def test_nobody_opens_anothers_task_or_photo(bench: Bench, cast: Cast, signed_in: SignedIn) -> None:
    (task_id,) = bench.tasks(1)
    bench.hand_in("minji", task_id)
    sujin, stranger, boram = (signed_in(who) for who in (cast.sujin, cast.stranger_partner, cast.boram))
    for client in (sujin, stranger):
        assert [client.get(path).status_code for path in (f"/work/{task_id}", "/photos/1", "/work/999")] == [
            404
        ] * 3
    assert [boram.get(path).status_code for path in ("/photos/1", f"/work/{task_id}", "/today")] == [
        200,
        403,
        403,
    ]


def test_what_comes_too_late_is_kept(bench: Bench, minji: FlaskClient) -> None:
    bench.later(hours=-2)
    held, other = bench.tasks(2)
    bench.claim("minji", held)
    late = send(
        minji, f"/work/{held}/answers", json=True,
        **{"item": "weight", "version-weight": "0", "answer-weight": "650"},
    )  # fmt: skip
    assert (late.status_code, late.json["code"], late.json["next_url"]) == (
        409,
        "tasks.lease_ended",
        "/offers",
    )
    page = send(
        minji, f"/work/{held}/submission", **{"fence": "1", "version-remark": "0", "answer-remark": "늦음"}
    )
    assert (page.status_code, "맡은 시간이 끝났어요" in text(page)) == (409, True)
    assert f"/offers/{other}/claim" in page.text
    with bench.acting_as("house", reading=True) as scope:
        assert scope.session.scalars(select(LateDraft.answers)).one() == {"weight": "650", "remark": "늦음"}


def test_sent_back_shows_the_mark_and_only_what_to_mend(bench: Bench, minji: FlaskClient) -> None:
    (task_id,) = bench.tasks(1)
    bench.hand_in("minji", task_id)
    with bench.acting_as("boram") as scope:
        found = marks.Mark(
            "packed_photo", "photo_unclear", "minor", "오른쪽이 안 보여요", 1, 400, 300, 200, 100
        )
        marks.send_back(
            scope, scope.session.get_one(Task, task_id), marks=[found], note="한 장만 다시 부탁해요"
        )
    today = text(minji.get("/today"))
    assert [words in today for words in ("돌아온 일감 1건", "한 장만 다시 부탁해요")] == [True, True]
    page = minji.get(f"/work/{task_id}")
    assert re.findall(r'data-item="(\w+)"', page.text) == ["packed_photo", "remark"]
    assert '<rect class="mark" x="40.0" y="30.0" width="20.0" height="10.0"/>' in page.text
    assert "사진으로 확인하기 어려워요: 오른쪽이 안 보여요" in text(page)
    send(minji, f"/work/{task_id}/photos/packed_photo", json=True, photo=jpeg())
    assert send(minji, f"/work/{task_id}/submission", fence="1").location == "/today"
    assert (bench.state(task_id), bench.task(task_id).round) == ("inspection", 2)


def test_what_is_asked_again_is_asked_empty(bench: Bench, minji: FlaskClient) -> None:
    (task_id,) = bench.tasks(1)
    bench.hand_in("minji", task_id)
    bench.send_back(task_id, "seal", "condition", "weight", "scan")
    asked = minji.get(f"/work/{task_id}").text.partition('<form id="sheet"')[2]
    assert re.findall(r'data-item="(\w+)"', asked) == ["scan", "condition", "weight", "seal", "remark"]
    assert [said in asked for said in (" checked", 'value="650"', 'value="MUG-01')] == [False] * 3
    again = {key: FILLED[f"answer-{key}"] for key in ("scan", "condition", "weight", "seal")}
    untouched = send(minji, f"/work/{task_id}/submission", **whole_form(minji, task_id))
    assert (untouched.status_code, "아직 4가지가 남았어요" in text(untouched)) == (422, True)
    same = whole_form(minji, task_id, **{f"answer-{key}": value for key, value in again.items()})
    assert send(minji, f"/work/{task_id}/submission", **same).location == "/today"
    assert (bench.state(task_id), bench.task(task_id).round) == ("inspection", 2)


def test_work_can_be_given_back(bench: Bench, minji: FlaskClient) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    assert send(minji, f"/work/{task_id}/release", reason="because").status_code == 422
    assert send(minji, f"/work/{task_id}/release", reason="no_time").location == "/today"
    assert bench.state(task_id) == "open"


def test_rework_may_be_given_back_and_what_became_of_work_is_said(bench: Bench, minji: FlaskClient) -> None:
    back, accepted, waiting, refused = bench.tasks(4)
    for task_id in (back, accepted, waiting):
        bench.hand_in("minji", task_id)
    bench.send_back(back, "seal")
    bench.judge(accepted, "accept")
    assert "단가는 받지 않아요" in text(minji.get(f"/work/{back}"))
    assert send(minji, f"/work/{back}/release", reason="no_time").location == "/today"
    bench.hand_in("minji", refused)
    bench.judge(refused, "reject")
    said = [text(minji.get(f"/work/{id_}")) for id_ in (back, accepted, waiting, refused)]
    assert [
        "돌려준 일감이에요" in said[0], "정산에 더해졌어요" in said[1],
        "검수를 기다려요" in said[2], "통과하지 못했어요" in said[3],
    ] == [True] * 4  # fmt: skip


# --- the recipient -----------------------------------------------------------------------------------------

CANARY = Recipient("카나리아", "010-9876-5432", "06236", "서울특별시 강남구 카나리로 77", "문 앞 카나리")


@pytest.fixture
def parcel(bench: Bench, cast: Cast) -> int:
    """A task in Minji's hands whose recipient is really sealed."""
    line = Line("MUG-01", "머그컵", "", 2, 9000, 1)  # type: ignore[arg-type]
    draft = Draft("generic", "R-1", "", bench.now, None, CANARY, (line,), ())
    with bench.acting_as("haneul") as scope:
        handling.receive(scope, key="first", goods={bench.mug: 10})
        orders.place(scope, [draft])
    with bench.acting_as("house", reading=True) as scope:
        task_id = scope.session.scalars(select(Task.id)).one()
    bench.claim("minji", task_id)
    return task_id


@pytest.mark.both
def test_the_recipient_is_covered_until_the_holder_asks(
    bench: Bench, parcel: int, minji: FlaskClient, cast: Cast, signed_in: SignedIn
) -> None:
    page = text(minji.get(f"/work/{parcel}"))
    assert [secret in page for secret in ("카나리", "9876-5432", "카나리로")] == [False] * 3
    assert "010-9876-****" in page
    opened = send(minji, f"/work/{parcel}/recipient", json=True, purpose="label")
    assert {field["label"]: field["text"] for field in opened.json["fields"]} == {
        "이름": CANARY.name, "전화": CANARY.phone, "우편번호": CANARY.postcode, "주소": CANARY.address,
        "배송 메모": CANARY.memo,
    }  # fmt: skip
    assert CANARY.address in text(send(minji, f"/work/{parcel}/recipient", purpose="check"))
    assert send(minji, f"/work/{parcel}/recipient", json=True, purpose="fun").status_code == 422
    other = signed_in(cast.sujin)
    assert send(other, f"/work/{parcel}/recipient", json=True, purpose="label").status_code == 404
    with bench.acting_as("house", reading=True) as scope:
        looks = select(AuditEntry.subject, AuditEntry.facts).where(AuditEntry.act == "recipient.revealed")
        facts = [f'{{"purpose":"{purpose}","task_id":{parcel}}}' for purpose in ("label", "check")]
        assert [tuple(row) for row in scope.session.execute(looks)] == [("order", one) for one in facts]


def test_the_look_closes_with_the_lease_and_with_the_budget(
    bench: Bench, parcel: int, minji: FlaskClient
) -> None:
    for _ in range(30):
        assert send(minji, f"/work/{parcel}/recipient", json=True, purpose="label").status_code == 200
    spent = send(minji, f"/work/{parcel}/recipient", json=True, purpose="label")
    assert (spent.status_code, spent.json["code"]) == (429, "security.reveals_spent")
    with bench.acting_as("minji") as scope:
        task = scope.session.get_one(Task, parcel)
        steps.take(scope, task, "release", fence=1)
    with bench.acting_as("house", reading=True) as scope:
        refusals = select(AuditEntry.subject_id).where(AuditEntry.act == "recipient.reveal_refused")
        assert scope.session.scalars(refusals).all() == [parcel]
    assert send(minji, f"/work/{parcel}/recipient", json=True, purpose="label").status_code == 409
