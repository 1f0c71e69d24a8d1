"""What has to be mended in a file, as a sheet to work through."""

from collections.abc import Iterable

from flask import Response, request
from flask.typing import ResponseReturnValue

from base.i18n import t
from base.rows import one
from base.scope import Scope
from base.web import locale
from security.doors import needs
from stock import previewing, product_preview, uploads
from stock.front import csv_file, pages
from stock.import_pages import chosen
from stock.models import Import

HEAD = ("row", "column", "value", "expected")
Row = tuple[int, str, str, str]


@pages.get("/orders/import/<token>/problems.csv")
@needs("order.import")
def problems_csv(scope: Scope, token: str) -> ResponseReturnValue:
    preview = previewing.look(scope, uploads.opened(scope, token), chosen(request.args))
    return _sheet((one.row, one.column, one.value, one.expected) for one in preview.problems)


@pages.get("/products/import/<token>/problems.csv")
@needs("stock.move")
def product_problems_csv(scope: Scope, token: str) -> ResponseReturnValue:
    preview = product_preview.look(scope, uploads.opened(scope, token))
    return _sheet((one.row, one.column, one.value, one.expected) for one in preview.problems)


@pages.get("/imports/<int:import_id>/problems.csv")
@needs("order.import")
def import_problems_csv(scope: Scope, import_id: int) -> ResponseReturnValue:
    told = one(scope, Import, import_id).report.get("problems", [])
    return _sheet(tuple(found[name] for name in HEAD) for found in told)


def _sheet(rows: Iterable[Row]) -> Response:
    words = ((row, column, value, t(locale(), f"intake.expected.{why}")) for row, column, value, why in rows)
    return csv_file("problems", HEAD, words)
