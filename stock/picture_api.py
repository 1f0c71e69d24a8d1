"""The API of what a product looks like: its pictures, and what the supplier says of it."""

from datetime import datetime
from typing import Annotated

from flask import Response, request
from pydantic import Field

from base import images
from base.calls import BadRequest, Listed, Sent, Told, call, text
from base.images import Picture
from base.rows import one
from base.scope import Scope
from security.doors import needs
from stock import pictures, supplied
from stock.api import api
from stock.models import Product

PICTURE = 26_000_000  # bytes of one picture as it is sent


class PictureRow(Told):
    """A picture of a product; the first in order stands for it."""

    id: int
    product_id: int
    place: int
    width: int
    height: int
    at: datetime


class Pictures(Listed[PictureRow]):
    """A product's pictures in order; there is never a second page."""


class NewPlace(Sent):
    """How many places back a picture goes; negative goes forward."""

    by: Annotated[int, Field(ge=-1000, le=1000)]


class SupplierSays(Told):
    """What the supplier says of a product, and the edition to name when it is changed; 0 is none yet."""

    text: str
    version: int


class NewText(Sent):
    """The whole text, over the edition that was seen."""

    text: Annotated[str, text(supplied.LONGEST)]
    seen: Annotated[int, Field(ge=0, le=1_000_000_000)]


def _sent(scope: Scope, product_id: int) -> Picture:
    """The picture of the part `photo`, cleaned while nothing is locked."""
    one(scope, Product, product_id)
    upload = request.files.get("photo")
    if upload is None:
        raise BadRequest(where="photo (missing)", errors=[{"at": "photo", "problem": "missing"}])
    return images.clean(upload.read())


@api.get("/products/<int:product_id>/pictures")
@needs("stock.see")
@call(Pictures)
def product_pictures(scope: Scope, product_id: int) -> object:
    """Lists a product's pictures in order."""
    one(scope, Product, product_id)
    return {"rows": pictures.of(scope, product_id)}


@api.post("/products/<int:product_id>/pictures")
@needs("stock.move", largest=PICTURE, prepare=_sent)
@call(PictureRow, file="photo", status=201)
def add_picture(scope: Scope, product_id: int, prepared: Picture) -> object:
    """Puts a picture behind the product's others; the same picture again is the one that is there."""
    return pictures.add(scope, product_id, prepared)


@api.post("/products/<int:product_id>/pictures/<int:picture_id>/place")
@needs("stock.move")
@call(Pictures, body=NewPlace)
def move_picture(scope: Scope, product_id: int, picture_id: int, body: NewPlace) -> object:
    """Moves a picture within the product's order."""
    pictures.move(scope, product_id, picture_id, by=body.by)
    return {"rows": pictures.of(scope, product_id)}


@api.post("/products/<int:product_id>/pictures/<int:picture_id>/remove")
@needs("stock.move")
@call()
def remove_picture(scope: Scope, product_id: int, picture_id: int) -> None:
    """Takes a picture off the product; work begun with it still shows it."""
    pictures.remove(scope, product_id, picture_id)


@api.get("/pictures/<int:picture_id>")
@needs("picture.see")
@call(media="image/jpeg")
def picture(scope: Scope, picture_id: int) -> Response:
    """Gives a product picture's bytes."""
    return Response(pictures.data(scope, picture_id), mimetype="image/jpeg")


@api.get("/products/<int:product_id>/supplier-text")
@needs("stock.see")
@call(SupplierSays)
def supplier_text(scope: Scope, product_id: int) -> object:
    """Shows what the supplier says of a product."""
    one(scope, Product, product_id)
    return supplied.text_of(scope, product_id)


@api.post("/products/<int:product_id>/supplier-text")
@needs("stock.move")
@call(SupplierSays, body=NewText)
def save_supplier_text(scope: Scope, product_id: int, body: NewText) -> object:
    """Keeps what the supplier says, over the edition that was seen."""
    supplied.write(scope, product_id, text=body.text, seen=body.seen)
    return supplied.text_of(scope, product_id)
