"""The owner's list of listings: every product on a channel, and how it stands there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from base.rows import Page
from base.scope import Scope
from stock.models import Product
from stock.picture_tables import ProductPicture, SupplierText
from tasks.kinds.listing.models import Listing
from tasks.live import NOT_ENDED
from tasks.models import Task

MISSING, WORK, ACCEPTED, OUTDATED = "missing", "work", "accepted", "outdated"
VIEWS = (MISSING, WORK, OUTDATED, ACCEPTED)
KIND = "listing"
SIZE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A product on a channel; `title` and `listing_id` are of what stands accepted, if anything does."""

    product_id: int
    sku: str
    name: str
    option: str
    state: str
    listing_id: int | None
    title: str
    number: int
    at: datetime | None


def tally(scope: Scope, channel: str) -> dict[str, int]:
    """How many products stand how on a channel; every state, also with none."""
    stands = _state(scope, channel)
    stmt = _joined(scope, channel, select(stands, func.count(Product.id))).group_by(stands)
    return dict.fromkeys(VIEWS, 0) | {str(state): int(count) for state, count in scope.session.execute(stmt)}


def rows(scope: Scope, channel: str, view: str, *, after: str = "", size: int = SIZE) -> Page[Row]:
    """The products that stand so, by SKU, from after one; `next` is the last one's SKU."""
    stands = _state(scope, channel)
    standing = (Listing.id, Listing.title, Listing.number, Listing.at)
    asked = select(Product.id, Product.sku, Product.name, Product.option, *standing)
    stmt = _joined(scope, channel, asked).where(stands == view, Product.sku > after)
    found = scope.session.execute(stmt.order_by(Product.sku).limit(size + 1)).all()
    told = [
        Row(id_, sku, name, option, view, listing_id, title or "", number or 0, at)
        for id_, sku, name, option, listing_id, title, number, at in found[:size]
    ]
    return Page(told, told[-1].sku if len(found) > size else "")


def any_accepted(scope: Scope, channel: str) -> bool:
    """Whether anything stands accepted on a channel, so that there is a file to make."""
    found = exists().where(Listing.shop_id == scope.shop_id, Listing.channel == channel)
    return bool(scope.session.scalar(select(found)))


def unlisted(scope: Scope, channel: str, *, most: int) -> list[int]:
    """The products that have nothing on a channel and no work under way, by SKU."""
    stands = _state(scope, channel)
    stmt = _joined(scope, channel, select(Product.id)).where(stands == MISSING)
    return list(scope.session.scalars(stmt.order_by(Product.sku).limit(most)))


def of_product(scope: Scope, product_id: int, channel: str) -> str:
    """How one product stands on a channel; "" for a product that is not there."""
    stmt = _joined(scope, channel, select(_state(scope, channel))).where(Product.id == product_id)
    return scope.session.scalar(stmt) or ""


def _joined(scope: Scope, channel: str, stmt: Select) -> Select:  # type: ignore[type-arg]  # of any columns
    here = and_(
        Listing.product_id == Product.id, Listing.channel == channel, Listing.shop_id == scope.shop_id
    )
    said = and_(SupplierText.product_id == Product.id, SupplierText.shop_id == scope.shop_id)
    joined = stmt.select_from(Product).outerjoin(Listing, here).outerjoin(SupplierText, said)
    return joined.where(Product.shop_id == scope.shop_id)


def _state(scope: Scope, channel: str) -> ColumnElement[str]:
    live = exists().where(
        Task.shop_id == scope.shop_id,
        Task.product_id == Product.id,
        Task.kind == KIND,
        Task.target == channel,
        NOT_ENDED,
    )
    return case(
        (live.correlate(Product), WORK),
        (Listing.id.is_(None), MISSING),
        (_changed(scope), OUTDATED),
        else_=ACCEPTED,
    )


def _changed(scope: Scope) -> ColumnElement[bool]:
    """Whether the product says something else than when the listing was accepted."""
    later = exists().where(
        ProductPicture.shop_id == scope.shop_id,
        ProductPicture.product_id == Product.id,
        or_(ProductPicture.at > Listing.at, ProductPicture.removed_at > Listing.at),
    )
    return or_(
        Product.version != Listing.product_version,
        func.coalesce(SupplierText.version, 0) != Listing.text_version,
        later.correlate(Product, Listing),
    )
