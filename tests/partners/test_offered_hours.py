"""Offered hours: an offer and never an order. Sums for the owner, nobody's presence, and no cost of a no."""

from datetime import UTC, date, datetime, timedelta
from math import sqrt

import pytest
from sqlalchemy import select

from base.hours import WEEKDAYS
from base.shares import Z95
from partners.availability import reads, saying, week
from partners.availability.models import OfferedHours, TimeOff
from partners.availability.week import BadWeek
from security.models import AuditEntry
from tasks.capacity import rule
from tasks.capacity.rule import Line, Need, Pace
from tests.cast import MONDAY

SEOUL = "Asia/Seoul"
HOUR = 3600
MORNINGS = week.read("600-720|600-720|||||")  # 10:00 to 12:00 on Monday and Tuesday


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({}, "||||||"),
        ({"mon": [("10:00", "12:00"), ("", "")]}, "600-720||||||"),
        ({"mon": [("20:00", "00:00"), ("9:30", "12:00")]}, "570-720 1200-1440||||||"),
        ({"sun": [("09:00", "10:00"), ("10:00", "11:00")]}, "||||||540-600 600-660"),
        ({"tue": [("10:00", "")]}, ("tue", "time")),
        ({"tue": [("10:60", "12:00")]}, ("tue", "time")),
        ({"tue": [("25:00", "26:00")]}, ("tue", "time")),
        ({"tue": [("십시", "12:00")]}, ("tue", "time")),
        ({"wed": [("22:00", "02:00")]}, ("wed", "order")),
        ({"wed": [("10:00", "10:00")]}, ("wed", "order")),
        ({"thu": [("10:00", "12:00"), ("11:00", "13:00")]}, ("thu", "overlap")),
        ({"fri": [("10:00", "11:00")] * 4}, ("fri", "many")),
    ],
)
def test_a_week_is_read_as_it_is_typed(typed, found):
    try:
        told = week.written(week.read_form(typed))
    except BadWeek as bad:
        told = (bad.day, bad.why)
    assert told == found
    if isinstance(told, str):
        assert week.written(week.read(told)) == told


def supplied(hours, offers):
    """Seconds offered from Monday 09:00 in Seoul to so many hours later."""
    found = week.supply(offers, since=MONDAY, until=MONDAY + timedelta(hours=80))
    return found.until(MONDAY + timedelta(hours=hours))


MONDAYS = week.calendar(MORNINGS, SEOUL)
AWAY = week.calendar(MORNINGS, SEOUL, [date(2026, 11, 24)])
EARLY = week.calendar(week.read("480-570||||||"), SEOUL)  # 08:00 to 09:30


