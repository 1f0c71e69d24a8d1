"""Pages of weekly counts: begin one, see how far it is, decide what differs, close it; and the gap."""

from datetime import timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from security import people
from security.doors import needs
from stock.counts import entering, gaps, life, reads, rounds, sheet_pages
from stock.counts.models import CountLine
from stock.front import pages

__all__ = ["sheet_pages"]


@pages.get("/stock/rounds", endpoint="rounds")
@needs("stock.see")
def rounds_page(scope: Scope) -> ResponseReturnValue:
    return _rounds(scope)


@pages.post("/stock/rounds")
@needs("stock.move")
def begin_round(scope: Scope) -> ResponseReturnValue:
    """Lays out this week's lines."""
    try:
        made = rounds.begin(scope, dear=_won(request.form.get("dear", "")))
    except Refused as error:
        if wants_json():
            raise
        return _rounds(scope, error)
    return redirect(url_for("stock.round", count_round_id=made))


@pages.get("/stock/rounds/<int:count_round_id>", endpoint="round")
@needs("stock.see")
def round_page(scope: Scope, count_round_id: int) -> ResponseReturnValue:
    return _round(scope, count_round_id)


@pages.post("/stock/rounds/<int:count_round_id>/close")
@needs("stock.move")
def close_round(scope: Scope, count_round_id: int) -> ResponseReturnValue:
    """Ends a round with the owner's words."""
    try:
        rounds.close(scope, count_round_id, summary=request.form.get("summary", ""))
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _round(scope, count_round_id, error)
    tell("ok", "counts.closed")
    return redirect(url_for("stock.round", count_round_id=count_round_id))


@pages.post("/stock/lines/<int:count_line_id>/<decision>")
@needs("stock.move")
def decide_line(scope: Scope, count_line_id: int, decision: str) -> ResponseReturnValue:
    """Allows a difference, asks for another count, or says why a small one came about."""
    line, cause = one(scope, CountLine, count_line_id), request.form.get("cause", "")
    try:
        if decision == "allow":
            entering.allow(scope, count_line_id, cause=cause)
        elif decision == "send-back":
            entering.send_back(scope, count_line_id)
        elif decision == "explain":
            entering.explain(scope, count_line_id, cause=cause)
        else:
            raise NotFound
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _round(scope, line.round_id, error, count_line_id)
    tell("ok", f"counts.decided.{decision}")
    return redirect(url_for("stock.round", count_round_id=line.round_id))


@pages.get("/stock/gaps", endpoint="gaps")
@needs("stock.see")
def gaps_page(scope: Scope) -> ResponseReturnValue:
    """By how much goods and book differed in the last thirteen weeks."""
    since = scope.now - timedelta(weeks=gaps.WEEKS)
    return render(
        scope,
        "stock/gaps.html",
        total=gaps.total(scope, since),
        weeks=gaps.weeks(scope),
        places=gaps.by_place(scope, since),
        products=gaps.by_product(scope, since),
    )


def _rounds(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    found = reads.rounds(scope, after="" if error else request.args.get("after", ""))
    return render(
        scope,
        "stock/rounds.html",
        error.status if error else 200,
        page=found,
        under_way=reads.open_round(scope),
        mine=reads.progress(scope, partner_id=0),
        dear=request.form.get("dear", f"{rounds.DEAR:,}"),
        names=people.names(scope),
        error=error,
    )


def _round(
    scope: Scope, round_id: int, error: Refused | None = None, line_id: int = 0
) -> ResponseReturnValue:
    return render(
        scope,
        "stock/round.html",
        error.status if error else 200,
        round=reads.round_(scope, round_id),
        lines=reads.lines(scope, round_id),
        names=people.names(scope),
        causes=life.CAUSES,
        error=error,
        wrong=line_id,
        summary=request.form.get("summary", ""),
    )


def _won(typed: str) -> int:
    """A sum as people write it; -1 for what is none, which the desk refuses in its words."""
    plain = typed.replace(",", "").strip()
    return int(plain) if plain.isdecimal() and len(plain) <= 12 else -1
