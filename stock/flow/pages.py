"""Pages of the monthly flow: what was there, came, went and is left; also to print and as a workbook."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from flask import Response, request
from flask.typing import ResponseReturnValue

from base import calendars
from base.errors import NotFound
from base.i18n import t
from base.rows import one
from base.scope import Scope
from base.sheets_xlsx_out import MIME, xlsx_bytes
from base.web import locale, render
from security.doors import needs
from stock import shelves
from stock.flow import reads
from stock.flow.reads import Flow
from stock.flow.telling import SORTS, Held
from stock.front import pages
from stock.level_pages import place_name
from stock.models import Product
from stock.value.costing import said, won

ON_PAPER = 1000  # products
HEAD = ("sku", "name", "option", "place")
UNITS = ("opening", *SORTS, "closing")


@pages.get("/stock/flow", endpoint="flow")
@needs("buying.see")
def flow_page(scope: Scope) -> ResponseReturnValue:
    """A month of everything, place by place and product by product."""
    return _flow(scope, size=reads.SIZE)


@pages.get("/stock/flow/paper", endpoint="flow_paper")
@needs("buying.see")
def flow_paper(scope: Scope) -> ResponseReturnValue:
    """The same on one long page, to print."""
    return _flow(scope, size=ON_PAPER)


@pages.get("/stock/flow/file", endpoint="flow_xlsx")
@needs("buying.see")
def flow_xlsx(scope: Scope) -> ResponseReturnValue:
    """The whole month as a workbook, a row for each product and place."""
    month = _month(scope)
    words = [t(locale(), f"flow.{name}") for name in (*HEAD, *UNITS)]
    money = [t(locale(), "flow.in_won", what=t(locale(), f"flow.{name}")) for name in _amounts()]
    title = f"{month:%Y-%m}"
    data = xlsx_bytes(title, [*words, *money], _rows(scope, month))
    response = Response(data, mimetype=MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="dari-flow-{title}.xlsx"'
    return response


@pages.get("/stock/flow/products/<int:product_id>", endpoint="product_flow")
@needs("buying.see")
def product_flow(scope: Scope, product_id: int) -> ResponseReturnValue:
    """One product, month by month."""
    product = one(scope, Product, product_id)
    rows = reads.of_product(scope, product_id)
    return render(scope, "stock/product_flow.html", product=product, rows=rows, sorts=SORTS, said=said)


def _flow(scope: Scope, *, size: int) -> ResponseReturnValue:
    month, where = _month(scope), shelves.places(scope)
    place_id, text = request.args.get("place", 0, type=int), _text()
    if place_id and place_id not in where:
        raise NotFound
    by_place = reads.places(scope, month)
    chosen = [by_place[id_] for id_ in by_place if place_id in (0, id_)]
    cursor = request.args.get("after", "")
    return render(
        scope,
        "stock/flow.html",
        month=month,
        months=reads.months(scope),
        is_now=month == calendars.today(scope).replace(day=1),
        as_of=reads.as_of(scope),
        places=where,
        by_place=by_place,
        place_id=place_id,
        whole=sum(chosen, Flow()),
        page=reads.goods(scope, month, place_id=place_id, text=text, after=cursor, size=size),
        paper=size == ON_PAPER,
        sorts=SORTS,
        said=said,
        text_typed=text,
        link={"month": f"{month:%Y-%m}", "place": place_id or None, "q": text or None},
    )


def _month(scope: Scope) -> date:
    """The month an address asks for, else the one that is now. Raises NotFound for what is none."""
    typed = request.args.get("month", "")
    if not typed:
        return calendars.today(scope).replace(day=1)
    try:
        month = date.fromisoformat(f"{typed}-01")
    except ValueError as error:
        raise NotFound from error
    if month > calendars.today(scope):
        raise NotFound
    return month


def _text() -> str:
    return " ".join(request.args.get("q", "").split())[:100]


def _amounts() -> tuple[str, ...]:
    return ("opening", *SORTS, "revalued", "closing")


def _rows(scope: Scope, month: date) -> Iterator[list[object]]:
    where = shelves.places(scope)
    for goods in reads.everything(scope, month):
        product = goods.product
        for id_, flow in goods.places.items():
            told: list[Held] = [flow.opening, *(flow.sort(name) for name in SORTS)]
            units = [one_.units for one_ in told]
            amounts = [_won(one_.parts) for one_ in told]
            yield [
                *(product.sku, product.name, product.option, place_name(where[id_])),
                *(*units, flow.closing.units),
                *(*amounts, _won(flow.revalued), _won(flow.closing.parts)),
            ]


def _won(parts: int) -> Decimal | int:
    """Parts as won, exact; whole where they are."""
    amount = won(parts)
    return int(amount) if amount == int(amount) else amount
