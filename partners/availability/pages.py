"""The partner's own page of time: the hours she offers, days off, and where the rest of it is said."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import calendars
from base.errors import Invalid, Refused
from base.hours import WEEKDAYS
from base.scope import Scope
from base.web import render, tell, wants_json
from partners import wishes
from partners.availability import reads, saying
from partners.availability import week as weeks
from partners.availability.saying import BadDaysOff, BadHours
from security.doors import needs

SHOWN = 2  # windows of a day that the form has room for
Typed = Mapping[str, Sequence[tuple[str, str]]]


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/my-hours", endpoint="own_hours")(own_hours)
    pages.post("/my-hours", endpoint="offer_hours")(offer)
    pages.post("/my-hours/off", endpoint="take_off")(take_off)
    pages.post("/my-hours/off/<int:off_id>/undo", endpoint="work_after_all")(undo)


@needs("hours.own")
def own_hours(scope: Scope) -> ResponseReturnValue:
    """When work is welcome, and what else the partner decides of her time."""
    return _page(scope)


def _page(scope: Scope, error: Refused | None = None, typed: Typed | None = None) -> ResponseReturnValue:
    partner = wishes.own(scope)
    said = reads.own(scope, partner.id)
    return render(
        scope,
        "partners/availability/own.html",
        error.status if error else 200,
        said=said,
        typed=typed or _shown(said.week),
        weekdays=WEEKDAYS,
        limit=partner.day_limit,
        today=calendars.today(scope),
        form=request.form,
        error=error,
    )


def _shown(week: weeks.Week) -> Typed:
    """What stands, as the form would have it typed."""
    return {
        day: [(weeks.clock(opens), weeks.clock(closes)) for opens, closes in windows]
        for day, windows in zip(WEEKDAYS, week, strict=True)
    }


@needs("hours.own")
def offer(scope: Scope) -> ResponseReturnValue:
    """She says when work is welcome."""
    typed = _typed()
    try:
        saying.offer(scope, _week(typed))
    except Invalid as error:
        if wants_json():
            raise
        return _page(scope, error, typed)
    tell("ok", "hours.done.offered")
    return redirect(url_for("partners.own_hours"))


def _typed() -> Typed:
    form = request.form
    return {
        day: [(form.get(f"{day}_from_{n}", ""), form.get(f"{day}_to_{n}", "")) for n in range(1, SHOWN + 1)]
        for day in WEEKDAYS
    }


def _week(typed: Typed) -> weeks.Week:
    try:
        return weeks.read_form(typed)
    except weeks.BadWeek as bad:
        raise BadHours(field=bad.day, day=bad.day, why=bad.why) from bad


@needs("hours.own")
def take_off(scope: Scope) -> ResponseReturnValue:
    """She says on which days she wants to be offered nothing."""
    try:
        first = _date("first")
        saying.take_off(scope, first, _date("last") if request.form.get("last", "").strip() else first)
    except Invalid as error:
        if wants_json():
            raise
        return _page(scope, error)
    tell("ok", "hours.done.off")
    return redirect(url_for("partners.own_hours"))


def _date(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, "").strip())
    except ValueError as error:
        raise BadDaysOff(field="first", most=saying.MOST_OFF, days=saying.LONGEST_OFF.days) from error


@needs("hours.own")
def undo(scope: Scope, off_id: int) -> ResponseReturnValue:
    """She is there after all."""
    saying.work_after_all(scope, off_id)
    tell("ok", "hours.done.back")
    return redirect(url_for("partners.own_hours"))
