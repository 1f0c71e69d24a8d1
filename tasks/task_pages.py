"""The owner's pages of work: the list, and one task's life with its clocks and its end."""

from datetime import datetime
from typing import Any

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, Refused
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from partners import people
from security.doors import needs
from tasks import clocks, offering, queues, records, stopping, telling
from tasks.lifecycle import ACCEPTED, CANCELLED, ENDED, INSPECTION, OPEN, REJECTED, steps_from
from tasks.models import Task
from tasks.pages import pages
from tasks.sop_pages import refusal

SHOWN_ENDS = (ACCEPTED, REJECTED, CANCELLED)
SPANS = (30, 60, 120, 240, 480, 1440)  # minutes for which work may be offered
OWED_BY = ("owner", "customer", "carrier", "partner", "reviewer")


class NoWords(Invalid):
    """A wait is noted with its reason."""

    code = "worklist.no_words"


@pages.get("/tasks", endpoint="tasks")
@needs("task.see")
def tasks_page(scope: Scope) -> ResponseReturnValue:
    view = request.args.get("state", OPEN)
    kind = request.args.get("kind", "")
    found = records.listed(scope, view=view, kind=kind, after=request.args.get("after", ""))
    waiting = queues.waiting(scope) if view == OPEN else ()
    facts: dict[str, Any] = {"found": found, "view": view, "ends": SHOWN_ENDS, "waiting": waiting} | URLS
    return render(scope, "tasks/tasks.html", 200, **facts)


@pages.get("/tasks/<int:task_id>/record", endpoint="record")
@needs("task.see")
def record_page(scope: Scope, task_id: int) -> ResponseReturnValue:
    return _record(scope, task_id)


def record_page_with(scope: Scope, task_id: int, error: Refused, *, at: str) -> ResponseReturnValue:
    """The record with what is wrong beside the field that says it."""
    return _record(scope, task_id, error, at=at)


def _record(scope: Scope, task_id: int, error: Refused | None = None, *, at: str = "") -> ResponseReturnValue:
    found, veiled = records.record(scope, task_id), _veiled(scope, task_id)
    facts: dict[str, Any] = {
        "found": found,
        "task": found.task,
        "known": INSPECTION if veiled else found.task.state,
        "lines": telling.life(found, locale(), veiled=veiled),
        "handed_in": telling.handed_in(found, locale()),
        "ended": found.task.state in ENDED,
        "steps": steps_from(found.task.state, who="owner"),
        "reasons": stopping.REASONS,
        "hands": people.hands(scope) if found.task.state == OPEN else (),
        "shown": offering.shown_to(scope, task_id) if found.task.state == OPEN else (),
        "spans": SPANS,
        "parties": OWED_BY,
        "form": request.form,
        "wrong": at or (str(error.facts.get("field", "")) if error else ""),
        "trouble": refusal(error) if error else "",
    } | URLS
    return render(scope, "tasks/task_detail.html", error.status if error else 200, **facts)


def _veiled(scope: Scope, task_id: int) -> datetime | None:
    """From when on upper floors ask to tell nothing of a task, if they do."""
    asked = (since(scope, task_id) for since in current_app.extensions.get(records.VEILS, ()))
    return min((at for at in asked if at), default=None)


@pages.post("/tasks/<int:task_id>/cancel")
@needs("task.cancel")
def cancel_task(scope: Scope, task_id: int) -> ResponseReturnValue:
    """Cancels work; `then` says whether its order gets a fresh task."""
    reason = request.form.get("reason", "")
    try:
        if request.form.get("then") == "again":
            opened = stopping.start_over(scope, task_id, reason=reason)
        else:
            opened = None
            stopping.cancel(scope, task_id, reason=reason)
    except Invalid as error:
        if wants_json():
            raise
        return _record(scope, task_id, error)
    tell("ok", "worklist.opened_anew" if opened else "worklist.cancelled")
    return redirect(url_for("tasks.record", task_id=opened or task_id))


@pages.post("/tasks/<int:task_id>/clock/pause")
@needs("clock.pause")
def pause_clock(scope: Scope, task_id: int) -> ResponseReturnValue:
    reason = request.form.get("wait", "").strip()
    try:
        if not reason:
            raise NoWords(field="wait")
        clocks.pause(scope, task_id, reason=reason, owed_by=request.form.get("owed_by", ""))
    except Invalid as error:
        if wants_json():
            raise
        return _record(scope, task_id, error)
    tell("ok", "worklist.paused")
    return redirect(url_for("tasks.record", task_id=task_id, _anchor="clocks"))


@pages.post("/tasks/<int:task_id>/clock/resume")
@needs("clock.pause")
def resume_clock(scope: Scope, task_id: int) -> ResponseReturnValue:
    clocks.resume(scope, task_id)
    tell("ok", "worklist.resumed")
    return redirect(url_for("tasks.record", task_id=task_id, _anchor="clocks"))


def order_url(task: Task) -> str:
    """The page of the task's order; empty where there is none."""
    return _page("stock.order", order_id=task.order_id) if task.order_id else ""


def photo_url(photo_id: int) -> str:
    """A photo that was handed in."""
    return _page("tasks.photo", photo_id=photo_id)


def orders_url() -> str:
    """The list of orders."""
    return _page("stock.orders")


def _page(endpoint: str, **ids: int) -> str:
    return url_for(endpoint, **ids) if endpoint in current_app.view_functions else ""  # type: ignore[arg-type]


URLS = {"order_url": order_url, "photo_url": photo_url, "orders_url": orders_url}
