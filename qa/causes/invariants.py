"""What must always hold of escapes: they are exactly the claims that are our fault."""

from sqlalchemy import Select, exists, select

from base.invariants import Ask
from base.scope import Scope
from qa.causes.models import Escape
from stock.claim_life import OURS, SETTLED
from stock.claim_tables import Claim
from tasks.lifecycle import ACCEPTED
from tasks.models import Task


def _escape_missing(scope: Scope) -> Select[int]:
    """A claim settled as our fault is an escape, at what it cost."""
    counted = exists().where(
        Escape.claim_id == Claim.id, Escape.shop_id == Claim.shop_id, Escape.won == Claim.cost
    )
    ours = (Claim.shop_id == scope.shop_id, Claim.state == SETTLED, Claim.outcome == OURS)
    return select(Claim.id).where(*ours, ~counted).order_by(Claim.id)


def _escape_of_nothing(scope: Scope) -> Select[int]:
    """Nothing else is one."""
    ours = exists().where(Claim.id == Escape.claim_id, Claim.shop_id == Escape.shop_id, Claim.outcome == OURS)
    return select(Escape.id).where(Escape.shop_id == scope.shop_id, ~ours).order_by(Escape.id)


def _tied_to_undone(scope: Scope) -> Select[int]:
    """What an escape is tied to was accepted, under the edition it names."""
    done = exists().where(
        Task.id == Escape.task_id,
        Task.shop_id == Escape.shop_id,
        Task.state == ACCEPTED,
        Task.sop_revision_id == Escape.revision_id,
    )
    tied = (Escape.shop_id == scope.shop_id, Escape.task_id.is_not(None))
    return select(Escape.id).where(*tied, ~done).order_by(Escape.id)


ASKED: dict[str, Ask] = {
    "escape_missing": _escape_missing,
    "escape_of_nothing": _escape_of_nothing,
    "tied_to_undone": _tied_to_undone,
}
