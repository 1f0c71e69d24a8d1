"""What must always hold of agreements and of until when cards may take work."""

from collections.abc import Sequence

from sqlalchemy import select

from base.invariants import SHOWN, Ask, Finding, broken
from base.scope import Scope
from partners import clearance, clearing
from partners.agreements import terms, writing
from partners.agreements.models import Agreement, Signature
from partners.lifecycle import LEFT
from partners.models import Partner


def findings(scope: Scope) -> tuple[Finding, ...]:
    """What does not hold; empty when all is well."""
    told = {"cleared_otherwise": _cleared_otherwise(scope), "agreement_changed": _changed(scope)}
    named = (_named(code, ids) for code, ids in told.items() if ids)
    return (*broken(scope, "partners", ASKED), *named)


def _named(code: str, ids: Sequence[int]) -> Finding:
    return Finding(f"partners.{code}", len(ids), tuple(ids[:SHOWN]))


def _cleared_otherwise(scope: Scope) -> list[int]:
    """A card may take work exactly as long as what is asked of it is there."""
    stands = select(Partner.id, Partner.cleared_until).where(
        Partner.shop_id == scope.shop_id, Partner.state != LEFT
    )
    kept = dict(scope.session.execute(stands).all())
    return [id_ for id_, found in clearing.pieces(scope, None).items() if clearance.until(found) != kept[id_]]


def _changed(scope: Scope) -> list[int]:
    """The text of an edition is the one whose digest was signed."""
    return [row.id for row in writing.published(scope) if terms.digest(row.body) != row.sha256]


ASKED: dict[str, Ask] = {
    "signed_otherwise": lambda scope: (
        select(Signature.id)
        .join(Agreement, Agreement.id == Signature.agreement_id)
        .where(Signature.shop_id == scope.shop_id, Signature.sha256 != Agreement.sha256)
        .order_by(Signature.id)
    ),
}
