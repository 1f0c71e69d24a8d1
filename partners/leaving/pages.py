"""Pages of what somebody takes along: references, the papers of who left, and whether a reference is real."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from base.errors import NotFound
from base.rows import mine
from base.scope import Scope
from base.web import render
from partners.joining import cards
from partners.joining.posters import entered
from partners.leaving import references
from partners.leaving.life import ENDED
from partners.leaving.models import Departure, Reference
from partners.leaving.references import Paper
from partners.pay import reads as pay
from security import shops
from security.doors import needs
from security.sessions import digest


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.post("/my-leaving/reference", endpoint="issue_reference")(issue)
    pages.get("/my-references/<int:reference_id>", endpoint="own_reference")(own)
    pages.get("/my-references/<int:reference_id>/file", endpoint="own_reference_file")(own_file)
    pages.get("/left/<slug>/<left_token>", endpoint="left")(left)
    pages.get("/left/<slug>/<left_token>/<int:reference_id>/file", endpoint="left_file")(left_file)
    pages.get("/references/<slug>/<reference_code>", endpoint="reference")(reference)
    pages.post("/references/<slug>/<reference_code>", endpoint="compare_reference")(compare)


@needs("leaving.own")
def issue(scope: Scope) -> ResponseReturnValue:
    """Writes down what was done up to today."""
    made = references.issue(scope, scope.actor.partner_id or 0)
    return redirect(url_for("partners.own_reference", reference_id=made.id))


@needs("leaving.own")
def own(scope: Scope, reference_id: int) -> ResponseReturnValue:
    found = references.own(scope, reference_id)
    facts = {"paper": found, "slug": shops.shop(scope).slug, "key": references.public_key(scope)}
    return render(scope, "partners/leaving/reference.html", 200, **facts)


@needs("leaving.own")
def own_file(scope: Scope, reference_id: int) -> ResponseReturnValue:
    return _file(references.own(scope, reference_id))


def _file(paper: Paper) -> Response:
    if paper.text is None:
        raise NotFound
    response = Response(paper.file, mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="dari-{paper.row.until}.txt"'
    return response


@needs("anyone")
def left(scope: Scope, slug: str, left_token: str) -> ResponseReturnValue:
    """The papers of somebody who left, until they are forgotten: nothing can be changed here."""
    inside, departure = _entered(scope, slug, left_token)
    return render(
        inside,
        "partners/leaving/left.html",
        200,
        departure=departure,
        shop=shops.shop(inside).name,
        card=cards.shown(inside),
        written=[references.paper(inside, row) for row in references.of(inside, departure.partner_id)],
        papers=pay.papers(inside, departure.partner_id),
        slug=slug,
        left_token=left_token,
    )


@needs("anyone")
def left_file(scope: Scope, slug: str, left_token: str, reference_id: int) -> ResponseReturnValue:
    inside, departure = _entered(scope, slug, left_token)
    theirs: tuple[ColumnElement[bool], ...] = (
        Reference.id == reference_id,
        Reference.partner_id == departure.partner_id,
    )
    row = inside.session.scalar(mine(inside, Reference).where(*theirs))
    if row is None:
        raise NotFound
    return _file(references.paper(inside, row))


def _entered(scope: Scope, slug: str, token: str) -> tuple[Scope, Departure]:
    """The leaving of a secret, in its shop. Raises NotFound alike for none, and for who was forgotten."""
    inside = entered(scope, slug)
    here = mine(inside, Departure).where(
        Departure.link_hash == digest(token), Departure.state == ENDED, Departure.forgotten_at.is_(None)
    )
    row = inside.session.scalar(here)
    if row is None:
        raise NotFound
    return inside, row


@needs("anyone")
def reference(scope: Scope, slug: str, reference_code: str) -> ResponseReturnValue:
    """What a reference's number stands for, without a name: for whoever was shown one."""
    return _reference(scope, slug, reference_code)


def _reference(scope: Scope, slug: str, code: str, same: bool | None = None) -> ResponseReturnValue:
    inside, row = references.found(scope, slug, code)
    return render(
        inside,
        "partners/leaving/verify.html",
        200,
        row=row,
        shop=shops.shop(inside).name,
        card=cards.shown(inside),
        key=references.public_key(inside),
        slug=slug,
        same=same,
    )


@needs("anyone", prepare=lambda scope, slug, reference_code: references.count(scope))  # noqa: ARG005 (the form's own ids)
def compare(scope: Scope, slug: str, reference_code: str, prepared: None) -> ResponseReturnValue:  # noqa: ARG001 (it was counted)
    """Whether a text is the one that was issued; nothing of it is kept."""
    _, row = references.found(scope, slug, reference_code)
    text = request.form.get("text", "")[: references.LONGEST]
    return _reference(scope, slug, reference_code, references.is_same(row, text))
