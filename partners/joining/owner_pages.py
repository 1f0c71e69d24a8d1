"""The owner's pages of joining: the shop's card, posters, applications, and invitations from a file."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import sheets
from base.errors import Invalid, NotFound, Refused
from base.rows import one
from base.scope import Scope
from base.sheet import Limits, Sheet
from base.web import render, tell, wants_json
from partners.checks import approving, seeing
from partners.joining import applying, cards, deciding, inviting, lists, posters
from partners.joining.cards import Card
from partners.joining.models import Poster
from security import people, shops
from security.doors import needs, of_files
from security.models import Shop

LARGEST = 2_000_000
LIMITS = Limits(size=LARGEST, rows=lists.MOST_ROWS + 1)
FIELDS = ("owner", "business_no", "mail_order_no", "mail_order_free", "contact", "about")


class NoFile(Invalid):
    """A file was to be chosen. Facts: field."""

    code = "joining.no_file"


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/joining", endpoint="joining")(joining)
    pages.get("/joining/card", endpoint="edit_card")(edit_card)
    pages.post("/joining/card", endpoint="save_card")(save_card)
    pages.post("/joining/posters", endpoint="put_up_poster")(put_up)
    pages.get("/joining/posters/<int:poster_id>", endpoint="poster")(poster)
    pages.post("/joining/posters/<int:poster_id>/end", endpoint="take_down_poster")(take_down)
    pages.get("/joining/applications/<int:application_id>", endpoint="application")(application)
    pages.post("/joining/applications/<int:application_id>/<step>", endpoint="decide_application")(decide)
    pages.get("/joining/invites", endpoint="invites")(invites)
    pages.post("/joining/invites", endpoint="invite_list")(invite_list)


@needs("people.see")
def joining(scope: Scope) -> ResponseReturnValue:
    return _joining(scope)


def _joining(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    waiting, past = deciding.queue(scope, after=request.args.get("after", "")), deciding.past(scope)
    return render(
        scope,
        "partners/joining/joining.html",
        error.status if error else 200,
        card=cards.shown(scope),
        posters=posters.every(scope),
        waiting=waiting,
        past=past,
        names=deciding.names(scope, [*waiting.rows, *past]),
        form=request.form,
        error=error,
    )


@needs("people.manage")
def edit_card(scope: Scope) -> ResponseReturnValue:
    return _card(scope, cards.shown(scope))


def _card(scope: Scope, card: Card | None, error: Refused | None = None) -> ResponseReturnValue:
    form = request.form or {name: getattr(card, name) if card else "" for name in FIELDS}
    facts = {"form": form, "error": error, "never": cards.NEVER, "card": card, "free": cards.FREE}
    return render(scope, "partners/joining/edit_card.html", error.status if error else 200, **facts)


@needs("people.manage")
def save_card(scope: Scope) -> ResponseReturnValue:
    try:
        said = {name: request.form.get(name, "") for name in FIELDS}
        cards.save(scope, **said, sure=request.form.get("sure") == "1")
    except Invalid as error:
        if wants_json():
            raise
        return _card(scope, cards.shown(scope), error)
    tell("ok", "joining.card.saved")
    return redirect(url_for("partners.joining"))


@needs("people.manage")
def put_up(scope: Scope) -> ResponseReturnValue:
    try:
        poster_id = posters.put_up(scope, name=request.form.get("name", ""))
    except Refused as error:
        if wants_json():
            raise
        return _joining(scope, error)
    return redirect(url_for("partners.poster", poster_id=poster_id))


@needs("people.see")
def poster(scope: Scope, poster_id: int) -> ResponseReturnValue:
    """A poster to hand round: its address, and the same as a picture to scan."""
    row = one(scope, Poster, poster_id)
    found: Shop = shops.shop(scope)
    address = url_for("partners.shop_card", slug=found.slug, poster_code=row.code, _external=True)
    facts = {"poster": row, "address": address, "picture": posters.picture(address), "shop": found.name}
    return render(scope, "partners/joining/poster.html", 200, **facts)


@needs("people.manage")
def take_down(scope: Scope, poster_id: int) -> ResponseReturnValue:
    posters.take_down(scope, poster_id)
    tell("ok", "joining.poster.ended")
    return redirect(url_for("partners.joining"))


@needs("applicant.see")
def application(scope: Scope, application_id: int) -> ResponseReturnValue:
    return page_of(scope, application_id)


def page_of(scope: Scope, application_id: int, error: Refused | None = None) -> ResponseReturnValue:
    """An application with what was seen of it and who said yes; what was refused stands as it was typed."""
    found = deciding.applicant(scope, application_id)
    return render(
        scope,
        "partners/joining/application.html",
        error.status if error else 200,
        found=found,
        lines=seeing.of_application(scope, found.application),
        decision=approving.decision(scope, found.application),
        people=people.names(scope),
        today=seeing.today(scope).isoformat(),
        form=request.form,
        skills=applying.offered(scope),
        reasons=deciding.REASONS,
        error=error,
    )


@needs("people.manage")
def decide(scope: Scope, application_id: int, step: str) -> ResponseReturnValue:
    """Looks, or refuses."""
    acts: dict[str, Any] = {
        "look": deciding.look,
        "refuse": lambda *ids: deciding.refuse(*ids, reason=request.form.get("reason", "")),
    }
    if step not in acts:
        raise NotFound
    try:
        acts[step](scope, application_id)
    except Invalid as error:
        if wants_json():
            raise
        return page_of(scope, application_id, error)
    tell("ok", f"joining.application.done_{step}")
    return redirect(url_for("partners.application", application_id=application_id))


@needs("people.manage")
def invites(scope: Scope) -> ResponseReturnValue:
    return render(scope, "partners/joining/invites.html", 200, invited=(), error=None)


def _nothing() -> Sheet | Refused:
    return NoFile(field="file")


@of_files(_nothing)
def _read(_scope: Scope) -> Sheet | Refused:
    """The list that was chosen, read while nothing is locked."""
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    try:
        return sheets.read(data, (upload.filename if upload else "") or "", LIMITS) if data else _nothing()
    except Invalid as refusal:
        return refusal


@needs("people.manage", largest=LARGEST + 100_000, prepare=_read)
def invite_list(scope: Scope, prepared: Sheet | Refused) -> ResponseReturnValue:
    """Invites everybody of a list; the links stand on the page that answers, and nowhere else."""
    try:
        if isinstance(prepared, Refused):
            raise prepared
        made = inviting.invite(scope, prepared)
    except Invalid as error:
        if wants_json():
            raise
        return render(scope, "partners/joining/invites.html", error.status, invited=(), error=error)
    links = [(one.name, url_for("security.join_page", token=one.token, _external=True)) for one in made]
    return render(scope, "partners/joining/invites.html", 200, invited=links, error=None)
