"""The owner's pages of partners at a glance: the table with its sheet, one partner, and the weights."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, Refused
from base.i18n import t
from base.scope import Scope
from base.sheets_out import csv_bytes
from base.web import locale, render, tell, wants_json
from partners import typed
from qa.vendors import keeping, reads, weighing
from qa.vendors.reads import MOST, Asked
from qa.vendors.scorecard import CRITERIA, NAMES
from security import chronicle
from security.doors import needs

HEAD = (
    *("name", "state", "papers", "band", "score", "before", "accepted", "inspected", "passed"),
    *("handed_in", "in_time", "lines", "escapes", "booked", "off", "won"),
)


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/vendors", endpoint="vendors")(vendors)
    pages.get("/vendors.csv", endpoint="vendors_csv")(vendors_csv)
    pages.post("/vendors/weights", endpoint="weigh_vendors")(weigh)
    pages.get("/vendors/<int:partner_id>", endpoint="vendor")(vendor)


@needs("people.see")
def vendors(scope: Scope) -> ResponseReturnValue:
    """Every partner with score, bands and shares."""
    return _vendors(scope)


def _vendors(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    asked = _asked()
    found = reads.table(scope, asked, after=request.args.get("after", ""))
    return render(
        scope,
        "qa/vendors.html",
        error.status if error else 200,
        rows=found.rows,
        next=found.next,
        asked=asked,
        sorts=tuple(reads.SORTS),
        bands=NAMES,
        as_of=reads.as_of(scope),
        weights={name: weighing.weights(scope)[name] for name in CRITERIA},
        typed=request.form,
        error=error,
    )


def _asked() -> Asked:
    sent = request.args
    return Asked(sent.get("sort", "score"), sent.get("band", ""), sent.get("order", "least") == "least")


@needs("people.see")
def vendors_csv(scope: Scope) -> ResponseReturnValue:
    """The whole table as a sheet."""
    found = reads.table(scope, _asked(), size=MOST).rows
    head = [t(locale(), f"vendors.csv.{name}") for name in HEAD]
    rows = [
        (
            line.name,
            t(locale(), f"partners.state.{line.state}"),
            t(locale(), f"vendors.papers.{line.papers}") if line.papers else "",
            t(locale(), f"vendors.band.{line.row.band}"),
            line.score,
            _known(line.row.score_before),
            *(getattr(line.row, name) for name in HEAD[6:]),
        )
        for line in found
    ]
    response = Response(csv_bytes(head, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="dari-partners.csv"'
    return response


def _known(score: int) -> int | None:
    return None if score < 0 else score


@needs("people.manage")
def weigh(scope: Scope) -> ResponseReturnValue:
    """Sets how much each criterion counts, and counts anew."""
    try:
        weighing.weigh(scope, {name: typed.whole(name) for name in CRITERIA})
    except Invalid as error:
        if wants_json():
            raise
        return _vendors(scope, error)
    keeping.keep(scope)
    tell("ok", "vendors.weighed")
    return redirect(url_for("qa.vendors"))


@needs("people.see")
def vendor(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """One partner at a glance."""
    card = reads.card(scope, partner_id)
    told = [(entry.at, chronicle.told(entry, locale())) for entry in card.told]
    return render(scope, "qa/vendor.html", card=card, told=told, criteria=CRITERIA)
