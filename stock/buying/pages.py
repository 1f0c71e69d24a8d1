"""Pages of buying: what to order and why, and one product's story."""

from datetime import timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from base.errors import Invalid, NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from security import people
from security.doors import needs
from stock.buying import asking, gathering, looking, noting, purchasing, reads, suppliers
from stock.buying.standing import FOREVER, TARGET, TURNED
from stock.demand.forecast import ENOUGH
from stock.demand.notes import KINDS
from stock.front import pages
from stock.models import Product
from stock.value import storing
from stock.value.reads import standing_of

A_WEEK = timedelta(days=7)


@pages.get("/buying", endpoint="buying")
@needs("buying.see")
def buying_page(scope: Scope) -> ResponseReturnValue:
    """What to order, and why."""
    return _buying(scope)


def _buying(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "stock/buying.html",
        error.status if error else 200,
        page=reads.proposals(scope, after="" if error else request.args.get("after", "")),
        sums=looking.sums(scope),
        form=request.form if error else MultiDict(),
        error=error,
    )


@pages.post("/buying/order")
@needs("buying.manage")
def order_goods(scope: Scope) -> ResponseReturnValue:
    """Orders what was ticked, by supplier."""
    form = request.form
    ids = {asking.whole(typed) for typed in form.getlist("pick")}
    try:
        made = purchasing.order(scope, {id_: asking.whole(form.get(f"units-{id_}", "")) for id_ in ids})
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _buying(scope, error)
    tell("ok", "buying.ordered", n=len(made))
    if len(made) == 1:
        return redirect(url_for("stock.purchase", purchase_id=made[0]))
    return redirect(url_for("stock.purchases"))


@pages.get("/buying/products/<int:product_id>")
@needs("buying.see")
def outlook(scope: Scope, product_id: int) -> ResponseReturnValue:
    """How one product stands: what is asked for, what comes, what it is worth."""
    return _outlook(scope, product_id)


def _outlook(scope: Scope, product_id: int, error: Refused | None = None) -> ResponseReturnValue:
    product, look = one(scope, Product, product_id), reads.look(scope, product_id)
    today = gathering.today(scope)
    coming = reads.arriving(scope, [product_id]).get(product_id, {})
    return render(
        scope,
        "stock/outlook.html",
        error.status if error else 200,
        product=product,
        look=look,
        ranked=standing_of(scope, product, look) if look else None,
        room=f"{storing.room(scope, product_id).normalize():f}",
        span=TURNED,
        known=look is not None and look.demands >= ENOUGH,
        forever=FOREVER,
        target=TARGET,
        weeks=reads.weeks(look, coming) if look else [],
        coming=sum(coming.values()),
        history=reads.history(scope, product_id),
        booked=reads.booked(scope, product_id),
        notes=noting.notes(scope, product_id),
        kinds=KINDS,
        supply=suppliers.terms(scope, [product_id]).get(product_id),
        suppliers=suppliers.listed(scope),
        names=people.names(scope),
        today=today,
        week_on=today + A_WEEK,
        form=request.form if error else MultiDict(),
        error=error,
    )


@pages.post("/buying/products/<int:product_id>/terms")
@needs("buying.manage")
def set_terms(scope: Scope, product_id: int) -> ResponseReturnValue:
    """Says from whom and on what terms it is bought."""
    try:
        suppliers.set_terms(scope, product_id, asking.terms(request.form))
    except Invalid as error:
        return _again(scope, product_id, error)
    tell("ok", "buying.terms.saved")
    return redirect(url_for("stock.outlook", product_id=product_id))


@pages.post("/buying/products/<int:product_id>/notes")
@needs("buying.manage")
def add_note(scope: Scope, product_id: int) -> ResponseReturnValue:
    """Notes what the owner knows of its demand."""
    try:
        noting.note(scope, product_id, asking.noted(request.form))
    except Invalid as error:
        return _again(scope, product_id, error)
    tell("ok", "buying.note.saved")
    return redirect(url_for("stock.outlook", product_id=product_id))


@pages.post("/buying/products/<int:product_id>/cost")
@needs("buying.manage")
def tell_cost(scope: Scope, product_id: int) -> ResponseReturnValue:
    """Says what a unit cost of goods that came without a price."""
    try:
        noting.tell_cost(scope, product_id, asking.amount(request.form.get("cost", "")))
    except Refused as error:
        return _again(scope, product_id, error)
    tell("ok", "buying.cost.saved")
    return redirect(url_for("stock.outlook", product_id=product_id))


@pages.post("/buying/products/<int:product_id>/room")
@needs("buying.manage")
def set_room(scope: Scope, product_id: int) -> ResponseReturnValue:
    """Says how much room a unit takes."""
    try:
        storing.set_room(scope, product_id, asking.amount(request.form.get("room", "")))
    except Refused as error:
        return _again(scope, product_id, error)
    tell("ok", "money.room_saved")
    return redirect(url_for("stock.outlook", product_id=product_id))


def _again(scope: Scope, product_id: int, error: Refused) -> ResponseReturnValue:
    """The page again with what was typed and what is wrong with it."""
    if wants_json() or error.status == NotFound.status:
        raise error
    return _outlook(scope, product_id, error)


@pages.post("/buying/notes/<int:note_id>/withdraw")
@needs("buying.manage")
def withdraw_note(scope: Scope, note_id: int) -> ResponseReturnValue:
    """Takes a note back."""
    product_id = noting.withdraw(scope, note_id)
    tell("ok", "buying.note.withdrawn")
    return redirect(url_for("stock.outlook", product_id=product_id))
