"""The clock of a stage, its risk and its verdict, held to the shared cases and to tables."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from base.workdays import Calendar, add, elapsed
from tasks.sla import Clock, Event, Risk, Targets, Verdict, Wait, at_risk, clock, verdict, waited_s
from tasks.turns import PARTIES

pytestmark = pytest.mark.quick

VECTORS = Path(__file__).parents[1] / "vectors"
CASES = json.loads((VECTORS / "sla_lifecycle.json").read_text("utf-8"))["cases"]
CALENDARS = json.loads((VECTORS / "sla_business_hours.json").read_text("utf-8"))["calendars"]
OFFICE = Calendar.parse({**CALENDARS["frappe_1018_seoul"], "version": 4})  # Monday to Friday, 10:00 to 18:00
SEOUL = ZoneInfo("Asia/Seoul")
URGENT = Targets(respond_s=1800, resolve_s=7200)
HOUR = 3600


def at(text):
    """A time of Monday 23 November 2026, or of another day of that month as "24 10:00"."""
    day, _, clock_time = text.rpartition(" ")
    return datetime.fromisoformat(f"2026-11-{day or 23}T{clock_time}:00").replace(tzinfo=SEOUL)


def told(*events):
    return [Event(at(when), name, **more) for when, name, more in events]


def _events(case):
    """The events of a case; "respond+pause" is two at once, "retarget:3600" carries its seconds."""
    for when, names in case["events"]:
        for name in names.split("+"):
            word, _, argument = name.partition(":")
            seconds = int(argument) if word == "retarget" else 0
            yield Event(datetime.fromisoformat(when), word, reason=argument, seconds=seconds)


def _found(stage: Clock, key):
    due = stage.resolve_due
    return {
        "status": stage.status,
        "resolve_due": due and due.astimezone(SEOUL).isoformat(),
        "response_late_s": stage.response_late_s,
        "elapsed_s": stage.elapsed_s,
        "resolution_breached": stage.resolution_breached,
        "response_breached": stage.response_breached,
    }[key]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_life_of_a_clock(case):
    calendar, targets = Calendar.parse(CALENDARS[case["calendar"]]), Targets(**case["targets"])
    stage = clock(calendar, targets, _events(case), datetime.fromisoformat(case["as_of"]))
    assert {key: _found(stage, key) for key in case["expected"]} == case["expected"]


def test_cases_are_all_there():
    assert [case["id"] for case in CASES] == ["L005", "L006", "L008", "L009", "L010", "L012", "L013", "L015"]


# --- the status, moment by moment -------------------------------------------------------------------------------

STORY = told(
    ("10:00", "open", {}),
    ("10:20", "respond", {}),
    ("11:00", "pause", {"owes": "customer", "reason": "address"}),
    ("24 11:00", "resume", {}),
    ("24 12:30", "resolve", {}),
    ("25 10:00", "close", {}),
    ("25 11:00", "pause", {"owes": "owner"}),
)


@pytest.mark.parametrize(
    ("as_of", "status", "resolve_due", "elapsed_s", "late_s"),
    [
        ("10:00", "response_due", "12:00", 0, 0),
        ("10:19", "response_due", "12:00", 19 * 60, 0),
        ("10:20", "resolution_due", "12:00", 20 * 60, 0),
        ("10:59", "resolution_due", "12:00", 59 * 60, 0),
        ("11:00", "paused", None, HOUR, 0),
        ("24 10:59", "paused", None, HOUR, 0),
        ("24 11:00", "resolution_due", "24 12:00", HOUR, 0),
        ("24 12:00", "resolution_due", "24 12:00", 2 * HOUR, 0),
        ("24 12:01", "failed", "24 12:00", 2 * HOUR + 60, 60),
        ("24 12:30", "failed", "24 12:00", 2 * HOUR + 1800, 1800),
        ("30 17:00", "failed", "24 12:00", 2 * HOUR + 1800, 1800),
    ],
)
def test_a_stage_moment_by_moment(as_of, status, resolve_due, elapsed_s, late_s):
    stage = clock(OFFICE, URGENT, STORY, at(as_of))
    assert (stage.status, stage.elapsed_s, stage.late_s) == (status, elapsed_s, late_s)
    assert stage.resolve_due == (resolve_due and at(resolve_due))
    assert (stage.response_due, stage.response_breached) == (at("10:30"), False)
    assert stage.paused == (resolve_due is None)
    assert stage.resolution_breached == (late_s > 0)


def test_events_are_read_in_order_of_time():
    assert clock(OFFICE, URGENT, reversed(STORY), at("24 12:01")) == clock(
        OFFICE, URGENT, STORY, at("24 12:01")
    )


def test_late_is_counted_in_open_hours_only():
    friday = told(("27 16:00", "open", {}))
    stage = clock(OFFICE, URGENT, friday, at("30 10:05"))
    assert (stage.resolve_due, stage.elapsed_s, stage.late_s) == (at("27 18:00"), 2 * HOUR + 300, 300)
    weekend = clock(OFFICE, URGENT, friday, at("29 12:00"))
    assert (weekend.late_s, weekend.resolution_breached, weekend.response_late_s) == (0, False, 5400)


def test_no_answer_is_due_while_the_stage_waits_for_another():
    events = told(("10:00", "open", {}), ("10:15", "pause", {"owes": "owner"}), ("11:00", "resume", {}))
    waiting = clock(OFFICE, URGENT, events, at("10:50"))
    assert (waiting.status, waiting.response_due, waiting.response_late_s) == ("paused", None, 0)
    assert clock(OFFICE, URGENT, events, at("11:00")).response_due == at("11:15")


def test_waiting_after_the_answer_does_not_move_the_answers_due():
    events = told(
        ("10:00", "open", {}), ("10:10", "respond", {}), ("10:10", "pause", {}), ("10:50", "resume", {})
    )
    assert clock(OFFICE, URGENT, events, at("10:50")).response_due == at("10:30")


def test_a_stage_without_a_promised_answer_only_has_to_be_done():
    stage = clock(OFFICE, Targets(resolve_s=7200), told(("10:00", "open", {})), at("11:30"))
    assert (stage.status, stage.response_due, stage.response_breached) == ("resolution_due", None, False)


def test_finishing_answers_too():
    stage = clock(OFFICE, URGENT, told(("10:00", "open", {}), ("10:31", "resolve", {})), at("12:00"))
    assert (stage.status, stage.response_late_s, stage.resolution_breached) == ("failed", 60, False)


# --- whose turn it is -------------------------------------------------------------------------------------------

ROUNDS = told(
    ("10:00", "open", {}),
    ("11:00", "submit", {}),
    ("15:00", "return_for_rework", {}),
    ("15:30", "submit", {}),
    ("24 10:30", "resolve", {}),
)


def test_the_review_is_not_on_the_partners_clock():
    stage = clock(OFFICE, Targets(resolve_s=5400), ROUNDS, at("24 10:30"))
    assert (stage.status, stage.elapsed_s) == ("fulfilled", 5400)
    assert stage.waits == (
        Wait(at("11:00"), at("15:00"), "reviewer", "submit"),
        Wait(at("15:30"), at("24 10:30"), "reviewer", "submit"),
    )
    assert waited_s(OFFICE, stage.waits, at("24 10:30")) == {"reviewer": 4 * HOUR + 3 * HOUR}


def test_a_return_gives_the_partner_the_time_that_was_left():
    stage = clock(OFFICE, Targets(resolve_s=7200), ROUNDS, at("15:00"))
    assert (stage.status, stage.resolve_due) == ("resolution_due", at("16:00"))


def test_the_same_rounds_on_the_reviewers_clock_count_the_review():
    review = told(("11:00", "open", {}), ("15:00", "return_for_rework", {}), ("15:30", "submit", {}))
    stage = clock(OFFICE, Targets(resolve_s=5 * HOUR, holder="reviewer"), review, at("16:30"))
    assert (stage.status, stage.elapsed_s, stage.resolve_due) == ("resolution_due", 5 * HOUR, at("16:30"))
    rework = clock(OFFICE, Targets(resolve_s=5 * HOUR, holder="reviewer"), review, at("15:10"))
    assert (rework.status, rework.waits_on) == ("paused", "partner")


@pytest.mark.parametrize("holder", sorted(PARTIES))
@pytest.mark.parametrize("owes", ["", *sorted(PARTIES)])
def test_a_clock_stops_for_everyone_but_its_holder(holder, owes):
    events = told(("10:00", "open", {}), ("10:30", "pause", {"owes": owes, "reason": "tape ran out"}))
    stage = clock(OFFICE, Targets(resolve_s=7200, holder=holder), events, at("11:30"))
    if owes == holder:
        assert (stage.elapsed_s, stage.waits_on, stage.waits) == (5400, None, ())
    else:
        assert (stage.elapsed_s, stage.waits_on) == (1800, owes)
        assert stage.waits == (Wait(at("10:30"), None, owes, "tape ran out"),)
        assert waited_s(OFFICE, stage.waits, at("11:30")) == {owes: HOUR}


def test_a_pause_within_a_pause_replaces_it_and_one_resume_ends_both():
    events = told(
        ("10:00", "open", {}),
        ("10:30", "pause", {"owes": "customer"}),
        ("11:00", "pause", {"owes": "carrier"}),
        ("11:30", "resume", {}),
        ("12:00", "resume", {}),
    )
    stage = clock(OFFICE, URGENT, events, at("12:00"))
    assert stage.elapsed_s == HOUR
    assert waited_s(OFFICE, stage.waits, at("12:00")) == {"customer": 1800, "carrier": 1800}


def test_a_resume_after_handing_in_does_not_start_the_clock():
    events = told(
        ("10:00", "open", {}),
        ("10:30", "submit", {}),
        ("11:00", "pause", {"owes": "owner"}),
        ("11:30", "resume", {}),
    )
    stage = clock(OFFICE, URGENT, events, at("12:00"))
    assert (stage.elapsed_s, stage.waits_on) == (1800, "reviewer")
    assert waited_s(OFFICE, stage.waits, at("12:00")) == {"reviewer": HOUR, "owner": 1800}


@pytest.mark.parametrize(
    ("target_s", "due"),
    [(3600, "12:00"), (1800, "10:30"), (6 * HOUR, "17:00")],
)
def test_a_new_target_keeps_the_time_that_was_paused(target_s, due):
    events = told(
        ("10:00", "open", {}),
        ("10:30", "pause", {}),
        ("11:00", "retarget", {"seconds": target_s}),
        ("11:30", "resume", {}),
    )
    stage = clock(OFFICE, Targets(resolve_s=7200), events, at("11:30"))
    assert (stage.target_s, stage.resolve_due, stage.elapsed_s) == (target_s, at(due), 1800)
    assert clock(OFFICE, Targets(resolve_s=7200), events, at("10:59")).target_s == 7200


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3000),
            st.sampled_from(
                ["respond", "pause", "resume", "submit", "return_for_rework", "assign", "resolve"]
            ),
            st.sampled_from(["", *sorted(PARTIES)]),
        ),
        max_size=12,
    ),
    st.sampled_from(sorted(PARTIES)),
    st.integers(1, 40 * HOUR),
)
@example([(5, "pause", ""), (6, "resolve", "")], "carrier", 300)
def test_whatever_happens_a_clock_is_consistent(steps, holder, resolve_s):
    start = at("10:00")
    events = [Event(start, "open")]
    events += [Event(add(OFFICE, start, minutes * 60), name, owes=owes) for minutes, name, owes in steps]
    as_of = add(OFFICE, start, 3000 * 60)
    stage = clock(OFFICE, Targets(resolve_s, 1800, holder), events, as_of)
    until = stage.finished or as_of
    assert stage.elapsed_s + sum(waited_s(OFFICE, stage.waits, until).values()) == elapsed(
        OFFICE, start, until
    )
    assert stage.late_s == max(0, stage.elapsed_s - resolve_s)
    assert (stage.resolve_due is None) == stage.paused
    if stage.resolve_due is not None:
        # Net of the waits: who was stopped at the very due instant is not late for the stop.
        stops = [(wait.start, wait.end or until) for wait in stage.waits]
        assert stage.resolution_breached == (elapsed(OFFICE, stage.resolve_due, until, stops) > 0)
    if stage.finished is not None:
        assert verdict(OFFICE, stage).verdict == ("breached" if stage.late_s else "met")


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([], id="none"),
        pytest.param(told(("10:00", "respond", {})), id="never opened"),
        pytest.param(told(("10:00", "submit", {}), ("10:30", "open", {})), id="begun before it was opened"),
        pytest.param(told(("10:00", "open", {}), ("10:30", "open", {})), id="opened twice"),
        pytest.param(told(("14:00", "open", {})), id="opened later"),
    ],
)
def test_a_stage_begins_with_its_one_open(events):
    with pytest.raises(ValueError, match=r"^events: a stage begins with its one open$"):
        clock(OFFICE, URGENT, events, at("12:00"))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Event(at("10:00"), "reopen"), "name"),
        (lambda: Event(at("10:00"), "pause", owes="Minji"), "owes"),
        (lambda: Event(at("10:00"), "retarget"), "seconds"),
        (lambda: Targets(resolve_s=0), "targets"),
        (lambda: Targets(resolve_s=1, respond_s=0), "targets"),
        (lambda: Targets(resolve_s=1, holder="house"), "holder"),
    ],
)
def test_what_makes_no_sense_is_refused(make, field):
    with pytest.raises(ValueError, match=f"^{field}: "):
        make()


# --- at risk before late ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "queue_ahead_s", "expected"),
    [
        # due 15:00 after an allowance of five hours from 10:00
        ("10:00", 0, Risk("calm", "", 0, 5 * HOUR, 0)),
        ("09:00", 0, Risk("calm", "", 0, 5 * HOUR, 0)),
        ("13:59", 0, Risk("calm", "", 4 * HOUR - 60, HOUR + 60, 0)),
        ("14:00", 0, Risk("at_risk", "share", 4 * HOUR, HOUR, 0)),
        ("15:00", 0, Risk("at_risk", "share", 5 * HOUR, 0, 0)),
        ("15:01", 0, Risk("late", "", 5 * HOUR + 60, 0, 60)),
        ("24 10:01", 99, Risk("late", "", 8 * HOUR + 60, 0, 3 * HOUR + 60)),
        ("11:00", 4 * HOUR, Risk("calm", "", HOUR, 4 * HOUR, 0)),
        ("11:00", 4 * HOUR + 1, Risk("at_risk", "queue", HOUR, 4 * HOUR, 0)),
        ("14:30", HOUR, Risk("at_risk", "queue", 4 * HOUR + 1800, 1800, 0)),
        ("20 17:00", 0, Risk("calm", "", 0, 6 * HOUR, 0)),
        ("22 03:00", 5 * HOUR + 1, Risk("at_risk", "queue", 0, 5 * HOUR, 0)),
    ],
)
def test_risk(as_of, queue_ahead_s, expected):
    assert at_risk(OFFICE, at("15:00"), 5 * HOUR, at(as_of), queue_ahead_s=queue_ahead_s) == expected


def test_the_share_is_a_setting():
    assert at_risk(OFFICE, at("15:00"), 5 * HOUR, at("12:30"), share=0.5).level == "at_risk"
    assert at_risk(OFFICE, at("15:00"), 5 * HOUR, at("12:29"), share=0.5).level == "calm"


def test_a_due_at_closing_is_not_late_before_the_next_opening():
    assert at_risk(OFFICE, at("27 18:00"), HOUR, at("29 12:00")) == Risk("at_risk", "share", HOUR, 0, 0)


# --- the verdict ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resolved", "expected"),
    [
        ("11:59", Verdict(at("12:00"), 7140, 7200, 0, "met", 4)),
        ("12:00", Verdict(at("12:00"), 7200, 7200, 0, "met", 4)),
        ("12:01", Verdict(at("12:00"), 7260, 7200, 60, "breached", 4)),
        ("24 10:30", Verdict(at("12:00"), 8 * HOUR + 1800, 7200, 6 * HOUR + 1800, "breached", 4)),
    ],
)
def test_verdict(resolved, expected):
    events = told(("10:00", "open", {}), (resolved, "resolve", {}))
    finished = clock(OFFICE, Targets(resolve_s=7200), events, at("27 18:00"))
    assert verdict(OFFICE, finished) == expected


def test_a_slow_review_is_not_the_partners_breach():
    finished = clock(OFFICE, Targets(resolve_s=5400), ROUNDS, at("24 10:30"))
    assert verdict(OFFICE, finished).verdict == "met"


def test_there_is_no_verdict_on_an_open_clock():
    for stage in (clock(OFFICE, URGENT, STORY, at("10:30")), clock(OFFICE, URGENT, STORY, at("11:30"))):
        with pytest.raises(ValueError, match=r"^clock: not finished$"):
            verdict(OFFICE, stage)
