"""As what a partner is paid: said by the owner, kept with its day, the latest counts."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from base.errors import Invalid
from base.rows import mine, one
from base.scope import Scope
from partners.models import Partner
from partners.pay.models import PayTerm
from partners.pay.withholding import TAX_KINDS
from security import audit


class UnknownTaxKind(Invalid):
    """A partner is paid as an individual, a business or an employee. Facts: field."""

    code = "pay.unknown_tax_kind"


def say(scope: Scope, partner_id: int, *, tax_kind: str) -> None:
    """Says as what a partner is paid from the next statement on. Raises NotFound, UnknownTaxKind."""
    card = one(scope, Partner, partner_id)
    if tax_kind not in TAX_KINDS:
        raise UnknownTaxKind(field="tax_kind")
    if of(scope, card.id) == tax_kind:
        return
    row = {"partner_id": card.id, "tax_kind": tax_kind, "said_by": scope.actor.id, "at": scope.now}
    scope.session.add(PayTerm(shop_id=scope.shop_id, **row))
    scope.session.flush()
    audit.note(scope, "pay.term_said", subject="partner", subject_id=card.id, kind=tax_kind)


def of(scope: Scope, partner_id: int) -> str:
    """As what a partner is paid; empty where nobody has said."""
    latest = mine(scope, PayTerm).where(PayTerm.partner_id == partner_id).order_by(PayTerm.id.desc())
    row = scope.session.scalar(latest.limit(1))
    return row.tax_kind if row else ""


def of_many(scope: Scope, partner_ids: Collection[int] | None = None) -> Mapping[int, str]:
    """The same for these partners, or all of the shop's; those of whom nobody has said are left out."""
    here = [PayTerm.shop_id == scope.shop_id]
    if partner_ids is not None:
        here.append(PayTerm.partner_id.in_(partner_ids))
    latest = select(func.max(PayTerm.id)).where(*here).group_by(PayTerm.partner_id)
    rows = select(PayTerm.partner_id, PayTerm.tax_kind).where(
        PayTerm.shop_id == scope.shop_id, PayTerm.id.in_(latest)
    )
    return dict(scope.session.execute(rows).all())
