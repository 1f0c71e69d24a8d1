"""Pages of purchases and suppliers: what is on its way, what came, and who keeps their word."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from base.errors import NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from security import people
from security.doors import needs
from stock.buying import asking, gathering, purchasing, reads, suppliers
from stock.buying import lifecycle as life
from stock.buying.models import Purchase, Supplier
from stock.buying.purchasing import Came
from stock.front import act_key, pages


@pages.get("/buying/purchases", endpoint="purchases")
@needs("buying.see")
def purchases_page(scope: Scope) -> ResponseReturnValue:
    """What was ordered, the newest first."""
    supplier_id = request.args.get("supplier", 0, type=int)
    supplier = one(scope, Supplier, supplier_id) if supplier_id else None
    found = reads.purchases(scope, supplier_id=supplier_id, after=request.args.get("after", ""))
    return render(scope, "stock/purchases.html", page=found, supplier=supplier)


@pages.get("/buying/purchases/<int:purchase_id>")
@needs("buying.see")
def purchase(scope: Scope, purchase_id: int) -> ResponseReturnValue:
    """One purchase, and the form for what came."""
    return _purchase(scope, purchase_id)


def _purchase(scope: Scope, purchase_id: int, error: Refused | None = None) -> ResponseReturnValue:
    row = one(scope, Purchase, purchase_id)
    lines = purchasing.lines_of(scope, purchase_id)
    return render(
        scope,
        "stock/purchase.html",
        error.status if error else 200,
        row=row,
        lines=lines,
        goods=reads.named(scope, {line.product_id for line in lines}),
        supplier=one(scope, Supplier, row.supplier_id),
        steps=life.steps_from(row.state),
        late=row.state in life.LIVE and row.expected < gathering.today(scope),
        names=people.names(scope),
        form=request.form if error else MultiDict(),
        error=error,
    )


@pages.post("/buying/purchases/<int:purchase_id>/receive")
@needs("buying.manage")
def receive_goods(scope: Scope, purchase_id: int) -> ResponseReturnValue:
    """Takes in what came, as it was looked at."""
    form = request.form
    lines = purchasing.lines_of(scope, purchase_id)
    came = {
        line.id: Came(*(asking.whole(form.get(f"{end}-{line.id}", "") or "0") for end in ("good", "damaged")))
        for line in lines
    }
    version = asking.whole(form.get("version", ""))
    try:
        purchasing.receive(scope, purchase_id, came, key=act_key(f"purchase:{purchase_id}"), version=version)
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _purchase(scope, purchase_id, error)
    tell("ok", "buying.received", n=sum(what.good + what.damaged for what in came.values()))
    return redirect(url_for("stock.purchase", purchase_id=purchase_id))


@pages.post("/buying/purchases/<int:purchase_id>/<step>")
@needs("buying.manage")
def purchase_step(scope: Scope, purchase_id: int, step: str) -> ResponseReturnValue:
    """Gives up what has not come, or the whole order."""
    purchasing.step(scope, purchase_id, step, version=asking.whole(request.form.get("version", "")))
    tell("ok", f"buying.did.{step}")
    return redirect(url_for("stock.purchase", purchase_id=purchase_id))


@pages.get("/buying/suppliers", endpoint="suppliers")
@needs("buying.see")
def suppliers_page(scope: Scope) -> ResponseReturnValue:
    """Who sells to the shop, and what their deliveries say."""
    return _suppliers(scope)


def _suppliers(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "stock/suppliers.html",
        error.status if error else 200,
        rows=reads.known(scope),
        form=request.form if error else MultiDict(),
        error=error,
    )


@pages.post("/buying/suppliers")
@needs("buying.manage")
def add_supplier(scope: Scope) -> ResponseReturnValue:
    """Adds one."""
    try:
        name, lead_days = _told()
        suppliers.add(scope, name=name, lead_days=lead_days)
    except Refused as error:
        if wants_json():
            raise
        return _suppliers(scope, error)
    tell("ok", "buying.supplier.added")
    return redirect(url_for("stock.suppliers"))


@pages.get("/buying/suppliers/<int:supplier_id>")
@needs("buying.see")
def supplier(scope: Scope, supplier_id: int) -> ResponseReturnValue:
    """One of them, to be called otherwise."""
    return _supplier(scope, supplier_id)


def _supplier(scope: Scope, supplier_id: int, error: Refused | None = None) -> ResponseReturnValue:
    one(scope, Supplier, supplier_id)
    (found,) = [known for known in reads.known(scope) if known.row.id == supplier_id]
    form = request.form if error else MultiDict()
    status = error.status if error else 200
    return render(scope, "stock/supplier.html", status, known=found, form=form, error=error)


@pages.post("/buying/suppliers/<int:supplier_id>")
@needs("buying.manage")
def change_supplier(scope: Scope, supplier_id: int) -> ResponseReturnValue:
    """Notes what they are called and say now."""
    try:
        name, lead_days = _told()
        suppliers.change(scope, supplier_id, name=name, lead_days=lead_days)
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _supplier(scope, supplier_id, error)
    tell("ok", "buying.supplier.changed")
    return redirect(url_for("stock.supplier", supplier_id=supplier_id))


def _told() -> tuple[str, int]:
    """The name and the days a form tells."""
    return asking.line(request.form.get("name", "")), asking.whole(request.form.get("lead_days", ""))
