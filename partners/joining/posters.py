"""Posters: links under which strangers may apply, with a picture to scan; taken down when enough came."""

import secrets
from io import BytesIO

import segno
from markupsafe import Markup
from sqlalchemy import select, update

from base.errors import NotFound, Refused
from base.rows import changed, mine, one
from base.scope import Scope
from partners.joining import cards
from partners.joining.answers import Unanswered
from partners.joining.models import Poster
from security import audit
from security.models import Shop

LONGEST = 40
CODE = 12  # bytes of an address that nobody finds by trying


class CardFirst(Refused):
    """Before anybody may apply, the shop says who it is."""

    code = "joining.card_first"


def put_up(scope: Scope, *, name: str) -> int:
    """Makes a poster; gives its id. Raises CardFirst, Unanswered."""
    if cards.shown(scope) is None:
        raise CardFirst
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST:
        raise Unanswered(field="name", most=LONGEST)
    made = Poster(
        shop_id=scope.shop_id,
        code=secrets.token_urlsafe(CODE),
        name=name,
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(made)
    scope.session.flush()
    audit.note(scope, "poster.put_up", subject="poster", subject_id=made.id)
    return made.id


def take_down(scope: Scope, poster_id: int) -> None:
    """Nobody may apply under it any more; who has applied goes on. Raises NotFound."""
    poster = one(scope, Poster, poster_id)
    hangs = (Poster.shop_id == scope.shop_id, Poster.id == poster.id, Poster.ended_at.is_(None))
    if changed(scope, update(Poster).where(*hangs).values(ended_at=scope.now)):
        audit.note(scope, "poster.taken_down", subject="poster", subject_id=poster.id)


def every(scope: Scope) -> list[Poster]:
    """The shop's posters, those that hang first."""
    return list(scope.session.scalars(mine(scope, Poster).order_by(Poster.ended_at.is_not(None), -Poster.id)))


def found(scope: Scope, slug: str, code: str) -> tuple[Scope, Poster]:
    """The poster of an address, in its shop.

    Raises NotFound alike for no such shop, no such poster, and one that was taken down.
    """
    inside = entered(scope, slug)
    hangs = mine(inside, Poster).where(Poster.code == code, Poster.ended_at.is_(None))
    poster = inside.session.scalar(hangs)
    if poster is None:
        raise NotFound
    return inside, poster


def entered(scope: Scope, slug: str) -> Scope:
    """A stranger's scope, gone on into the shop of an address. Raises NotFound."""
    shop_id = scope.session.scalar(select(Shop.id).where(Shop.slug == slug))
    if shop_id is None:
        raise NotFound
    return scope.inside(shop_id)


def picture(address: str) -> Markup:
    """An address as a picture to scan: SVG that stands in the page and needs no style of its own."""
    drawn = BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 (drawn by segno: nothing of the address stands in it as text)
