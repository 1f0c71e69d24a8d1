"""The replay: rules see the past alone, wait for their goods alike, and are judged by what really came."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from stock.buying import replay
from stock.buying.commands import ZONE, buying, played, read
from stock.buying.replay import LEADS, WARM, Goods, Outcome

pytestmark = pytest.mark.quick
HEADER = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]
FIRST = date(2010, 12, 1)


def invoices(days: int) -> list[tuple[str, ...]]:
    """Two a day of CUP, one on each third day of MUG; on the last day a slip of 74,215, taken back at once."""
    rows = list[tuple[str, ...]]()
    for day in range(days):
        at = f"{FIRST + timedelta(days=day)} 09:00:00"
        cup = ("CUP", "CUP", "6", at, "2.50", "14620", "United Kingdom")
        rows += [(f"5{day:03}1", *cup), (f"5{day:03}2", *cup)]
        if day % 3 == 0:
            rows.append((f"6{day:03}", "MUG", "MUG", "1", at, "4.00", "14621", "United Kingdom"))
    last = FIRST + timedelta(days=days - 1)
    slip = ("74215", f"{last} 10:01:00", "1.04", "12346", "United Kingdom")
    rows.append(("70001", "MUG", "MUG", *slip))
    rows.append(("C70002", "MUG", "MUG", "-74215", f"{last} 10:17:00", *slip[2:]))
    return rows


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "orders.csv", invoices(82))


def written(path: Path, rows: list[tuple[str, ...]]) -> Path:
    with path.open("w", newline="") as out:
        csv.writer(out).writerows([HEADER, *rows])
    return path


def test_demand_is_what_was_ordered_less_what_was_taken_back(file: Path) -> None:
    orders, units = replay.demand(read(file), ZONE)
    third = [int(day % 3 == 0) for day in range(82)]
    assert orders == [Goods("CUP", [2] * 82, 2.5), Goods("MUG", third, 4.0)]
    assert units == [Goods("CUP", [12] * 82, 2.5), Goods("MUG", third, 4.0)]


def test_what_is_steady_is_met_with_less_stock_than_a_month(file: Path) -> None:
    products, outcomes = played(read(file), seed=1, service=0.97)["all"]
    ours, gut = outcomes["dari"], outcomes["month_of_last_week"]
    assert (products, ours.asked, gut.asked, ours.length) == (2, 42 * 12 + 14, 42 * 12 + 14, 42)
    assert (ours.met, ours.stock < gut.stock, ours.cash < gut.cash) == (ours.asked, True, True)


def test_a_rule_is_shown_the_days_before_its_review_and_no_others() -> None:
    seen = list[tuple[int, ...]]()

    def looking(days: replay.Days) -> int:
        seen.append(tuple(days))
        return 5

    days = list(range(WARM + 15))
    replay.play([Goods("A", days)], {"looking": looking}, seed=1)
    assert seen == [tuple(days[:end]) for end in (WARM, WARM, WARM + 7, WARM + 14)]


def test_every_unit_is_met_lost_or_lies_there() -> None:
    """Up to ten, three a day: ten are there, seven days later goods come; nothing is met that was not."""
    days = [3] * (WARM + 30)
    (found,) = replay.play([Goods("A", days, 2.0)], {"ten": lambda _: 10}, seed=3).values()
    assert found.asked == 90
    assert 10 < found.met < 90
    assert found.cash == 2 * found.stock
    assert (found.fill, found.cover) == (found.met / 90, found.stock * 30 / 90)


def test_the_same_seed_is_the_same_play_and_nothing_asked_is_nothing_missed() -> None:
    goods = [Goods("A", [1, 0] * 40)]
    rules = replay.rules(goods, service=0.97)
    assert replay.play(goods, rules, seed=5) == replay.play(goods, rules, seed=5)
    assert (Outcome(0, 0, 4.0, 4.0, 9).fill, Outcome(0, 0, 4.0, 4.0, 9).cover) == (1.0, 0.0)
    assert replay.LEAD.days == sum(LEADS) / len(LEADS)


def test_at_a_terminal(file: Path, tmp_path: Path) -> None:
    said = CliRunner().invoke(buying, ["replay", str(file)])
    told = CliRunner().invoke(buying, ["replay", str(file), "--json"])
    short = CliRunner().invoke(buying, ["replay", str(written(tmp_path / "s.csv", invoices(9)))])
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    no_orders = CliRunner().invoke(buying, ["replay", str(other)])
    assert [one.exit_code for one in (said, told, short, no_orders)] == [0, 0, 1, 1]
    assert [line.split("  ")[-1] for line in said.stdout.splitlines()[1:4]] == [
        "정하는 방법",
        "다리의 규칙",
        "지난주 속도로 30일치",
    ]
    found = json.loads(told.stdout)
    assert {name: one["products"] for name, one in found.items()} == {"slow": 1, "all": 2}
    assert found["all"]["rules"]["dari"]["fill"] == 1.0
    assert short.stderr.startswith("이 파일은 9일치예요.")
    assert no_orders.stderr.startswith("주문 파일로 읽을 수 없어요")
