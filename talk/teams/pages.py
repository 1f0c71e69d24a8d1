"""The pages of a team: its board with its thread, saying something, announcing; and the teams one is in."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid
from base.scope import Scope
from base.web import answer, render, tell, wants_json
from partners.checks import signals
from security.doors import needs
from security.policy import OWNER
from talk import words
from talk.saying import Said
from talk.teams import reads, saying


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's: the owner's teams, and a partner's own."""
    pages.get("/my-teams", endpoint="own_teams")(own_teams)
    for path, name in (("/teams", "team"), ("/my-teams", "own_team")):
        pages.get(f"{path}/<int:team_id>", endpoint=name)(team)
    pages.post("/my-teams/<int:team_id>/messages", endpoint="say_in_team")(write)
    pages.post("/my-teams/<int:team_id>/seen", endpoint="see_team")(see)
    pages.post("/my-teams/<int:team_id>/announcements", endpoint="tell_team")(announce)


@needs("team.own")
def own_teams(scope: Scope) -> ResponseReturnValue:
    """The teams one is in; who is in one alone is led to it."""
    found = saying.own_teams(scope)
    if len(found) == 1:
        return redirect(url_for("talk.own_team", team_id=found[0].id))
    return render(scope, "talk/teams/own.html", teams=found)


@needs("team.talk")
def team(scope: Scope, team_id: int) -> ResponseReturnValue:
    """What waits for the team, who has what, what was said."""
    return _page(scope, team_id)


def _page(scope: Scope, team_id: int, error: Invalid | None = None, at: str = "") -> ResponseReturnValue:
    return render(
        scope,
        "talk/teams/team.html",
        error.status if error else 200,
        seen=reads.page(scope, team_id),
        form=request.form,
        error=error,
        at=at,
        signs=signals.found,
        longest=words.LONGEST,
    )


@needs("team.talk")
def write(scope: Scope, team_id: int) -> ResponseReturnValue:
    """Says something to the team; where it may not be said so, what was typed stands there still."""
    form = request.form
    try:
        message = saying.write(scope, team_id, Said(form.get("text", ""), sure=form.get("sure") == "1"))
    except Invalid as error:
        if wants_json():
            raise
        return _page(scope, team_id, error, "say")
    if wants_json():
        return answer({"id": message.id})
    tell("ok", "talk.said")
    return redirect(f"{_home(scope, team_id)}#message-{message.id}")


@needs("team.talk")
def see(scope: Scope, team_id: int) -> ResponseReturnValue:
    """The reader has seen what was said."""
    saying.seen(scope, team_id)
    return answer({}) if wants_json() else redirect(_home(scope, team_id))


@needs("team.talk")
def announce(scope: Scope, team_id: int) -> ResponseReturnValue:
    """The lead, or the owner, tells the team something."""
    form = request.form
    try:
        saying.tell(
            scope,
            team_id,
            title=form.get("title", ""),
            text=form.get("text", ""),
            sure=form.get("sure") == "1",
        )
    except Invalid as error:
        if wants_json():
            raise
        return _page(scope, team_id, error, "tell")
    tell("ok", "talk.announcements.told")
    return redirect(_home(scope, team_id))


def _home(scope: Scope, team_id: int) -> str:
    return url_for("talk.team" if scope.actor.role == OWNER else "talk.own_team", team_id=team_id)
