"""Files to practise with, to be downloaded and uploaded again like any other."""

from flask import Response
from flask.typing import ResponseReturnValue

from base.scope import Scope
from base.web import zone
from security.doors import needs
from stock import practice
from stock.front import pages


@pages.get("/practice/products.csv")
@needs("order.import")
def practice_products(_scope: Scope) -> ResponseReturnValue:
    return _file("products", practice.product_file())


@pages.get("/practice/orders.csv")
@needs("order.import")
def practice_orders(scope: Scope) -> ResponseReturnValue:
    return _file("orders", practice.order_file(scope.now.astimezone(zone())))


def _file(name: str, data: bytes) -> Response:
    response = Response(data, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="dari-practice-{name}.csv"'
    return response
