"""Claims: read from files row by row, recorded on lines that left, settled once, what customers wrote kept sealed."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from base.clock import utcnow
from base.errors import NotFound
from base.scope import World
from base.sheet import Sheet
from stock import claim_file, claim_life, claim_reads, claims, imports, jobs
from stock.claim_tables import Claim
from stock.claims import BadClaim, ClaimMoved, Told
from stock.models import Import, OrderLine
from stock.normalise import Unreadable
from tests.cast import Cast, SignedIn
from tests.qa.road import Road
from tests.qa.road import build as build_road

SEOUL = ZoneInfo("Asia/Seoul")
WROTE = "문 앞 010-9136-5528로 전화 주세요, 컵 손잡이가 깨졌어요"
ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
HEAD = "클레임번호,주문번호,상품코드,클레임구분,반품사유,수량,접수일,상세사유"


@pytest.fixture
def road(world: World, cast: Cast) -> Road:
    """The cast's shop as the app is wired, two days ago."""
    road = build_road(world, cast)
    road.now = utcnow() - timedelta(days=2)
    return road


@pytest.mark.quick
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("단순 변심", "changed_mind"), ("사이즈가 안 맞음", "changed_mind"), ("오배송", "wrong_item"),
        ("다른 상품 잘못 배송", "wrong_item"), ("상품 파손", "broken"), ("상품 불량/하자", "broken"),
        ("구성품 누락", "missing"), ("상품정보 상이", "not_as_described"), ("배송 지연", "late"),
        ("Damaged in transit", "broken"), ("기분이 나빠요", "other"),
    ],
)  # fmt: skip
def test_a_reason_in_the_words_of_marketplaces(said: str, code: str) -> None:
    assert claim_file.reason(said) == code


@pytest.mark.quick
def test_a_file_is_read_row_by_row() -> None:
    rows: list[tuple[int, tuple[str, ...]]] = [
        (2, ("C-1", "A00001", "mug-01", "반품", "파손", "1", "2026-11-24", WROTE)),
        (3, ("C-2", "A00001", "", "뭐라도", "", "0", "언젠가", "")),
        (4, ("", "A00002", "", "교환", "오배송", "", "2026-11-25 10:00", "900101-1234567")),
    ]
    told = claim_file.standardise(Sheet(tuple(HEAD.split(",")), rows), SEOUL)
    assert [(one.row, one.order, one.sku, one.wish, one.reason, one.units, one.claimed_at) for one in told.claims] == [
        (2, "A00001", "MUG-01", "return", "broken", 1, datetime(2026, 11, 23, 15, tzinfo=UTC))
    ]  # fmt: skip
    assert [(one.row, one.column, one.value, one.expected) for one in told.problems] == [
        (3, "클레임구분", "뭐라도", "claim_wish"),
        (3, "반품사유", "", "filled"),
        (3, "수량", "0", "quantity"),
        (3, "접수일", "언젠가", "date"),
        (4, "상세사유", "******-*******", "no_resident_number"),
    ]
    lacking = claim_file.standardise(Sheet(("주문번호", "사유"), []), SEOUL)
    assert [(one.column, one.expected) for one in lacking.problems] == [
        ("클레임구분", "column_missing"),
        ("접수일", "column_missing"),
    ]
    with pytest.raises(Unreadable, match="claim_wish"):
        claim_file.wish("")


@pytest.mark.quick
def test_the_life_of_a_claim() -> None:
    assert {state: claim_life.steps_from(state) for state in claim_life.STATES} == {
        "opened": ["settle", "withdraw"],
        "settled": ["reopen"],
        "withdrawn": ["reopen"],
    }
    assert claim_life.starts("reopen") == ["settled", "withdrawn"]


def shipped(road: Road) -> tuple[int, int]:
    """An order that left, and its line."""
    road.receive(2)
    order_id = road.order()
    task_id = road.task_of(order_id)
    road.hand_in(road.cast.minji, task_id)
    road.judge(road.inspection(task_id), "accept")
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        line = scope.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order_id)).one()
    return order_id, line


