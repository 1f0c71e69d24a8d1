"""Pages of counting: a blind sheet, and what the count said against the book."""

import re

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from base.errors import Invalid, NotFound, Refused
from base.rows import Page
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import needs
from stock import books, counting, shelves
from stock.books import Sheet
from stock.counting import BadCount, CountOutdated
from stock.front import pages
from stock.levels import TRANSIT
from stock.shelves import Place

UNITS = re.compile(r"[0-9]{1,7}")
MARK = re.compile(r"[0-9]{1,18}")


class NothingCounted(Invalid):
    """No product has a counted number."""

    code = "stock.nothing_counted"


@pages.get("/stock/count")
@needs("stock.move")
def count_sheet(scope: Scope) -> ResponseReturnValue:
    place = _place(scope, request.args.get("place_id", 0, type=int))
    return _sheet(scope, place, _rows(scope, place, request.args))


def _sheet(
    scope: Scope, place: Place, page: Page[Sheet], error: Refused | None = None
) -> ResponseReturnValue:
    asked = request.form if error else request.args
    return render(
        scope,
        "stock/count.html",
        error.status if error else 200,
        page=page,
        place=place,
        places=list(_places(scope).values()),
        asked=asked,
        typed=request.form if error else MultiDict(),
        error=error,
    )


@pages.post("/stock/count")
@needs("stock.move")
def count(scope: Scope) -> ResponseReturnValue:
    form = request.form
    place = _place(scope, form.get("place_id", 0, type=int))
    page = _rows(scope, place, form)  # read before anything is booked: its marks must outlive a refusal
    try:
        variances = [_count(scope, place, *one) for one in _counted()]
    except Refused as error:
        if wants_json():
            raise
        return _sheet(scope, place, page, error)
    tell("ok", "stock.count.done", n=len(variances), wrong=sum(1 for each in variances if each))
    return redirect(url_for("stock.counts"))


def _rows(scope: Scope, place: Place, asked: MultiDict[str, str]) -> Page[Sheet]:
    return books.sheet(scope, place, text=asked.get("q", "").strip()[:100], after=asked.get("after", ""))


def _places(scope: Scope) -> dict[int, Place]:
    """Where somebody can count: not on the way."""
    return {id_: place for id_, place in shelves.places(scope).items() if place.kind != TRANSIT}


def _place(scope: Scope, place_id: int) -> Place:
    """The place that is counted, the warehouse unless said otherwise. Raises NotFound."""
    known = _places(scope)
    if not place_id:
        return next(iter(known.values()))
    if place_id not in known:
        raise NotFound
    return known[place_id]


def _counted() -> list[tuple[int, int, int]]:
    """Product, counted units and the mark at which the count began, by product: locks are taken in order."""
    told = {
        int(name.removeprefix("counted-")): text.strip()
        for name, text in request.form.items()
        if re.fullmatch(r"counted-[0-9]{1,18}", name) and text.strip()
    }
    if not told:
        raise NothingCounted
    return [(product, *_numbers(product, text)) for product, text in sorted(told.items())]


def _numbers(product: int, text: str) -> tuple[int, int]:
    mark = request.form.get(f"begun-{product}", "")
    if not UNITS.fullmatch(text) or not MARK.fullmatch(mark):
        raise BadCount(field=f"counted-{product}")
    return int(text), int(mark)


def _count(scope: Scope, place: Place, product: int, units: int, begun: int) -> int:
    try:
        done = counting.count(scope, shelf=(product, place.id), counted=units, begun=begun)
    except CountOutdated as outdated:
        raise CountOutdated(field=f"counted-{product}") from outdated
    return done.variance
