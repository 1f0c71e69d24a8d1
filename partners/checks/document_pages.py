"""Pages of papers as pictures: sent by the partner or the owner, looked at, and taken away again."""

import base64

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import images
from base.errors import Refused
from base.images import Picture
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from partners.checks import documents
from partners.checks import pages as check_pages
from partners.checks.documents import NoPaper
from partners.checks.models import CheckItem
from partners.models import Partner
from partners.pay.reads import names
from security.doors import keep_no_copy, needs, of_files

BODY = 26_000_000  # bytes of a form with one picture


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.post("/my-papers/<int:item_id>/document", endpoint="send_paper")(send)
    pages.get("/my-papers/documents/<int:document_id>", endpoint="own_document")(own)
    pages.post("/my-papers/documents/<int:document_id>/removal", endpoint="remove_own_document")(remove_own)
    pages.post("/partners/<int:partner_id>/checks/<int:item_id>/document", endpoint="keep_paper")(keep)
    pages.post("/documents/<int:document_id>", endpoint="look_at_document")(look)
    pages.post("/documents/<int:document_id>/removal", endpoint="remove_document")(remove)


def none_sent() -> Picture | Refused:
    """What a form without a picture brings."""
    return NoPaper(field="document")


@of_files(none_sent)
def taken(scope: Scope, item_id: int, partner_id: int = 0) -> Picture | Refused:
    """The picture a form carries, cleaned while nothing is locked."""
    one(scope, CheckItem, item_id)
    if partner_id:
        one(scope, Partner, partner_id)
    data = request.files["document"].read() if "document" in request.files else b""
    try:
        return images.clean(data) if data else NoPaper(field="document")
    except Refused as refusal:
        refusal.facts.setdefault("field", "document")
        return refusal


def _put(scope: Scope, partner_id: int, item_id: int, prepared: Picture | Refused) -> None:
    one(scope, Partner, partner_id), one(scope, CheckItem, item_id)
    if isinstance(prepared, Refused):
        raise prepared
    covered = request.form.get("covered") == "1"
    documents.put(scope, partner_id, item_id, picture=prepared, covered=covered)


@needs("joining.own", largest=BODY, prepare=taken)
def send(scope: Scope, item_id: int, prepared: Picture | Refused) -> ResponseReturnValue:
    """A partner shows a paper of their own."""
    try:
        _put(scope, scope.actor.partner_id or 0, item_id, prepared)
    except Refused as error:
        if wants_json() or error.status == 404:
            raise
        return check_pages.own_page(scope, error, item_id)
    tell("ok", "checks.paper.sent")
    return redirect(url_for("partners.own_papers"))


@needs("joining.own")
def own(scope: Scope, document_id: int) -> ResponseReturnValue:
    """One's own paper, as one sent it."""
    return Response(
        documents.own(scope, document_id), mimetype="image/jpeg", headers={"Cache-Control": "no-store"}
    )


@needs("joining.own")
def remove_own(scope: Scope, document_id: int) -> ResponseReturnValue:
    documents.remove(scope, document_id)
    tell("ok", "checks.paper.removed")
    return redirect(url_for("partners.own_papers"))


@needs("people.manage", largest=BODY, prepare=taken)
def keep(scope: Scope, partner_id: int, item_id: int, prepared: Picture | Refused) -> ResponseReturnValue:
    """The owner keeps a paper that was handed over, a contract on paper for example."""
    try:
        _put(scope, partner_id, item_id, prepared)
    except Refused as error:
        if wants_json() or error.status == 404:
            raise
        return check_pages.partner_page(scope, partner_id, error)
    tell("ok", "checks.paper.kept")
    return redirect(url_for("partners.partner_checks", partner_id=partner_id))


@needs("people.manage")
def look(scope: Scope, document_id: int) -> ResponseReturnValue:
    """The owner looks at a paper: counted, journalled, and nothing of it stays in the browser."""
    keep_no_copy()
    row, data = documents.look(scope, document_id)
    response = render(
        scope,
        "partners/checks/document.html",
        200,
        row=row,
        picture=f"data:image/jpeg;base64,{base64.b64encode(data).decode()}",
        item=one(scope, CheckItem, row.item_id),
        name=names(scope, [row.partner_id])[row.partner_id],
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@needs("people.manage")
def remove(scope: Scope, document_id: int) -> ResponseReturnValue:
    partner_id = documents.remove(scope, document_id)
    tell("ok", "checks.paper.removed")
    return redirect(url_for("partners.partner_checks", partner_id=partner_id))
