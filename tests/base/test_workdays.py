"""Working time held to the shared cases, to a slow count by minutes, and to what must always be true."""

import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base import workdays
from base.hours import spans_on
from base.workdays import BadCalendar, Calendar, NeverOpen

pytestmark = pytest.mark.quick

VECTORS = Path(__file__).parents[1] / "vectors"
SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")
LISBON = ZoneInfo("Europe/Lisbon")


def _read(name):
    return json.loads((VECTORS / name).read_text("utf-8"))


HOURS = _read("sla_business_hours.json")
DAYS = _read("business_days.json")["cases"]
KOREA = sorted(day for year in _read("kr_public_holidays.json")["holidays"].values() for day in year)
CALENDARS = {name: Calendar.parse(spec) for name, spec in HOURS["calendars"].items()}
OFFICE = CALENDARS["kr_office"]


def seoul(text):
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def weekly(tz="Asia/Seoul", week="1111100", windows=(("09:00", "18:00"),), **more):
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    hours = {name: windows for name, works in zip(names, week, strict=True) if works == "1"}
    return Calendar.parse({"tz": tz, "hours": hours, **more})


# --- the shared cases -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", HOURS["cases"], ids=lambda case: case["id"])
def test_business_seconds(case):
    calendar, start = CALENDARS[case["calendar"]], datetime.fromisoformat(case["start"])
    pauses = [(datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in case["pauses"]]
    if case["op"] == "elapsed":
        end = datetime.fromisoformat(case["end"])
        assert workdays.elapsed(calendar, start, end, pauses) == case["expected_seconds"]
    else:
        act = {"add": workdays.add, "sub": workdays.sub}[case["op"]]
        due = act(calendar, start, case["seconds"], pauses)
        assert due == datetime.fromisoformat(case["expected_due"])
        assert due.tzinfo is UTC


@pytest.mark.parametrize("case", DAYS, ids=lambda case: case["id"])
def test_business_days(case):
    holidays = KOREA if isinstance(case["holidays"], str) else case["holidays"]
    windows = (("08:00", case.get("closing", "20:00")),)
    calendar = weekly(week=case["weekmask"], windows=windows, holidays=holidays)
    match case["mode"]:
        case "count_working_days":
            first, last = date.fromisoformat(case["start"]), date.fromisoformat(case["end"])
            assert workdays.count_days(calendar, first, last) == case["expected"]
        case "date_plus_working_days":
            due = workdays.add_days(calendar, date.fromisoformat(case["start"]), case["days"])
            assert due == date.fromisoformat(case["expected"])
        case "datetime_plus_working_days":
            due = workdays.same_time_after(calendar, seoul(case["start"]), case["days"])
            assert due == seoul(case["expected"])
        case "datetime_plus_working_days_end_of_day":
            due = workdays.closing_after(calendar, seoul(case["start"]), case["days"])
            assert due == seoul(case["expected"])
        case mode:
            pytest.fail(f"no such mode: {mode}")


# --- what must always be true -----------------------------------------------------------------------------------

moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
durations = st.integers(0, 400 * 3600)
spans = st.tuples(moments, st.integers(0, 90 * 86400)).map(
    lambda two: (two[0], two[0] + timedelta(seconds=two[1]))
)
calendars = st.sampled_from(sorted(CALENDARS)).map(CALENDARS.__getitem__)


@st.composite
def cases(draw):
    """A calendar, a start, and pauses near it."""
    start = draw(moments)
    offsets = draw(
        st.lists(st.tuples(st.integers(-86400, 20 * 86400), st.integers(0, 5 * 86400)), max_size=4)
    )
    pauses = [
        (start + timedelta(seconds=from_), start + timedelta(seconds=from_ + long)) for from_, long in offsets
    ]
    return draw(calendars), start, pauses


@given(cases(), durations)
def test_what_was_added_has_elapsed(case, seconds):
    calendar, start, pauses = case
    due = workdays.add(calendar, start, seconds, pauses)
    assert workdays.elapsed(calendar, start, due, pauses) == seconds


@given(cases(), durations)
def test_a_due_is_the_first_instant_of_its_kind(case, seconds):
    calendar, start, pauses = case
    due = workdays.add(calendar, start, seconds + 1, pauses)
    assert workdays.elapsed(calendar, start, due - timedelta(seconds=1), pauses) == seconds


@given(cases(), durations)
def test_taking_away_what_was_added_comes_back(case, seconds):
    calendar, start, pauses = case
    back = workdays.sub(calendar, workdays.add(calendar, start, seconds, pauses), seconds, pauses)
    apart = sorted((start, back))
    assert workdays.elapsed(calendar, *apart, pauses) == 0


@given(cases(), durations, durations)
def test_more_seconds_are_never_due_earlier(case, seconds, more):
    calendar, start, pauses = case
    due = workdays.add(calendar, start, seconds, pauses)
    assert due <= workdays.add(calendar, start, seconds + more, pauses)


@given(cases(), durations, st.integers(0, 30 * 86400))
def test_a_later_start_is_never_due_earlier(case, seconds, later):
    calendar, start, pauses = case
    due = workdays.add(calendar, start, seconds, pauses)
    assert due <= workdays.add(calendar, start + timedelta(seconds=later), seconds, pauses)


@given(cases(), durations)
def test_pauses_only_delay(case, seconds):
    calendar, start, pauses = case
    assert workdays.add(calendar, start, seconds) <= workdays.add(calendar, start, seconds, pauses)
    assert workdays.sub(calendar, start, seconds) >= workdays.sub(calendar, start, seconds, pauses)


@given(cases(), st.tuples(st.integers(0, 40 * 86400), st.integers(0, 40 * 86400)))
def test_time_is_the_sum_of_its_parts(case, lengths):
    calendar, start, pauses = case
    middle = start + timedelta(seconds=lengths[0])
    end = middle + timedelta(seconds=lengths[1])
    first, second = (
        workdays.elapsed(calendar, start, middle, pauses),
        workdays.elapsed(calendar, middle, end, pauses),
    )
    assert workdays.elapsed(calendar, start, end, pauses) == first + second


@given(calendars, moments, st.integers(0, 1200 * 86400))
def test_a_long_time_counted_in_blocks_is_the_same_walked_day_by_day(calendar, start, seconds):
    end, long_ago = start + timedelta(seconds=seconds), start - timedelta(days=9)
    walked = workdays.elapsed(calendar, start, end, [(long_ago, long_ago + timedelta(days=1))])
    assert workdays.elapsed(calendar, start, end) == walked


@given(calendars, moments)
def test_an_opening_is_open(calendar, at):
    opens = workdays.opens_next(calendar, at)
    assert opens >= at
    assert workdays.is_open(calendar, opens)
    assert workdays.is_open(calendar, at) == (opens == at)


@given(calendars, st.dates(date(2024, 1, 1), date(2028, 1, 1)))
def test_days_never_overlap_and_never_run_backwards(calendar, day):
    edges = [
        edge
        for ahead in range(3)
        for span in spans_on(calendar, day + timedelta(days=ahead))
        for edge in span
    ]
    assert edges == sorted(edges)


@given(
    st.sampled_from(
        ["kr_office", "kr_office_exceptions", "kr_night_home", "biz_breaks", "biz_shifts", "btd_night"]
    ),
    st.integers(0, 60 * 24 * 30),
    st.integers(0, 60 * 24 * 4),
)
def test_elapsed_equals_a_count_by_minutes(name, offset, minutes):
    spec = HOURS["calendars"][name]
    start = (
        datetime(2005, 12, 28, tzinfo=UTC) if name.startswith("bi") else datetime(2026, 11, 20, tzinfo=UTC)
    )
    start += timedelta(minutes=offset)
    open_minutes = sum(
        _open_by_the_book(spec, start + timedelta(minutes=minute)) for minute in range(minutes)
    )
    end = start + timedelta(minutes=minutes)
    assert workdays.elapsed(CALENDARS[name], start, end) == open_minutes * 60


def _open_by_the_book(spec, at):
    """Whether a minute is open, read from the JSON as a person would."""
    local = at.astimezone(ZoneInfo(spec["tz"]))
    day, clock = local.date().isoformat(), local.strftime("%H:%M")
    windows = spec.get("shifts", {}).get(day, spec["hours"].get(local.strftime("%a").lower(), []))
    broken = any(opens <= clock < closes for opens, closes in spec.get("breaks", {}).get(day, []))
    holiday = day in spec.get("holidays", [])
    return any(opens <= clock < closes for opens, closes in windows) and not broken and not holiday


# --- boundaries -------------------------------------------------------------------------------------------------


def test_a_date_with_a_shift_and_a_holiday_is_closed():
    calendar = weekly(holidays=["2026-11-25"], shifts={"2026-11-25": [["10:00", "12:00"]]})
    assert not workdays.works_on(calendar, date(2026, 11, 25))
    assert workdays.opens_next(calendar, seoul("2026-11-25T10:00")) == seoul("2026-11-26T09:00")


def test_a_shift_may_close_or_open_a_day():
    calendar = weekly(shifts={"2026-11-23": [], "2026-11-22": [["14:00", "24:00"]]})
    assert workdays.opens_next(calendar, seoul("2026-11-21T00:00")) == seoul("2026-11-22T14:00")
    assert workdays.opens_next(calendar, seoul("2026-11-23T00:00")) == seoul("2026-11-24T09:00")
    assert workdays.closing(calendar, date(2026, 11, 22)) == seoul("2026-11-23T00:00")


@pytest.mark.parametrize(
    ("at", "is_open", "opens_next"),
    [
        ("2026-11-23T09:59:59", False, "2026-11-23T10:00:00"),
        ("2026-11-23T10:00:00", True, "2026-11-23T10:00:00"),
        ("2026-11-23T11:59:59", True, "2026-11-23T11:59:59"),
        ("2026-11-23T12:00:00", False, "2026-11-23T13:00:00"),
        ("2026-11-23T18:00:00", False, "2026-11-24T10:00:00"),
        ("2026-11-28T13:00:00", False, "2026-11-30T10:00:00"),
        ("2026-12-25T11:00:00", False, "2026-12-26T10:00:00"),
    ],
)
def test_open_is_from_opening_up_to_closing(at, is_open, opens_next):
    assert workdays.is_open(OFFICE, seoul(at)) == is_open
    assert workdays.opens_next(OFFICE, seoul(at)) == seoul(opens_next)


def test_no_seconds_at_a_closing_stay_there():
    assert workdays.add(OFFICE, seoul("2026-11-23T18:00"), 0) == seoul("2026-11-23T18:00")
    assert workdays.sub(OFFICE, seoul("2026-11-23T10:00"), 0) == seoul("2026-11-23T10:00")


def test_parts_of_a_second_are_kept_in_dues_and_dropped_in_seconds():
    start = seoul("2026-11-23T10:00") + timedelta(microseconds=250_000)
    assert workdays.add(OFFICE, start, 60) == start + timedelta(seconds=60)
    assert workdays.elapsed(OFFICE, seoul("2026-11-23T10:00"), start) == 0


def test_a_pause_without_end_before_start_is_refused():
    backwards = [(seoul("2026-11-23T11:00"), seoul("2026-11-23T10:00"))]
    with pytest.raises(ValueError, match=r"^pauses: one ends before it starts$"):
        workdays.add(OFFICE, seoul("2026-11-23T10:00"), 60, backwards)


@pytest.mark.parametrize("act", [workdays.add, workdays.sub])
def test_negative_seconds_and_times_without_a_zone_are_refused(act):
    with pytest.raises(ValueError, match=r"^seconds: negative$"):
        act(OFFICE, seoul("2026-11-23T10:00"), -1)
    with pytest.raises(ValueError, match=r"^time: without a zone$"):
        act(OFFICE, datetime(2026, 11, 23, 10), 1)


# --- summer time ------------------------------------------------------------------------------------------------

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # New York: 02:00 -> 03:00, and 02:00 -> 01:00


@pytest.mark.parametrize(
    ("day", "windows", "expected"),
    [
        pytest.param(
            SPRING, [("02:15", "02:45")], [("07:15", "07:45")], id="a window that is skipped moves an hour"
        ),
        pytest.param(
            SPRING, [("00:00", "04:00")], [("05:00", "08:00")], id="a window over the skip is shorter"
        ),
        pytest.param(
            SPRING, [("01:00", "02:30"), ("03:00", "05:00")], [("06:00", "09:00")], id="none counts twice"
        ),
        pytest.param(
            SPRING, [("02:45", "03:10")], [], id="an opening that moves past its closing opens nothing"
        ),
        pytest.param(
            AUTUMN, [("00:00", "04:00")], [("04:00", "09:00")], id="a window over the fold is longer"
        ),
        pytest.param(
            AUTUMN, [("00:00", "01:30")], [("04:00", "05:30")], id="a closing shown twice is the first"
        ),
        pytest.param(
            AUTUMN, [("01:30", "03:00")], [("05:30", "08:00")], id="an opening shown twice is the first"
        ),
    ],
)
def test_the_days_the_clocks_change(day, windows, expected):
    calendar = weekly("America/New_York", "1111111", windows)
    spans = [(opens.strftime("%H:%M"), closes.strftime("%H:%M")) for opens, closes in spans_on(calendar, day)]
    assert spans == expected


def test_a_day_that_never_was_is_closed():
    samoa = weekly("Pacific/Apia", "1111111")
    assert workdays.count_days(samoa, date(2011, 12, 29), date(2012, 1, 1)) == 2
    start, end = (datetime(2011, 12, day, tzinfo=ZoneInfo("Pacific/Apia")) for day in (29, 31))
    assert workdays.elapsed(samoa, start, end) == 9 * 3600


def test_working_days_keep_the_time_on_the_wall():
    calendar = weekly("Europe/Lisbon")
    friday = datetime(2026, 3, 27, 16, tzinfo=LISBON)
    assert workdays.same_time_after(calendar, friday, 1) == datetime(2026, 3, 30, 16, tzinfo=LISBON)


# --- an order's ship-by -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("placed", "days", "ship_by"),
    [
        pytest.param("2026-11-23T13:59:59", 0, "2026-11-23T18:00", id="before the cut-off"),
        pytest.param("2026-11-23T14:00:00", 0, "2026-11-24T18:00", id="at the cut-off"),
        pytest.param("2026-11-23T08:00:00", 1, "2026-11-24T18:00", id="before opening"),
        pytest.param("2026-11-27T13:00:00", 1, "2026-11-28T13:00", id="Saturday closes early"),
        pytest.param(
            "2026-11-27T15:00:00", 1, "2026-11-30T18:00", id="after Friday's cut-off, counted from Saturday"
        ),
        pytest.param(
            "2026-11-28T13:30:00", 0, "2026-11-30T18:00", id="after Saturday's closing, before the cut-off"
        ),
        pytest.param("2026-11-29T09:00:00", 0, "2026-11-30T18:00", id="on a Sunday"),
        pytest.param("2026-12-24T15:00:00", 1, "2026-12-28T18:00", id="over Christmas"),
        pytest.param("2026-09-23T15:00:00", 0, "2026-09-28T18:00", id="over Chuseok"),
    ],
)
def test_ship_by(placed, days, ship_by):
    assert workdays.cut_off(OFFICE, seoul(placed), time(14), days) == seoul(ship_by)


