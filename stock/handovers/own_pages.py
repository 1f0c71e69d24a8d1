"""Pages of hand-overs for a partner: say what came, send back what is not needed any more."""

import re

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import needs
from stock.counts import reads as counts
from stock.front import act_key, pages
from stock.handovers import reads, sending, sheet_pages
from stock.handovers.receiving import BadUnits
from stock.moves import NoUnits

GIVEN = re.compile(r"units-([0-9]{1,18})")


@pages.get("/my-stock/handovers/<int:handover_id>", endpoint="own_handover")
@needs("stock.own")
def own_handover_page(scope: Scope, handover_id: int) -> ResponseReturnValue:
    return _slip(scope, handover_id)


@pages.post("/my-stock/handover-lines/<int:handover_line_id>/receive")
@needs("stock.own")
def receive_own_line(scope: Scope, handover_line_id: int) -> ResponseReturnValue:
    """How many of a line came."""
    return sheet_pages.told(scope, handover_line_id, _slip)


@pages.post("/my-stock/handovers/<int:handover_id>/call-off")
@needs("stock.own")
def call_off_own(scope: Scope, handover_id: int) -> ResponseReturnValue:
    """Keeps what was to be sent back."""
    reads.own_slip(scope, handover_id)
    try:
        sending.call_off(scope, handover_id)
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _slip(scope, handover_id, error)
    tell("ok", "handovers.kept")
    return redirect(url_for("stock.own"))


@pages.get("/my-stock/return")
@needs("stock.own")
def give_back_form(scope: Scope) -> ResponseReturnValue:
    """What lies in her home, to be sent back."""
    return _form(scope)


@pages.post("/my-stock/return")
@needs("stock.own")
def give_back(scope: Scope) -> ResponseReturnValue:
    """Sends goods back; they are on the way until the owner says that they came."""
    try:
        made = sending.give_back(scope, key=act_key("give-back"), goods=_given())
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _form(scope, error)
    tell("ok", "handovers.sent_back")
    return redirect(url_for("stock.own_handover", handover_id=made))


def _given() -> dict[int, int]:
    """Units by product id, of the lines that say any."""
    found: dict[int, int] = {}
    for name, typed in request.form.items():
        if (field := GIVEN.fullmatch(name)) and typed.strip() not in {"", "0"}:
            try:
                found[int(field[1])] = sheet_pages.whole(typed)
            except BadUnits as bad:
                raise NoUnits(field=name) from bad
    return found


def _form(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "stock/give_back.html",
        error.status if error else 200,
        goods=counts.own_goods(scope),
        typed=request.form if error else {},
        error=error,
    )


def _slip(
    scope: Scope, handover_id: int, error: Refused | None = None, line_id: int = 0
) -> ResponseReturnValue:
    return render(
        scope,
        "stock/own_handover.html",
        error.status if error else 200,
        slip=reads.own_slip(scope, handover_id),
        door="stock.receive_own_line",
        error=error,
        wrong=line_id,
        typed=request.form.get("units", "") if error else "",
    )