@pytest.mark.parametrize(
    ("offers", "sums"),
    [
        ([], [0, 0, 0, 0]),
        ([(MONDAYS, 1)], [0, HOUR, 2 * HOUR, 4 * HOUR]),
        ([(MONDAYS, 3)], [0, 3 * HOUR, 6 * HOUR, 12 * HOUR]),
        ([(EARLY, 1)], [HOUR // 2, HOUR // 2, HOUR // 2, HOUR // 2]),  # what is past is not offered any more
        ([(MONDAYS, 2), (MONDAYS, -1), (AWAY, 1)], [0, 2 * HOUR, 4 * HOUR, 6 * HOUR]),
    ],
)
def test_what_is_offered_adds_up(offers, sums):
    assert [supplied(hours, offers) for hours in (1, 2, 24, 80)] == sums


def line(kind, begins, ends, *, who=1, again=0):
    return Line(who, kind, begins, ends, again)


def test_the_pace_counts_what_two_hands_did_at_once_once():
    apart = [line("packing", 100 * n, 100 * n + 60) for n in range(10)]
    at_once = [line("tagging", 5000, 5100 + 100 * n, who=2) for n in range(10)]
    few = [line("listing", 0, 60, who=3) for _ in range(9)]
    found = rule.paces([*apart, *at_once, *few, line("packing", 2000, 2000, again=660)])
    assert found == {
        "packing": Pace(11, pytest.approx((600 + 660) / 11), pytest.approx(180.9068, abs=1e-4)),
        "tagging": Pace(10, 100.0, 0.0),
    }


PACKING = Pace(100, 600.0, 300.0)


def test_the_range_of_a_sum_is_that_of_a_prediction():
    half = Z95 * sqrt(300**2 * (10 + 10**2 / 100))
    assert rule.need({"packing": 10, "listing": 3}, {"packing": PACKING}) == Need(
        6000, round(6000 - half), round(6000 + half), 3, {"packing": 10, "listing": 3}
    )
    assert rule.need({"packing": 1}, {"packing": Pace(10, 60.0, 600.0)}).low_s == 0


@pytest.mark.parametrize(
    ("offered", "tasks", "said", "code"),
    [
        (0, {}, 5, "nothing"),
        (HOUR, {"packing": 4}, 0, "unknown"),
        (HOUR, {"listing": 4}, 5, "unknown"),
        (2 * HOUR, {"packing": 4}, 1, "enough"),
        (2 * HOUR, {"packing": 4, "listing": 1}, 1, "tight"),
        (2400, {"packing": 4}, 1, "tight"),
        (600, {"packing": 4}, 1, "short"),
        (0, {"packing": 4, "listing": 9}, 1, "short"),
    ],
)
def test_whether_it_is_enough_admits_what_is_not_known(offered, tasks, said, code):
    assert rule.verdict(offered, rule.need(tasks, {"packing": PACKING}), said=said) == code


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0"), (5400, "1.5"), (3 * HOUR, "3"), (42 * HOUR + 900, "42")]
)
def test_a_sum_is_said_in_hours(seconds, told):
    assert rule.hours(seconds) == told


def form(client, **fields):
    return {"csrf": client.csrf} | {name: str(value) for name, value in fields.items()}


def test_a_partner_says_her_hours_and_the_owner_sees_their_sum(cast, acting_as, signed_in):
    minji, sujin, haneul = (signed_in(who) for who in (cast.minji, cast.sujin, cast.haneul))
    assert "0시간, 필요한 시간 0시간" in haneul.get("/capacity").text
    wrong = minji.post("/my-hours", data=form(minji, mon_from_1="22:00", mon_to_1="02:00"))
    assert (
        wrong.status_code,
        wrong.text.count('value="22:00"'),
        wrong.text.count('aria-invalid="true"'),
    ) == (
        422,
        1,
        4,
    )
    every = {f"{day}_{end}_1": at for day in WEEKDAYS for end, at in (("from", "01:00"), ("to", "03:00"))}
    assert minji.post("/my-hours", data=form(minji, **every)).status_code == 302
    assert "한 주에 14시간을 알려 줬어요." in minji.get("/my-hours").text
    today = datetime.now(UTC).date() + timedelta(days=1)
    bad = minji.post("/my-hours/off", data=form(minji, first="2020-01-01"))
    assert (bad.status_code, bad.text.count("쉬는 날은 오늘부터")) == (422, 1)
    ahead = today + timedelta(days=40)  # nothing of the two weeks that the owner sees
    assert minji.post("/my-hours/off", data=form(minji, first=ahead, last=ahead)).status_code == 302
    with acting_as(cast.minji, reading=True) as scope:
        (off,) = scope.session.scalars(select(TimeOff.id))
    assert sujin.post(f"/my-hours/off/{off}/undo", data=form(sujin)).status_code == 404
    seen = haneul.get("/capacity").text
    assert [words in seen for words in ("2명 가운데 1명이", "제안된 시간 14시간", "Minji")] == [
        True,
        True,
        False,
    ]
    assert [signed_in(who).get("/capacity").status_code for who in (cast.minji, cast.boram)] == [403, 403]
    assert [signed_in(who).get("/my-hours").status_code for who in (cast.haneul, cast.boram)] == [403, 403]
    assert minji.post(f"/my-hours/off/{off}/undo", data=form(minji)).status_code == 302
    assert minji.post("/my-hours", data=form(minji)).status_code == 302
    with acting_as(cast.minji, reading=True) as scope:
        assert [scope.session.scalars(select(table.id)).all() for table in (OfferedHours, TimeOff)] == [
            [],
            [],
        ]
        told = select(AuditEntry.act, AuditEntry.subject).where(AuditEntry.act.startswith("hours."))
        assert [tuple(row) for row in scope.session.execute(told.order_by(AuditEntry.id))] == [
            ("hours.offered", ""), ("hours.days_off", ""), ("hours.days_back", ""), ("hours.offered", ""),
        ]  # fmt: skip


def test_days_off_that_are_over_are_forgotten(cast, acting_as):
    day = date(2026, 11, 23)
    with acting_as(cast.minji) as scope:
        saying.take_off(scope, day, day)
        with pytest.raises(saying.BadDaysOff):
            saying.take_off(scope, day - timedelta(1), day)
        with pytest.raises(saying.BadDaysOff):
            saying.take_off(scope, day, day + timedelta(days=93))
        later = scope.at(MONDAY + timedelta(days=3))
        assert reads.own(later, cast.minji.partner_id).off == ()
        saying.take_off(later, day + timedelta(days=9), day + timedelta(days=9))
        assert [row.first for row in scope.session.scalars(select(TimeOff))] == [day + timedelta(days=9)]
