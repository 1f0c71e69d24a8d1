"""Pages about pay: a partner's own month, and the owner's prices and partners."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.i18n import t
from base.rows import one
from base.scope import Scope
from base.sheets_out import csv_bytes
from base.web import locale, render, tell, wants_json, zone
from partners import kinds, people, queries, standing_pages, standing_reads
from partners.agreements import pages as agreement_pages
from partners.checks import pages as check_pages
from partners.joining import owner_pages as joining_owner_pages
from partners.joining import pages as joining_pages
from partners.lifecycle import OF_CARDS, steps_from
from partners.models import Partner
from partners.pay import pricing
from partners.pay.months import Month
from security.doors import needs

pages = Blueprint("partners", __name__)
for beside in (standing_pages, joining_pages, joining_owner_pages, check_pages, agreement_pages):
    beside.register(pages)

CSV_HEAD = ("at", "task", "kind", "won")


class NotANumber(Invalid):
    """A number was expected; `field` says where."""

    code = "partners.not_a_number"


class NotADate(Invalid):
    """A date was expected; `field` says where."""

    code = "partners.not_a_date"


@pages.get("/pay")
@needs("pay.own")
def own_pay(scope: Scope) -> ResponseReturnValue:
    statement = queries.own_pay(scope, month=_month(scope), zone=zone())
    return render(scope, "partners/own_pay.html", statement=statement, this=Month.of(scope.now, zone()))


@pages.get("/pay.csv")
@needs("pay.own")
def own_pay_csv(scope: Scope) -> ResponseReturnValue:
    return _csv(scope, queries.own_pay(scope, month=_month(scope), zone=zone()), zone())


@pages.get("/partners")
@needs("people.see")
def cards(scope: Scope) -> ResponseReturnValue:
    return _cards(scope)


def _cards(scope: Scope, error: Refused | None = None, partner_id: int = 0) -> ResponseReturnValue:
    month = _month(scope)
    return render(
        scope,
        "partners/cards.html",
        error.status if error else 200,
        cards=queries.partners(scope, month=month, zone=zone()),
        bands=standing_reads.bands(scope),
        questions=standing_reads.questions(scope),
        month=month,
        steps={state: steps_from(state, who="owner") for state in OF_CARDS},
        error=error,
        wrong_id=partner_id,
    )


@pages.get("/partners/<int:partner_id>/pay")
@needs("pay.see")
def pay_of(scope: Scope, partner_id: int) -> ResponseReturnValue:
    name = queries.names(scope)[one(scope, Partner, partner_id).id]
    statement = queries.pay_of(scope, partner_id, month=_month(scope), zone=zone())
    this = Month.of(scope.now, zone())
    facts: dict[str, Any] = {"statement": statement, "this": this, "name": name, "partner_id": partner_id}
    return render(scope, "partners/pay_of.html", 200, **facts)


@pages.get("/partners/<int:partner_id>/pay.csv")
@needs("pay.see")
def pay_of_csv(scope: Scope, partner_id: int) -> ResponseReturnValue:
    card = one(scope, Partner, partner_id)
    return _csv(scope, queries.pay_of(scope, card.id, month=_month(scope), zone=zone()), zone())


@pages.post("/partners/<int:partner_id>/<step>")
@needs("people.manage")
def take(scope: Scope, partner_id: int, step: str) -> ResponseReturnValue:
    """Pauses or activates a card."""
    acts = {"pause": people.pause, "activate": people.activate}
    if step not in acts:
        raise NotFound
    acts[step](scope, partner_id)
    tell("ok", f"partners.cards.done_{step}")
    return redirect(url_for("partners.cards"))


@pages.post("/partners/<int:partner_id>/capacity")
@needs("people.manage")
def set_capacity(scope: Scope, partner_id: int) -> ResponseReturnValue:
    try:
        people.set_capacity(scope, partner_id, capacity=_whole("capacity"))
    except Invalid as error:
        if wants_json():
            raise
        return _cards(scope, error, partner_id)
    tell("ok", "partners.cards.done_capacity")
    return redirect(url_for("partners.cards"))


@pages.get("/prices")
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
    )


@pages.post("/prices")
@needs("pay.price")
def set_price(scope: Scope) -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    if kind not in {rate.kind for rate in queries.rates(scope)}:
        raise NotFound
    try:
        pricing.set_price(scope, kind=kind, won=_whole("won"), since=_since(scope))
    except Invalid as error:
        if wants_json():
            raise
        return _prices(scope, error)
    tell("ok", "partners.prices.saved")
    return redirect(url_for("partners.prices"))


def _month(scope: Scope) -> Month:
    return Month.parse(request.args.get("month", "")) or Month.of(scope.now, zone())


def _whole(field: str) -> int:
    text = request.form.get(field, "").strip().replace(",", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotANumber(field=field)
    return int(text)


def _since(scope: Scope) -> datetime:
    """The first instant of the day typed; at once where none was, or today."""
    typed = request.form.get("since", "").strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise NotADate(field="since") from error
    today = scope.now.astimezone(zone()).date()
    if day is None or day == today:
        return scope.now
    if day < today:
        raise pricing.PriceInPast(field="since")
    return datetime.combine(day, time(), tzinfo=zone()).astimezone(UTC)


def _csv(scope: Scope, statement: queries.Statement, wall: ZoneInfo) -> Response:
    head = [t(locale(), f"partners.csv.{name}") for name in CSV_HEAD]
    lines = [line for day in reversed(statement.days) for line in reversed(day.lines)]
    rows = [
        (_wall(line.at, wall), line.task_id, kinds.named(scope, line.kind, locale()), line.won)
        for line in lines
    ]
    response = Response(csv_bytes(head, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="dari-pay-{statement.month}.csv"'
    return response


def _wall(at: datetime, wall: ZoneInfo) -> str:
    return f"{at.astimezone(wall):%Y-%m-%d %H:%M}"


from partners import team_pages  # noqa: E402, F401 (its doors open on `pages`)