@given(
    moments,
    st.times(),
    st.integers(0, 10),
    st.sampled_from(["kr_office", "kr_office_exceptions", "ny_early"]),
)
def test_a_ship_by_lies_ahead_and_a_later_order_is_never_due_earlier(placed, cutoff, days, name):
    ship_by = workdays.cut_off(CALENDARS[name], placed, cutoff, days)
    assert ship_by > placed
    assert ship_by <= workdays.cut_off(CALENDARS[name], placed + timedelta(hours=7), cutoff, days)


# --- a calendar that never opens --------------------------------------------------------------------------------

NEVER = Calendar.parse({"tz": "Asia/Seoul", "hours": {}})
MONDAY = seoul("2026-11-23T09:00")


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: workdays.add(NEVER, MONDAY, 1), id="add"),
        pytest.param(lambda: workdays.sub(NEVER, MONDAY, 1), id="sub"),
        pytest.param(lambda: workdays.opens_next(NEVER, MONDAY), id="opens_next"),
        pytest.param(lambda: workdays.add_days(NEVER, MONDAY.date(), 0), id="add_days"),
        pytest.param(lambda: workdays.cut_off(NEVER, MONDAY, time(14), 1), id="cut_off"),
        pytest.param(
            lambda: workdays.add(OFFICE, datetime(9999, 12, 20, tzinfo=UTC), 10**6), id="end of time"
        ),
        pytest.param(lambda: workdays.sub(OFFICE, datetime(1, 1, 9, tzinfo=UTC), 10**6), id="dawn of time"),
    ],
)
def test_a_calendar_that_never_opens_says_so(ask):
    with pytest.raises(NeverOpen, match=r"^never_open$"):
        ask()


