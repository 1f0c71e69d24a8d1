"""The shop's week as it is typed: breaks, days with their own hours, and what is refused where."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest

from base import calendars, workdays
from security import week
from security.week import BadDay, Day
from tests.cast import ActingAs, Cast, SignedIn


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        (Day(), []),
        (Day("09:00", "18:00"), [["09:00", "18:00"]]),
        (Day("9:00", "18:00", "12:00-13:00"), [["09:00", "12:00"], ["13:00", "18:00"]]),
        (
            Day("00:00", "24:00", "15:00~15:30, 12:00 – 13:00"),
            [["00:00", "12:00"], ["13:00", "15:00"], ["15:30", "24:00"]],
        ),
    ],
)
def test_a_day_is_open_but_for_its_breaks(day: Day, windows: list[list[str]]) -> None:
    assert week.windows(day) == windows
    assert week.windows(week.typed(windows)) == windows


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (Day("09:00"), "time"),
        (Day("", "", "12:00-13:00"), "time"),
        (Day("09:00", "25:00"), "time"),
        (Day("nine", "18:00"), "time"),
        (Day("09:00", "18:00", "noon"), "time"),
        (Day("18:00", "09:00"), "order"),
        (Day("09:00", "09:00"), "order"),
        (Day("09:00", "18:00", "08:00-10:00"), "rest"),
        (Day("09:00", "18:00", "17:00-18:00"), "rest"),
        (Day("09:00", "18:00", "12:00-13:00, 12:30-14:00"), "rest"),
        (Day("09:00", "18:00", "13:00-12:00"), "rest"),
    ],
)
def test_a_day_that_cannot_be(day: Day, why: str) -> None:
    with pytest.raises(BadDay) as bad:
        week.windows(day)
    assert bad.value.why == why


def test_windows_that_touch_are_one_and_show_no_break() -> None:
    assert week.typed([["12:00", "18:00"], ["09:00", "12:00"]]) == Day("09:00", "18:00", "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-12-24", "order"),
        ("2026-12-24 15:00-10:00", "order"),
        ("2026-12-24 10:00-13:00, 12:00-15:00", "rest"),
        ("2026-02-30 10:00-13:00", "date"),
        ("24/12 10:00-13:00", "date"),
        ("2026-12-24 mornings", "time"),
    ],
)
def test_a_special_day_that_cannot_be(text: str, why: str) -> None:
    with pytest.raises(BadDay) as bad:
        week.shifts(text)
    assert bad.value.why == why


def test_special_days_come_back_as_they_were_typed() -> None:
    text = "2026-12-24 10:00-12:00, 13:00-15:00\n2026-12-26 09:00-24:00"
    assert week.shift_lines(week.shifts(text)) == text
    assert week.day_lines(week.days("2026-12-24 대청소\n\n2026-12-31")) == "2026-12-24 대청소\n2026-12-31"


def test_the_owner_sets_breaks_and_they_count(cast: Cast, acting_as: ActingAs, signed_in: SignedIn) -> None:
    haneul = signed_in(cast.haneul)
    form = {"csrf": haneul.csrf, "almanac": "1", "shifts": "2026-11-28 10:00-12:00"}
    form |= {f"{day}_open": "09:00" for day in ("mon", "tue")} | {
        f"{day}_close": "18:00" for day in ("mon", "tue")
    }
    wrong = haneul.post("/calendar", data=form | {"tue_rests": "17:00-19:00"})
    assert (wrong.status_code, re.findall(r'name="(\w+)"[^>]*aria-invalid', wrong.text)) == (
        422,
        ["tue_open", "tue_close", "tue_rests"],
    )
    assert unescape(wrong.text).count("쉬는 시간은 서로 겹치지 않고 여는 시간 안에 있어야 해요.") == 1
    assert re.findall(r'name="tue_rests" value="([^"]*)"', wrong.text) == ["17:00-19:00"]
    saved = haneul.post("/calendar", data=form | {"mon_rests": "12:00-13:00"})
    shown = haneul.get("/calendar").text
    assert (saved.status_code, re.findall(r'name="mon_rests" value="([^"]*)"', shown)) == (
        302,
        ["12:00-13:00"],
    )
    with acting_as(cast.haneul, reading=True) as scope:
        calendar = calendars.current(scope)
    monday, saturday = datetime(2026, 11, 23, 2, tzinfo=UTC), date(2026, 11, 28)
    assert workdays.add(calendar, monday, 2 * 3600) == datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert workdays.closing(calendar, saturday) == datetime(2026, 11, 28, 3, tzinfo=UTC)
    minji = signed_in(cast.minji)
    assert minji.post("/calendar", data=form | {"csrf": minji.csrf}).status_code == 403
