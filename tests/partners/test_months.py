"""Months as people are paid, across zones and year ends."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from partners.pay.months import Month

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC), Month(2026, 11)),
        (datetime(2026, 11, 30, 15, tzinfo=UTC), Month(2026, 12)),
        (datetime(2026, 12, 31, 15, tzinfo=UTC), Month(2027, 1)),
    ],
)
def test_an_instant_lies_in_the_month_of_the_wall(at, month):
    assert Month.of(at, SEOUL) == month


@pytest.mark.parametrize(
    ("month", "before", "after"),
    [
        (Month(2026, 11), Month(2026, 10), Month(2026, 12)),
        (Month(2026, 12), Month(2026, 11), Month(2027, 1)),
        (Month(2027, 1), Month(2026, 12), Month(2027, 2)),
    ],
)
def test_months_follow_each_other(month, before, after):
    assert (month.previous, month.next) == (before, after)


def test_a_month_begins_at_local_midnight():
    assert Month(2026, 12).begins(SEOUL) == datetime(2026, 11, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-11", Month(2026, 11)),
        ("2026-13", None),
        ("", None),
        ("0001-01", None),
        ("9999-12", None),
        ("x", None),
    ],
)
def test_a_month_is_read_as_it_is_written(text, month):
    assert Month.parse(text) == month
    assert month is None or str(month) == text