@ON_SQLITE
def test_a_claim_from_its_recording_to_its_correction(road: Road, signed_in: SignedIn) -> None:
    line_id = shipped(road)[1]
    road.later(hours=30)
    haneul, told = road.cast.haneul, Told(line_id, "return", "broken", 1, road.now, WROTE)
    with road.acting_as(haneul) as scope:
        made = claims.record(scope, told)
        for wrong, field in (
            ({"units": 3}, "units"),
            ({"units": 0}, "units"),
            ({"claimed_at": road.now + timedelta(days=1)}, "claimed_at"),
            ({"reason": "ufo"}, "reason"),
            ({"words": "900101-1234567"}, "words"),
        ):
            values = {"line_id": line_id, "wish": "return", "reason": "broken", "units": 1}
            with pytest.raises(BadClaim) as refused:
                claims.record(scope, Told(**(values | {"claimed_at": road.now, "words": ""} | wrong)))  # type: ignore[arg-type]
            assert refused.value.facts["field"] == field
    with road.acting_as(haneul, reading=True) as scope:
        row = scope.session.get_one(Claim, made)
        assert claims.words(scope, row) == WROTE
        assert "5528" not in row.words.decode(errors="replace")
        journal = scope.session.scalars(text("SELECT facts FROM audit_entries")).all()
        assert [line for line in journal if "5528" in str(line)] == []
    with road.acting_as(haneul) as scope:
        claims.settle(scope, made, outcome="ours", cost=12_500, version=1)
        with pytest.raises(ClaimMoved):
            claims.settle(scope, made, outcome="not_ours", cost=0, version=1)
        with pytest.raises(BadClaim):
            claims.settle(scope, made, outcome="fate", cost=0, version=2)
        with pytest.raises(NotFound):
            claims.step(scope, made, "settle", version=2)
        claims.step(scope, made, "reopen", version=2)
        view = claim_reads.claim(scope, made)
        assert (view.state, view.outcome, view.cost, view.version) == ("opened", "", 0, 3)
    with road.acting_as(road.cast.stranger) as scope, pytest.raises(NotFound):
        claims.record(scope, told)
    page = signed_in(haneul).get(f"/claims/{made}")
    assert (page.status_code, "손잡이가 깨졌어요" in page.text) == (200, True)
    for who in (road.cast.minji, road.cast.boram):
        assert signed_in(who).get(f"/claims/{made}").status_code == 403
    assert signed_in(road.cast.stranger).get(f"/claims/{made}").status_code == 404


@ON_SQLITE
def test_a_file_of_claims_is_taken_in_whole_or_not_at_all(road: Road, signed_in: SignedIn) -> None:
    shipped(road)
    waiting = road.order()  # has not left
    road.later(hours=30)
    browser = signed_in(road.cast.haneul)

    def taken(*rows: str) -> tuple[str, dict[str, object]]:
        data = {"csrf": browser.csrf, "file": (BytesIO("\n".join([HEAD, *rows]).encode()), "claims.csv")}  # type: ignore[attr-defined]
        where = browser.post("/claims/import", data=data).headers["Location"]
        import_id = int(where.rsplit("/", 1)[1])
        jobs.carry_out(road.world, shop_id=road.cast.shop_id, import_id=import_id)
        assert browser.get(where).status_code == 200
        with road.acting_as(road.cast.haneul, reading=True) as scope:
            row = scope.session.get_one(Import, import_id)
            return row.state, row.report

    day = f"{road.now.astimezone(SEOUL):%Y-%m-%d}"
    good = f"C-1,A00001,MUG-01,반품,파손,1,{day},{WROTE}"
    state, report = taken(good, f"C-2,A00009,,교환,오배송,1,{day},", f"C-3,A00002,,반품,파손,1,{day},", f"C-4,A00001,CUP,반품,파손,1,{day},", f"C-5,A00001,,반품,파손,9,{day},")  # fmt: skip
    assert state == imports.REFUSED
    assert [(one["row"], one["expected"]) for one in report["problems"]] == [  # type: ignore[attr-defined]
        (3, "claim_order"), (4, "claim_not_shipped"), (5, "claim_line"), (6, "claim_units"),
    ]  # fmt: skip
    assert "5528" not in str(report)
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert claim_reads.counts(scope) == {}
    assert taken(good) == (imports.DONE, {"rows": 1, "claims": {"new": 1, "known": 0}, "problems": []})
    again = taken(good, f"C-6,A00001,MUG-01,교환,누락,2,{day},")
    assert again == (imports.DONE, {"rows": 2, "claims": {"new": 1, "known": 1}, "problems": []})
    assert taken(good) == (imports.DONE, {"rows": 1, "claims": {"new": 1, "known": 0}, "problems": []})
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert claim_reads.counts(scope) == {"opened": 2}
    assert road.order_row(waiting).state != "shipped"
