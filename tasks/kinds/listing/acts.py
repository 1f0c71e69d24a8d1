"""What is done with listings: an accepted one becomes a version on its product; the guide is written."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from base.errors import Invalid, Stale
from base.once import once
from base.rows import changed
from base.scope import Scope
from security import audit
from stock.models import Product
from tasks import product_work, sheet
from tasks.kinds.listing import brand, content, reads
from tasks.kinds.listing.brand import Guide
from tasks.kinds.listing.channels import Channel
from tasks.kinds.listing.models import BrandGuide, Listing, ListingVersion
from tasks.kinds.listing.news import ListingAccepted
from tasks.models import Task
from tasks.product_work import Wanted


class BadGuide(Invalid):
    """The guide holds too many words, or one that is too long. Facts: field, most, longest."""

    code = "kinds.bad_guide"


def open_work(scope: Scope, channel: Channel, product_ids: Sequence[int]) -> tuple[int, ...]:
    """Opens the writing of products' listings on a channel; what is under way already is passed over.

    Gives the ids of what is new. Raises NoProduct.
    """
    rows = scope.session.execute(
        select(Product.id, Product.name, Product.option).where(
            Product.shop_id == scope.shop_id, Product.id.in_(product_ids)
        )
    )
    name = channel.named(scope.actor.locale)
    titles = {row.id: " ".join(f"{row.name} {row.option}".split()) + f" · {name}" for row in rows}
    wanted = [Wanted(id_, channel.key, title=titles.get(id_, "")) for id_ in product_ids]
    return product_work.open_for_products(scope, kind="listing", wanted=wanted) if wanted else ()


def accept(scope: Scope, task: Task) -> None:
    """Makes what was handed in the version that stands for the product on the channel; once for a task."""
    if task.product_id is None or not task.target:
        return
    handed_in = sheet.handed_in(scope, task)
    written = with_pictures(scope, task.product_id, content.listing(handed_in.answers))
    row, number = _stands(scope, task.product_id, task.target, written.title)
    edition = {
        "shop_id": scope.shop_id,
        "listing_id": row,
        "number": number,
        "task_id": task.id,
        "partner_id": handed_in.partner_id,
        "content": content.stored(written),
        "at": scope.now,
    }
    once(scope.session, ListingVersion, edition)
    audit.note(scope, "listing.accepted", "product", task.product_id, task=task.id, edition=number)
    scope.tell(ListingAccepted(row, task.product_id, number))


def with_pictures(scope: Scope, product_id: int, written: content.Listing) -> content.Listing:
    """The listing with all of the product's pictures where none were chosen."""
    if written.pictures:
        return written
    told = content.stored(written) | {
        content.PICTURES: [row.id for row in reads.source(scope, product_id).pictures]
    }
    return content.listing(told)


def _stands(scope: Scope, product_id: int, channel: str, title: str) -> tuple[int, int]:
    """The listing's id and the number of the version that stands from now on."""
    source = reads.source(scope, product_id)
    told: dict[str, Any] = {
        "title": title,
        "product_version": source.product.version,
        "text_version": source.text_version,
        "at": scope.now,
    }
    new = {"shop_id": scope.shop_id, "product_id": product_id, "channel": channel, "number": 1}
    made = once(scope.session, Listing, new | told)
    if made is not None:
        return made, 1
    here = (Listing.shop_id == scope.shop_id, Listing.product_id == product_id, Listing.channel == channel)
    anew = update(Listing).where(*here).values(number=Listing.number + 1, **told)
    row = scope.session.execute(anew.returning(Listing.id, Listing.number)).one()
    return row.id, row.number


def save_guide(scope: Scope, guide: Guide, *, seen: int) -> None:
    """Writes the brand guide over the edition that was seen. Raises BadGuide, Stale."""
    _check(guide)
    told = {"guide": brand.stored(guide), "by": scope.actor.id, "at": scope.now}
    if seen == 0:
        new = {"shop_id": scope.shop_id, "version": 1}
        stands = once(scope.session, BrandGuide, new | told) is not None
    else:
        this = (BrandGuide.shop_id == scope.shop_id, BrandGuide.version == seen)
        stands = changed(scope, update(BrandGuide).where(*this).values(version=seen + 1, **told)) == 1
    if not stands:
        raise Stale
    audit.note(scope, "listing.guide_saved", "shop", scope.shop_id, edition=seen + 1)


def _check(guide: Guide) -> None:
    lists = {
        "names": [word for name in guide.names for word in (name.right, *name.wrong)],
        "wanted": list(guide.wanted),
        "unwanted": [word for pair in guide.unwanted.items() for word in pair],
        "own": list(guide.own),
    }
    for field, words in lists.items():
        if len(words) > brand.MOST or any(len(word) > brand.LONGEST for word in words):
            raise BadGuide(field=field, most=brand.MOST, longest=brand.LONGEST)
