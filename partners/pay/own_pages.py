"""A partner's own pages of pay: month, statements, account, what she asks and what she agrees to."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json, zone
from partners.models import PayLine
from partners.pay import accounts, adjusting, banks, disputing, reads
from partners.pay.models import PayAdjustment
from partners.pay.months import Month
from security.doors import needs


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/pay")(own_pay)
    pages.get("/pay/statements/<int:statement_id>", endpoint="own_paper")(own_paper)
    pages.get("/pay/account", endpoint="own_account")(own_account)
    pages.post("/pay/account", endpoint="save_account")(save_account)
    for about, name in ABOUT.items():
        path = f"/pay/{about}s/<int:{name}>/question"
        pages.get(path, endpoint=f"ask_about_{about}", defaults={"about": about})(ask_page)
        pages.post(path, endpoint=f"send_about_{about}", defaults={"about": about})(ask)
    pages.post("/pay/questions/<int:dispute_id>/withdraw", endpoint="withdraw_question")(withdraw)
    pages.post("/pay/yes/<int:proposal_id>", endpoint="agree")(agree)
    pages.post("/pay/no/<int:proposal_id>", endpoint="decline")(decline)


#: What may be asked about, and how an address names it.
ABOUT = {"line": "pay_line_id", "adjustment": "adjustment_id", "statement": "statement_id"}


@needs("pay.own")
def own_pay(scope: Scope) -> ResponseReturnValue:
    """The partner's month: lines, what was put right, the statement or what it would be."""
    me = _me(scope)
    this = Month.of(scope.now, zone())
    month = Month.parse(request.args.get("month", "")) or this
    asked = disputing.of_partner(scope, me)
    return render(
        scope,
        "partners/own_pay.html",
        view=reads.view(scope, me, month=month, zone=zone()),
        this=this,
        asks=reads.asks_me(scope, me),
        questions=asked,
        outcomes=reads.outcomes(scope, asked),
        papers=reads.papers(scope, me),
        account=accounts.masked(scope, me),
    )


@needs("pay.own")
def own_paper(scope: Scope, statement_id: int) -> ResponseReturnValue:
    """One of her statements, to read or print."""
    return render(scope, "partners/paper.html", paper=reads.own_paper(scope, statement_id), own=True)


@needs("pay.own")
def own_account(scope: Scope) -> ResponseReturnValue:
    """Where she is paid, covered, and the form to say so."""
    return _account(scope)


def _account(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    account = accounts.masked(scope, _me(scope))
    status = error.status if error else 200
    facts = {"account": account, "banks": banks.BANKS, "error": error, "typed": request.form.get("bank", "")}
    return render(scope, "partners/account.html", status, **facts)


@needs("pay.own")
def save_account(scope: Scope) -> ResponseReturnValue:
    """She says where she wants to be paid."""
    form = request.form
    try:
        accounts.save(
            scope, bank=form.get("bank", ""), number=form.get("number", ""), holder=form.get("holder", "")
        )
    except Invalid as error:
        if wants_json():
            raise
        return _account(scope, error)
    tell("ok", "pay.account.saved")
    return redirect(url_for("partners.own_account"))


@needs("pay.own")
def ask_page(scope: Scope, about: str, **ids: int) -> ResponseReturnValue:
    """What is asked about, and the form."""
    return _ask(scope, about, ids[ABOUT[about]])


def _ask(scope: Scope, about: str, id_: int, error: Refused | None = None) -> ResponseReturnValue:
    table, _column = disputing.ABOUT[about]
    row = one(scope, table, id_)
    if row.partner_id != _me(scope):
        raise NotFound
    facts = {"about": about, "row": row, "name": ABOUT[about], "error": error}
    if isinstance(row, PayLine | PayAdjustment):
        facts["won_of_it"] = row.won
    else:
        facts |= {"won_of_it": row.net, "paper": reads.own_paper(scope, id_)}
    status = error.status if error else 200
    return render(scope, "partners/ask_pay.html", status, typed=request.form.get("words", ""), **facts)


@needs("pay.own")
def ask(scope: Scope, about: str, **ids: int) -> ResponseReturnValue:
    """She asks."""
    id_ = ids[ABOUT[about]]
    try:
        disputing.ask(scope, about, id_, words=request.form.get("words", ""))
    except Invalid as error:
        if wants_json():
            raise
        return _ask(scope, about, id_, error)
    tell("ok", "pay.questions.sent")
    return redirect(url_for("partners.own_pay"))


@needs("pay.own")
def withdraw(scope: Scope, dispute_id: int) -> ResponseReturnValue:
    """She takes a question back."""
    disputing.withdraw(scope, dispute_id)
    tell("ok", "pay.questions.withdrawn")
    return redirect(url_for("partners.own_pay"))


@needs("pay.own")
def agree(scope: Scope, proposal_id: int) -> ResponseReturnValue:
    """She says yes to what is to be taken off."""
    adjusting.agree(scope, proposal_id)
    tell("ok", "pay.asks.agreed")
    return redirect(url_for("partners.own_pay"))


@needs("pay.own")
def decline(scope: Scope, proposal_id: int) -> ResponseReturnValue:
    """She says no: nothing is taken off."""
    adjusting.decline(scope, proposal_id)
    tell("ok", "pay.asks.declined")
    return redirect(url_for("partners.own_pay"))


def _me(scope: Scope) -> int:
    if scope.actor.partner_id is None:
        raise NotFound
    return scope.actor.partner_id
