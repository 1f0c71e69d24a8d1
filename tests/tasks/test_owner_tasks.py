"""The owner's list of work and one task's record: what stands, what is late, stopped clocks, cancelled work."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from base.clock import utcnow
from security.models import AuditEntry
from tasks import sops
from tasks.task_pages import OWED_BY
from tasks.turns import PARTIES
from tests.cast import Cast, SignedIn
from tests.tasks.bench import Bench, statements

LONG_AGO = timedelta(days=10)


@pytest.fixture
def bench(bench: Bench) -> Iterator[Bench]:
    """The bench by the clock on the wall, because pages know no other."""
    bench.now = utcnow()
    yield bench
    assert bench.findings() == []


def post(client: FlaskClient, path: str, **form: str) -> TestResponse:
    return client.post(path, data={"csrf": client.csrf} | form)


def reasons(bench: Bench, task_id: int) -> list[str]:
    stmt = select(AuditEntry.facts).where(
        AuditEntry.subject_id == task_id, AuditEntry.act == "task.cancel_reason"
    )
    with bench.acting_as("haneul", reading=True) as scope:
        return list(scope.session.scalars(stmt))


@pytest.mark.both
def test_the_list_says_what_stands_where_and_what_is_late(
    bench: Bench, cast: Cast, signed_in: SignedIn
) -> None:
    bench.now -= LONG_AGO
    late = bench.tasks(2)
    bench.hand_in("sujin", late[1])
    bench.now += LONG_AGO
    held, *_open = bench.tasks(53, ship_in_hours=500)
    bench.claim("minji", held)
    haneul = signed_in(cast.haneul)
    first = haneul.get("/tasks").text
    said = [
        "일감 55건이 진행 중이에요.",
        "늦은 것이 2건 있어요.",
        "A00000</a>",
        "A00001</a>",
        "A00002</a>",
        "여유 있음",
        "지났어요",
    ]
    assert [first.count(words) for words in said] == [1, 1, 1, 0, 0, 49, 1]
    assert [
        haneul.get(f"/tasks?state={state}").text.count('<th scope="row">') for state in ("danger", "claimed")
    ] == [2, 1]
    assert haneul.get("/tasks?state=claimed").text.count("Minji") == 1
    assert haneul.get("/tasks?state=rejected").text.count("여기에는 일감이 없어요") == 1
    with statements(bench.world) as heard:
        haneul.get("/tasks")
    assert len(heard) < 28  # whatever the number of rows


def test_the_list_goes_on_where_the_page_ended(bench: Bench, cast: Cast, signed_in: SignedIn) -> None:
    bench.tasks(53)
    haneul = signed_in(cast.haneul)
    following = re.findall(r'rel="next" href="([^"]+)"', haneul.get("/tasks").text)[0].replace("&amp;", "&")
    assert haneul.get(following).text.count('<th scope="row">') == 3


def test_a_record_tells_the_life_and_stops_the_clock(bench: Bench, cast: Cast, signed_in: SignedIn) -> None:
    (task_id,) = bench.tasks(1)
    bench.hand_in("minji", task_id)
    bench.send_back(task_id, "packed_photo")
    haneul, record = signed_in(cast.haneul), f"/tasks/{task_id}/record"
    page = re.sub(r'data-say-[a-z-]+="[^"]*"', "", haneul.get(record).text)
    said = [
        "Minji가 돌아온 것을 다시 하고 있어요.",
        "맡았어요",
        "제출했어요",
        "돌려보냈어요: 2번째 제출",
        "650 g",
        "사진 1</a>",
    ]
    assert [page.count(words) for words in said] == [1] * 6

    pause, resume = f"/tasks/{task_id}/clock/pause", f"/tasks/{task_id}/clock/resume"
    silent = post(haneul, pause, wait=" ", owed_by="owner")
    nobody = post(haneul, pause, wait="상자가 없어요", owed_by="weather")
    assert [
        (refused.status_code, refused.text.count('<p class="field-error"')) for refused in (silent, nobody)
    ] == [(422, 1)] * 2
    assert nobody.text.count('value="상자가 없어요"') == 1
    assert post(haneul, resume).status_code == 409
    assert post(haneul, pause, wait="상자가 없어요", owed_by="owner").location == f"{record}#clocks"
    page = haneul.get(record).text
    assert [
        page.count(words) for words in ("멈춤</span>", "상자가 없어요", "시계를 멈췄어요: 사장님 몫")
    ] == [2, 1, 1]
    assert haneul.get("/tasks?state=rework").text.count("멈춤</span>") == 1
    assert post(haneul, resume).status_code == 302
    assert [clock.due_at is None for clock in bench.clocks(task_id)] == [False] * 4


def test_cancelled_work_says_why_and_may_be_opened_anew(
    bench: Bench, cast: Cast, signed_in: SignedIn
) -> None:
    first, second = bench.tasks(2)
    bench.claim("minji", first)
    with bench.acting_as("haneul") as scope:
        draft = sops.draft(scope, sops.published(scope, "packing").sop_id)
        new = sops.publish(scope, draft.id, version=draft.version).id
    haneul = signed_in(cast.haneul)
    assert haneul.get(f"/tasks/{first}/record").text.count("Minji가 맡고 있어요. 더는 할 수 없게 되고") == 1
    refused = post(haneul, f"/tasks/{first}/cancel", reason="whim", then="leave")
    assert (refused.status_code, bench.state(first)) == (422, "claimed")
    gone = post(haneul, f"/tasks/{first}/cancel", reason="goods_missing", then="leave")
    assert (gone.location, bench.state(first)) == (f"/tasks/{first}/record", "cancelled")
    assert post(haneul, f"/tasks/{first}/cancel", reason="mistake").status_code == 409
    anew = post(haneul, f"/tasks/{second}/cancel", reason="new_procedure", then="again").location
    fresh = bench.task(int(anew.split("/")[2]))
    assert (bench.state(second), fresh.state, fresh.sop_revision_id) == ("cancelled", "open", new)
    assert fresh.order_id == bench.task(second).order_id
    assert [reasons(bench, id_) for id_ in (first, second)] == [
        ['{"reason":"goods_missing"}'],
        ['{"reason":"new_procedure"}'],
    ]
    page = haneul.get(f"/tasks/{second}/record").text
    assert [
        page.count(words) for words in ("취소한 이유: 새 작업표준으로 해야 해요", f"일감 {fresh.id}</a>")
    ] == [1, 1]


def test_the_owner_alone_sees_the_shops_work(bench: Bench, cast: Cast, signed_in: SignedIn) -> None:
    (task_id,) = bench.tasks(1)
    pages, acts = ["/tasks", f"/tasks/{task_id}/record"], ["cancel", "clock/pause", "clock/resume"]
    for person in (cast.boram, cast.minji):
        client = signed_in(person)
        assert [client.get(path).status_code for path in pages] == [403, 403]
        assert [post(client, f"/tasks/{task_id}/{act}").status_code for act in acts] == [403] * 3
    stranger, form = signed_in(cast.stranger), {"reason": "mistake", "wait": "x", "owed_by": "owner"}
    for id_ in (task_id, 987654):
        found = [post(stranger, f"/tasks/{id_}/{act}", **form).status_code for act in acts]
        assert [stranger.get(f"/tasks/{id_}/record").status_code, *found] == [404] * 4
    assert stranger.get("/tasks").text.count("지금 진행 중인 일감이 없어요.") == 1


def test_every_party_may_owe_a_wait() -> None:
    assert set(OWED_BY) == PARTIES
