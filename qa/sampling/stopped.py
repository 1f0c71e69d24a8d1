"""Where a partner looks for work: which of it is all inspected, because batches of theirs kept failing."""

from typing import Any

from flask import request

from base.scope import Scope
from qa.sampling import lines
from security.policy import PARTNER


def around(scope: Scope) -> dict[str, Any]:
    """For the offers: the kinds of which all of a partner's work is inspected for now."""
    if scope.actor.role != PARTNER or request.endpoint != "tasks.offers":
        return {}
    return {"stopped_kinds": lines.stopped_kinds(scope)}
