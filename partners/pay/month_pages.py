"""The owner's pages of months: what waits to be closed, statements, and the transfer file."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.rows import mine, one, page
from base.scope import Scope
from base.web import render, tell, wants_json, zone
from partners.models import Partner
from partners.pay import closing, disputing, gathering, proposals, reads, transfers
from partners.pay.models import PayMonth
from partners.pay.months import Month
from security.doors import keep_no_copy, needs

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/pay/months", endpoint="pay_months")(months)
    pages.post("/pay/months", endpoint="close_month")(close)
    pages.get("/pay/months/<int:month_id>", endpoint="pay_month")(month)
    pages.post("/pay/months/<int:month_id>/transfer", endpoint="take_transfer")(transfer)
    pages.get("/pay/papers/<int:statement_id>", endpoint="paper")(paper)


@needs("pay.see")
def months(scope: Scope) -> ResponseReturnValue:
    """What waits, and what is closed."""
    return _months(scope)


def _months(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    due = closing.next_to_close(scope)
    this = Month.of(scope.now, zone())
    shown = due or this
    until = shown.next.begins(zone())
    cards = page(
        scope, mine(scope, Partner), by=(Partner.id,), after=_after(), size=ON_A_PAGE, newest_first=False
    )
    ids = [card.id for card in cards.rows]
    drafts = closing.drafts(scope, until=until, partner_ids=ids)
    return render(
        scope,
        "partners/pay_months.html",
        error.status if error else 200,
        due=due,
        shown=shown,
        drafts=drafts,
        next=cards.next,
        total=gathering.total(scope, until),
        unsaid=closing.unsaid(scope, until=until),
        names=reads.names(scope, ids),
        closed=closing.closed(scope),
        sums=reads.sums(scope),
        waiting=len(proposals.waiting(scope)),
        asked=len(disputing.waiting(scope)),
        error=error,
    )


ON_A_PAGE = 100  # partners whose month is added up at once


def _after() -> str:
    """Where the list goes on; a form that is shown again begins at its head."""
    return request.args.get("after", "") if request.method == "GET" else ""


@needs("pay.close")
def close(scope: Scope) -> ResponseReturnValue:
    """Closes a month."""
    wanted = Month.parse(request.form.get("month", ""))
    if wanted is None:
        raise NotFound
    try:
        made = closing.close(scope, wanted)
    except Invalid as error:
        if wants_json():
            raise
        return _months(scope, error)
    tell("ok", "pay.months.closed_now")
    return redirect(url_for("partners.pay_month", month_id=made.id))


@needs("pay.see")
def month(scope: Scope, month_id: int) -> ResponseReturnValue:
    """A closed month: its statements, the transfer file, and who earned little by the hour."""
    row = one(scope, PayMonth, month_id)
    found = reads.of_month(scope, row.id, after=request.args.get("after", ""))
    plan, low = transfers.plan(scope, row.id), reads.below_minimum(scope, row)
    taken = transfers.taken(scope, row.id)
    shown = {row.partner_id for row in (*found.rows, *low[:MOST_NAMED])}
    ids = shown | {one.partner_id for one in plan.left[:MOST_NAMED]}
    return render(
        scope,
        "partners/pay_month.html",
        month=row,
        rows=found.rows,
        next=found.next,
        sums=reads.sums(scope).get(row.id),
        plan=plan,
        taken=taken,
        low=low[:MOST_NAMED],
        low_count=len(low),
        hourly={one.id: reads.hourly_of(one, row) for one in (*found.rows, *low[:MOST_NAMED])},
        names=reads.names(scope, ids),
        people=reads.account_names(scope, {one.made_by for one in taken} | {row.closed_by}),
    )


MOST_NAMED = 20


@needs("pay.account")
def transfer(scope: Scope, month_id: int) -> ResponseReturnValue:
    """The transfer file; taking it out is journalled."""
    form = request.form.get("form", "csv")
    if form not in transfers.FORMS:
        raise NotFound
    keep_no_copy()
    name, data = transfers.take_out(scope, month_id, form=form)
    response = Response(data, mimetype=TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@needs("pay.see")
def paper(scope: Scope, statement_id: int) -> ResponseReturnValue:
    """A partner's statement, to read or print."""
    return render(scope, "partners/paper.html", paper=reads.paper(scope, statement_id), own=False)
