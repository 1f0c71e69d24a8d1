"""What the owner does with a module: for whom it is, giving it, tries anew, taking it out; certificates."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Invalid, NotFound
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from partners import queries, typed
from partners.models import Partner
from partners.training import assigning, learning, writing
from partners.training.assigning import Cause
from partners.training.models import BY_OWNER
from partners.training.owner_pages import module_with
from partners.training.writing import BadDay
from security.doors import needs


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.post("/training/<int:module_id>/whom", endpoint="set_module_whom")(set_whom)
    pages.post("/training/<int:module_id>/retire", endpoint="retire_module")(retire)
    pages.post("/training/<int:module_id>/give", endpoint="give_module")(give)
    pages.post("/training/<int:module_id>/again/<int:partner_id>", endpoint="tries_anew")(again)
    pages.get("/training/certificates/<int:try_id>", endpoint="certificate_of")(certificate_of)


@needs("training.manage")
def set_whom(scope: Scope, module_id: int) -> ResponseReturnValue:
    whom, on_drop = request.form.get("whom", ""), request.form.get("on_drop") == "1"
    writing.set_whom(scope, module_id, whom=whom, on_drop=on_drop)
    tell("ok", "training.whom.saved")
    return redirect(url_for("partners.module", module_id=module_id))


@needs("training.manage")
def retire(scope: Scope, module_id: int) -> ResponseReturnValue:
    writing.retire(scope, module_id)
    tell("ok", "training.retired")
    return redirect(url_for("partners.training"))


@needs("training.manage")
def give(scope: Scope, module_id: int) -> ResponseReturnValue:
    """Gives a module to learn, or to learn again, by a day."""
    row = writing.module(scope, module_id)
    ids = {int(id_) for id_ in request.form.getlist("partner") if id_.isdecimal() and len(id_) < 16}
    try:
        day = typed.since(scope)
        if day is None:
            raise BadDay(field="since")
        assigning.assign(scope, row.id, ids, holds_from=day, cause=Cause(BY_OWNER))
    except Invalid as error:
        if wants_json():
            raise
        return module_with(scope, row.id, error)
    tell("ok", "training.given", n=len(ids))
    return redirect(url_for("partners.module", module_id=row.id))


@needs("training.manage")
def again(scope: Scope, module_id: int, partner_id: int) -> ResponseReturnValue:
    """Gives somebody their tries anew."""
    row, card = writing.module(scope, module_id), one(scope, Partner, partner_id)
    assigning.once_more(scope, row.id, card.id)
    tell("ok", "training.tries_given")
    return redirect(url_for("partners.module", module_id=row.id))


@needs("training.manage")
def certificate_of(scope: Scope, try_id: int) -> ResponseReturnValue:
    return certificate(scope, try_id)


def certificate(scope: Scope, try_id: int) -> ResponseReturnValue:
    """A pass as a paper. Raises NotFound for a try that was missed."""
    row, edition = learning.own_try(scope, try_id)
    if not row.passed:
        raise NotFound
    return render(
        scope,
        "partners/training/certificate.html",
        200,
        row=row,
        edition=edition,
        name=queries.names(scope)[row.partner_id],
    )
