"""A kind the owner made: named, given a procedure and work, done, paid; paused, retired; refused where it must be."""

import io
import re

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

import app as front
from base.clock import utcnow
from base.i18n import SEOUL
from base.scope import Scope, World
from base.sheet import Sheet
from partners.models import PayLine
from qa.models import Inspection
from security.models import AuditEntry
from tasks import dispatch, own_kinds, sops, work, work_lists
from tasks.models import Queue, Task
from tasks.work_lists import Line, Trouble
from tests.api.calling import Program, token_of
from tests.cast import ActingAs, Cast, SignedIn, Stage


@pytest.fixture
def stage(sqlite_stage: Stage) -> Stage:
    """Pages and rules: one engine says as much as two."""
    return sqlite_stage


def post(client: FlaskClient, path: str, **form: object) -> TestResponse:
    return client.post(path, data={"csrf": client.csrf} | form)  # type: ignore[attr-defined]


def tasks_of(scope: Scope, kind: str) -> int:
    return scope.session.scalar(select(func.count()).select_from(Task).where(Task.kind == kind)) or 0


def test_from_making_a_kind_to_its_pay(cast: Cast, acting_as: ActingAs, signed_in: SignedIn) -> None:
    haneul, minji = signed_in(cast.haneul), signed_in(cast.minji)
    assert "아직 만든 일이 없어요" in haneul.get("/kinds").text
    assert post(haneul, "/kinds", ko="", won="900").status_code == 422
    assert post(haneul, "/kinds", ko="포장", won="900").status_code == 422
    assert post(haneul, "/kinds", ko="데이터 입력", won="아홉").status_code == 422
    made = post(haneul, "/kinds", ko="데이터 입력", en="Data entry", won="900", icon="pencil-square")
    assert made.status_code == 302
    assert re.fullmatch(r"/sops/\d+/draft", made.location)
    page = haneul.get("/kinds/own-1").text
    assert "작업표준을 발행해야 일감을 열 수 있어요." in page
    refused = post(haneul, "/kinds/own-1/tasks", title="3월 전표 입력", count="2")
    assert (refused.status_code, "먼저 작업표준을 발행해 주세요" in refused.text) == (409, True)

    with acting_as(cast.haneul, now=utcnow()) as scope:
        draft = sops.draft(scope, int(made.location.split("/")[2]))
        sops.publish(scope, draft.id, version=draft.version)
    empty = post(haneul, "/kinds/own-1/tasks", title=" ", count="1")
    assert (empty.status_code, "제목이나 상품코드를 적어 주세요." in empty.text) == (422, True)
    numbered = post(haneul, "/kinds/own-1/tasks", title="3월 전표 입력", note="900101-1234567", count="1")
    assert numbered.status_code == 422
    assert (
        post(haneul, "/kinds/own-1/tasks", title="3월 전표 입력", note="사진을 보고", count="2").status_code
        == 302
    )

    listed = haneul.get("/tasks").text
    assert (listed.count("3월 전표 입력</a>"), "작업 중" in listed) == (2, False)
    today = minji.get("/today").text
    assert ("일감 받기" in today, "900원" in today) == (True, True)
    taken = post(minji, "/offers/next", kind="own-1")
    sheet = minji.get(taken.location).text
    assert ("데이터 입력 · 3월 전표 입력" in sheet, "사진을 보고" in sheet) == (True, True)
    task_id = int(taken.location.rsplit("/", 1)[1])
    with acting_as(cast.minji, now=utcnow()) as scope:
        work.answer(scope, task_id, item="done", value=True, version=0)
        work.answer(scope, task_id, item="result", value="=12+3", version=0)
        work.submit(scope, task_id, fence=1)
    with acting_as(cast.haneul, reading=True) as scope:
        inspection = scope.session.scalars(select(Inspection)).one()
    refused = haneul.get("/kinds/own-1/results.csv")
    assert (refused.status_code, "통과한 작업이 아직 없어서" in refused.text) == (409, True)
    boram = signed_in(cast.boram)
    assert "데이터 입력" in boram.get("/inspections").text
    judged = post(
        boram, f"/inspections/{inspection.id}/verdict", verdict="accept", version=str(inspection.version)
    )
    assert judged.status_code == 302
    with acting_as(cast.haneul, reading=True) as scope:
        ended = scope.session.get_one(Task, task_id).ended_at
        now = (ended or scope.now).astimezone(SEOUL)
    taken_out = haneul.get("/kinds/own-1/results.csv")
    assert taken_out.data.decode("utf-8-sig").splitlines() == [
        '"작업 번호","제목","상품코드","상품","통과한 때","적힌 대로 마쳤어요","결과"',
        f'{task_id},"3월 전표 입력","","","{now:%Y-%m-%d %H:%M}","✓","\'=12+3"',
    ]
    book = CalamineWorkbook.from_filelike(io.BytesIO(haneul.get("/kinds/own-1/results.xlsx").data))
    (name,) = book.sheet_names
    rows = book.get_sheet_by_name(name).to_python()
    assert (name, rows[1][0], rows[1][-1]) == ("데이터 입력", task_id, "=12+3")
    assert 'href="/kinds/own-1/results.xlsx"' in haneul.get("/kinds/own-1").text
    with acting_as(cast.haneul, reading=True) as scope:
        line = scope.session.scalars(select(PayLine)).one()
        assert (line.kind, line.won, line.partner_id) == ("own-1", 900, cast.minji.partner_id)
    assert "데이터 입력" in minji.get("/pay").text
    assert "데이터 입력" in minji.get("/pay.csv").text
    assert "데이터 입력" in haneul.get("/prices").text

    assert post(haneul, "/kinds/own-1/pause").status_code == 302
    with acting_as(cast.sujin, now=utcnow()) as scope, pytest.raises(dispatch.NothingOpen):
        dispatch.claim_next(scope, "own-1")
    assert post(haneul, "/kinds/own-1/pause").status_code == 409
    assert post(haneul, "/kinds/own-1/retire").status_code == 302
    assert post(haneul, "/kinds/own-1/tasks", title="더", count="1").status_code == 409
    assert post(haneul, "/kinds/own-1/resume").status_code == 302
    assert post(haneul, "/kinds/own-1/due", hours="4").status_code == 302
    assert post(haneul, "/kinds/own-1/name", ko="전표 입력", en="").status_code == 302
    assert "전표 입력" in haneul.get("/kinds").text
    with acting_as(cast.haneul, reading=True) as scope:
        queue = scope.session.scalars(select(Queue).where(Queue.name == "own-1")).one()
        assert (queue.state, queue.due_s) == ("open", 4 * 3600)
        said = select(AuditEntry.act).where(AuditEntry.act.like("kind.%")).order_by(AuditEntry.seq)
        acts = list(scope.session.scalars(said))
    assert acts == [
        "kind.made",
        *(f"kind.{act}" for act in ("paused", "retired", "resumed", "due_set", "renamed")),
    ]

    stranger = signed_in(cast.stranger)
    assert stranger.get("/kinds/own-1").status_code == 404
    assert stranger.get("/kinds/own-1/results.csv").status_code == 404
    nowhere = ("packing/results.csv", "own-1/results.pdf", "own-9/results.csv")
    assert {haneul.get(f"/kinds/{path}").status_code for path in nowhere} == {404}
    assert post(stranger, "/kinds/own-1/tasks", title="남의 것", count="1").status_code == 404
    assert post(haneul, "/kinds/packing/tasks", title="손으로", count="1").status_code == 404
    assert {minji.get(path).status_code for path in ("/kinds", "/kinds/own-1/results.csv")} <= {403, 404}


