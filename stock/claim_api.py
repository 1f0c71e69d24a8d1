"""The API of claims: recorded, listed, shown, settled; what customers wrote goes in and never comes out."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from base.calls import Listed, RowId, Sent, Told, Units, call, text
from base.scope import Scope
from security.doors import needs
from stock import claim_reads, claims
from stock.api import api
from stock.shapes import impersonal

State = Literal["opened", "settled", "withdrawn"]
Wish = Literal["return", "exchange", "resend", "refund", "answer"]
Reason = Literal["changed_mind", "wrong_item", "broken", "missing", "not_as_described", "late", "other"]


class NewClaim(Sent):
    """A customer's claim on a line of an order; `number` is the channel's own number of it."""

    line_id: RowId
    wish: Wish
    reason: Reason
    units: Units
    claimed_at: AwareDatetime | None = None
    words: Annotated[str, text(1000), AfterValidator(impersonal)] = ""
    number: Annotated[str, text(64)] = ""


class ClaimShown(Told):
    """A claim on a line of an order, without what the customer wrote."""

    id: int
    order_id: int
    order_number: str
    line_id: int
    product_id: int
    sku: str
    number: str
    wish: Wish
    reason: Reason
    units: int
    claimed_at: datetime
    state: State
    outcome: Literal["", "ours", "not_ours", "goodwill"]
    cost: int
    settled_at: datetime | None
    version: int


class Claims(Listed[ClaimShown]):
    """A page of claims, the latest first."""


class WhichClaims(Sent):
    """Which claims, and which page."""

    state: State | Literal["all"] = "all"
    after: Annotated[str, text(400)] = ""


class Settling(Sent):
    """Whose fault it was, and what settling it cost in won."""

    outcome: Literal["ours", "not_ours", "goodwill"]
    cost: Annotated[int, Field(ge=0, le=claims.MOST_COST)] = 0
    version: Annotated[int, Field(ge=1)]


@api.get("/claims")
@needs("claim.see")
@call(Claims, query=WhichClaims)
def list_claims(scope: Scope, query: WhichClaims) -> object:
    """Lists claims."""
    state = "" if query.state == "all" else query.state
    found = claim_reads.listed(scope, state, after=query.after)
    return {"rows": [_shown(row) for row in found.rows], "next": found.next}


@api.post("/claims")
@needs("claim.manage")
@call(ClaimShown, body=NewClaim, status=201)
def record_claim(scope: Scope, body: NewClaim) -> object:
    """Records a claim on a line of an order."""
    told = body.model_dump() | {"claimed_at": body.claimed_at or scope.now}
    return _shown(claim_reads.claim(scope, claims.record(scope, claims.Told(**told))))


@api.get("/claims/<int:claim_id>")
@needs("claim.see")
@call(ClaimShown)
def show_claim(scope: Scope, claim_id: int) -> object:
    """Shows a claim."""
    return _shown(claim_reads.claim(scope, claim_id))


@api.post("/claims/<int:claim_id>/settle")
@needs("claim.manage")
@call(ClaimShown, body=Settling)
def settle_claim(scope: Scope, claim_id: int, body: Settling) -> object:
    """Settles a claim that is still as it was seen."""
    claims.settle(scope, claim_id, outcome=body.outcome, cost=body.cost, version=body.version)
    return _shown(claim_reads.claim(scope, claim_id))


def _shown(row: claim_reads.ClaimView) -> ClaimShown:
    return ClaimShown(**{name: getattr(row, name) for name in ClaimShown.model_fields})