def test_nothing_elapses_on_a_calendar_that_never_opens():
    assert workdays.elapsed(NEVER, MONDAY, MONDAY + timedelta(days=1000)) == 0
    assert not workdays.is_open(NEVER, MONDAY)
    with pytest.raises(ValueError, match=r"^day: closed on 2026-11-23$"):
        workdays.closing(NEVER, MONDAY.date())


# --- reading a calendar -----------------------------------------------------------------------------------------


def test_a_calendar_reads_what_is_stored():
    calendar = Calendar.parse(
        {
            "tz": "Asia/Seoul",
            "hours": {"mon": [["13:00", "18:00"], ["10:00", "12:00"]]},
            "shifts": {"2026-12-31": [["10:00", "24:00"]]},
            "holidays": {"2026-12-25": "기독탄신일"},
            "breaks": {"2026-11-24": [["15:00", "16:30"]]},
            "version": 3,
        }
    )
    assert calendar == Calendar(
        tz="Asia/Seoul",
        hours=(((600, 720), (780, 1080)), (), (), (), (), (), ()),
        shifts={date(2026, 12, 31): ((600, 1440),)},
        holidays=frozenset({date(2026, 12, 25)}),
        breaks={date(2026, 11, 24): ((900, 990),)},
        version=3,
    )
    assert len({calendar, OFFICE}) == 2


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("tz", {"tz": None}),
        ("tz", {"tz": "Asia/Atlantis"}),
        ("tz", {"tz": "../../etc/passwd"}),
        ("tz", {"tz": "Asia"}),
        ("tz", {"tz": ""}),
        ("hours", {"hours": None}),
        ("hours", {"hours": [["09:00", "18:00"]]}),
        ("hours", {"hours": {1: []}}),
        ("hours.monday", {"hours": {"monday": []}}),
        ("hours.mon", {"hours": {"mon": "09:00-18:00"}}),
        ("hours.mon", {"hours": {"mon": [["09:00", "13:00"], ["12:59", "18:00"]]}}),
        ("hours.mon[0]", {"hours": {"mon": [["09:00"]]}}),
        ("hours.mon[0]", {"hours": {"mon": ["09:00"]}}),
        ("hours.mon[1]", {"hours": {"mon": [["09:00", "12:00"], ["22:00", "02:00"]]}}),
        ("hours.mon[0]", {"hours": {"mon": [["09:00", "09:00"]]}}),
        ("hours.mon[0]", {"hours": {"mon": [["9:00", "18:00"]]}}),
        ("hours.mon[0]", {"hours": {"mon": [["09:00", "24:01"]]}}),
        ("hours.mon[0]", {"hours": {"mon": [["09:60", "18:00"]]}}),
        ("hours.mon[0]", {"hours": {"mon": [[9, 18]]}}),
        ("hours.mon[0]", {"hours": {"mon": [["０９:００", "18:00"]]}}),
        ("holidays", {"holidays": "2026-01-01"}),
        ("holidays", {"holidays": ["2026-02-30"]}),
        ("holidays", {"holidays": ["20260101"]}),
        ("shifts", {"shifts": {"tomorrow": []}}),
        ("shifts", {"shifts": ["2026-01-01"]}),
        ("shifts.2026-12-31[0]", {"shifts": {"2026-12-31": [["15:00", "10:00"]]}}),
        ("breaks.2026-12-31", {"breaks": {"2026-12-31": None}}),
        ("version", {"version": "1"}),
        ("version", {"version": -1}),
        ("version", {"version": True}),
        ("holiday", {"holiday": []}),
    ],
)
def test_a_bad_calendar_names_its_field(field, change):
    with pytest.raises(BadCalendar) as refused:
        Calendar.parse({"tz": "Asia/Seoul", "hours": {}, **change})
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: ")


def test_windows_that_touch_are_one():
    calendar = weekly(windows=(("09:00", "12:00"), ("12:00", "18:00")))
    spans = spans_on(calendar, date(2026, 11, 23))
    assert spans == [(seoul("2026-11-23T09:00"), seoul("2026-11-23T18:00"))]


def test_cases_are_all_there():
    assert len(HOURS["cases"]) == 90
    assert len(DAYS) == 16
    assert all(first["id"] < second["id"] for first, second in pairwise(HOURS["cases"]))
