"""Pages about products: the catalogue and one product's card."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from base.errors import Invalid, Refused, Stale
from base.rows import one, page
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import needs
from stock import catalogue, describing, shelves
from stock.catalogue import Column
from stock.describing import Card
from stock.front import pages
from stock.models import Product
from stock.normalise import Unreadable


class BadCard(Invalid):
    """A field of a product cannot be used; `field` and `expected` say which and what it should hold."""

    code = "stock.bad_card"


@pages.get("/products")
@needs("stock.see")
def products(scope: Scope) -> ResponseReturnValue:
    return products_page(scope)


def products_page(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    """The catalogue with its forms; after a refusal what was typed stays."""
    text = " ".join(request.args.get("q", "").split())[:100]
    stmt = shelves.matching(scope, text)
    return render(
        scope,
        "stock/products.html",
        error.status if error else 200,
        page=page(scope, stmt, by=(Product.sku,), after=request.args.get("after", ""), newest_first=False),
        text_typed=text,
        typed=request.form,
        error=error,
    )


@pages.post("/products")
@needs("stock.move")
def add_product(scope: Scope) -> ResponseReturnValue:
    try:
        made = describing.add(scope, _read(Column.SKU), _card())
    except Refused as error:
        if wants_json():
            raise
        return products_page(scope, error)
    tell("ok", "stock.product.added")
    return redirect(url_for("stock.product", product_id=made))


@pages.get("/products/<int:product_id>")
@needs("stock.see")
def card(scope: Scope, product_id: int) -> ResponseReturnValue:
    return _card_page(scope, product_id)


def _card_page(scope: Scope, product_id: int, error: Refused | None = None) -> ResponseReturnValue:
    """The card; after somebody else's change what was typed stays, over the edition that stands now."""
    row = one(scope, Product, product_id)
    typed = _typed(row) if error is None else request.form
    stale = isinstance(error, Stale)
    return render(
        scope,
        "stock/card.html",
        error.status if error else 200,
        product=row,
        typed=typed,
        seen=row.version if error is None or stale else request.form.get("seen", ""),
        now_says=_typed(row) if stale else {},
        error=error,
    )


@pages.post("/products/<int:product_id>")
@needs("stock.move")
def save_card(scope: Scope, product_id: int) -> ResponseReturnValue:
    one(scope, Product, product_id)
    try:
        seen = request.form.get("seen", 0, type=int)
        describing.change(scope, product_id, _card(), seen=seen)
    except Refused as error:
        if wants_json():
            raise
        return _card_page(scope, product_id, error)
    tell("ok", "stock.product.saved")
    return redirect(url_for("stock.product", product_id=product_id))


def _card() -> Card:
    """What the form says of a product, read as a product file would be. Raises BadCard."""
    return Card(
        name=_read(Column.NAME),
        option=_optional(Column.OPTION) or "",
        barcode=_optional(Column.BARCODE) or "",
        weight_g=_optional(Column.WEIGHT),
        price=_optional(Column.PRICE),
        fragile=request.form.get("fragile") == "1",
    )


def _read(column: Column) -> Any:
    try:
        return catalogue.READ[column](request.form.get(column.value, ""))
    except Unreadable as bad:
        raise BadCard(field=column.value, expected=bad.expected) from bad


def _optional(column: Column) -> Any:
    return _read(column) if request.form.get(column.value, "").strip() else None


def _typed(row: Product) -> MultiDict[str, str]:
    """The product as the form shows it."""
    price = row.price
    shown = {
        "name": row.name,
        "option": row.option,
        "barcode": row.barcode,
        "weight": "" if row.weight_g is None else str(row.weight_g),
        "price": "" if price is None else f"{price:,.0f}" if price == int(price) else f"{price:,.2f}",
        "fragile": "1" if row.fragile else "",
    }
    return MultiDict(shown)
