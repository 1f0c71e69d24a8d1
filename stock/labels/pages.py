"""The page that prints labels of products: chosen by code and number, each with its bars or QR code."""

from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound, Refused
from base.rows import mine
from base.scope import Scope
from base.web import render, wants_json
from security.doors import needs
from stock import goods, pasted
from stock.front import pages
from stock.labels import drawing
from stock.labels.drawing import Drawing
from stock.ledger import demand
from stock.models import Product
from stock.move_pages import MOST_NAMED, UnknownSkus
from stock.moves import NoUnits

MOST = 300  # labels at once
WHATS = ("bars", "qr")
SIZES = ("small", "large")


class TooManyLabels(Invalid):
    """More labels than are printed at once. Facts: most, n."""

    code = "labels.too_many"


@dataclass(frozen=True, slots=True)
class Label:
    """A product as its label shows it, with the text of its code."""

    product: Product
    code: str
    drawing: Drawing


@pages.get("/stock/labels")
@needs("stock.see")
def labels(scope: Scope) -> ResponseReturnValue:
    """The form, and what it asked for as a sheet to print."""
    what, size = request.args.get("what", "bars"), request.args.get("size", "small")
    if what not in WHATS or size not in SIZES:
        raise NotFound
    typed = request.args.get("lines", "")
    made: list[Label] = []
    error: Refused | None = None
    try:
        made = _labels(scope, typed, what)
    except Refused as refused:
        if wants_json():
            raise
        error = refused
    return render(
        scope,
        "stock/labels.html",
        error.status if error else 200,
        labels=made,
        typed=typed,
        what=what,
        size=size,
        error=error,
    )


def _labels(scope: Scope, typed: str, what: str) -> list[Label]:
    """Labels by product code, each as often as was said; a product with a barcode bears that."""
    told = pasted.lines(typed)
    ids = goods.known(scope, {line.sku for line in told})
    unknown = sorted({line.sku for line in told} - set(ids))
    if unknown:
        raise UnknownSkus(field="lines", n=len(unknown), skus=", ".join(unknown[:MOST_NAMED]))
    if any(line.units <= 0 for line in told):
        raise NoUnits(field="lines")
    wanted = demand((ids[line.sku], line.units) for line in told)
    if sum(wanted.values()) > MOST:
        raise TooManyLabels(field="lines", most=MOST, n=sum(wanted.values()))
    rows = scope.session.scalars(mine(scope, Product).where(Product.id.in_(wanted)).order_by(Product.sku))
    return [label for row in rows for label in [_label(row, what)] * wanted[row.id]]


def _label(product: Product, what: str) -> Label:
    code = product.barcode or product.sku
    return Label(product, code, drawing.qr(code) if what == "qr" else drawing.bars(code))
