"""Under the board: every number opens exactly its rows; targets; what never finished can be tried again."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from base.clock import utcnow
from base.models import Errand
from qa.board import promised, rows, targets
from qa.board.outlook import today
from security.models import AuditEntry
from stock import deadlines
from stock.models import Order
from tests.cast import MONDAY, Person
from tests.qa.road import LOOSE, Road
from tests.qa.test_board import lived

HOUR = timedelta(hours=1)
NUMBER = re.compile(r'<a href="(/board/rows/[^"]+)">([\d,]+)</a>')
ROW = re.compile(r'<th scope="row">')
NEXT = re.compile(r'rel="next" href="([^"]+)"')


def shown(client: FlaskClient, path: str) -> int:
    """How many rows an address shows, its further pages included."""
    page = client.get(path)
    assert page.status_code == 200, path
    further = NEXT.search(page.text)
    return len(ROW.findall(page.text)) + (shown(client, unescape(further[1])) if further else 0)


@pytest.fixture
def busy(road: Road) -> Road:
    """Days of work, some of it sent back, some late, some short, counted."""
    lived(road, 4, 5)
    road.rules(sample_percent=100)
    road.judge(road.waiting(road.cast.minji), "send_back", LOOSE)
    for hours in (-50, -40, 1):
        road.order(ship_by=utcnow() + hours * HOUR)
    road.now = utcnow()
    road.counted()
    return road


@pytest.mark.both
def test_every_number_opens_exactly_its_rows(busy: Road, signed_in, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "SIZE", 4)  # so that there are further pages
    haneul = signed_in(busy.cast.haneul)
    found = 0
    for page in (
        "/board",
        "/board/by-partner",
        "/board/by-procedure",
        "/board/by-product",
        "/board/by-day?days=7",
    ):
        for path, said in NUMBER.findall(haneul.get(page).text):
            found += 1
            assert (path, shown(haneul, unescape(path))) == (path, int(said.replace(",", "")))
    assert found > 25


def test_the_sentence_and_its_lists_agree(busy: Road, signed_in) -> None:
    page = signed_in(busy.cast.haneul)
    text = page.get("/board").text
    said = {
        kind: int(n)
        for kind, n in re.findall(r'href="/board/rows/(late|at_risk|promised)[^"]*">[^<]*?(\d+)건', text)
    }
    assert said.keys() >= {"late"}
    for kind, n in said.items():
        (path,) = set(re.findall(rf'<a href="(/board/rows/{kind}[^"]*)">[^<]*건</a>', text))
        assert (kind, shown(page, unescape(path))) == (kind, n)


@pytest.mark.both
def test_late_is_what_the_verdict_would_say(road: Road) -> None:
    """Due at Saturday's closing: not late on Sunday, late a second after Monday's opening."""
    saturday = MONDAY - timedelta(hours=39)  # 18:00 in Seoul
    road.now = saturday - 30 * HOUR
    order_id = road.order(ship_by=saturday)
    for span, late in (
        (-1, 0),
        (1, 0),
        (38 * 3600, 0),
        (39 * 3600, 0),
        (39 * 3600 + 1, 1),
        (39 * 3600 + 90, 1),
    ):
        road.now = saturday + timedelta(seconds=span)
        road.counted()
        with road.acting_as(road.cast.haneul, reading=True) as scope:
            seen, _risky = today(scope)
            counted = sum(promised.late_days(scope, seen).values())
            listed = scope.session.scalars(select(Order.id).where(promised.is_late(seen))).all()
            order = scope.session.get_one(Order, order_id)
            verdict, _s = deadlines.verdict(
                scope, ship_by=order.ship_by, calendar_version=order.calendar_version
            )
        assert (counted, len(listed), verdict == "breached") == (late, late, bool(late))


@pytest.mark.both
def test_the_doors_are_the_owners(busy: Road, signed_in, client: FlaskClient) -> None:
    paths = ("/board/by-partner", "/board/by-day.csv", "/board/rows/late", "/board/targets", "/errands")
    assert [signed_in(busy.cast.haneul).get(path).status_code for path in paths] == [200] * 5
    assert [signed_in(busy.cast.boram).get(path).status_code for path in paths] == [403] * 5
    assert [client.get(path).status_code for path in paths] == [302] * 5
    stranger = signed_in(busy.cast.stranger)
    assert [
        len(ROW.findall(stranger.get(path).text)) for path in ("/board/by-partner", "/board/rows/late")
    ] == [
        0,
        0,
    ]


def test_a_question_that_is_none_leads_nowhere(road: Road, signed_in) -> None:
    haneul = signed_in(road.cast.haneul)
    paths = [
        "/board/rows/nothing",
        "/board/rows/late?outcome=kept",
        "/board/rows/promised?first=yesterday",
        "/board/rows/promised?first=2026-01-02&last=2026-01-01",
        "/board/rows/accepted?partner=-1",
        "/board/by-partner?days=3",
    ]
    assert [path for path in paths if haneul.get(path).status_code != 404] == []


def test_every_table_is_a_sheet(busy: Road, signed_in) -> None:
    haneul = signed_in(busy.cast.haneul)
    for name in ("by-partner", "by-procedure", "by-product", "by-day", "rows/inspected"):
        sheet = haneul.get(f"/board/{name}.csv")
        lines = sheet.get_data().decode("utf-8-sig").splitlines()
        shape = (sheet.mimetype, len(lines) > 1, len({line.count(",") for line in lines}))
        assert (name, *shape) == (name, "text/csv", True, 1)


# --- targets ------------------------------------------------------------------------------------------------


def save(person: Person, signed_in, **typed: str) -> int:
    client = signed_in(person)
    return int(client.post("/board/targets", data={"csrf": client.csrf, **typed}).status_code)


@pytest.mark.both
def test_targets_are_set_shown_and_taken_away(busy: Road, signed_in) -> None:
    haneul = busy.cast.haneul
    assert save(haneul, signed_in, promises="95", cost="1,000") == 302
    page = signed_in(haneul).get("/board").text
    assert page.count("목표 95%") == 1
    assert page.count("목표 1,000원 이하") == 1
    assert save(haneul, signed_in, promises="", cost="1000") == 302
    assert save(busy.cast.boram, signed_in, promises="1") == 403
    for wrong in ("0", "101", "많이", "9" * 40):
        assert save(haneul, signed_in, promises=wrong, cost="5") == 422
    with busy.acting_as(haneul, reading=True) as scope:
        lines = scope.session.scalars(select(AuditEntry.facts).where(AuditEntry.act == "target.set")).all()
        assert (targets.all_of(scope), len(lines)) == ({"cost": 1000}, 3)


# --- what never finished ------------------------------------------------------------------------------------


@pytest.mark.both
def test_a_dead_letter_is_seen_and_woken(road: Road, signed_in) -> None:
    with road.acting_as(road.cast.haneul) as scope:
        row = {"shop_id": scope.shop_id, "job": "stock.import", "key": "1", "arguments": {}, "state": "dead"}
        times = {"created_at": road.now, "due_at": road.now, "attempts": 10, "fence": 1, "reason": "KeyError"}
        scope.session.execute(insert(Errand), [row | times])
        errand_id = scope.session.scalars(select(Errand.id)).one()
    haneul, boram = signed_in(road.cast.haneul), signed_in(road.cast.boram)
    seen = haneul.get("/errands").text
    assert (seen.count("주문 파일 넣기"), seen.count("KeyError")) == (2, 1)
    path = f"/errands/{errand_id}/retry"
    assert boram.post(path, data={"csrf": boram.csrf}).status_code == 403
    assert signed_in(road.cast.stranger).post(path).status_code in {400, 403}
    assert haneul.post(path, data={"csrf": haneul.csrf}).status_code == 302
    assert haneul.post("/errands/999/retry", data={"csrf": haneul.csrf}).status_code == 404
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        assert scope.session.execute(select(Errand.state, Errand.attempts)).all() == [("waiting", 0)]
