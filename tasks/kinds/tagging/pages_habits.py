"""A partner's own page: how their descriptions compare with what was decided, as patterns alone."""

from flask.typing import ResponseReturnValue

from base.scope import Scope
from base.web import render
from security.doors import needs
from tasks.kinds.tagging import reads_habits
from tasks.kinds.tagging.pages import pages


@pages.get("/habits")
@needs("task.work")
def habits(scope: Scope) -> ResponseReturnValue:
    return render(scope, "tagging/habits.html", own=reads_habits.own(scope))
