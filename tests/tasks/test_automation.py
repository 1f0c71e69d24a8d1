"""Automations: read or refused whole, rehearsed on the past, acting within the act that set them off, never in circles."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

import app as front
from base.errors import NotFound, Stale
from base.once import once
from base.scope import World
from partners.models import OwnKind
from qa.board import decisions
from qa.news import TaskAccepted
from stock import claims, describing, goods
from stock.catalogue import Ware
from stock.describing import Card
from stock.models import OrderLine
from stock.news import OrdersReady, ProductsAdded
from tasks.automation import acting, reads, rehearsing, writing
from tasks.automation.clauses import MOST_CONDITIONS, failing, parse, written
from tasks.automation.models import Automation, AutomationRun
from tasks.models import Task
from tests.cast import Cast, SignedIn
from tests.qa.road import Road
from tests.qa.road import build as build_road

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
KINDS = ("own-1",)
SEOUL = ZoneInfo("Asia/Seoul")
MUG = Card("머그컵 하양", "", "", 300, Decimal(9000), True)


def clause(
    happening: str = "product.added", *conditions: tuple[str, str, object], **work: object
) -> dict[str, Any]:
    told = [
        {"fact": fact, "comparison": comparison, "value": value} for fact, comparison, value in conditions
    ]
    return {"happening": happening, "conditions": told, "work": {"kind": "own-1"} | work}


@pytest.mark.quick
@pytest.mark.parametrize(
    ("condition", "known", "holds"),
    [
        (("price", "at_least", "10,000"), {"price": Decimal(10000)}, True),
        (("price", "at_least", "10000"), {"price": Decimal("9999.99")}, False),
        (("price", "at_most", "5"), {"price": Decimal(5)}, True),
        (("price", "at_least", "0"), {"price": None}, False),  # not known: nothing is assumed
        (("name", "has", "머그"), {"name": "하얀 머그컵"}, True),
        (("name", "has", "MUG"), {"name": "White mug"}, True),
        (("name", "has_not", "mug"), {"name": "White Mug"}, False),
        (("sku", "is", "a-1"), {"sku": "A-1"}, True),
        (("sku", "is_not", "A-1"), {"sku": "a-1"}, False),
        (("fragile", "is", "yes"), {"fragile": True}, True),
        (("fragile", "is", "no"), {"fragile": True}, False),
        (("pictures", "is", "0"), {"pictures": 0}, True),
    ],
)
def test_a_condition(condition: tuple[str, str, str], known: Mapping[str, Any], holds: bool) -> None:
    read, faults = parse(clause("product.added", condition), KINDS)
    assert faults == ()
    assert read is not None
    assert (failing(read, known) is None) is holds
    assert parse(written(read), KINDS) == (read, ())


@pytest.mark.quick
@pytest.mark.parametrize(
    ("doc", "faults"),
    [
        ({}, [("happening", "unknown")]),
        (clause("product.eaten"), [("happening", "unknown")]),
        (clause("product.added", ("total", "at_least", "1")), [("condition-0", "does_not_fit")]),
        (clause("product.added", ("price", "has", "1")), [("condition-0", "does_not_fit")]),
        (
            clause("product.added", ("price", "at_least", "much"), ("name", "has", "  "), ("fragile", "is", "so")),
            [("condition-0", "not_a_number"), ("condition-1", "not_a_text"), ("condition-2", "not_a_yes")],
        ),
        (clause("product.added", *[("sku", "is", "A")] * (MOST_CONDITIONS + 1)), [("conditions", "too_many")]),
        (clause(kind="packing", slots="10", days="0"), [("kind", "no_kind"), ("slots", "out_of_range"), ("days", "out_of_range")]),
        (clause(slots="1.5"), [("slots", "out_of_range")]),
        (clause(target="x" * 121, note="x" * 121), [("target", "too_long"), ("note", "too_long")]),
    ],
)  # fmt: skip
def test_every_fault_is_said_at_once(doc: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    read, found = parse(doc, KINDS)
    assert (read, [(one.field, one.why) for one in found]) == (None, faults)


@pytest.fixture
def road(world: World, cast: Cast) -> Road:
    """The cast's shop with a kind of the owner's own."""
    road = build_road(world, cast)
    with road.acting_as(cast.haneul) as scope:
        name = {"ko": "상세페이지 검수", "en": "Page check"}
        row = {
            "id": 1,
            "shop_id": cast.shop_id,
            "name": name,
            "icon": "eye",
            "made_by": 1,
            "made_at": scope.now,
        }
        once(scope.session, OwnKind, row)
    return road


def made(road: Road, doc: dict[str, Any], title: str = "새 상품 검수", *, on: bool = True) -> int:
    with road.acting_as(road.cast.haneul) as scope:
        made = writing.add(scope, title, doc)
        if on:
            writing.switch(scope, made, "on")
        return made


def work(road: Road) -> list[tuple[int | None, str, int, str]]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        rows = scope.session.scalars(select(Task).where(Task.kind == "own-1").order_by(Task.id))
        return [(task.product_id, task.target, task.slot, task.title) for task in rows]


def post(browser: Any, path: str, data: Mapping[str, str] | None = None) -> Any:
    return browser.post(path, data=dict(data or {}) | {"csrf": browser.csrf, "client_id": uuid4().hex})


def add(road: Road, sku: str, card: Card = MUG) -> int:
    with road.acting_as(road.cast.haneul) as scope:
        return describing.add(scope, sku, card)


@pytest.mark.both
def test_new_products_open_the_work_the_owner_wants(road: Road) -> None:
    fragile = made(road, clause("product.added", ("fragile", "is", "yes"), slots="2", days="1"))
    made(road, clause("product.added", ("price", "at_least", "100000")), "비싼 것")
    off = made(road, clause("product.added", target="off"), "꺼 둔 것", on=False)
    one = add(road, "CUP-1")
    assert [(product, slot) for product, _target, slot, _title in work(road)] == [(one, 0), (one, 1)]
    with road.acting_as(road.cast.haneul) as scope:  # a file: some fragile, some not, in one go
        wares = [Ware(f"BULK-{n}", f"Bulk {n}", fragile=n % 2 == 0, price=Decimal(n)) for n in range(6)]
        goods.update_from(scope, wares)
    assert len(work(road)) == 2 + 3 * 2
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert reads.opened(scope, [fragile, off], since=scope.now - timedelta(days=1)) == {fragile: 8}
        runs = scope.session.execute(
            select(AutomationRun.looked, AutomationRun.met, AutomationRun.opened)
        ).all()
        assert [tuple(run) for run in runs] == [(1, 1, 2), (6, 3, 6)]


@ON_SQLITE
def test_changed_products_accepted_work_and_ready_orders_set_off_too(road: Road) -> None:
    made(road, clause("product.changed", ("name", "has", "파랑"), target="again"), "바뀌면")
    made(road, clause("order.ready", ("total", "at_least", "1"), note="손편지"), "큰 주문")
    made(
        road,
        clause("task.accepted", ("kind", "is", "own-1"), ("target", "is", "again"), target="photos"),
        "통과하면",
    )
    product = add(road, "CUP-1")
    assert work(road) == []
    with road.acting_as(road.cast.haneul) as scope:
        describing.change(scope, product, Card("머그컵 파랑", "", "", 300, Decimal(9000), True), seen=1)
    assert work(road) == [(product, "again", 0, "머그컵 파랑")]
    road.receive(2)
    order = road.order()
    assert [target for _product, target, _slot, _title in work(road)][1:] == [f"order:{order}"]
    with road.acting_as(road.cast.haneul) as scope:
        task_id = scope.session.scalars(select(Task.id).where(Task.target == "again")).one()
        scope.tell(TaskAccepted(task_id, product))
    assert work(road)[-1][:2] == (product, "photos")
    with road.acting_as(road.cast.haneul) as scope:  # under way already: the same thing opens nothing more
        scope.tell(TaskAccepted(task_id, product))
    assert len(work(road)) == 3


@ON_SQLITE
def test_a_circle_of_automations_is_stopped_and_the_owner_told(road: Road) -> None:
    """Each accepted task opens one more of its kind: a person would never see the end of it."""
    first = made(road, clause("product.added", target="round"), "시작")
    again = made(road, clause("task.accepted", target="round"), "또")
    product = add(road, "CUP-1")
    for _ in range(acting.DEEPEST + 2):
        with road.acting_as(road.cast.haneul) as scope:
            task = scope.session.scalars(
                select(Task).where(Task.kind == "own-1").order_by(Task.id.desc())
            ).first()
            assert task is not None
            if task.state == "open":
                scope.session.execute(
                    Task.__table__.update()
                    .where(Task.shop_id == scope.shop_id, Task.id == task.id)
                    .values(state="cancelled")
                )
            scope.tell(TaskAccepted(task.id, product))
    assert len(work(road)) == acting.DEEPEST
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        states = {row.id: (row.state, row.why) for row in reads.every(scope)}
        assert states == {first: ("on", ""), again: ("stopped", "loop")}
        assert [one.code for one in decisions.decisions(scope)] == ["stopped_automations"]


@ON_SQLITE
def test_what_cannot_be_opened_stops_the_automation_and_not_the_act(road: Road) -> None:
    made_ = made(road, clause("product.added"))
    with road.acting_as(road.cast.haneul) as scope:
        row = scope.session.get_one(Automation, made_)
        row.clause = row.clause | {"work": {"kind": "own-99", "slots": 1}}
    add(road, "CUP-1")
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert [(row.state, row.why) for row in reads.every(scope)] == [("stopped", "kind_gone")]
        assert describing.id_of(scope, "CUP-1") is not None
    with road.acting_as(road.cast.haneul) as scope, pytest.raises(writing.BadClause):
        writing.switch(scope, made_, "on")


@ON_SQLITE
def test_a_dry_run_says_what_the_last_thirty_days_would_have_opened(road: Road) -> None:
    add(road, "OLD-1")
    road.later(days=31)
    for n in range(4):
        add(road, f"NEW-{n}", Card(f"컵 {n}", "", "", None, Decimal(1000 * n), n == 0))
        road.later(days=1)
    read, _ = parse(
        clause("product.added", ("price", "at_least", "2000"), ("fragile", "is", "no"), slots="3"), KINDS
    )
    assert read is not None
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        found = rehearsing.rehearse(scope, read, SEOUL)
        count = scope.session.scalar(select(func.count()).select_from(Task))
    assert (found.happened, found.met, found.would_open, found.more) == (4, 2, 6, False)
    assert found.examples == ("컵 3", "컵 2")
    assert sum(n for _day, n in found.by_day) == 2
    assert len(found.by_day) == 30
    assert [(one.fact, n) for one, n in found.passed] == [("price", 2)]
    assert count == 0


@ON_SQLITE
def test_without_automations_nothing_more_than_one_look_is_asked(road: Road) -> None:
    with road.acting_as(road.cast.haneul) as scope:
        acting.act(scope, "product.added", ())
        scope.tell(ProductsAdded(()))
        scope.tell(OrdersReady(()))
        assert front.REACTIONS[ProductsAdded] == (acting.on_products_added,)


@ON_SQLITE
def test_the_owner_writes_them_in_the_browser(road: Road, signed_in: SignedIn) -> None:
    owner = signed_in(road.cast.haneul)
    assert "아직 만든 자동화가 없어요" in owner.get("/automation").text
    assert "새 상품이 생기면" in owner.get("/automation/new").text
    assert "공급사 설명 있음" in owner.get("/automation/new?happening=product.added").text
    form = {
        "happening": "product.added", "title": "<b>깨지는 것</b>", "kind": "own-1", "slots": "1",
        "fact-0": "fragile", "comparison-0": "is", "value-0": "yes",
    }  # fmt: skip
    add(road, "CUP-1")
    tried = post(owner, "/automation/new", form | {"rehearse": "1"})
    assert (tried.status_code, "일감 1건을 열었을 거예요" in tried.text) == (200, True)
    wrong = post(owner, "/automation/new", form | {"value-0": "아마", "slots": "0"})
    assert (wrong.status_code, "고칠 곳이 2군데" in wrong.text, 'value="아마"' in wrong.text) == (
        422,
        True,
        True,
    )
    assert post(owner, "/automation/new", form).status_code == 302
    page = owner.get("/automation").text
    assert "&lt;b&gt;깨지는 것&lt;/b&gt;" in page
    assert "깨지기 쉬움 = 예" in page
    post(owner, "/automation/1/on")
    assert "켜짐" in owner.get("/automation/1").text
    add(road, "CUP-2")
    assert len(work(road)) == 1
    assert post(owner, "/automation/1", form | {"title": "이름", "version": "9"}).status_code == 409
    assert post(owner, "/automation/1", form | {"title": "이름", "version": "1"}).status_code == 302
    assert "꺼짐" in owner.get("/automation/1").text  # what was changed is looked at before it acts
    post(owner, "/automation/new", form | {"title": "둘째"})
    post(owner, "/automation/2/earlier")
    page = owner.get("/automation").text
    assert page.index("둘째") < page.index("이름")
    post(owner, "/automation/2/remove")
    assert "둘째" not in owner.get("/automation").text
    for path in ("/automation/2", "/automation/99", "/automation/new?happening=x"):
        assert owner.get(path).status_code == 404
    assert post(owner, "/automation/1/eat").status_code == 404
    assert "자동화를 만들었어요" in owner.get("/journal").text
    for nobody in (road.cast.minji, road.cast.boram):
        assert signed_in(nobody).get("/automation").status_code == 403
        assert post(signed_in(nobody), "/automation/1/on").status_code == 403
    other = signed_in(road.cast.stranger)
    assert (other.get("/automation/1").status_code, post(other, "/automation/1/remove").status_code) == (
        404,
        404,
    )
    with road.acting_as(road.cast.haneul) as scope:
        with pytest.raises(NotFound):
            writing.change(scope, 99, "x", clause(), seen=1)
        with pytest.raises(Stale):
            writing.change(scope, 1, "x", clause(), seen=1)


@ON_SQLITE
def test_a_claim_opens_a_check_of_what_comes_back(road: Road) -> None:
    """Also when it was rehearsed on the last thirty days; a claim that does not fit opens nothing."""
    road.receive(2)
    task_id = road.task_of(road.order())
    road.hand_in(road.cast.minji, task_id)
    road.judge(road.inspection(task_id), "accept")
    wanted = clause("claim.made", ("reason", "is", "broken"), note="받은 상품을 확인해 주세요")
    made(road, wanted, "반품 확인")
    with road.acting_as(road.cast.haneul) as scope:
        line = scope.session.scalars(select(OrderLine.id)).first() or 0
        first, second = (
            claims.record(scope, claims.Told(line, "return", reason, 1, road.now))
            for reason in ("broken", "late")
        )
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        opened = scope.session.execute(
            select(Task.title, Task.target, Task.note, Task.product_id).where(Task.kind == "own-1")
        ).all()
        assert opened == [("A00001 · MUG-01", f"claim:{first}", "받은 상품을 확인해 주세요", 1)]
        read, _faults = parse(wanted, KINDS)
        assert read is not None
        found = rehearsing.rehearse(scope, read, SEOUL)
    assert (found.happened, found.met, found.would_open) == (2, 1, 1)
    assert found.examples == ("A00001 · MUG-01",)
    assert second > first
