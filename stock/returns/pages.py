"""Pages of returns: the list by state and age, and one with its next step and all that happened."""

import re

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from base.errors import NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from security import people
from security.doors import needs
from stock.front import pages
from stock.returns import desk, life, reads
from stock.returns.models import Return

ALL = "all"
VIEWS = (life.QUARANTINE, life.ASKED, life.REPAIR, life.CLOSED, life.WITHDRAWN, ALL)


@pages.get("/returns", endpoint="returns")
@needs("return.see")
def returns_page(scope: Scope) -> ResponseReturnValue:
    """Returns of one state, those that wait longest first."""
    view = request.args.get("view", life.QUARANTINE)
    if view not in VIEWS:
        raise NotFound
    return render(
        scope,
        "stock/returns.html",
        page=reads.listed(scope, "" if view == ALL else view, after=request.args.get("after", "")),
        counted=reads.counted(scope),
        view=view,
        views=VIEWS,
    )


@pages.get("/returns/<int:return_id>", endpoint="return_")
@needs("return.see")
def return_page(scope: Scope, return_id: int) -> ResponseReturnValue:
    return _return(scope, return_id)


def _return(scope: Scope, return_id: int, error: Refused | None = None) -> ResponseReturnValue:
    found = reads.one_return(scope, return_id)
    return render(
        scope,
        "stock/return.html",
        error.status if error else 200,
        found=found,
        steps=life.steps_from(found.state),
        names=people.names(scope),
        form=request.form if error else MultiDict(),
        error=error,
    )


@pages.post("/returns/<int:return_id>/<step>", endpoint="return_step")
@needs("return.manage")
def return_step(scope: Scope, return_id: int, step: str) -> ResponseReturnValue:
    """Takes the return in, looks at it, mends it, notes what was paid back, or says that it does not come."""
    one(scope, Return, return_id)
    try:
        _take(scope, return_id, step)
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _return(scope, return_id, error)
    tell("ok", f"returns.did.{step}")
    return redirect(url_for("stock.return_", return_id=return_id))


def _take(scope: Scope, return_id: int, step: str) -> None:
    version = _whole("version")
    if step == "arrive":
        desk.arrive(scope, return_id, units=_whole("units"), version=version)
    elif step == "withdraw":
        desk.withdraw(scope, return_id, version=version)
    elif step == "inspect":
        fates = {fate: _whole(fate) for fate in life.FATES}
        desk.inspect(scope, return_id, **fates, version=version)
    elif step == "mend":
        desk.mend(scope, return_id, good=_whole("good"), scrap=_whole("scrap"), version=version)
    elif step == "refund":
        desk.refund(scope, return_id, won=_whole("refund"), version=version)
    else:
        raise NotFound


def _whole(field: str) -> int:
    """A whole number as people write it, nothing for none; -1 for what is none, which every desk refuses."""
    plain = request.form.get(field, "").replace(",", "").strip() or "0"
    return int(plain) if re.fullmatch(r"[0-9]{1,12}", plain) else -1
