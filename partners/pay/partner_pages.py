"""The owner's page of one partner's pay: a month, as what she is paid, and her account for a purpose."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.i18n import t
from base.rows import one
from base.scope import Scope
from base.web import answer, locale, render, tell, wants_json, zone
from partners.models import Partner
from partners.pay import accounts, banks, reads, terms
from partners.pay.accounts import Account
from partners.pay.months import Month
from partners.pay.withholding import TAX_KINDS
from security.doors import keep_no_copy, needs

SHOWN_S = 60


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/partners/<int:partner_id>/pay")(pay_of)
    pages.post("/partners/<int:partner_id>/tax-kind", endpoint="say_tax_kind")(say_tax_kind)
    pages.post("/partners/<int:partner_id>/account", endpoint="reveal_account")(reveal)


@needs("pay.see")
def pay_of(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """A partner's month as she sees it, and what the owner may say and see besides."""
    return _page(scope, partner_id)


def _page(
    scope: Scope, partner_id: int, error: Refused | None = None, shown: Account | None = None
) -> ResponseReturnValue:
    card = one(scope, Partner, partner_id)
    this = Month.of(scope.now, zone())
    month = Month.parse(request.args.get("month", "")) or this
    return render(
        scope,
        "partners/pay_of.html",
        error.status if error else 200,
        view=reads.view(scope, card.id, month=month, zone=zone()),
        this=this,
        name=reads.names(scope, [card.id])[card.id],
        partner_id=card.id,
        said=terms.of(scope, card.id),
        tax_kinds=TAX_KINDS,
        account=accounts.masked(scope, card.id),
        shown=shown,
        purposes=accounts.PURPOSES,
        papers=reads.papers(scope, card.id),
        error=error,
    )


@needs("pay.adjust")
def say_tax_kind(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """Says as what a partner is paid."""
    try:
        terms.say(scope, partner_id, tax_kind=request.form.get("tax_kind", ""))
    except terms.UnknownTaxKind as error:
        if wants_json():
            raise
        return _page(scope, partner_id, error)
    tell("ok", "pay.terms.said")
    return redirect(url_for("partners.pay_of", partner_id=partner_id))


@needs("pay.account")
def reveal(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """Shows where she is paid, for a purpose; counted and journalled."""
    keep_no_copy()
    one(scope, Partner, partner_id)
    try:
        account = accounts.reveal(scope, partner_id, purpose=request.form.get("purpose", ""))
    except accounts.UnknownPurpose as error:
        if wants_json():
            raise
        return _page(scope, partner_id, error)
    response: Response
    if not wants_json():
        return _page(scope, partner_id, shown=account)
    fields = {"bank": banks.BANKS[account.bank], "number": account.number, "holder": account.holder}
    told = [{"label": t(locale(), f"pay.account.{name}"), "text": text} for name, text in fields.items()]
    response = answer({"fields": told, "seconds": SHOWN_S})
    return response
