"""Pages about partners: their cards, their pay as a sheet; other pages of the room are hung in here."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.i18n import t
from base.rows import one
from base.scope import Scope
from base.sheets_out import csv_bytes
from base.web import locale, render, tell, wants_json, zone
from partners import kinds, people, queries, standing_pages, standing_reads, typed
from partners.agreements import pages as agreement_pages
from partners.availability import pages as availability_pages
from partners.checks import document_pages
from partners.checks import pages as check_pages
from partners.joining import owner_pages as joining_owner_pages
from partners.joining import pages as joining_pages
from partners.leaving import pages as leaving_pages
from partners.lifecycle import OF_CARDS, steps_from
from partners.models import Partner
from partners.pay import pages as pay_pages
from partners.pay import reads
from partners.pay.months import Month
from partners.training import giving_pages, own_pages
from partners.training import owner_pages as training_pages
from security.doors import needs

pages = Blueprint("partners", __name__)
for beside in (
    standing_pages,
    joining_pages,
    joining_owner_pages,
    check_pages,
    document_pages,
    agreement_pages,
    availability_pages,
    pay_pages,
    leaving_pages,
    training_pages,
    giving_pages,
    own_pages,
):
    beside.register(pages)

CSV_HEAD = ("at", "task", "kind", "won")


@pages.get("/pay.csv")
@needs("pay.own")
def own_pay_csv(scope: Scope) -> ResponseReturnValue:
    if scope.actor.partner_id is None:
        raise NotFound
    return _csv(scope, scope.actor.partner_id)


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


@pages.get("/partners/<int:partner_id>/pay.csv")
@needs("pay.see")
def pay_of_csv(scope: Scope, partner_id: int) -> ResponseReturnValue:
    return _csv(scope, one(scope, Partner, partner_id).id)


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
        people.set_capacity(scope, partner_id, capacity=typed.whole("capacity"))
    except Invalid as error:
        if wants_json():
            raise
        return _cards(scope, error, partner_id)
    tell("ok", "partners.cards.done_capacity")
    return redirect(url_for("partners.cards"))


def _month(scope: Scope) -> Month:
    return Month.parse(request.args.get("month", "")) or Month.of(scope.now, zone())


def _csv(scope: Scope, partner_id: int) -> Response:
    """A month as a sheet: a row for each task, and one for each thing that was put right."""
    wall, month = zone(), _month(scope)
    view = reads.view(scope, partner_id, month=month, zone=wall)
    head = [t(locale(), f"partners.csv.{name}") for name in CSV_HEAD]
    lines = [line for day in reversed(view.statement.days) for line in reversed(day.lines)]
    rows: list[tuple[object, ...]] = [
        (_wall(line.at, wall), line.task_id, kinds.named(scope, line.kind, locale()), line.won)
        for line in lines
    ]
    rows += [
        (_wall(one.row.at, wall), "", t(locale(), f"pay.sort.{one.row.sort}"), one.row.won)
        for one in reversed(view.adjusted)
    ]
    response = Response(csv_bytes(head, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="dari-pay-{month}.csv"'
    return response


def _wall(at: datetime, wall: ZoneInfo) -> str:
    return f"{at.astimezone(wall):%Y-%m-%d %H:%M}"


from partners import team_pages  # noqa: E402, F401 (its doors open on `pages`)
