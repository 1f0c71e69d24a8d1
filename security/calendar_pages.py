"""The owner's page of the calendar: the week with its rests, the days off, and days with their own hours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import calendars
from base.calendars import UnusableCalendar
from base.errors import Refused
from base.hours import WEEKDAYS
from base.scope import Scope
from base.web import render, tell, wants_json
from security import audit, week
from security.doors import needs
from security.pages import pages
from security.week import BadDay, Day

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed or as it shows what stands."""

    week: Mapping[str, Day]
    added: str
    removed: str
    shifts: str
    almanac: bool


@pages.get("/calendar")
@needs("shop.calendar")
def calendar(scope: Scope) -> ResponseReturnValue:
    plan = calendars.plan(scope)
    shown = Typed(
        week={day: week.typed(plan.hours.get(day, [])) for day in WEEKDAYS},
        added=week.day_lines(plan.added),
        removed=week.day_lines(plan.removed),
        shifts=week.shift_lines(plan.shifts),
        almanac=plan.almanac,
    )
    return _calendar(scope, shown)


def _calendar(scope: Scope, typed: Typed, error: Refused | None = None) -> ResponseReturnValue:
    holidays = calendars.holidays_of(scope).items()
    return render(
        scope,
        "security/calendar.html",
        error.status if error else 200,
        typed=typed,
        version=calendars.current(scope).version,
        holidays=[(day, name) for day, name in sorted(holidays) if day >= scope.now.date()],
        weekdays=WEEKDAYS,
        wrong=str(error.facts.get("field", "")) if error else "",
        error=error,
    )


@pages.post("/calendar")
@needs("shop.calendar")
def save_calendar(scope: Scope) -> ResponseReturnValue:
    typed = _typed()
    try:
        made = calendars.save(scope, _plan(scope, typed))
    except Refused as error:
        if wants_json():
            raise
        return _calendar(scope, typed, error)
    audit.note(scope, "calendar.saved", subject="calendar", subject_id=made.version)
    tell("ok", "security.calendar.saved", n=made.version)
    return redirect(url_for("security.calendar"))


def _typed() -> Typed:
    form = request.form
    told = {
        day: Day(*(form.get(f"{day}_{part}", "").strip() for part in ("open", "close", "rests")))
        for day in WEEKDAYS
    }
    added, removed, shifts = (form.get(name, "") for name in ("added", "removed", "shifts"))
    return Typed(told, added, removed, shifts, almanac=form.get("almanac") == "1")


def _plan(scope: Scope, typed: Typed) -> calendars.Plan:
    """What the form says; raises UnusableCalendar naming the field that cannot be read."""
    return calendars.Plan(
        hours={day: _read(f"hours.{day}", week.windows, told) for day, told in typed.week.items()},
        added=_read("added", week.days, typed.added),
        removed=_read("removed", week.days, typed.removed),
        shifts=_read("shifts", week.shifts, typed.shifts),
        almanac=typed.almanac,
        tz=calendars.plan(scope).tz,
    )


def _read(field: str, reader: Callable[[U], T], told: U) -> T:
    try:
        return reader(told)
    except BadDay as error:
        raise UnusableCalendar(field=field, why=error.why) from error
