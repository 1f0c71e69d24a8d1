"""Pictures of a product: put in, brought into order, taken off; the first one stands for the product."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, update

from base import files
from base.errors import NotFound, Refused
from base.images import Picture
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit
from stock.models import Product
from stock.picture_tables import ProductPicture

MOST = 20  # pictures of a product


class TooManyPictures(Refused):
    """A product takes up to twenty pictures. Fact: most."""

    code = "stock.too_many_pictures"


def of(scope: Scope, product_id: int) -> list[ProductPicture]:
    """The product's pictures in order; none for a product that is not there."""
    return of_many(scope, [product_id]).get(product_id, [])


def of_many(scope: Scope, product_ids: Sequence[int]) -> dict[int, list[ProductPicture]]:
    """The pictures of several products, each in order, read at once."""
    rows = scope.session.scalars(
        mine(scope, ProductPicture)
        .where(ProductPicture.product_id.in_(product_ids), ProductPicture.removed_at.is_(None))
        .order_by(ProductPicture.place, ProductPicture.id)
    )
    found: dict[int, list[ProductPicture]] = {}
    for row in rows:
        found.setdefault(row.product_id, []).append(row)
    return found


def add(scope: Scope, product_id: int, picture: Picture) -> ProductPicture:
    """Puts a cleaned picture behind the others; the same again is the one that is there.

    Raises NotFound, TooManyPictures.
    """
    one(scope, Product, product_id)
    there = scope.session.scalar(
        _same(scope, picture).where(ProductPicture.product_id == product_id).limit(1)
    )
    if there is not None and there.removed_at is None:
        return there
    here = of(scope, product_id)
    if len(here) >= MOST:
        raise TooManyPictures(most=MOST)
    place = here[-1].place + 1 if here else 1
    kept = _back(scope, there, place) if there is not None else _kept(scope, product_id, picture, place)
    audit.note(scope, "product.picture_added", "product", product_id, picture=kept.id)
    return kept


def move(scope: Scope, product_id: int, picture_id: int, *, by: int) -> None:
    """Moves a picture so many places back, or forward where negative, within the row. Raises NotFound."""
    ids = [picture.id for picture in of(scope, product_id)]
    if picture_id not in ids:
        raise NotFound
    was = ids.index(picture_id)
    ids.insert(max(0, min(len(ids) - 1, was + by)), ids.pop(was))
    for place, id_ in enumerate(ids, start=1):
        row = ProductPicture.id == id_, ProductPicture.place != place
        changed(scope, update(ProductPicture).where(_ours(scope), *row).values(place=place))
    audit.note(scope, "product.pictures_ordered", "product", product_id, picture=picture_id)


def remove(scope: Scope, product_id: int, picture_id: int) -> None:
    """Takes a picture off the product; work begun with it still shows it. Taken off already: nothing more.

    Raises NotFound.
    """
    picture = one(scope, ProductPicture, picture_id)
    if picture.product_id != product_id:
        raise NotFound
    off = update(ProductPicture).where(
        _ours(scope), ProductPicture.id == picture_id, ProductPicture.removed_at.is_(None)
    )
    if changed(scope, off.values(removed_at=scope.now)) == 1:
        audit.note(scope, "product.picture_removed", "product", product_id, picture=picture_id)


def data(scope: Scope, picture_id: int) -> bytes:
    """A picture's bytes, removed or not, for whoever works in the shop. Raises NotFound, FilesAway."""
    return files.get(scope.world.files, one(scope, ProductPicture, picture_id).file_key)


def _ours(scope: Scope) -> ColumnElement[bool]:
    return ProductPicture.shop_id == scope.shop_id


def _same(scope: Scope, picture: Picture) -> Select[ProductPicture]:
    return mine(scope, ProductPicture).where(ProductPicture.sha256 == picture.sha256)


def _back(scope: Scope, there: ProductPicture, place: int) -> ProductPicture:
    """A picture that was taken off once, put behind the others again."""
    there.removed_at, there.place, there.at = None, place, scope.now
    return there


def _kept(scope: Scope, product_id: int, picture: Picture, place: int) -> ProductPicture:
    """A new row; its bytes are those the shop keeps already where another product shows the same picture."""
    known = scope.session.scalar(_same(scope, picture).limit(1))
    row = ProductPicture(
        shop_id=scope.shop_id,
        product_id=product_id,
        place=place,
        file_key=known.file_key if known else files.put(scope.world.files, picture.jpeg),
        sha256=picture.sha256,
        width=picture.width,
        height=picture.height,
        size=len(picture.jpeg),
        by=scope.actor.id,
        at=scope.now,
    )
    scope.session.add(row)
    scope.session.flush()
    return row
