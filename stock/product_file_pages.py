"""Pages about product files: dropped in, looked at, started."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import needs
from stock import imports, product_preview, uploads
from stock.front import pages
from stock.import_pages import BODY, NotUnderstood, PreviewGone, received
from stock.product_pages import products_page
from stock.product_preview import ProductPreview
from stock.uploads import File

Look = tuple[ProductPreview, File]


def _kept(scope: Scope) -> str | int | Refused:
    """The token of a file that can be read, or the import that it already is."""
    file = received(scope)
    if isinstance(file, Refused):
        return file
    try:
        product_preview.look(scope, file)
        token = uploads.keep(scope, data=file.data, name=file.name)
    except Refused as error:
        error.facts.setdefault("field", "file")
        return error
    return uploads.handed_on(scope, token, kind=imports.PRODUCTS) or token


@pages.post("/products/import")
@needs("stock.move", largest=BODY, prepare=_kept)
def import_products(scope: Scope, prepared: str | int | Refused) -> ResponseReturnValue:
    if isinstance(prepared, Refused):
        if wants_json():
            raise prepared
        return products_page(scope, prepared)
    if isinstance(prepared, int):
        tell("info", "stock.import.same")
        return redirect(url_for("stock.import_result", import_id=prepared))
    return redirect(url_for("stock.product_preview", token=prepared))


@pages.get("/products/import/<token>", endpoint="product_preview")
@needs("stock.move")
def product_preview_page(scope: Scope, token: str) -> ResponseReturnValue:
    return _preview(scope, token, product_preview.look(scope, uploads.opened(scope, token)))


def _preview(
    scope: Scope, token: str, preview: ProductPreview, error: Refused | None = None
) -> ResponseReturnValue:
    return render(
        scope,
        "stock/product_preview.html",
        error.status if error else 200,
        token=token,
        preview=preview,
        bad_rows=len({problem.row for problem in preview.problems}),
        error=error,
    )


def _looked(scope: Scope, token: str) -> Look | None:
    """The file and what it says; nothing where it has been handed on."""
    try:
        file = uploads.opened(scope, token)
    except NotFound:
        return None
    return product_preview.look(scope, file), file


@pages.post("/products/import/<token>/start")
@needs("stock.move", prepare=_looked)
def start_products(scope: Scope, token: str, prepared: Look | None) -> ResponseReturnValue:
    if prepared is None:
        known = uploads.handed_on(scope, token, kind=imports.PRODUCTS)
        if known is None:
            raise PreviewGone
        return redirect(url_for("stock.import_result", import_id=known))
    preview, file = prepared
    if preview.problems:
        return _preview(scope, token, preview, NotUnderstood(n=len(preview.problems)))
    made = imports.receive(scope, kind=imports.PRODUCTS, data=file.data, name=file.name)
    uploads.drop(scope, token)
    return redirect(url_for("stock.import_result", import_id=made))
