"""The board: its sentence, its numbers, its rows, and that it asks the same few questions of any shop."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from base.clock import utcnow
from base.i18n import SEOUL
from base.models import Errand
from base.shares import Share
from qa import records
from qa.board import decisions, measures, outlook, pages
from qa.board.days import Trend, backwards, change, last_days, trend
from stock import counting, goods, levels
from stock.models import Import
from tasks import clocks
from tests.cast import MONDAY
from tests.qa.road import LOOSE, Road

HOUR = timedelta(hours=1)


# --- the sentence ------------------------------------------------------------------------------------------


def verdict(road: Road) -> outlook.Outlook:
    road.counted()
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return outlook.outlook(scope)


def tiles(road: Road) -> measures.Tiles:
    road.counted()
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return measures.tiles(scope, outlook.outlook(scope).horizon)


def test_a_day_without_orders_says_so(road: Road) -> None:
    assert (verdict(road).verdict, verdict(road).rows) == (outlook.Verdict(0, 0, 0, 0, None), ())


def test_orders_in_good_time_are_calm(road: Road) -> None:
    road.receive(4)
    for _ in range(2):
        road.order(ship_by=MONDAY + 9 * HOUR)
    assert (verdict(road).verdict.due, verdict(road).verdict.code) == (2, "calm")


def test_what_lacks_goods_is_at_risk_from_the_first_minute(road: Road) -> None:
    order_id = road.order(ship_by=MONDAY + 9 * HOUR)
    seen = verdict(road)
    assert (seen.verdict.due, seen.verdict.at_risk, seen.verdict.code) == (1, 1, "at_risk")
    assert [(row.level, row.reason, row.order_id, row.state) for row in seen.rows] == [
        ("at_risk", "short", order_id, "short")
    ]


def test_a_promise_is_at_risk_when_most_of_its_time_is_used(road: Road) -> None:
    road.rules(do_s=30 * 86400)
    road.receive(2)
    road.claim(road.cast.sujin, road.task_of(road.order(ship_by=MONDAY + 5 * HOUR)))
    found = []
    for _ in range(6):
        road.later(minutes=59)
        found.append([(row.level, row.reason, row.holder) for row in verdict(road).rows])
    assert found == [[], [], [], [], [("at_risk", "share", "Sujin")], [("late", "late", "Sujin")]]


def test_work_that_stands_still_is_in_danger_before_its_promise_is(road: Road) -> None:
    road.receive(2)
    task_id = road.task_of(road.order())
    road.claim(road.cast.sujin, task_id)
    road.later(hours=3, minutes=13)
    seen = verdict(road)
    assert (seen.verdict.at_risk, [(row.level, row.reason, row.task_id) for row in seen.rows]) == (
        0,
        [("at_risk", "stage_do", task_id)],
    )


@pytest.mark.both
def test_the_queue_ahead_puts_a_promise_at_risk(road: Road) -> None:
    """Two partners and four business hours each: in nine hours they make four parcels, the fifth is in danger."""
    road.receive(20)
    orders = [road.order(ship_by=MONDAY + 9 * HOUR) for _ in range(6)]
    seen = verdict(road)
    assert (seen.verdict.due, seen.verdict.at_risk) == (6, 2)
    assert [(row.reason, row.order_id) for row in seen.rows] == [("queue", orders[4]), ("queue", orders[5])]


def test_what_is_late_comes_first_and_is_counted_apart(road: Road) -> None:
    road.receive(2)
    late = road.order(ship_by=MONDAY + HOUR)
    road.order(ship_by=MONDAY + 9 * HOUR)
    road.later(hours=2)
    seen = verdict(road)
    assert (seen.verdict.due, seen.verdict.late, seen.verdict.oldest) == (2, 1, MONDAY + HOUR)
    assert (seen.rows[0].level, seen.rows[0].order_id) == ("late", late)


def test_what_left_today_still_belongs_to_the_day(road: Road) -> None:
    road.receive(2)
    task_id = road.task_of(road.order(ship_by=MONDAY + 9 * HOUR))
    road.hand_in(road.cast.minji, task_id)
    road.judge(road.inspection(task_id), "accept")
    assert (verdict(road).verdict.due, verdict(road).verdict.left, verdict(road).verdict.code) == (
        1,
        1,
        "done",
    )


# --- the numbers -------------------------------------------------------------------------------------------


def test_days_are_local_and_end_with_today() -> None:
    days = last_days(MONDAY, SEOUL, 2)
    assert [day.isoformat() for day in days.days] == ["2026-11-22", "2026-11-23"]
    assert days.edges == (MONDAY - 33 * HOUR, MONDAY - 9 * HOUR, MONDAY + 15 * HOUR)


def test_a_trend_is_told_by_weeks_and_days() -> None:
    told = trend([(0, 1, 2), (6, 3, 3), (7, 0, 4), (13, 5, 5)])
    assert (told.week(), told.week(1)) == ((5, 9), (4, 5))
    assert told.shares == [50.0, *[None] * 5, 100.0, 0.0, *[None] * 5, 100.0]
    assert Trend((), ()).week(1) == (0, 0)


@pytest.mark.parametrize(
    ("now", "before", "percent"), [(110, 100, 10), (90, 100, -10), (5, 0, None), (0, 0, None), (0, 5, -100)]
)
def test_a_change_needs_something_to_compare_with(now, before, percent) -> None:
    assert change(now, before) == percent


def test_a_total_is_told_backwards() -> None:
    assert backwards(10, [3, 0, -2, 5]) == [7, 7, 5, 10]


def test_promises_count_by_the_day_they_were_made_for(road: Road) -> None:
    road.receive(6)
    kept, broken = (road.order(ship_by=MONDAY + hours * HOUR) for hours in (2, 1))
    road.order(ship_by=MONDAY + 9 * HOUR)  # still has its time
    for order_id in (kept, broken):
        task_id = road.task_of(order_id)
        road.hand_in(road.cast.minji, task_id)
        road.later(minutes=61 if order_id == kept else 0)
        road.judge(road.inspection(task_id), "accept")
    rate = tiles(road).promises
    assert ((rate.now.hits, rate.now.n), rate.series[-1], rate.points) == ((1, 2), 50.0, None)


def test_a_week_is_compared_with_the_week_before_only_where_both_say_enough() -> None:
    assert measures.Rate(Share(9, 10), Share(5, 10), []).points == 40
    assert measures.Rate(Share(9, 10), Share(5, 9), []).points is None


def test_goods_on_hand_day_by_day(road: Road) -> None:
    road.receive(10)
    road.later(days=2)
    road.receive(5)
    amount = tiles(road).stock
    assert (amount.units, amount.series[-4:]) == (15, [0, 10, 10, 15])


def test_pay_day_by_day(road: Road) -> None:
    for parcels in (2, 3):
        for _ in range(parcels):
            road.judge(road.waiting(road.cast.minji), "accept")
        road.later(days=7)
    road.later(days=-1)
    amount = tiles(road).cost
    assert (amount.now, amount.change, amount.each) == (2100, 50, 700)
    assert amount.series == [1400, *[0] * 6, 2100, *[0] * 6]


@pytest.mark.both
def test_each_partners_share_is_of_what_was_inspected(road: Road) -> None:
    for person, word in (
        (road.cast.minji, "accept"),
        (road.cast.minji, "send_back"),
        (road.cast.sujin, "accept"),
    ):
        inspection = road.waiting(person)
        road.judge(inspection, word, *([LOOSE] if word == "send_back" else []))
    road.counted()
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        workers = records.workers(scope)
    assert [(w.name, w.accepted, w.won, w.first_pass.hits, w.first_pass.n, w.in_time.n) for w in workers] == [
        ("Minji", 1, 700, 1, 2, 2),
        ("Sujin", 1, 700, 1, 1, 1),
    ]


# --- decisions ---------------------------------------------------------------------------------------------


def decided(road: Road) -> list[tuple[str, int]]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return [(one.code, one.count) for one in decisions.decisions(scope)]


def test_nothing_to_decide(road: Road) -> None:
    assert decided(road) == []


@pytest.mark.both
def test_what_needs_a_decision_the_oldest_first(road: Road) -> None:
    inspection = road.waiting(road.cast.minji)
    road.order()
    road.later(hours=1)
    with road.acting_as(road.cast.haneul) as scope:
        clocks.pause(scope, inspection.task_id, reason="상자 없음", owed_by="owner")
        row = {"shop_id": scope.shop_id, "job": "mail", "arguments": {}, "created_at": road.now - 5 * HOUR}
        dead = {"key": "1", "state": "dead", "due_at": road.now, "attempts": 9, "fence": 1, "reason": "x"}
        scope.session.execute(insert(Errand), [row | dead])
        refused = {"kind": "orders", "name": "a.csv", "sha256": "0", "profile": "generic", "mapping": {}}
        scope.session.execute(
            insert(Import),
            [
                refused
                | {"shop_id": scope.shop_id, "state": "refused", "report": {}, "actor_id": 1, "at": road.now}
            ],
        )
    road.later(days=3)
    found = decided(road)
    assert found == [
        ("dead_letters", 1),
        ("short_orders", 1),
        ("refused_imports", 1),
        ("waits_for_owner", 1),
        ("overdue_inspections", 1),
    ]


@pytest.mark.both
def test_a_count_that_finds_fewer_than_promised_is_a_decision(road: Road) -> None:
    road.receive(2)
    road.order()
    with road.acting_as(road.cast.haneul) as scope:
        shelf = (goods.known(scope, ["MUG-01"])["MUG-01"], levels.location(scope, levels.WAREHOUSE))
        counting.count(scope, shelf=shelf, counted=1, begun=counting.begin(scope, shelf))
    assert decided(road) == [("goods_missing", 1)]


# --- the page ----------------------------------------------------------------------------------------------


def lived(road: Road, days: int, orders: int) -> None:
    """Some days of a shop, the last of them today."""
    road.now = utcnow() - timedelta(days=days)
    road.rules(newcomer_n=1, revision_n=0, sample_percent=50)
    for _ in range(days):
        road.receive(2 * orders)
        for n in range(orders):
            task_id = road.task_of(road.order(ship_by=road.now + timedelta(hours=20)))
            person = (road.cast.minji, road.cast.sujin)[n % 2]
            if n < orders - 1:
                road.hand_in(person, task_id)
                if road.task(task_id).state == "inspection":
                    road.judge(road.inspection(task_id), "accept")
        road.later(hours=24)
    road.counted()


def board_statements(road: Road, client: FlaskClient) -> int:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(road.world.engines.read, "before_cursor_execute", hear)
    assert client.get("/board").status_code == 200
    event.remove(road.world.engines.read, "before_cursor_execute", hear)
    return len([line for line in said if line.startswith("SELECT")])


def test_the_board_asks_as_much_of_a_busy_shop_as_of_a_quiet_one(road: Road, signed_in) -> None:
    haneul = signed_in(road.cast.haneul)
    road.now = utcnow() - timedelta(days=10)
    road.receive(2)
    road.order(ship_by=road.now + timedelta(hours=1))  # whatever the hour: something is late in both shops
    lived(road, 2, 2)
    quiet = board_statements(road, haneul)
    lived(road, 3, 8)
    assert board_statements(road, haneul) == quiet
    assert quiet <= 44


GROWING = {
    "orders", "order_lines", "tasks", "stage_clocks", "submissions", "inspections", "pay_lines", "movements",
    "audit_entries", "errands", "tallies",
}  # fmt: skip


def plans(road: Road, client: FlaskClient, path: str) -> list[str]:
    """How SQLite goes through the tables for a page: a line of its plan for each of them."""
    said: list[tuple[str, object]] = []

    def hear(
        _connection: object, _cursor: object, statement: str, parameters: object, *_rest: object
    ) -> None:
        said.append((statement, parameters))

    event.listen(road.world.engines.read, "before_cursor_execute", hear)
    assert client.get(path).status_code == 200
    event.remove(road.world.engines.read, "before_cursor_execute", hear)
    with road.world.engines.read.connect() as connection:
        cursor = connection.connection.cursor()
        return [
            row[3]
            for statement, parameters in said
            if statement.startswith("SELECT")
            for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        ]


@pytest.mark.parametrize("path", ["/board", "/board/by-partner", "/board/by-day", "/board/rows/late"])
@pytest.mark.both
def test_no_page_of_the_board_walks_through_a_table_that_grows(road: Road, signed_in, path: str) -> None:
    if road.world.engines.dialect == "postgresql":
        pytest.skip("PostgreSQL chooses by size, and here everything is small")
    lived(road, 2, 3)
    road.order(ship_by=utcnow() + timedelta(minutes=5))
    road.counted()
    walked = [
        line.split()[1] for line in plans(road, signed_in(road.cast.haneul), path) if line[:5] == "SCAN "
    ]
    assert [table for table in walked if table in GROWING] == []


def test_the_board_is_the_owners(road: Road, signed_in, client) -> None:
    lived(road, 2, 3)
    page = signed_in(road.cast.haneul).get("/board")
    assert (page.status_code, page.text.count('class="tile"'), page.text.count("<svg viewBox") > 0) == (
        200,
        4,
        True,
    )
    assert [signed_in(person).get("/board").status_code for person in (road.cast.minji, road.cast.boram)] == [
        403,
        403,
    ]
    assert client.get("/board").status_code == 302
    other = signed_in(road.cast.stranger).get("/board")
    assert (other.status_code, other.text.count("Minji"), other.text.count("A0000")) == (200, 0, 0)
    first_step = 'class="button" href="/start"'
    assert (page.text.count(first_step), other.text.count(first_step)) == (0, 1)


def test_the_board_speaks_english(road: Road, signed_in) -> None:
    lived(road, 1, 3)
    haneul = signed_in(road.cast.haneul)
    haneul.post("/language", data={"csrf": haneul.csrf, "locale": "en"})
    page = haneul.get("/board")
    assert (page.text.count("Needs your decision"), page.text.count("결정이 필요해요")) == (1, 0)


def test_the_tables_as_sheets(road: Road, signed_in) -> None:
    road.now = utcnow() - timedelta(minutes=1)
    road.judge(road.waiting(road.cast.minji), "accept")
    road.order(ship_by=utcnow() + timedelta(minutes=1))
    road.counted()
    haneul = signed_in(road.cast.haneul)
    workers = haneul.get("/board/partners.csv").get_data().decode("utf-8-sig").splitlines()
    assert workers[0].split(",")[:3] == ['"이름"', '"통과"', '"검수한 것"']
    assert workers[1:] == ['"Minji",1,1,"","","","",1,0,700']
    risks = haneul.get("/board/at-risk.csv")
    assert (risks.status_code, risks.get_data().decode("utf-8-sig").splitlines()[0].split(",")[0]) == (
        200,
        '"상태"',
    )
    assert [
        signed_in(road.cast.boram).get(f"/board/{name}.csv").status_code for name in ("partners", "at-risk")
    ] == [
        403,
        403,
    ]


def test_every_decision_leads_somewhere_and_has_words() -> None:
    assert set(pages.WHERE) == {*decisions.ASKED, "keys_away"}


@pytest.mark.both
def test_every_link_of_the_board_opens(road: Road, signed_in) -> None:
    lived(road, 2, 3)
    road.order(ship_by=utcnow() + timedelta(minutes=5))
    road.counted()
    haneul = signed_in(road.cast.haneul)
    page = haneul.get("/board").text
    links = sorted(
        {unescape(href) for href in re.findall(r'href="(/[^"#]*)"', page) if "/static/" not in href}
    )
    assert {href: haneul.get(href).status_code for href in links} == dict.fromkeys(links, 200) | {"/": 302}
