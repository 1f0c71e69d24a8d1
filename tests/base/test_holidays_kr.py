"""Korean holidays held to the shared list and to the almanac."""

import csv
import json
import os
from datetime import date
from pathlib import Path

import pytest

from base.holidays_kr import corrected, public_holidays

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "kr_public_holidays.json").read_text("utf-8"))


@pytest.mark.parametrize("year", sorted(VECTOR["holidays"]))
def test_the_shared_list(year):
    found = {day.isoformat(): name for day, name in public_holidays([int(year)]).items()}
    assert found == VECTOR["holidays"][year]


@pytest.mark.real
@pytest.mark.skipif("DARI_REALDATA" not in os.environ, reason="DARI_REALDATA names no folder")
@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_the_almanac_has_the_same_dates(year):
    path = Path(os.environ["DARI_REALDATA"]) / "korea" / f"holidays_kr_{year}.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        almanac = {date.fromisoformat(line["Start date"]) for line in csv.DictReader(lines)}
    assert set(public_holidays([year])) == almanac


def test_several_years_come_in_order():
    days = list(public_holidays([2027, 2026]))
    assert days == sorted(days)
    assert {day.year for day in days} == {2026, 2027}


def test_the_owner_adds_removes_and_renames():
    public = {date(2026, 1, 1): "신정연휴", date(2026, 7, 17): "제헌절"}
    added = {date(2026, 11, 27): "창립기념일", date(2026, 1, 1): "새해"}
    removed = {date(2026, 7, 17): "제헌절 정상 영업", date(2026, 7, 18): "공휴일 아님"}
    assert list(corrected(public, added, removed).items()) == [
        (date(2026, 1, 1), "새해"),
        (date(2026, 11, 27), "창립기념일"),
    ]


def test_a_day_both_added_and_removed_is_refused():
    day = {date(2026, 11, 27): "창립기념일"}
    with pytest.raises(ValueError, match=r"^removed: 2026-11-27 is also added$"):
        corrected({}, day, day)
