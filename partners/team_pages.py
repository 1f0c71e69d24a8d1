"""The owner's page of teams and of what can be learned."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.scope import Scope
from base.web import render, tell, wants_json
from partners import people, queries, skills, teams
from partners.pages import pages
from security.doors import needs

ACTS = {"put_in": teams.put_in, "take_out": teams.take_out, "lead": teams.lead}


@pages.get("/teams", endpoint="teams")
@needs("people.see")
def teams_page(scope: Scope) -> ResponseReturnValue:
    return _teams(scope)


def _teams(scope: Scope, error: Refused | None = None, at: str = "") -> ResponseReturnValue:
    held = skills.holders(scope)
    return render(
        scope,
        "partners/teams.html",
        error.status if error else 200,
        teams=teams.every(scope),
        names=queries.names(scope),
        hands=people.hands(scope),
        skills=skills.names(scope),
        earned=skills.earned(scope),
        kinds=_kinds(scope),
        able={id_: sum(id_ in ids for ids in held.values()) for id_ in skills.names(scope)},
        form=request.form,
        error=error,
        at=at,
    )


def _kinds(scope: Scope) -> list[str]:
    """The kinds of work that the shop pays for."""
    return sorted({rate.kind for rate in queries.rates(scope)})


@pages.post("/teams")
@needs("people.manage")
def make_team(scope: Scope) -> ResponseReturnValue:
    try:
        teams.make(scope, name=request.form.get("name", ""), focus=request.form.get("focus", ""))
    except Invalid as error:
        if wants_json():
            raise
        return _teams(scope, error, "team")
    tell("ok", "dispatch.done.team")
    return redirect(url_for("partners.teams"))


@pages.post("/teams/<int:team_id>/<act>")
@needs("people.manage")
def change_team(scope: Scope, team_id: int, act: str) -> ResponseReturnValue:
    """Takes a partner in, lets one go, or says who leads."""
    if act not in ACTS:
        raise NotFound
    typed = request.form.get("partner_id", "")
    partner_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0
    ACTS[act](scope, team_id, partner_id=partner_id)
    tell("ok", f"dispatch.done.{act}")
    return redirect(url_for("partners.teams"))


@pages.post("/skills")
@needs("people.manage")
def make_skill(scope: Scope) -> ResponseReturnValue:
    try:
        earned_in = request.form.get("earned_in", "")
        if earned_in and earned_in not in _kinds(scope):
            raise NotFound
        skills.make(scope, name=request.form.get("name", ""), earned_in=earned_in)
    except Invalid as error:
        if wants_json():
            raise
        return _teams(scope, error, "skill")
    tell("ok", "dispatch.done.skill_made")
    return redirect(url_for("partners.teams"))
