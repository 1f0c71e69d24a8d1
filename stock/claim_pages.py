"""Pages of claims: the list with its file, a new one on an order, and one to be settled."""

import re
from datetime import datetime, time

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from base.errors import NotFound, Refused
from base.i18n import t
from base.rows import one
from base.scope import Scope
from base.web import locale, render, tell, wants_json, zone
from security import people
from security.doors import needs
from stock import claim_life as life
from stock import claim_reads, claims, imports
from stock.claims import BadClaim, Told
from stock.front import csv_file, pages, said, wall
from stock.import_pages import BODY, received
from stock.models import Order
from stock.returns import reads as returns
from stock.uploads import File

HEAD = ("claimed_at", "number", "sku", "name", "wish", "reason", "quantity", "state", "outcome", "cost")
ALL = "all"
VIEWS = (life.OPENED, life.SETTLED, life.WITHDRAWN, ALL)
EXPORTED = 5000
CODES = {"wishes": life.WISHES, "reasons": life.REASONS, "outcomes": life.OUTCOMES}


@pages.get("/claims", endpoint="claims")
@needs("claim.see")
def claims_page(scope: Scope) -> ResponseReturnValue:
    return _claims(scope)


def _claims(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    view = _view()
    found = claim_reads.listed(
        scope, "" if view == ALL else view, after="" if error else request.args.get("after", "")
    )
    return render(
        scope,
        "stock/claims.html",
        error.status if error else 200,
        page=found,
        view=view,
        views=VIEWS,
        counts=claim_reads.counts(scope),
        error=error,
    )


@pages.get("/claims.csv")
@needs("claim.see")
def claims_csv(scope: Scope) -> ResponseReturnValue:
    view = _view()
    found = claim_reads.listed(scope, "" if view == ALL else view, size=EXPORTED)
    return csv_file("claims", HEAD, (_row(row) for row in found.rows))


@pages.post("/claims/import")
@needs("claim.manage", largest=BODY, prepare=received)
def import_claims(scope: Scope, prepared: File | Refused) -> ResponseReturnValue:
    """Takes a file in; what came of it, or every row that is wrong, stands on the import's own page."""
    if isinstance(prepared, Refused):
        if wants_json():
            raise prepared
        return _claims(scope, prepared)
    made = imports.receive(scope, kind=imports.CLAIMS, data=prepared.data, name=prepared.name)
    return redirect(url_for("stock.import_result", import_id=made))


@pages.get("/orders/<int:order_id>/claim")
@needs("claim.manage")
def new_claim(scope: Scope, order_id: int) -> ResponseReturnValue:
    return _new(scope, order_id)


def _new(
    scope: Scope, order_id: int, error: Refused | None = None, form: MultiDict[str, str] | None = None
) -> ResponseReturnValue:
    return render(
        scope,
        "stock/claim_new.html",
        error.status if error else 200,
        order=one(scope, Order, order_id),
        lines=claim_reads.lines_of(scope, order_id),
        before=claim_reads.of_order(scope, order_id),
        today=scope.now.astimezone(zone()).date(),
        form=form or MultiDict(),
        error=error,
        **CODES,
    )


@pages.post("/orders/<int:order_id>/claim")
@needs("claim.manage")
def record_claim(scope: Scope, order_id: int) -> ResponseReturnValue:
    one(scope, Order, order_id)
    try:
        made = claims.record(scope, _told(scope, order_id))
    except BadClaim as error:
        if wants_json():
            raise
        return _new(scope, order_id, error, request.form)
    tell("ok", "claims.made")
    return redirect(url_for("stock.claim", claim_id=made))


@pages.get("/claims/<int:claim_id>")
@needs("claim.see")
def claim(scope: Scope, claim_id: int) -> ResponseReturnValue:
    return _claim(scope, claim_id)


def _claim(scope: Scope, claim_id: int, error: Refused | None = None) -> ResponseReturnValue:
    found = claim_reads.claim(scope, claim_id)
    return render(
        scope,
        "stock/claim.html",
        error.status if error else 200,
        claim=found,
        steps=life.steps_from(found.state),
        back=returns.of_claim(scope, claim_id),
        names=people.names(scope),
        form=request.form if error else MultiDict(),
        error=error,
        **CODES,
    )


@pages.post("/claims/<int:claim_id>/<step>")
@needs("claim.manage")
def claim_step(scope: Scope, claim_id: int, step: str) -> ResponseReturnValue:
    """Settles a claim, withdraws it, or opens it again."""
    version = _whole(request.form.get("version", ""))
    try:
        if step == life.SETTLE:
            cost = _whole(request.form.get("cost", "") or "0")
            claims.settle(
                scope, claim_id, outcome=request.form.get("outcome", ""), cost=cost, version=version
            )
        else:
            claims.step(scope, claim_id, step, version=version)
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _claim(scope, claim_id, error)
    tell("ok", f"claims.did.{step}")
    return redirect(url_for("stock.claim", claim_id=claim_id))


def _told(scope: Scope, order_id: int) -> Told:
    """The claim a form tells. Raises BadClaim."""
    form = request.form
    lines = {line.id for line in claim_reads.lines_of(scope, order_id)}
    line = _whole(form.get("line", ""))
    if line not in lines:
        raise BadClaim(field="line", why="choose")
    return Told(
        line_id=line,
        wish=form.get("wish", ""),
        reason=form.get("reason", ""),
        units=_whole(form.get("units", "")),
        claimed_at=_when(scope, form.get("claimed_on", "")),
        words="\n".join(part.strip() for part in form.get("words", "").strip().splitlines()),
    )


def _when(scope: Scope, typed: str) -> datetime:
    """The end of the day that was typed, or now where that is today. Raises BadClaim."""
    try:
        day = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError as error:
        raise BadClaim(field="claimed_at", why="when") from error
    if day == scope.now.astimezone(zone()).date():
        return scope.now
    return datetime.combine(day, time(23, 59), tzinfo=zone())


def _whole(typed: str) -> int:
    """A whole number as people write it; -1 for what is none, which every desk refuses in its words."""
    plain = typed.replace(",", "").strip()
    return int(plain) if re.fullmatch(r"[0-9]{1,12}", plain) else -1


def _view() -> str:
    view = request.args.get("view", life.OPENED)
    if view not in VIEWS:
        raise NotFound
    return view


def _row(row: claim_reads.ClaimView) -> tuple[object, ...]:
    wish, reason = t(locale(), f"claims.wish.{row.wish}"), t(locale(), f"claims.reason.{row.reason}")
    state, outcome = t(locale(), f"claims.state.{row.state}"), said("claims.outcome", row.outcome)
    what = (row.order_number, row.sku, row.name, wish, reason, row.units, state, outcome)
    return wall(row.claimed_at), *what, row.cost if row.outcome else ""
