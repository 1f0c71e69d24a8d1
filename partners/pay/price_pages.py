"""The owner's page of prices: what a kind pays from when on, and what harder or hurried work pays on top."""

from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.scope import Scope
from base.web import render, tell, wants_json, zone
from partners import queries, typed
from partners.pay import extras, pricing
from security.doors import needs


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/prices")(prices)
    pages.post("/prices")(set_price)
    pages.post("/prices/extras", endpoint="add_extra")(add_extra)
    pages.post("/prices/extras/<int:extra_id>/end", endpoint="end_extra")(end_extra)


@needs("pay.price")
def prices(scope: Scope) -> ResponseReturnValue:
    return _prices(scope)


def _prices(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    rates = queries.rates(scope)
    return render(
        scope,
        "partners/prices.html",
        error.status if error else 200,
        rates=rates,
        kinds=sorted({rate.kind for rate in rates}),
        now_paid={rate.kind: rate for rate in reversed(rates) if rate.since <= scope.now},
        form=request.form,
        error=error,
        today=scope.now.astimezone(zone()).date().isoformat(),
        start=pricing.FROM_THE_START,
        extras=extras.every(scope),
        rules=extras.RULES,
        hours=extras.RUSH_HOURS,
    )


@needs("pay.price")
def set_price(scope: Scope) -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    if kind not in {rate.kind for rate in queries.rates(scope)}:
        raise NotFound
    try:
        pricing.set_price(scope, kind=kind, won=typed.whole("won"), since=_since(scope))
    except Invalid as error:
        if wants_json():
            raise
        return _prices(scope, error)
    tell("ok", "partners.prices.saved")
    return redirect(url_for("partners.prices"))


@needs("pay.price")
def add_extra(scope: Scope) -> ResponseReturnValue:
    """Pays something on top for harder or hurried work."""
    form = request.form
    kind = form.get("extra_kind", "")
    if kind not in {rate.kind for rate in queries.rates(scope)}:
        raise NotFound
    try:
        when = extras.When(form.get("rule", ""), form.get("word", ""), _amount())
        won = typed.whole("extra_won")
        extras.add(scope, kind=kind, when=when, won=won)
    except Invalid as error:
        if wants_json():
            raise
        return _prices(scope, error)
    tell("ok", "partners.prices.saved")
    return redirect(url_for("partners.prices"))


@needs("pay.price")
def end_extra(scope: Scope, extra_id: int) -> ResponseReturnValue:
    """Pays it no longer from now on."""
    extras.end(scope, extra_id)
    tell("ok", "pay.extras.ended")
    return redirect(url_for("partners.prices"))


def _amount() -> int:
    return typed.whole("amount") if request.form.get("amount", "").strip() else 0


def _since(scope: Scope) -> datetime:
    since = typed.since(scope)
    if since is None:
        raise pricing.PriceInPast(field="since")
    return since
