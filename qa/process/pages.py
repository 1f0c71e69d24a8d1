"""Pages of the process map: the shop's waits, and the way of one order or product."""

from datetime import timedelta

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from base.i18n import duration, t
from base.rows import one
from base.scope import Scope
from base.web import locale, render
from qa.process import waits, ways
from qa.process.ways import Way
from security import people
from security.doors import needs
from stock.models import Order, Product
from tasks.kinds.known import every


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/process", endpoint="process")(process)
    pages.get("/orders/<int:order_id>/way", endpoint="order_way")(order_way)
    pages.get("/products/<int:product_id>/way", endpoint="product_way")(product_way)


@needs("board.see")
def process(scope: Scope) -> ResponseReturnValue:
    """Where work waits, kind by kind."""
    found = waits.waits(scope, every(scope))
    return render(scope, "qa/process.html", kinds=found, slowest=waits.slowest(found), days=waits.WINDOW.days)


@needs("order.see")
def order_way(scope: Scope, order_id: int) -> ResponseReturnValue:
    """The way of one order."""
    found = ways.of_order(scope, order_id)
    name = t(locale(), "qa.process.of_order", number=one(scope, Order, order_id).number)
    return _way(scope, found, name, url_for("stock.order", order_id=order_id))


@needs("stock.see")
def product_way(scope: Scope, product_id: int) -> ResponseReturnValue:
    """The way of one product through the latest work on it."""
    found = ways.of_product(scope, product_id)
    name = one(scope, Product, product_id).name
    return _way(scope, found, name, url_for("stock.product", product_id=product_id), several=True)


def _way(scope: Scope, way: Way, name: str, back: str, *, several: bool = False) -> ResponseReturnValue:
    return render(
        scope,
        "qa/way.html",
        way=way,
        name=name,
        back=back,
        several=several,
        names=people.names(scope),
        long=_long,
    )


def _long(span: timedelta) -> str:
    """A span of the calendar in its two largest units; open time has no days."""
    seconds = int(span.total_seconds())
    if seconds < 48 * 3600:
        return duration(seconds, locale())
    days, rest = divmod(seconds, 86400)
    hours = duration(rest // 3600 * 3600, locale()) if rest >= 3600 else ""
    return f"{t(locale(), 'qa.process.days', n=days)} {hours}".strip()
