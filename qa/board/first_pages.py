"""The page that leads a new shop to its first accepted parcel."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from base.scope import Scope
from base.web import render
from qa.board import first_steps
from security.doors import needs


def register(pages: Blueprint) -> None:
    """Hangs the page's door into the room's."""
    pages.get("/start", endpoint="first_steps")(start)


@needs("board.see")
def start(scope: Scope) -> ResponseReturnValue:
    return render(scope, "qa/start.html", first=first_steps.first_steps(scope))
