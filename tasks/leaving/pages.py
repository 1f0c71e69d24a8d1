"""Pages of leaving: a partner's own, and the owner's, with goods and work as they stand."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from partners.leaving import asking, ending
from partners.leaving.ending import Held
from partners.leaving.gate import NotAsked
from partners.leaving.life import WHYS
from partners.models import Partner
from partners.pay.reads import names
from security import people, shops
from security.doors import keep_no_copy, needs
from stock.front import act_key
from tasks.leaving import reads, returning
from tasks.pages import pages


@pages.get("/leavings")
@needs("people.see")
def leavings(scope: Scope) -> ResponseReturnValue:
    """Who leaves, who left, and until when what is kept of them."""
    found = reads.every(scope, after=request.args.get("after", ""))
    known = names(scope, {row.partner_id for row in found.rows})
    return render(scope, "partners/leaving/every.html", 200, found=found, names=known)


@pages.get("/partners/<int:partner_id>/leaving")
@needs("people.see")
def leaving(scope: Scope, partner_id: int) -> ResponseReturnValue:
    return _leaving(scope, partner_id)


def _leaving(
    scope: Scope,
    partner_id: int,
    error: Refused | None = None,
    *,
    link: str = "",
    held: Held | None = None,
) -> ResponseReturnValue:
    card = one(scope, Partner, partner_id)
    return render(
        scope,
        "partners/leaving/of.html",
        error.status if error else 200,
        view=reads.view(scope, card),
        name=names(scope, [card.id])[card.id],
        form=request.form,
        link=link,
        held=held,
        error=error,
    )


@pages.post("/partners/<int:partner_id>/leaving")
@needs("people.manage")
def ask_leaving(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """The shop says that it ends; the partner is told, and takes no new work."""
    asking.ask(scope, partner_id)
    tell("ok", "leaving.begun")
    return redirect(url_for("tasks.leaving", partner_id=partner_id))


@pages.post("/partners/<int:partner_id>/leaving/withdraw")
@needs("people.manage")
def withdraw_leaving(scope: Scope, partner_id: int) -> ResponseReturnValue:
    asking.withdraw(scope, partner_id)
    tell("ok", "leaving.withdrawn")
    return redirect(url_for("tasks.leaving", partner_id=partner_id))


@pages.post("/partners/<int:partner_id>/leaving/goods")
@needs("people.manage")
def settle_goods(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """What came back, product by product; the rest is written down as missing."""
    card = one(scope, Partner, partner_id)
    try:
        back = {good.product_id: _units(good.product_id) for good in returning.in_hand(scope, card.id).goods}
        missing = returning.settle_goods(scope, card.id, came_back=back, key=act_key("leaving"))
    except Invalid as error:
        if wants_json():
            raise
        return _leaving(scope, partner_id, error)
    tell("ok" if not missing else "warn", "leaving.goods_settled", n=missing)
    return redirect(url_for("tasks.leaving", partner_id=partner_id))


def _units(product_id: int) -> int:
    typed = request.form.get(f"back-{product_id}", "").strip().replace(",", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


@pages.post("/partners/<int:partner_id>/leaving/end")
@needs("people.manage")
def end_leaving(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """Ends it: access at once, work to others; the address of the papers is shown once."""
    card = asking.here(scope, partner_id)
    people.leave(scope, card.id)
    return _linked(scope, card.id)


@pages.post("/partners/<int:partner_id>/leaving/link")
@needs("people.manage")
def link_leaving(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """A fresh address for who left; the one before is shut."""
    return _linked(scope, one(scope, Partner, partner_id).id)


def _linked(scope: Scope, partner_id: int) -> ResponseReturnValue:
    keep_no_copy()
    return _leaving(scope, partner_id, link=_way_back(scope, partner_id))


def _way_back(scope: Scope, partner_id: int) -> str:
    departure = ending.latest(scope, partner_id)
    if departure is None:
        raise NotAsked
    token, slug = ending.way_back(scope, departure), shops.shop(scope).slug
    return url_for("partners.left", slug=slug, left_token=token, _external=True)


@pages.post("/partners/<int:partner_id>/leaving/held")
@needs("people.manage")
def show_held(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """The name on pay of who was forgotten, for the tax office; journalled."""
    keep_no_copy()
    return _leaving(scope, partner_id, held=ending.show_held(scope, partner_id))


@pages.get("/my-leaving")
@needs("leaving.own")
def own_leaving(scope: Scope) -> ResponseReturnValue:
    """What leaving means for the reader, what is still in their hands, and what they take along."""
    return _own(scope)


def _own(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    found = reads.view(scope, one(scope, Partner, scope.actor.partner_id or 0))
    facts = {"view": found, "whys": WHYS, "form": request.form, "error": error}
    return render(scope, "partners/leaving/own.html", error.status if error else 200, **facts)


@pages.post("/my-leaving")
@needs("leaving.own")
def ask_own_leaving(scope: Scope) -> ResponseReturnValue:
    """The partner's own wish; nobody need agree to it."""
    try:
        asking.ask(scope, scope.actor.partner_id or 0, why=request.form.get("why", ""))
    except Invalid as error:
        if wants_json():
            raise
        return _own(scope, error)
    tell("ok", "leaving.asked_now")
    return redirect(url_for("tasks.own_leaving"))


@pages.post("/my-leaving/withdraw")
@needs("leaving.own")
def withdraw_own_leaving(scope: Scope) -> ResponseReturnValue:
    asking.withdraw(scope, scope.actor.partner_id or 0)
    tell("ok", "leaving.withdrawn")
    return redirect(url_for("tasks.own_leaving"))


@pages.post("/my-leaving/end")
@needs("leaving.own")
def end_own_leaving(scope: Scope) -> ResponseReturnValue:
    """Ends it now, once nothing of the shop's is left at home; leads to the papers to take along."""
    keep_no_copy()
    card = asking.here(scope, scope.actor.partner_id or 0)
    people.leave(scope, card.id)
    return redirect(_way_back(scope, card.id))
