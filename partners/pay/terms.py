"""As what a partner is paid: by what an owner said that they work here as; nobody is paid before.

The card holds it (`partners.people` is its gate), the journal when it was said and by whom, and a closed
month's statement what it was then.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from base.errors import Invalid
from base.rows import one
from base.scope import Scope
from partners import people
from partners.models import Partner
from partners.pay.withholding import BUSINESS, EMPLOYEE, INDIVIDUAL

#: What pay calls the kinds of a card.
PAID_AS = {"person": INDIVIDUAL, "business": BUSINESS, "employee": EMPLOYEE}


class UnknownTaxKind(Invalid):
    """A partner is paid as an individual, a business or an employee. Facts: field."""

    code = "pay.unknown_tax_kind"


def say(scope: Scope, partner_id: int, *, tax_kind: str) -> None:
    """Says as what a partner is paid from the next statement on. Raises NotFound, UnknownTaxKind."""
    card = one(scope, Partner, partner_id)
    kind = next((kind for kind, paid in PAID_AS.items() if paid == tax_kind), None)
    if kind is None:
        raise UnknownTaxKind(field="tax_kind")
    if of(scope, card.id) != tax_kind:
        people.set_kind(scope, card.id, kind=kind)


def of(scope: Scope, partner_id: int) -> str:
    """As what a partner is paid; empty where nobody has said."""
    return of_many(scope, [partner_id]).get(partner_id, "")


def of_many(scope: Scope, partner_ids: Collection[int] | None = None) -> Mapping[int, str]:
    """The same for these partners, or all of the shop's; those of whom nobody has said are left out."""
    said = select(Partner.id, Partner.kind).where(
        Partner.shop_id == scope.shop_id, Partner.kind_said_at.is_not(None)
    )
    rows = said if partner_ids is None else said.where(Partner.id.in_(partner_ids))
    return {id_: PAID_AS[kind] for id_, kind in scope.session.execute(rows)}
