"""Pages of corrective actions: the list, a new one, one with what the figures say of it."""

from datetime import date, timedelta

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from base import calendars
from base.errors import Invalid, Refused
from base.rows import one
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from partners import typed
from partners.training.writing import BadDay
from qa.causes import action_life as life
from qa.causes import actions, asking, retraining, subjects
from qa.causes.actions import Planned
from qa.causes.models import CorrectiveAction
from qa.tallies.rules import SHOP
from security import people
from security.doors import needs
from security.policy import OWNER, REVIEWER

SOON = timedelta(days=7)


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/quality/actions", endpoint="actions")(listed)
    pages.get("/quality/actions/new", endpoint="new_action")(new)
    pages.post("/quality/actions/new", endpoint="plan_action")(plan)
    pages.get("/quality/actions/<int:action_id>", endpoint="action")(action)
    pages.post("/quality/actions/<int:action_id>/training", endpoint="train_by_action")(train)
    pages.post("/quality/actions/<int:action_id>/<step>", endpoint="action_step")(step)


@needs("board.see")
def listed(scope: Scope) -> ResponseReturnValue:
    """What is under way, then what was proven or dropped."""
    return render(
        scope,
        "qa/actions.html",
        live=actions.listed(scope, *life.LIVE),
        ended=actions.listed(scope, life.PROVEN, life.DROPPED),
        names=people.names(scope),
        today=calendars.today(scope),
    )


@needs("action.manage")
def new(scope: Scope) -> ResponseReturnValue:
    """The form, about what the address names."""
    args = request.args
    told = MultiDict(
        {"dim": args.get("dim", SHOP), "dim_id": args.get("id", "0"), "alarm": args.get("alarm", "")}
    )
    told["due"] = (calendars.today(scope) + SOON).isoformat()
    told["owner"] = str(scope.actor.id)
    return _form(scope, told)


def _form(scope: Scope, told: MultiDict[str, str], error: Refused | None = None) -> ResponseReturnValue:
    dim, dim_id = told.get("dim", SHOP), asking.whole(told.get("dim_id", ""))
    if error is None:
        subjects.check(scope, dim, dim_id)
    return render(
        scope,
        "qa/action_new.html",
        error.status if error else 200,
        told=told,
        about=subjects.named(scope, dim, dim_id, locale()),
        ways=life.WAYS,
        people=_who(scope),
        sops=subjects.sops(scope),
        error=error,
    )


@needs("action.manage")
def plan(scope: Scope) -> ResponseReturnValue:
    """Plans it."""
    form = request.form
    try:
        made = actions.plan(scope, _told(form))
    except Invalid as error:
        if wants_json():
            raise
        return _form(scope, form, error)
    tell("ok", "quality.action.planned")
    return redirect(url_for("qa.action", action_id=made))


@needs("board.see")
def action(scope: Scope, action_id: int) -> ResponseReturnValue:
    """One of them."""
    return _action(scope, one(scope, CorrectiveAction, action_id))


def _action(scope: Scope, row: CorrectiveAction, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "qa/action.html",
        error.status if error else 200,
        row=row,
        about=subjects.named(scope, row.dim, row.dim_id, locale()),
        effect=actions.measured(scope, row),
        steps=life.steps_from(row.state, who="owner"),
        names=people.names(scope),
        today=calendars.today(scope),
        training=retraining.of(scope, row),
        form=request.form,
        error=error,
    )


@needs("action.manage")
def train(scope: Scope, action_id: int) -> ResponseReturnValue:
    """Gives a module to learn again to whom the action is about."""
    row, form = one(scope, CorrectiveAction, action_id), request.form
    who = {asking.whole(id_) for id_ in form.getlist("partner")}
    try:
        day = typed.since(scope)
        if day is None:
            raise BadDay(field="since")
        retraining.assign(scope, row, asking.whole(form.get("module", "")), who, holds_from=day)
    except Invalid as error:
        if wants_json():
            raise
        return _action(scope, row, error)
    tell("ok", "training.given", n=len(who))
    return redirect(url_for("qa.action", action_id=row.id))


@needs("action.manage")
def step(scope: Scope, action_id: int, step: str) -> ResponseReturnValue:
    """Says that it is carried out, takes that back, or drops it."""
    actions.step(scope, action_id, step, version=asking.whole(request.form.get("version", "")))
    tell("ok", f"quality.action.did.{step}")
    return redirect(url_for("qa.action", action_id=action_id))


def _told(form: MultiDict[str, str]) -> Planned:
    """The action a form tells; what cannot be read is refused by the desk in its words."""
    sop, alarm = asking.whole(form.get("sop", "")), asking.whole(form.get("alarm", ""))
    try:
        due = date.fromisoformat(form.get("due", ""))
    except ValueError:
        due = date.min
    return Planned(
        **{name: form.get(name, "").strip() for name in ("title", "cause", "measure", "way", "dim")},
        dim_id=asking.whole(form.get("dim_id", "")),
        owner_id=asking.whole(form.get("owner", "")),
        due=due,
        sop_id=sop if sop > 0 else None,
        alarm_id=alarm if alarm > 0 else None,
    )


def _who(scope: Scope) -> list[tuple[int, str]]:
    """Who may be charged with it: owners and reviewers."""
    names = people.names(scope)
    roles = (OWNER, REVIEWER)
    found = dict.fromkeys(member.account_id for role in roles for member in people.members(scope, role=role))
    return [(id_, names[id_]) for id_ in found]
