"""Pages about standing: a partner's own with what changed it, and the owner's look at one partner's."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from partners import queries, questions, standing_reads
from partners.models import Partner, StandingChange
from partners.questions import NoWords
from security.doors import needs
from security.shops import rules


def register(pages: Blueprint) -> None:
    """Hangs the pages of standing into the room's."""
    pages.get("/standing")(own_standing)
    pages.post("/standing/changes/<int:change_id>/question")(ask)
    pages.get("/partners/<int:partner_id>/standing")(standing_of)
    pages.post("/standing/changes/<int:change_id>/answer")(answer)


@needs("standing.own")
def own_standing(scope: Scope) -> ResponseReturnValue:
    """How the partner stands in each kind, what changed it, and a place to ask."""
    return _own(scope)


@needs("standing.own")
def ask(scope: Scope, change_id: int) -> ResponseReturnValue:
    """The partner asks about a change."""
    try:
        questions.ask(scope, change_id, words=request.form.get("words", ""))
    except NoWords as error:
        if wants_json():
            raise
        return _own(scope, error, change_id)
    tell("ok", "partners.standing.asked_now")
    return redirect(url_for("partners.own_standing"))


@needs("standing.see")
def standing_of(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """How one partner stands, and what she asked."""
    return _theirs(scope, partner_id)


@needs("standing.see")
def answer(scope: Scope, change_id: int) -> ResponseReturnValue:
    """The owner answers a question."""
    partner_id = one(scope, StandingChange, change_id).partner_id
    try:
        questions.answer(scope, change_id, words=request.form.get("words", ""))
    except NoWords as error:
        if wants_json():
            raise
        return _theirs(scope, partner_id, error, change_id)
    tell("ok", "partners.standing.answered_now")
    return redirect(url_for("partners.standing_of", partner_id=partner_id))


def _own(scope: Scope, error: Refused | None = None, at: int = 0) -> ResponseReturnValue:
    if scope.actor.partner_id is None:
        raise NotFound
    return _page(scope, "partners/own_standing.html", scope.actor.partner_id, error, at)


def _theirs(scope: Scope, partner_id: int, error: Refused | None = None, at: int = 0) -> ResponseReturnValue:
    name = queries.names(scope)[one(scope, Partner, partner_id).id]
    return _page(scope, "partners/standing_of.html", partner_id, error, at, name=name)


def _page(
    scope: Scope, template: str, partner_id: int, error: Refused | None, at: int, **facts: object
) -> ResponseReturnValue:
    return render(
        scope,
        template,
        error.status if error else 200,
        stands=standing_reads.of_partner(scope, partner_id),
        changes=standing_reads.changes(scope, partner_id),
        wanted=rules(scope).trust_percent,
        error=error,
        wrong_id=at,
        typed=request.form.get("words", ""),
        **facts,
    )
