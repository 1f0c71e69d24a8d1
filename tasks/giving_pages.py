"""The owner's pages of giving work: assigning, offering, what a procedure asks, one partner's dispatch."""

from datetime import timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from partners import queries as cards
from partners import skills, teams
from partners.models import Partner
from security.doors import needs
from security.people import names as people_names
from tasks import demands, explaining, offering
from tasks.pages import pages
from tasks.task_pages import record_page_with


def _number(field: str) -> int:
    typed = request.form.get(field, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0


@pages.post("/tasks/<int:task_id>/assign")
@needs("task.give")
def assign(scope: Scope, task_id: int) -> ResponseReturnValue:
    try:
        offering.assign(scope, task_id, partner_id=_number("partner_id"))
    except NotFound:
        raise
    except Refused as error:
        if wants_json():
            raise
        return record_page_with(scope, task_id, error, at="partner_id")
    tell("ok", "dispatch.done.assigned")
    return redirect(url_for("tasks.record", task_id=task_id))


@pages.post("/tasks/<int:task_id>/offer")
@needs("task.give")
def offer(scope: Scope, task_id: int) -> ResponseReturnValue:
    chosen = [
        int(typed)
        for typed in request.form.getlist("partner_ids")
        if typed.isascii() and typed.isdigit() and len(typed) < 18
    ]
    until = scope.now + timedelta(minutes=min(_number("minutes"), 10**5))
    try:
        offering.offer(scope, task_id, partner_ids=chosen, until=until)
    except NotFound:
        raise
    except Refused as error:
        if wants_json():
            raise
        return record_page_with(scope, task_id, error, at="partner_ids")
    tell("ok", "dispatch.done.offered", n=len(chosen))
    return redirect(url_for("tasks.record", task_id=task_id))


@pages.post("/tasks/<int:task_id>/offer/end")
@needs("task.give")
def end_offer(scope: Scope, task_id: int) -> ResponseReturnValue:
    offering.withdraw(scope, task_id)
    tell("ok", "dispatch.done.offer_ended")
    return redirect(url_for("tasks.record", task_id=task_id))


@pages.post("/sops/<int:sop_id>/asks")
@needs("sop.write")
def ask(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """What one must have learned for a procedure's work, and which team does it."""
    wanted = [int(typed) for typed in request.form.getlist("skills") if typed.isdigit() and len(typed) < 18]
    demands.ask(scope, sop_id, skill_ids=wanted, team_id=_number("team_id") or None)
    tell("ok", "dispatch.done.asks")
    return redirect(url_for("tasks.sop", sop_id=sop_id))


@pages.get("/partners/<int:partner_id>/work")
@needs("people.see")
def partner_work(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """What a partner may be given and why, what they have learned, and their teams."""
    card = one(scope, Partner, partner_id)
    found = explaining.explain(scope, card.id)
    return render(
        scope,
        "tasks/partner_work.html",
        200,
        card=card,
        name=cards.names(scope)[card.id],
        found=found,
        words=explaining.words(scope, found.choice.trace, locale()),
        learned=skills.of(scope, card.id),
        skills=skills.names(scope),
        teams=[team for team in teams.every(scope) if card.id in team.members],
        people=people_names(scope),
        waiting_since=explaining.in_line_since(scope, card),
    )


@pages.post("/partners/<int:partner_id>/skills")
@needs("people.manage")
def set_skill(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """Grants a skill, or takes it back."""
    act = skills.revoke if request.form.get("act") == "revoke" else skills.grant
    act(scope, partner_id, skill_id=_number("skill_id"))
    tell("ok", "dispatch.done.skill")
    return redirect(url_for("tasks.partner_work", partner_id=partner_id))
