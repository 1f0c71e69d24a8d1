"""Taking accepted listings out: the channel's bulk file, and the pictures it names."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import func, select

from base import files
from base.errors import Refused
from base.scope import Scope
from base.sheets_out import csv_bytes
from base.sheets_xlsx_out import MADE, xlsx_bytes
from stock.levels import WAREHOUSE
from stock.models import Level, Location, Product
from stock.picture_tables import ProductPicture
from stock.sets import recipes
from tasks.kinds.listing import bulk, content
from tasks.kinds.listing.bulk import Entry
from tasks.kinds.listing.channels import Channel
from tasks.kinds.listing.models import Listing, ListingVersion

MOST = 2000  # listings of one file
MOST_BYTES = 200_000_000  # of one archive of pictures


class NothingAccepted(Refused):
    """No listing of this channel stands accepted yet. Fact: channel."""

    code = "kinds.nothing_accepted"


class TooManyPictures(Refused):
    """The pictures of all listings are too many bytes for one archive. Fact: megabytes."""

    code = "kinds.too_many_pictures"


def bulk_file(scope: Scope, channel: Channel) -> bytes:
    """The channel's bulk file of all that stands accepted, newest first. Raises NothingAccepted."""
    entries = [entry for entry, _ in _accepted(scope, channel)]
    if not entries:
        raise NothingAccepted(channel=channel.named(scope.actor.locale))
    header, rows = bulk.header(channel), bulk.rows(channel, entries)
    if channel.file.kind == "csv":
        return csv_bytes(header, rows)
    return xlsx_bytes(channel.file.sheet, header, rows)


def picture_archive(scope: Scope, channel: Channel) -> bytes:
    """The pictures that the bulk file names, under those names. Raises NothingAccepted, TooManyPictures."""
    wanted = dict(_pictures(scope, channel))
    if not wanted:
        raise NothingAccepted(channel=channel.named(scope.actor.locale))
    rows = scope.session.scalars(
        select(ProductPicture).where(ProductPicture.shop_id == scope.shop_id, ProductPicture.id.in_(wanted))
    ).all()
    if sum(row.size for row in rows) > MOST_BYTES:
        raise TooManyPictures(megabytes=MOST_BYTES // 1_000_000)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for row in sorted(rows, key=lambda row: wanted[row.id]):
            archive.writestr(ZipInfo(wanted[row.id], MADE), files.get(scope.world.files, row.file_key))
    return out.getvalue()


def _pictures(scope: Scope, channel: Channel) -> Iterator[tuple[int, str]]:
    for entry, _ in _accepted(scope, channel):
        for nth, id_ in enumerate(entry.written.pictures, start=1):
            yield id_, bulk.picture_name(entry.sku, nth)


def _accepted(scope: Scope, channel: Channel) -> Iterator[tuple[Entry, int]]:
    """What stands accepted, with its product, newest first."""
    free = (
        select(func.coalesce(func.sum(Level.on_hand - Level.reserved), 0))
        .join(Location, Location.id == Level.location_id)
        .where(
            Level.shop_id == scope.shop_id,
            Location.shop_id == scope.shop_id,
            Level.product_id == Product.id,
            Location.kind == WAREHOUSE,
        )
        .correlate(Product)
        .scalar_subquery()
    )
    stmt = (
        select(Listing.id, ListingVersion.content, Product, free.label("free"))
        .join(
            ListingVersion,
            (ListingVersion.listing_id == Listing.id) & (ListingVersion.number == Listing.number),
        )
        .join(Product, Product.id == Listing.product_id)
        .where(
            Listing.shop_id == scope.shop_id,
            ListingVersion.shop_id == scope.shop_id,
            Product.shop_id == scope.shop_id,
            Listing.channel == channel.key,
        )
        .order_by(Listing.at.desc(), Listing.id.desc())
        .limit(MOST)
    )
    rows = scope.session.execute(stmt).all()
    sets = recipes.available(scope, [product.id for _, _, product, _ in rows])
    for id_, told, product, units in rows:
        written = content.listing(told)
        left = sets.get(product.id, max(0, int(units)))
        entry = Entry(written, product.sku, product.name, product.barcode, product.weight_g, left)
        yield entry, id_
