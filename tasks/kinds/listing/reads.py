"""Reads of listings: what a product says, what stands accepted, the guide, what one is held against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from base.rows import mine, one
from base.scope import Scope, remembered
from stock import pictures, supplied
from stock.models import Product
from stock.picture_tables import ProductPicture
from tasks.kinds.listing import brand, content
from tasks.kinds.listing.brand import Guide
from tasks.kinds.listing.channels import Channel
from tasks.kinds.listing.looking import Around
from tasks.kinds.listing.models import BrandGuide, Listing, ListingVersion
from tasks.models import Task

MOST_COMPARED = 2000  # titles a new one is held against: the newest


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a product when it is listed."""

    product: Product
    text: str
    text_version: int
    pictures: Sequence[ProductPicture]


@dataclass(frozen=True, slots=True)
class Standing:
    """The guide as it stands, and its edition; 0 is none yet."""

    guide: Guide
    version: int


def source(scope: Scope, product_id: int) -> Source:
    """What a product says of itself, read once. Raises NotFound."""
    return remembered(scope, ("listing source", product_id), lambda: _source(scope, product_id))


def _source(scope: Scope, product_id: int) -> Source:
    said = supplied.text_of(scope, product_id)
    return Source(one(scope, Product, product_id), said.text, said.version, pictures.of(scope, product_id))


def guide(scope: Scope) -> Standing:
    """The shop's brand guide; an empty one where none was written."""
    return remembered(scope, ("brand guide",), lambda: _guide(scope))


def _guide(scope: Scope) -> Standing:
    row = scope.session.scalar(mine(scope, BrandGuide))
    return Standing(brand.guide_of(row.guide), row.version) if row else Standing(Guide(), 0)


def around(scope: Scope, channel: Channel, product_id: int) -> Around:
    """What a listing of a product on a channel is held against."""
    return Around(
        channel=channel,
        guide=guide(scope).guide,
        pictures={row.id: (row.width, row.height) for row in source(scope, product_id).pictures},
        others=remembered(
            scope, ("titles", channel.key, product_id), lambda: _titles(scope, channel, product_id)
        ),
        locale=scope.actor.locale,
    )


def _titles(scope: Scope, channel: Channel, product_id: int) -> dict[int, str]:
    """The titles of the channel's other listings, the newest of them."""
    stmt = (
        select(Listing.id, Listing.title)
        .where(
            Listing.shop_id == scope.shop_id,
            Listing.channel == channel.key,
            Listing.product_id != product_id,
        )
        .order_by(Listing.id.desc())
        .limit(MOST_COMPARED)
    )
    return {row.id: row.title for row in scope.session.execute(stmt)}


def versions(scope: Scope, listing_id: int) -> list[ListingVersion]:
    """A listing's editions, the newest first."""
    of = mine(scope, ListingVersion).where(ListingVersion.listing_id == listing_id)
    return list(scope.session.scalars(of.order_by(ListingVersion.number.desc())))


def before(scope: Scope, task: Task) -> content.Listing | None:
    """What stood accepted before a task's own work, None where nothing did.

    Whoever judges work a second time sees what there was to see the first time: not what came of it.
    """
    of_task = (ListingVersion.shop_id == scope.shop_id, ListingVersion.task_id == task.id)
    own = select(ListingVersion.number).where(*of_task).scalar_subquery()
    earlier = (ListingVersion.task_id != task.id, or_(own.is_(None), ListingVersion.number < own))
    stands = (Listing.product_id == task.product_id, Listing.channel == task.target)
    stmt = (
        select(ListingVersion.content)
        .join(Listing, Listing.id == ListingVersion.listing_id)
        .where(ListingVersion.shop_id == scope.shop_id, *stands, *earlier)
        .order_by(ListingVersion.number.desc())
    )
    told = scope.session.scalar(stmt.limit(1))
    return content.listing(told) if told else None


def elsewhere(scope: Scope, product_id: int, channel: str) -> Mapping[str, content.Listing]:
    """What stands accepted for the product on other channels: what may be taken over from there."""
    stmt = (
        select(Listing.channel, ListingVersion.content)
        .join(
            ListingVersion,
            (ListingVersion.listing_id == Listing.id) & (ListingVersion.number == Listing.number),
        )
        .where(
            Listing.shop_id == scope.shop_id,
            ListingVersion.shop_id == scope.shop_id,
            Listing.product_id == product_id,
            Listing.channel != channel,
        )
    )
    return {key: content.listing(told) for key, told in scope.session.execute(stmt)}


def sibling(scope: Scope, product: Product, channel: str) -> content.Listing | None:
    """What was accepted last on this channel for another product of the same name: another option of it."""
    stmt = (
        select(ListingVersion.content)
        .join(Listing, (Listing.id == ListingVersion.listing_id) & (Listing.number == ListingVersion.number))
        .join(Product, Product.id == Listing.product_id)
        .where(
            Listing.shop_id == scope.shop_id,
            ListingVersion.shop_id == scope.shop_id,
            Listing.channel == channel,
            Product.shop_id == scope.shop_id,
            Product.name == product.name,
            Product.id != product.id,
        )
        .order_by(Listing.at.desc(), Listing.id.desc())
        .limit(1)
    )
    found = scope.session.scalar(stmt)
    return content.listing(found) if found else None
