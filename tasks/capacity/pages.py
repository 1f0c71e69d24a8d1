"""The owner's page of hours offered and hours needed."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from base.scope import Scope
from base.web import render
from security.doors import needs
from tasks.capacity import reads, rule


def register(pages: Blueprint) -> None:
    """Hangs the page into the room's."""
    pages.get("/capacity", endpoint="capacity")(capacity)


@needs("people.see")
def capacity(scope: Scope) -> ResponseReturnValue:
    """Whether what partners offer is enough for what is due: a sum, and how far it can be trusted."""
    return render(scope, "tasks/capacity.html", seen=reads.outlook(scope), hours=rule.hours, most=reads.MOST)
