"""What is watched: after a claim that was our fault, its goods and customer are inspected for a while."""

from datetime import timedelta

from sqlalchemy import delete

from base.rows import mine, one
from base.scope import Scope
from qa.sampling.models import Watch
from security import audit
from stock.claim_life import OURS, SETTLED
from stock.claim_tables import Claim
from stock.models import Order
from stock.news import ClaimSettled, ClaimUndone

GOODS, CUSTOMER = timedelta(days=14), timedelta(days=90)
#: Claims that say something about the goods of later orders too.
OF_GOODS = frozenset({"wrong_item", "broken", "missing", "not_as_described"})


def on_claim_settled(scope: Scope, news: ClaimSettled) -> None:
    """Watches what a claim was about, where it was our fault; settled anew, it is watched anew."""
    fresh = mine(scope, Claim).where(Claim.id == news.claim_id).execution_options(populate_existing=True)
    claim = scope.session.scalars(fresh).one()
    _let_go(scope, claim.id)
    if claim.state != SETTLED or claim.outcome != OURS:
        return
    customer = one(scope, Order, claim.order_id).customer
    if claim.reason in OF_GOODS:
        _watch(scope, claim, GOODS, product_id=claim.product_id)
    if customer:
        _watch(scope, claim, CUSTOMER, customer=customer)
    audit.note(scope, "sampling.watched", subject="claim", subject_id=claim.id)


def on_claim_undone(scope: Scope, news: ClaimUndone) -> None:
    """A claim that is open again, or withdrawn, watches nothing."""
    _let_go(scope, news.claim_id)


def _watch(
    scope: Scope, claim: Claim, span: timedelta, *, product_id: int | None = None, customer: str = ""
) -> None:
    of = {"product_id": product_id, "customer": customer, "claim_id": claim.id}
    until = scope.now + span
    scope.session.add(Watch(shop_id=scope.shop_id, until=until, made_at=scope.now, **of))


def _let_go(scope: Scope, claim_id: int) -> None:
    here = (Watch.shop_id == scope.shop_id, Watch.claim_id == claim_id)
    scope.session.execute(delete(Watch).where(*here).execution_options(synchronize_session=False))