def test_a_list_opens_whole_or_not_at_all_and_once(
    cast: Cast, acting_as: ActingAs, signed_in: SignedIn
) -> None:
    haneul = signed_in(cast.haneul)
    made = post(haneul, "/kinds", ko="검수", won="100")
    with acting_as(cast.haneul, now=utcnow()) as scope:
        draft = sops.draft(scope, int(made.location.split("/")[2]))
        sops.publish(scope, draft.id, version=draft.version)

    def send(text: str) -> TestResponse:
        return post(haneul, "/kinds/own-1/list", file=(io.BytesIO(text.encode("cp949")), "일.csv"))

    bad = send("제목,메모,상품코드\n첫째,,\n,메모만,\n셋째,,NO-SUCH\n")
    assert bad.status_code == 422
    assert [words in bad.text for words in ("3번째 줄: 제목이나", "4번째 줄: 그 상품코드의")] == [True, True]
    good = "제목,메모,상품코드\n첫째,<b>굵게</b>,\n둘째,,\n셋째,,\n"
    assert send(good).status_code == 302
    again = send(good)
    assert (again.status_code, "이 파일로는 이미 일감을 열었어요" in again.text) == (409, True)
    assert send("이름\n첫째\n").status_code == 422
    with acting_as(cast.haneul, reading=True) as scope:
        assert tasks_of(scope, "own-1") == 3
    assert "<b>굵게</b>" not in signed_in(cast.minji).get("/offers").text


def test_a_program_lists_kinds_and_opens_their_work(world: World, cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul, now=utcnow()) as scope:
        _kind, draft = own_kinds.make(scope, ko="검수", en="Check", icon="", won=100)
        sops.publish(scope, draft.id, version=draft.version)
    token = token_of(world, cast.haneul, permissions=["kind.manage"])[1]
    haneul = Program(front.create_app(world).test_client(), token)
    opened = haneul.post("/kinds/own-1/tasks", {"title": "첫째", "count": 2})
    assert (opened.status_code, len(opened.get_json()["task_ids"])) == (201, 2)
    rows = haneul.get("/kinds").get_json()["rows"]
    assert rows[-1] == {
        "kind": "own-1", "name": {"ko": "검수", "en": "Check"}, "own": True, "state": "open", "waiting": 2, "won": 100,
    }  # fmt: skip
    assert haneul.post("/kinds/packing/tasks", {"title": "첫째"}).status_code == 404


@pytest.mark.parametrize(
    ("header", "row", "found"),
    [
        (("title",), ("a",), ()),
        ((" Title ", "x"), ("a", "b"), ()),
        (("title",), ("",), (Trouble(2, "title", "empty"),)),
        (("title", "sku"), ("", "MUG"), ()),
        (("title",), ("a" * 101,), (Trouble(2, "title", "too_long"),)),
        (("note", "title"), ("900101-1234567", "a"), (Trouble(2, "note", "resident_number"),)),
        (("name",), ("a",), (Trouble(0, "title", "no_column"),)),
    ],
)
def test_a_row(header: tuple[str, ...], row: tuple[str, ...], found: tuple[Trouble, ...]) -> None:
    lines, troubles = work_lists.read(Sheet(header, [(2, row)]))
    assert troubles == found
    assert all(isinstance(line, Line) for line in lines)
