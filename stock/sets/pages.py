"""The page of what a set is made of."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import needs
from stock import goods, pasted
from stock.front import pages
from stock.ledger import demand
from stock.models import Product
from stock.move_pages import MOST_NAMED, UnknownSkus
from stock.moves import NoUnits
from stock.sets import recipes


@pages.get("/products/<int:product_id>/parts", endpoint="parts")
@needs("stock.see")
def parts_page(scope: Scope, product_id: int) -> ResponseReturnValue:
    return _parts(scope, product_id)


@pages.post("/products/<int:product_id>/parts")
@needs("stock.move")
def save_parts(scope: Scope, product_id: int) -> ResponseReturnValue:
    """Says what the product is made of; an empty form makes it a product again."""
    one(scope, Product, product_id)
    try:
        parts = _said(scope)
        recipes.declare(scope, product_id, parts)
    except Refused as error:
        if wants_json():
            raise
        return _parts(scope, product_id, error)
    tell("ok", "sets.saved" if parts else "sets.dissolved")
    return redirect(url_for("stock.product", product_id=product_id))


def _said(scope: Scope) -> dict[int, int]:
    """Units by product, a line each as everywhere: a product code and a number."""
    told = pasted.lines(request.form.get("lines", ""))
    ids = goods.known(scope, {line.sku for line in told})
    unknown = sorted({line.sku for line in told} - set(ids))
    if unknown:
        raise UnknownSkus(field="lines", n=len(unknown), skus=", ".join(unknown[:MOST_NAMED]))
    if any(line.units <= 0 for line in told):
        raise NoUnits(field="lines")
    return demand((ids[line.sku], line.units) for line in told)


def _parts(scope: Scope, product_id: int, error: Refused | None = None) -> ResponseReturnValue:
    product, parts = one(scope, Product, product_id), recipes.parts(scope, product_id)
    written = "\n".join(f"{part.sku} {units}" for part, units in parts)
    return render(
        scope,
        "stock/parts.html",
        error.status if error else 200,
        product=product,
        parts=parts,
        typed=request.form.get("lines", "") if error else written,
        error=error,
    )
