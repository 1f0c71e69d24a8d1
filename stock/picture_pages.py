"""Pages about what a product looks like: its pictures, and what the supplier says of it."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import images
from base.errors import Refused, Stale
from base.images import Picture
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import needs, of_files
from stock import pictures, supplied
from stock.front import pages
from stock.import_pages import FileMissing
from stock.models import Product

BODY = 80_000_000  # bytes of a whole form with its pictures
FAR = 1000  # places: further than any picture can be moved


def none_taken() -> list[Picture] | Refused:
    """What a form without pictures brings."""
    return []


@of_files(none_taken)
def taken(scope: Scope, product_id: int) -> list[Picture] | Refused:
    """The pictures a form carries, cleaned while nothing is locked."""
    one(scope, Product, product_id)
    sent = (upload.read() for upload in request.files.getlist("pictures")[: pictures.MOST + 1])
    try:
        return [images.clean(data) for data in sent if data]
    except Refused as refusal:
        refusal.facts.setdefault("field", "pictures")
        return refusal


@pages.get("/products/<int:product_id>/pictures", endpoint="pictures")
@needs("stock.see")
def pictures_page(scope: Scope, product_id: int) -> ResponseReturnValue:
    return _page(scope, product_id)


def _page(scope: Scope, product_id: int, error: Refused | None = None) -> ResponseReturnValue:
    """Pictures and text; after a refusal what was typed stays, over the edition that stands now."""
    product, now = one(scope, Product, product_id), supplied.text_of(scope, product_id)
    of_text = error is not None and "text" in request.form
    return render(
        scope,
        "stock/pictures.html",
        error.status if error else 200,
        product=product,
        shown=pictures.of(scope, product_id),
        most=pictures.MOST,
        longest=supplied.LONGEST,
        text=request.form["text"] if of_text else now.text,
        seen=now.version,
        now_says=now.text if isinstance(error, Stale) else "",
        error=error,
    )


@pages.post("/products/<int:product_id>/pictures")
@needs("stock.move", largest=BODY, prepare=taken)
def add_pictures(scope: Scope, product_id: int, prepared: list[Picture] | Refused) -> ResponseReturnValue:
    one(scope, Product, product_id)
    try:
        if isinstance(prepared, Refused):
            raise prepared
        if not prepared:
            raise FileMissing(field="pictures")
        for picture in prepared:
            pictures.add(scope, product_id, picture)
    except Refused as error:
        if wants_json():
            raise
        return _page(scope, product_id, error)
    tell("ok", "stock.pictures.added", n=len(prepared))
    return _back(product_id)


@pages.post("/products/<int:product_id>/pictures/<int:picture_id>/place")
@needs("stock.move")
def move_picture(scope: Scope, product_id: int, picture_id: int) -> ResponseReturnValue:
    by = max(-FAR, min(FAR, request.form.get("by", 0, type=int)))
    pictures.move(scope, product_id, picture_id, by=by)
    tell("ok", "stock.pictures.moved")
    return _back(product_id)


@pages.post("/products/<int:product_id>/pictures/<int:picture_id>/removal")
@needs("stock.move")
def remove_picture(scope: Scope, product_id: int, picture_id: int) -> ResponseReturnValue:
    pictures.remove(scope, product_id, picture_id)
    tell("ok", "stock.pictures.removed")
    return _back(product_id)


@pages.post("/products/<int:product_id>/supplier-text")
@needs("stock.move")
def save_supplier_text(scope: Scope, product_id: int) -> ResponseReturnValue:
    seen = max(0, min(FAR**3, request.form.get("seen", 0, type=int)))
    try:
        supplied.write(scope, product_id, text=request.form.get("text", ""), seen=seen)
    except (supplied.BadSupplierText, Stale) as error:
        if wants_json():
            raise
        return _page(scope, product_id, error)
    tell("ok", "stock.pictures.text_saved")
    return _back(product_id)


@pages.get("/pictures/<int:picture_id>")
@needs("picture.see")
def picture(scope: Scope, picture_id: int) -> ResponseReturnValue:
    """A picture's bytes; they never change, and the browser keeps them only for a little while."""
    response = Response(pictures.data(scope, picture_id), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _back(product_id: int) -> ResponseReturnValue:
    return redirect(url_for("stock.pictures", product_id=product_id))
