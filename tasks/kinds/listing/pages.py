"""The owner's pages about listings: how products stand by channel, versions, brand guide, rules, files."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused, Stale
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from security import people
from security.doors import needs
from stock.models import Product
from tasks.kinds.listing import (
    acts,
    acts_export,
    brand,
    comparing,
    content,
    fields,
    forbidden,
    guide_form,
    notices,
    reads,
    reads_owner,
    values,
)
from tasks.kinds.listing.channels import Channel, channels
from tasks.kinds.listing.models import Listing

pages = Blueprint("listing", __name__)
MOST_OPENED = 200
TYPES = {
    "zip": "application/zip",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@pages.get("/listings")
@needs("task.see")
def listings(scope: Scope) -> ResponseReturnValue:
    channel, view = _channel(), request.args.get("view", reads_owner.MISSING)
    if view not in reads_owner.VIEWS:
        raise NotFound
    return render(
        scope,
        "listing/listings.html",
        channel=channel,
        channels=channels(),
        view=view,
        tally=reads_owner.tally(scope, channel.key),
        page=reads_owner.rows(scope, channel.key, view, after=request.args.get("after", "")),
        any=reads_owner.any_accepted(scope, channel.key),
        most=MOST_OPENED,
    )


@pages.post("/listings/work")
@needs("listing.open")
def open_work(scope: Scope) -> ResponseReturnValue:
    """Opens work for the products that were ticked, or for all that have nothing on the channel."""
    channel = _channel()
    ids = sorted({int(told) for told in request.form.getlist("product") if _is_id(told)})[:MOST_OPENED]
    if request.form.get("all"):
        ids = reads_owner.unlisted(scope, channel.key, most=MOST_OPENED)
    made = acts.open_work(scope, channel, ids)
    said = ("ok", "kinds.listing.opened") if made else ("info", "kinds.listing.opened_none")
    tell(*said, n=len(made))
    return redirect(url_for("listing.listings", channel=channel.key, view=reads_owner.WORK))


@pages.get("/listings/<int:listing_id>")
@needs("task.see")
def listing(scope: Scope, listing_id: int) -> ResponseReturnValue:
    """What stands accepted, what the product says now, and the editions with what changed in each."""
    row = one(scope, Listing, listing_id)
    editions = reads.versions(scope, listing_id)
    written = [content.listing(edition.content) for edition in editions]
    before = [*written[1:], content.Listing()]
    changed = [comparing.changes(was, now) for was, now in zip(before, written, strict=True)]
    product = one(scope, Product, row.product_id)
    return render(
        scope,
        "listing/listing.html",
        row=row,
        channel=channels()[row.channel],
        product=product,
        source=reads.source(scope, row.product_id),
        state=reads_owner.of_product(scope, row.product_id, row.channel),
        written=written[0],
        group=notices.group(written[0].group),
        attributes=values.attributes(),
        editions=list(zip(editions, changed, strict=True)),
        names=people.names(scope),
        labels={item.key: item for item in fields.FIELDS},
    )


@pages.get("/listings/export")
@needs("task.see")
def export(scope: Scope) -> ResponseReturnValue:
    channel = _channel()
    data, kind = acts_export.bulk_file(scope, channel), channel.file.kind
    return _file(f"{channel.key}.{kind}", data, TYPES[kind])


@pages.get("/listings/pictures")
@needs("task.see")
def export_pictures(scope: Scope) -> ResponseReturnValue:
    channel = _channel()
    data = acts_export.picture_archive(scope, channel)
    return _file(f"{channel.key}-pictures.zip", data, TYPES["zip"])


@pages.get("/listings/rules")
@needs("task.see")
def rules(scope: Scope) -> ResponseReturnValue:
    """What a channel asks, the words that are looked for, and the notice's groups."""
    return render(
        scope,
        "listing/rules.html",
        channel=_channel(),
        channels=channels(),
        words=forbidden.known(),
        own=reads.guide(scope).guide.own,
        groups=notices.groups(),
    )


@pages.get("/listings/guide")
@needs("listing.guide")
def guide(scope: Scope) -> ResponseReturnValue:
    stands = reads.guide(scope)
    return _guide_page(scope, guide_form.shown(stands.guide), stands.version)


@pages.post("/listings/guide")
@needs("listing.guide")
def save_guide(scope: Scope) -> ResponseReturnValue:
    seen = request.form.get("seen", "")
    try:
        acts.save_guide(scope, guide_form.read(request.form), seen=int(seen) if _is_id(seen) else 0)
    except (acts.BadGuide, Stale) as error:
        if wants_json():
            raise
        typed = {name: request.form.get(name, "") for name in guide_form.NAMES}
        return _guide_page(scope, typed, reads.guide(scope).version, error)
    tell("ok", "kinds.listing.guide.saved")
    return redirect(url_for("listing.guide"))


def _guide_page(
    scope: Scope, typed: dict[str, str], seen: int, error: Refused | None = None
) -> ResponseReturnValue:
    status = error.status if error else 200
    now_says = guide_form.shown(reads.guide(scope).guide) if isinstance(error, Stale) else {}
    facts = {"typed": typed, "seen": seen, "error": error, "now_says": now_says, "tones": brand.TONES}
    return render(scope, "listing/guide.html", status, **facts)


def _channel() -> Channel:
    """The channel the address or the form names, the first where none is named. Raises NotFound."""
    key = request.values.get("channel", next(iter(channels())))
    if key not in channels():
        raise NotFound
    return channels()[key]


def _file(name: str, data: bytes, mimetype: str) -> Response:
    response = Response(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="dari-{name}"'
    return response


def _is_id(told: str) -> bool:
    return told.isascii() and told.isdigit() and len(told) < 18
