"""The owner's pages of automation: the list in the order of effect, one clause with its dry run."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from base.errors import NotFound
from base.i18n import t
from base.scope import Scope
from base.web import locale, render, tell, zone
from security.doors import needs
from tasks.automation import acting, reads, rehearsing, writing
from tasks.automation.clauses import COMPARISONS, HAPPENINGS, MOST_CONDITIONS, parse
from tasks.automation.models import Automation
from tasks.automation.rehearsing import Rehearsal

ROWS = 3  # conditions that the form offers besides those that are there
TOLD = timedelta(days=30)
SWITCHES = {"on", "off"}

Doc = Mapping[str, Any]


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/automation", endpoint="automations")(automations)
    pages.get("/automation/new", endpoint="new_automation")(new_automation)
    pages.post("/automation/new", endpoint="add_automation")(add_automation)
    pages.get("/automation/<int:automation_id>", endpoint="automation")(automation)
    pages.post("/automation/<int:automation_id>", endpoint="change_automation")(change_automation)
    pages.post("/automation/<int:automation_id>/<act>", endpoint="act_on_automation")(act_on_automation)


@needs("automation.manage")
def automations(scope: Scope) -> ResponseReturnValue:
    """All of them, in the order they take effect, with what they opened lately."""
    rows = reads.every(scope)
    since = scope.now - TOLD
    opened = reads.opened(scope, [row.id for row in rows], since=since)
    return render(scope, "tasks/automations.html", rows=rows, opened=opened, days=TOLD.days)


@needs("automation.manage")
def new_automation(scope: Scope) -> ResponseReturnValue:
    """First what happens, then the rest."""
    happening = request.args.get("happening", "")
    if not happening:
        return render(scope, "tasks/automation_new.html", happenings=list(HAPPENINGS))
    if happening not in HAPPENINGS:
        raise NotFound
    return _form(scope, {"happening": happening, "conditions": [], "work": {}}, title="")


@needs("automation.manage")
def add_automation(scope: Scope) -> ResponseReturnValue:
    """Makes it, or shows what it would have done."""
    doc, title = typed(request.form), request.form.get("title", "")
    if "rehearse" in request.form:
        return _form(scope, doc, title=title, rehearsed=True)
    try:
        made = writing.add(scope, title, doc)
    except writing.BadClause as refusal:
        return _form(scope, doc, title=title, faults=refusal.facts["faults"], status=422)
    tell("ok", "automation.made")
    return redirect(url_for("tasks.automation", automation_id=made))


@needs("automation.manage")
def automation(scope: Scope, automation_id: int) -> ResponseReturnValue:
    """One of them, with its dry run."""
    row = writing.one(scope, automation_id)
    return _form(scope, row.clause, title=row.title, row=row, rehearsed=True)


@needs("automation.manage")
def change_automation(scope: Scope, automation_id: int) -> ResponseReturnValue:
    """Changes it, or shows what the change would have done."""
    row = writing.one(scope, automation_id)
    doc, title = typed(request.form), request.form.get("title", "")
    if "rehearse" in request.form:
        return _form(scope, doc, title=title, row=row, rehearsed=True)
    seen = request.form.get("version", 0, type=int)
    try:
        writing.change(scope, automation_id, title, doc, seen=seen)
    except writing.BadClause as refusal:
        return _form(scope, doc, title=title, row=row, faults=refusal.facts["faults"], status=422)
    tell("ok", "automation.changed")
    return redirect(url_for("tasks.automation", automation_id=automation_id))


@needs("automation.manage")
def act_on_automation(scope: Scope, automation_id: int, act: str) -> ResponseReturnValue:
    """Switches it on or off, lets it take effect earlier, or takes it away."""
    if act in SWITCHES:
        writing.switch(scope, automation_id, act)
    elif act == "earlier":
        writing.earlier(scope, automation_id)
    elif act == "remove":
        writing.remove(scope, automation_id)
    else:
        raise NotFound
    tell("ok", f"automation.did.{act}")
    return redirect(url_for("tasks.automations"))


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """The clause as the form says it; a condition without a fact is an empty line."""
    conditions = [
        {name: form.get(f"{name}-{n}", "").strip() for name in ("fact", "comparison", "value")}
        for n in range(MOST_CONDITIONS)
        if form.get(f"fact-{n}")
    ]
    work = {name: form.get(name, "").strip() for name in ("kind", "target", "slots", "days", "note")}
    work["slots"] = work["slots"] or "1"
    return {"happening": form.get("happening", ""), "conditions": conditions, "work": work}


def _form(
    scope: Scope,
    doc: Doc,
    *,
    title: str,
    row: Automation | None = None,
    faults: Any = (),
    rehearsed: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    happening = doc["happening"]
    if happening not in HAPPENINGS:
        raise NotFound
    rehearsal: Rehearsal | None = None
    if rehearsed:
        clause, found = parse(doc, acting.kinds(scope))
        rehearsal = rehearsing.rehearse(scope, clause, zone()) if clause else None
        faults = [{"field": one.field, "why": one.why} for one in found]
    facts = HAPPENINGS[happening]
    return render(
        scope,
        "tasks/automation.html",
        status if not faults else 422 if request.method == "POST" else status,
        doc=doc,
        title=title,
        row=row,
        wrong={one["field"]: one["why"] for one in faults},
        rehearsal=rehearsal,
        fact_words=[(one, t(locale(), f"automation.fact.{one}")) for one in facts],
        comparison_words=[(one, t(locale(), f"automation.compare.{one}")) for one in _comparisons(facts)],
        kinds=acting.kinds(scope),
        lines=min(len(doc["conditions"]) + ROWS, MOST_CONDITIONS),
    )


def _comparisons(facts: Mapping[str, str]) -> list[str]:
    """Every comparison that one of these facts takes, in the order of the table."""
    sorts = set(facts.values())
    return list(dict.fromkeys(one for sort, every in COMPARISONS.items() if sort in sorts for one in every))
