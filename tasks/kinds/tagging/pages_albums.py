"""The pages of albums: opening one from products, how it stands, and what the owner knows of its pictures."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.rows import mine, one, page
from base.scope import Scope
from base.web import render, tell, wants_json
from partners import queries as partners
from security.doors import needs
from stock import pictures, shelves
from stock.models import Product
from tasks.kinds.tagging import acts_album, acts_deciding, forms, reads, reads_albums
from tasks.kinds.tagging.acts_album import Asked
from tasks.kinds.tagging.choosing import LEAST_GOLD
from tasks.kinds.tagging.models import Album, AlbumPicture, Vocabulary
from tasks.kinds.tagging.pages import pages, words_of

PRODUCTS, PICTURES = 60, 200  # shown at once


@pages.get("/albums/new")
@needs("tag.manage")
def new_album(scope: Scope) -> ResponseReturnValue:
    return _new(scope)


def _new(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    text = " ".join(request.args.get("q", "").split())[:100]
    found = page(scope, shelves.matching(scope, text), by=(Product.sku,), size=PRODUCTS, newest_first=False)
    return render(
        scope,
        "tagging/new_album.html",
        error.status if error else 200,
        vocabularies=[
            it
            for it in scope.session.scalars(mine(scope, Vocabulary).order_by(Vocabulary.name))
            if it.edition
        ],
        products=found.rows,
        pictures=pictures.of_many(scope, [product.id for product in found.rows]),
        text_typed=text,
        chosen=request.form.getlist("product") or request.args.getlist("product"),
        typed=request.form,
        trouble=words_of(error) if error else "",
    )


@pages.post("/albums")
@needs("tag.manage")
def open_album(scope: Scope) -> ResponseReturnValue:
    """Opens an album of all pictures of the chosen products."""
    products = [_number(value) for value in request.form.getlist("product")][: 10 * PRODUCTS]
    shown = pictures.of_many(scope, products)
    asked = Asked(
        name=request.form.get("name", ""),
        vocabulary_id=_number(request.form.get("vocabulary", "")),
        answers=_number(request.form.get("answers", "")),
        most=_number(request.form.get("most", "")),
        enough=_number(request.form.get("enough", "")),
        per_sheet=_number(request.form.get("per_sheet", "")),
    )
    try:
        album = acts_album.open_album(
            scope, asked, picture_ids=[picture.id for row in shown.values() for picture in row]
        )
    except Refused as error:
        if wants_json():
            raise
        return _new(scope, error)
    tell("ok", "kinds.tagging.new.opened")
    return redirect(url_for("tagging.album", album_id=album.id))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@pages.get("/albums/<int:album_id>")
@needs("tag.manage")
def album(scope: Scope, album_id: int) -> ResponseReturnValue:
    row = one(scope, Album, album_id)
    tally = reads_albums.tallies(scope, [row.id])[row.id]
    shown = reads_albums.pictures(scope, row, most=PICTURES)
    return render(
        scope,
        "tagging/album.html",
        album=row,
        tally=tally,
        idle=reads_albums.idle(scope, row.id),
        found=reads_albums.standing(scope, row),
        pictures=shown,
        more=tally.total - len(shown),
        products=reads_albums.product_names(scope, shown),
        known=reads.known_of(scope, row),
        names=partners.names(scope),
        least_gold=LEAST_GOLD,
    )


@pages.post("/albums/<int:album_id>/close")
@needs("tag.manage")
def close_album(scope: Scope, album_id: int) -> ResponseReturnValue:
    """Asks for no more answers."""
    acts_album.close(scope, album_id)
    tell("ok", "kinds.tagging.album.closed_now")
    return redirect(url_for("tagging.album", album_id=album_id))


@pages.get("/albums/<int:album_id>/known/<int:picture_id>")
@needs("tag.manage")
def known(scope: Scope, album_id: int, picture_id: int) -> ResponseReturnValue:
    return _known(scope, reads_albums.picture(scope, album_id, picture_id))


@pages.post("/albums/<int:album_id>/known/<int:picture_id>")
@needs("tag.manage")
def save_known(scope: Scope, album_id: int, picture_id: int) -> ResponseReturnValue:
    """Keeps what the owner knows of a picture."""
    picture = reads_albums.picture(scope, album_id, picture_id)
    said = forms.described("said", request.form) or {}
    try:
        acts_deciding.know(scope, picture.album.edition.vocabulary_id, picture.picture_id, said=said)
    except Refused as error:
        if wants_json():
            raise
        return _known(scope, picture, error)
    tell("ok", "kinds.tagging.known.saved")
    return redirect(url_for("tagging.album", album_id=album_id))


def _known(scope: Scope, picture: AlbumPicture, error: Refused | None = None) -> ResponseReturnValue:
    before = reads.known_of(scope, picture.album).get(picture.id)
    typed = forms.described("said", request.form) if error else before and before.plain()
    return render(
        scope,
        "tagging/known.html",
        error.status if error else 200,
        album=picture.album,
        picture=picture,
        words=acts_deciding.words_in_use(scope, picture.album.edition.vocabulary),
        said=typed,
        trouble=words_of(error) if error else "",
    )
