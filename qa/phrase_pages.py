"""The page of standard phrases: one's own, and for the owner everybody's."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid
from base.scope import Scope
from base.web import render, tell, wants_json
from qa import phrases
from security.doors import needs
from security.policy import OWNER


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/phrases", endpoint="phrases")(every)
    pages.post("/phrases", endpoint="keep_phrase")(keep)
    pages.post("/phrases/<int:phrase_id>/remove", endpoint="remove_phrase")(remove)


@needs("review.judge")
def every(scope: Scope) -> ResponseReturnValue:
    return _page(scope)


def _page(scope: Scope, error: Invalid | None = None) -> ResponseReturnValue:
    rows, owner = phrases.offered(scope), scope.actor.role == OWNER
    status = error.status if error else 200
    return render(scope, "qa/phrases.html", status, rows=rows, owner=owner, form=request.form, error=error)


@needs("review.judge")
def keep(scope: Scope) -> ResponseReturnValue:
    form = request.form
    try:
        phrases.keep(scope, form.get("text", ""), shared=form.get("whose") == "shop")
    except Invalid as error:
        if wants_json():
            raise
        return _page(scope, error)
    tell("ok", "qa.phrases.kept")
    return redirect(url_for("qa.phrases"))


@needs("review.judge")
def remove(scope: Scope, phrase_id: int) -> ResponseReturnValue:
    phrases.remove(scope, phrase_id)
    tell("ok", "qa.phrases.removed")
    return redirect(url_for("qa.phrases"))
