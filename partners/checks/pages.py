"""Pages of checks: what is asked for, what was seen of whom, the yes of two, and a partner's own papers."""

from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, Refused
from base.i18n import t
from base.rows import one
from base.scope import Scope
from base.web import locale, render, tell, wants_json
from partners import clearance, clearing, queries
from partners import people as cards
from partners.checks import approving, checklist, documents, listing, seeing
from partners.checks.seeing import BadDay, Seen
from partners.joining import deciding, owner_pages
from partners.models import Partner
from security import people
from security.doors import needs


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/checks", endpoint="checks")(checks)
    pages.get("/checks/items", endpoint="check_items")(items)
    pages.post("/checks/items", endpoint="add_check_item")(add)
    pages.post("/checks/items/begin", endpoint="begin_check_items")(begin)
    pages.post("/checks/items/<int:item_id>/retire", endpoint="retire_check_item")(retire)
    pages.post("/joining/applications/<int:application_id>/seen", endpoint="note_of_application")(note)
    pages.post("/joining/applications/<int:application_id>/yes", endpoint="say_yes")(say_yes)
    pages.get("/partners/<int:partner_id>/checks", endpoint="partner_checks")(of_partner)
    pages.post("/partners/<int:partner_id>/checks", endpoint="note_of_partner")(note_of_partner)
    pages.post("/partners/<int:partner_id>/kind", endpoint="set_partner_kind")(set_kind)
    pages.get("/my-papers", endpoint="own_papers")(own)


@needs("applicant.see")
def checks(scope: Scope) -> ResponseReturnValue:
    """Who is being checked, and whose papers run out or are missing."""
    waiting = deciding.queue(scope, after=request.args.get("after", ""))
    found = clearing.pieces(scope, None)
    return render(
        scope,
        "partners/checks/checks.html",
        200,
        waiting=waiting,
        unseen=documents.unseen(scope),
        applicants=deciding.names(scope, waiting.rows),
        names=queries.names(scope),
        missing={id_: gone for id_, own in found.items() if (gone := clearance.missing(own, at=scope.now))},
        ending={id_: soon for id_, own in found.items() if (soon := clearance.ending(own, at=scope.now))},
    )


@needs("people.see")
def items(scope: Scope) -> ResponseReturnValue:
    return _items(scope)


def _items(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "partners/checks/items.html",
        error.status if error else 200,
        items=listing.rows(scope),
        kinds=checklist.KINDS,
        whom=checklist.WHOM,
        form=request.form,
        error=error,
    )


@needs("people.manage")
def add(scope: Scope) -> ResponseReturnValue:
    said = {name: request.form.get(name, "") for name in ("name", "what", "whom")}
    try:
        listing.add(scope, **said, lasts=request.form.get("lasts") == "1")
    except Invalid as error:
        if wants_json():
            raise
        return _items(scope, error)
    tell("ok", "checks.items.added")
    return redirect(url_for("partners.check_items"))


@needs("people.manage")
def begin(scope: Scope) -> ResponseReturnValue:
    """Takes over the list to begin with."""
    for code, what, whom, lasts in listing.BEGINNING:
        listing.add(scope, name=t(locale(), f"checks.begin.{code}"), what=what, whom=whom, lasts=lasts)
    tell("ok", "checks.items.added")
    return redirect(url_for("partners.check_items"))


@needs("people.manage")
def retire(scope: Scope, item_id: int) -> ResponseReturnValue:
    listing.retire(scope, item_id)
    tell("ok", "checks.items.retired")
    return redirect(url_for("partners.check_items"))


@needs("applicant.check")
def note(scope: Scope, application_id: int) -> ResponseReturnValue:
    """Writes down what was seen of an applicant."""
    try:
        seeing.note_of_application(scope, application_id, _seen())
    except Invalid as error:
        if wants_json() or error.status == 403:
            raise
        return owner_pages.page_of(scope, application_id, error)
    tell("ok", "checks.noted")
    return redirect(url_for("partners.application", application_id=application_id))


@needs("applicant.check")
def say_yes(scope: Scope, application_id: int) -> ResponseReturnValue:
    """One of the two yeses."""
    try:
        stands = approving.say_yes(scope, application_id, alone=request.form.get("alone") == "1")
    except Invalid as error:
        if wants_json() or error.status == 403:
            raise
        return owner_pages.page_of(scope, application_id, error)
    tell("ok", f"checks.yes.now_{stands}")
    return redirect(url_for("partners.application", application_id=application_id))


@needs("people.see")
def of_partner(scope: Scope, partner_id: int) -> ResponseReturnValue:
    return partner_page(scope, partner_id)


def partner_page(scope: Scope, partner_id: int, error: Refused | None = None) -> ResponseReturnValue:
    """What was seen of a partner and what they showed; what was refused stands as it was typed."""
    card = one(scope, Partner, partner_id)
    return render(
        scope,
        "partners/checks/partner.html",
        error.status if error else 200,
        card=card,
        name=queries.names(scope)[card.id],
        lines=seeing.of_partner(scope, card),
        items=listing.rows(scope),
        papers=documents.of(scope, card.id),
        missing=clearance.missing(clearing.pieces_of(scope, card.id), at=scope.now),
        people=people.names(scope),
        today=seeing.today(scope).isoformat(),
        kinds=cards.KINDS,
        form=request.form,
        error=error,
    )


@needs("people.manage")
def note_of_partner(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """Writes down what was seen of a partner."""
    try:
        seeing.note_of_partner(scope, partner_id, _seen())
    except Invalid as error:
        if wants_json() or error.status == 403:
            raise
        return partner_page(scope, partner_id, error)
    tell("ok", "checks.noted")
    return redirect(url_for("partners.partner_checks", partner_id=partner_id))


@needs("people.manage")
def set_kind(scope: Scope, partner_id: int) -> ResponseReturnValue:
    """Says as what a partner works here; the list and the agreement go by it."""
    cards.set_kind(scope, partner_id, kind=request.form.get("kind", ""))
    tell("ok", "partners.kind.saved")
    return redirect(url_for("partners.partner_checks", partner_id=partner_id))


def _seen() -> Seen:
    form = request.form
    typed = form.get("item_id", "")
    item_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0
    day, last = _day("day"), _day("last_day")
    if day is None:
        raise BadDay(field="day")
    return Seen(item_id, form.get("outcome", ""), form.get("saw", ""), day, last)


def _day(field: str) -> date | None:
    typed = request.form.get(field, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise BadDay(field=field) from error


@needs("joining.own")
def own(scope: Scope) -> ResponseReturnValue:
    """What is asked of the reader before work, what is there of it, and what they can do themselves."""
    return own_page(scope)


def own_page(scope: Scope, error: Refused | None = None, item_id: int = 0) -> ResponseReturnValue:
    """The reader's own papers; what was refused of one stands beside it."""
    card = one(scope, Partner, scope.actor.partner_id or 0)
    found = clearing.pieces_of(scope, card.id)
    return render(
        scope,
        "partners/checks/own.html",
        error.status if error else 200,
        card=card,
        takes={row.id for row in listing.rows(scope) if row.what != checklist.MEETING},
        papers=documents.of(scope, card.id),
        error=error,
        at=item_id,
        pieces=found,
        missing=clearance.missing(found, at=scope.now),
        ending=clearance.ending(found, at=scope.now),
    )
