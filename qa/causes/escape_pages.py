"""Pages of what slipped through: the list, one tied to its work, what quality costs, editions compared."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.rows import one
from base.scope import Scope
from base.web import render, tell, wants_json
from partners.queries import names as partner_names
from qa.causes import asking, cases, escapes, rating, reads, revisions, subjects
from security import people
from security.doors import needs
from stock.claim_tables import Claim
from tasks.models import Sop


def register(pages: Blueprint) -> None:
    """Hangs these doors into the room's."""
    pages.get("/quality/escapes", endpoint="escapes")(escapes_page)
    pages.get("/quality/rates", endpoint="quality_rates")(rates_page)
    pages.post("/quality/rates", endpoint="save_quality_rates")(save_rates)
    pages.get("/claims/<int:claim_id>/cause", endpoint="cause")(cause)
    pages.post("/claims/<int:claim_id>/cause", endpoint="tie_cause")(tie_cause)
    pages.get("/sops/<int:sop_id>/effect", endpoint="sop_effect")(sop_effect)


@needs("board.see")
def escapes_page(scope: Scope) -> ResponseReturnValue:
    """What slipped through, parcel by parcel."""
    window = asking.window(scope)
    found = cases.escapes(scope, window, after=request.args.get("after", ""))
    return render(
        scope,
        "qa/escapes.html",
        page=found,
        window=window,
        args={name: value for name, value in request.args.items() if name in {"first", "last"}},
        partners=partner_names(scope),
        products=subjects.products(scope, [row.product_id for row in found.rows]),
    )


@needs("board.targets")
def rates_page(scope: Scope) -> ResponseReturnValue:
    """What looking and mending cost."""
    return _rates(scope)


def _rates(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    told = request.form if error else reads.rates(scope)
    status = error.status if error else 200
    return render(scope, "qa/quality_rates.html", status, told=told, error=error)


@needs("board.targets")
def save_rates(scope: Scope) -> ResponseReturnValue:
    """Keeps them."""
    told = {name: asking.whole(request.form.get(name, "")) for name in ("hour", "piece")}
    try:
        rating.save(scope, **told)
    except rating.BadRate as error:
        if wants_json():
            raise
        return _rates(scope, error)
    tell("ok", "quality.rates_saved")
    return redirect(url_for("qa.quality"))


@needs("board.see")
def cause(scope: Scope, claim_id: int) -> ResponseReturnValue:
    """Whose work a claim slipped through, and what else it could be."""
    claim = one(scope, Claim, claim_id)
    return render(
        scope,
        "qa/cause.html",
        claim=claim,
        number=escapes.order_number(scope, claim),
        escape=escapes.of_claim(scope, claim_id),
        work=escapes.candidates(scope, claim),
        partners=partner_names(scope),
        names=people.names(scope),
        titles=escapes.editions(scope, claim),
    )


@needs("action.manage")
def tie_cause(scope: Scope, claim_id: int) -> ResponseReturnValue:
    """Ties it by hand, or says that no work is to blame."""
    told = request.form.get("task", "")
    escapes.tie(scope, claim_id, asking.whole(told) if told else None)
    tell("ok", "quality.tied")
    return redirect(url_for("qa.cause", claim_id=claim_id))


@needs("board.see")
def sop_effect(scope: Scope, sop_id: int) -> ResponseReturnValue:
    """Before and after each edition of a procedure."""
    return render(
        scope, "qa/sop_effect.html", sop=one(scope, Sop, sop_id), rows=revisions.compared(scope, sop_id)
    )
