"""Pages of lateness: a partner's month to the owner, and to the partner."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json, zone
from partners import queries
from partners.models import Partner
from partners.pay.months import Month
from security.doors import needs
from tasks.lateness import reads, waiving
from tasks.pages import pages


@pages.get("/partners/<int:partner_id>/lateness")
@needs("people.see")
def lateness(scope: Scope, partner_id: int) -> ResponseReturnValue:
    return _lateness(scope, partner_id)


def _lateness(
    scope: Scope, partner_id: int, error: Refused | None = None, at: int = 0
) -> ResponseReturnValue:
    card = one(scope, Partner, partner_id)
    found = reads.of(scope, card, month=_month(scope), zone=zone())
    facts = {"found": found, "name": queries.names(scope)[card.id], "partner_id": card.id, "at": at}
    facts |= {"this": Month.of(scope.now, zone()), "form": request.form, "error": error}
    return render(scope, "tasks/lateness.html", error.status if error else 200, **facts)


@pages.post("/lateness/<int:clock_id>/waive")
@needs("people.manage")
def waive(scope: Scope, clock_id: int) -> ResponseReturnValue:
    """What was late does not count."""
    try:
        partner_id = waiving.waive(scope, clock_id, reason=request.form.get("reason", ""))
    except Invalid as error:
        partner = request.form.get("partner_id", "")
        if wants_json() or not (partner.isascii() and partner.isdigit() and len(partner) < 18):
            raise
        return _lateness(scope, int(partner), error, clock_id)
    tell("ok", "lateness.waived_now")
    return redirect(url_for("tasks.lateness", partner_id=partner_id, month=request.form.get("month") or None))


@pages.get("/my-lateness")
@needs("pay.own")
def own_lateness(scope: Scope) -> ResponseReturnValue:
    """The reader's own month, as the owner sees it."""
    card = one(scope, Partner, scope.actor.partner_id or 0)
    found = reads.of(scope, card, month=_month(scope), zone=zone())
    facts = {"found": found, "name": "", "partner_id": 0, "at": 0, "form": {}, "error": None}
    return render(scope, "tasks/lateness.html", 200, this=Month.of(scope.now, zone()), **facts)


def _month(scope: Scope) -> Month:
    typed = request.values.get("month", "")
    return Month.parse(typed) or Month.of(scope.now, zone())
