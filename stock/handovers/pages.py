"""Pages of hand-overs for the owner: what lies with whom, one hand-over, where a difference went, limits."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from security import people
from security.doors import needs
from stock import shelves
from stock.front import pages
from stock.handovers import life, limits, owed, own_pages, reads, receiving, sending, sheet_pages
from stock.handovers.models import Handover, HandoverLine
from stock.levels import HOME
from stock.shelves import Place

__all__ = ["own_pages"]


@pages.get("/stock/homes", endpoint="homes")
@needs("stock.see")
def homes_page(scope: Scope) -> ResponseReturnValue:
    """What was not given back yet, partner by partner, and what is on the way."""
    return _homes(scope)


@pages.post("/stock/homes/limit")
@needs("stock.move")
def set_limit(scope: Scope) -> ResponseReturnValue:
    """How much any home may hold of which nothing else is said."""
    try:
        limits.set_(scope, 0, won=_won(request.form.get("won", "")))
    except Refused as error:
        if wants_json():
            raise
        return _homes(scope, error)
    tell("ok", "handovers.limit_set")
    return redirect(url_for("stock.homes"))


@pages.get("/stock/homes/<int:partner_id>", endpoint="home")
@needs("stock.see")
def home_page(scope: Scope, partner_id: int) -> ResponseReturnValue:
    return _home(scope, _place(scope, partner_id))


@pages.post("/stock/homes/<int:partner_id>/limit")
@needs("stock.move")
def set_home_limit(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """How much this home may hold."""
    place = _place(scope, partner_id)
    try:
        limits.set_(scope, partner_id, won=_won(request.form.get("won", "")))
    except Refused as error:
        if wants_json():
            raise
        return _home(scope, place, error)
    tell("ok", "handovers.limit_set")
    return redirect(url_for("stock.home", partner_id=partner_id))


@pages.get("/stock/handovers/<int:handover_id>", endpoint="handover")
@needs("stock.see")
def handover_page(scope: Scope, handover_id: int) -> ResponseReturnValue:
    return _handover(scope, handover_id)


@pages.post("/stock/handovers/<int:handover_id>/call-off")
@needs("stock.move")
def call_off(scope: Scope, handover_id: int) -> ResponseReturnValue:
    """Takes back what is still on the way."""
    one(scope, Handover, handover_id)
    try:
        sending.call_off(scope, handover_id)
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _handover(scope, handover_id, error)
    tell("ok", "handovers.called_off")
    return redirect(url_for("stock.handover", handover_id=handover_id))


@pages.post("/stock/handover-lines/<int:handover_line_id>/receive")
@needs("stock.move")
def receive_line(scope: Scope, handover_line_id: int) -> ResponseReturnValue:
    """How many of a line came back."""
    return sheet_pages.told(scope, handover_line_id, _handover)


@pages.post("/stock/handover-lines/<int:handover_line_id>/settle")
@needs("stock.move")
def settle_line(scope: Scope, handover_line_id: int) -> ResponseReturnValue:
    """Where a difference went."""
    line = one(scope, HandoverLine, handover_line_id)
    try:
        receiving.settle(scope, handover_line_id, outcome=request.form.get("outcome", ""))
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _handover(scope, line.handover_id, error, handover_line_id)
    tell("ok", "handovers.settled")
    return redirect(url_for("stock.handover", handover_id=line.handover_id))


def _homes(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "stock/homes.html",
        error.status if error else 200,
        homes=owed.homes(scope),
        live=reads.live(scope),
        limit=limits.of(scope)[0],
        error=error,
    )


def _home(scope: Scope, place: Place, error: Refused | None = None) -> ResponseReturnValue:
    after = "" if error else request.args.get("after", "")
    return render(
        scope,
        "stock/home.html",
        error.status if error else 200,
        home=owed.home(scope, place),
        page=reads.slips(scope, partner_id=place.partner_id, after=after),
        typed=request.form.get("won", "") if error else "",
        error=error,
    )


def _handover(
    scope: Scope, handover_id: int, error: Refused | None = None, line_id: int = 0
) -> ResponseReturnValue:
    return render(
        scope,
        "stock/handover.html",
        error.status if error else 200,
        slip=reads.slip(scope, handover_id),
        outcomes=life.outcomes,
        names=people.names(scope),
        door="stock.receive_line",
        error=error,
        wrong=line_id,
        typed=request.form.get("units", "") if error else "",
    )


def _place(scope: Scope, partner_id: int) -> Place:
    for place in shelves.places(scope).values():
        if place.kind == HOME and place.partner_id == partner_id:
            return place
    raise NotFound


def _won(typed: str) -> int:
    """A sum as people write it; -1 for what is none, which the desk refuses in its words."""
    plain = typed.replace(",", "").strip()
    return int(plain) if plain.isdecimal() and len(plain) <= 12 else -1
