"""Pages about what lies where: levels, one product, the ledger, counts, and a partner's own home."""

from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from base import calendars
from base.errors import NotFound
from base.i18n import t
from base.rows import one
from base.scope import Scope
from base.web import locale, render
from security import people
from security.doors import needs
from stock import books, pictures, shelves, supplied, tags
from stock.counts import reads
from stock.demand.counting import local_day
from stock.flow.telling import month_after
from stock.front import csv_file, pages, said, wall
from stock.handovers import reads as handed
from stock.levels import HOME, TRANSIT
from stock.models import Product
from stock.sets import recipes
from stock.shelves import ALL, VIEWS, Place

HEAD = ("sku", "name", "option", "on_hand", "reserved", "available", "homes", "quarantine", "wanted")
MOVED_HEAD = ("at", "sku", "name", "place", "kind", "reason", "quantity", "order", "who")
MOST_EXPORTED = 5000
RECENT = 12


@pages.get("/stock", endpoint="levels")
@needs("stock.see")
def levels_page(scope: Scope) -> ResponseReturnValue:
    view, text, wanted = _view(), _text(), shelves.demand(scope)
    return render(
        scope,
        "stock/levels.html",
        page=shelves.stands(scope, wanted, view=view, text=text, after=request.args.get("after", "")),
        tally=shelves.tally(scope, wanted),
        view=view,
        views=VIEWS,
        text_typed=text,
    )


@pages.get("/stock.csv")
@needs("stock.see")
def levels_csv(scope: Scope) -> ResponseReturnValue:
    found = shelves.stands(scope, shelves.demand(scope), view=_view(), text=_text(), size=MOST_EXPORTED)
    return csv_file("stock", HEAD, ([getattr(row, name) for name in HEAD] for row in found.rows))


@pages.get("/stock/<int:product_id>")
@needs("stock.see")
def product(scope: Scope, product_id: int) -> ResponseReturnValue:
    row = one(scope, Product, product_id)
    return render(
        scope,
        "stock/product.html",
        product=row,
        stand=shelves.stand(scope, row),
        shelves=shelves.at_places(scope, product_id),
        moved=books.moved(scope, product_id=product_id, size=RECENT),
        names=people.names(scope),
        pictures=pictures.of(scope, product_id),
        supplied=supplied.text_of(scope, product_id),
        tags=tags.of(scope, product_id),
        parts=recipes.parts(scope, product_id),
        sets_with=recipes.sets_with(scope, product_id),
    )


@pages.get("/stock/movements")
@needs("stock.see")
def movements(scope: Scope) -> ResponseReturnValue:
    product_id, place_id = _asked(scope)
    after, span = request.args.get("after", ""), _span(scope)
    return render(
        scope,
        "stock/movements.html",
        page=books.moved(scope, product_id=product_id, place_id=place_id, span=span, after=after),
        places=list(shelves.places(scope).values()),
        product=one(scope, Product, product_id) if product_id else None,
        link={"product_id": product_id or None, "month": request.args.get("month") if span else None},
        place_id=place_id,
        names=people.names(scope),
    )


@pages.get("/stock/movements.csv")
@needs("stock.see")
def movements_csv(scope: Scope) -> ResponseReturnValue:
    product_id, place_id = _asked(scope)
    span = _span(scope)
    found = books.moved(scope, product_id=product_id, place_id=place_id, span=span, size=MOST_EXPORTED)
    names = people.names(scope)
    return csv_file("movements", MOVED_HEAD, (_line(row, names) for row in found.rows))


@pages.get("/stock/counts")
@needs("stock.see")
def counts(scope: Scope) -> ResponseReturnValue:
    page = books.tallied(scope, after=request.args.get("after", ""))
    return render(scope, "stock/counts.html", page=page, names=people.names(scope))


@pages.get("/my-stock")
@needs("stock.own")
def own(scope: Scope) -> ResponseReturnValue:
    """What lies at the partner's home and is still to be packed or given back."""
    home = _home(scope)
    return render(
        scope,
        "stock/own.html",
        goods=reads.own_goods(scope),
        blind=reads.hidden(scope),
        live=handed.live(scope, partner_id=scope.actor.partner_id or 0),
        page=books.moved(scope, place_id=home.id, after=request.args.get("after", ""), size=RECENT),
    )


@pages.app_template_global("place_name")
def place_name(place: Place) -> str:
    """A place as a reader knows it: a home by its partner, and the way to it as well."""
    if place.kind == TRANSIT and place.name:
        return t(locale(), "stock.place.transit_of", name=place.name)
    return place.name if place.kind == HOME and place.name else said("stock.place", place.kind)


def _home(scope: Scope) -> Place:
    """The actor's home. Raises NotFound for a partner without one."""
    for place in shelves.places(scope).values():
        if place.kind == HOME and place.partner_id == scope.actor.partner_id:
            return place
    raise NotFound


def _view() -> str:
    view = request.args.get("view", ALL)
    if view not in VIEWS:
        raise NotFound
    return view


def _text() -> str:
    return " ".join(request.args.get("q", "").split())[:100]


def _asked(scope: Scope) -> tuple[int, int]:
    """The product and the place an address asks for, 0 for all. Raises NotFound for another shop's."""
    product_id, place_id = (request.args.get(name, 0, type=int) for name in ("product_id", "place_id"))
    if product_id:
        one(scope, Product, product_id)
    if place_id and place_id not in shelves.places(scope):
        raise NotFound
    return product_id, place_id


def _span(scope: Scope) -> books.Span | None:
    """The month an address asks for, of one product; None for all of the ledger. Raises NotFound."""
    typed = request.args.get("month", "")
    if not typed or not request.args.get("product_id"):
        return None
    try:
        month = date.fromisoformat(f"{typed}-01")
    except ValueError as error:
        raise NotFound from error
    zone = calendars.current(scope).zone
    return local_day(month, zone)[0], local_day(month_after(month), zone)[0]


def _line(row: books.Moved, names: dict[int, str]) -> tuple[Any, ...]:
    return (
        wall(row.at),
        row.sku,
        row.name,
        place_name(row.place),
        said("stock.kind", row.kind),
        said("stock.reason", row.reason),
        row.quantity,
        row.order_id,
        names.get(row.who, ""),
    )
