"""The page of a partner's own work as reviewers saw it, and what of it stands on their day."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from base.scope import Scope
from base.web import locale, render
from qa import own_work
from security.doors import needs
from security.policy import PARTNER


def register(pages: Blueprint) -> None:
    """Hangs the page into the room's."""
    pages.get("/my-quality", endpoint="own_work")(own_work_page)


@needs("standing.own")
def own_work_page(scope: Scope) -> ResponseReturnValue:
    """What passed, what was marked more than once, and what was done well."""
    return render(scope, "qa/own_work.html", work=own_work.own_work(scope, locale()))


def around(scope: Scope) -> dict[str, Any]:
    """For a partner's day: what to get better at next, with one example."""
    if scope.actor.role != PARTNER or request.endpoint != "tasks.today":
        return {}
    return {"to_mend": own_work.most_marked(scope, locale())}
