"""Escapes: a claim that is our fault is tied to the work it slipped through, and counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from base import calendars
from base.errors import Invalid, Stale
from base.rows import mine, one
from base.scope import Scope
from qa.causes.models import Escape
from qa.models import Inspection
from security import audit
from stock.claim_life import OURS, SETTLED
from stock.claim_tables import Claim
from stock.models import Order
from stock.news import ClaimSettled, ClaimUndone
from tasks.lifecycle import ACCEPTED
from tasks.models import Sop, SopRevision, Submission, Task

PACKING, LISTING = "packing", "listing"
#: What packing would have kept from happening, and what a true listing would have.
OF_PACKING, OF_LISTING = frozenset({"wrong_item", "broken", "missing"}), frozenset({"not_as_described"})
HOUSE, OWNER, NOBODY, NONE = "house", "owner", "nobody", "none"


class NotThatWork(Invalid):
    """An escape can be tied only to accepted work on its order or product. Facts: field."""

    code = "causes.not_that_work"


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose work it was: the task, under which edition, and whether somebody had looked at it."""

    task_id: int | None = None
    partner_id: int | None = None
    sop_id: int | None = None
    revision_id: int | None = None
    inspection_id: int | None = None
    reviewer_id: int | None = None


def on_claim_settled(scope: Scope, news: ClaimSettled) -> None:
    """Counts a claim that is our fault, tied to the one piece of work it can be of, if there is one."""
    fresh = mine(scope, Claim).where(Claim.id == news.claim_id).execution_options(populate_existing=True)
    claim = scope.session.scalars(fresh).one()
    if claim.state != SETTLED or claim.outcome != OURS:
        return
    task = likely(scope, claim)
    _count(scope, claim, _hand(scope, task) if task else Hand(), HOUSE if task else NOBODY)


def on_claim_undone(scope: Scope, news: ClaimUndone) -> None:
    """A claim that is open again, or withdrawn, is no escape."""
    row = of_claim(scope, news.claim_id)
    if row is not None:
        _strike(scope, row)


def tie(scope: Scope, claim_id: int, task_id: int | None) -> None:
    """Ties an escape by hand to a piece of work, or says that no work is to blame.

    Raises NotFound, Stale where the claim is no escape any more, NotThatWork.
    """
    claim = one(scope, Claim, claim_id)
    row = of_claim(scope, claim_id)
    if row is None:
        raise Stale
    task = next((each for each in candidates(scope, claim) if each.id == task_id), None)
    if task_id is not None and task is None:
        raise NotThatWork(field="task")
    _strike(scope, row)
    _count(scope, claim, _hand(scope, task) if task else Hand(), OWNER if task else NONE)


def likely(scope: Scope, claim: Claim) -> Task | None:
    """The one piece of work a claim can be of: the order's packing, or the listing it was bought by."""
    if claim.reason in OF_PACKING:
        packed = [task for task in candidates(scope, claim) if task.kind == PACKING]
        gone = one(scope, Order, claim.order_id).shipped_at
        sent = [task for task in packed if task.ended_at == gone] if len(packed) > 1 else packed
        return sent[0] if len(sent) == 1 else None
    if claim.reason in OF_LISTING:
        placed_at = one(scope, Order, claim.order_id).placed_at
        listed = [
            task
            for task in candidates(scope, claim)
            if task.kind == LISTING and task.ended_at is not None and task.ended_at <= placed_at
        ]
        return max(listed, key=lambda task: (task.ended_at, task.id), default=None)
    return None


def candidates(scope: Scope, claim: Claim) -> list[Task]:
    """Accepted work on the order, and on the product, that a claim may be of; the latest first."""
    done = mine(scope, Task).where(Task.state == ACCEPTED)
    found: dict[int, Task] = {}
    for here in (Task.order_id == claim.order_id, Task.product_id == claim.product_id):
        rows = scope.session.scalars(done.where(here).order_by(Task.id.desc()).limit(20))
        found |= {task.id: task for task in rows}
    return sorted(found.values(), key=lambda task: -task.id)


def of_claim(scope: Scope, claim_id: int) -> Escape | None:
    """The escape that a claim is, if it is one."""
    return scope.session.scalar(mine(scope, Escape).where(Escape.claim_id == claim_id))


def order_number(scope: Scope, claim: Claim) -> str:
    """The number of the order that is claimed about."""
    return one(scope, Order, claim.order_id).number


def editions(scope: Scope, claim: Claim) -> Mapping[int, str]:
    """Under which procedure and edition each candidate was done, by the edition's id."""
    ids = {task.sop_revision_id for task in candidates(scope, claim)}
    rows = scope.session.execute(
        select(SopRevision.id, Sop.title, SopRevision.number)
        .join(Sop, Sop.id == SopRevision.sop_id)
        .where(SopRevision.shop_id == scope.shop_id, SopRevision.id.in_(ids))
    )
    return {id_: f"{title} · {number}" for id_, title, number in rows}


def untied(scope: Scope) -> tuple[int, Any]:
    """How many escapes nobody's work was found for, and since when the first: a decision for the owner."""
    here = (Escape.shop_id == scope.shop_id, Escape.task_id.is_(None), Escape.tied == NOBODY)
    times = list(scope.session.scalars(select(Escape.tied_at).where(*here).order_by(Escape.id).limit(1000)))
    return len(times), times[0] if times else None


def _hand(scope: Scope, task: Task) -> Hand:
    looked = select(Inspection.id, Inspection.reviewer_id).where(
        Inspection.shop_id == scope.shop_id, Inspection.task_id == task.id, Inspection.state == "judged"
    )
    seen = scope.session.execute(looked.order_by(Inspection.round.desc()).limit(1)).first()
    handed_in = select(Submission.partner_id).where(
        Submission.shop_id == scope.shop_id, Submission.task_id == task.id
    )
    sop = select(SopRevision.sop_id).where(
        SopRevision.shop_id == scope.shop_id, SopRevision.id == task.sop_revision_id
    )
    return Hand(
        task_id=task.id,
        partner_id=scope.session.scalar(handed_in.order_by(Submission.round.desc()).limit(1)),
        sop_id=scope.session.scalar(sop),
        revision_id=task.sop_revision_id,
        inspection_id=seen.id if seen else None,
        reviewer_id=seen.reviewer_id if seen else None,
    )


def _count(scope: Scope, claim: Claim, hand: Hand, tied: str) -> None:
    """Writes the escape down, and into the journal what it adds to the figures."""
    at = one(scope, Order, claim.order_id).shipped_at or claim.claimed_at
    row = Escape(
        shop_id=scope.shop_id,
        claim_id=claim.id,
        product_id=claim.product_id,
        reason=claim.reason,
        day=calendars.day_of(scope, at),
        won=claim.cost,
        tied=tied,
        tied_by=scope.actor.id,
        tied_at=scope.now,
        **{name: getattr(hand, name) for name in Hand.__slots__},
    )
    scope.session.add(row)
    scope.session.flush()
    _note(scope, "escape.counted", row)


def _strike(scope: Scope, row: Escape) -> None:
    """Takes an escape away, with what it added to the figures."""
    _note(scope, "escape.struck", row)
    scope.session.expunge(row)
    scope.session.execute(delete(Escape).where(Escape.shop_id == scope.shop_id, Escape.id == row.id))


def _note(scope: Scope, act: str, row: Escape) -> None:
    audit.note(
        scope,
        act,
        "claim",
        row.claim_id,
        on=row.day.isoformat(),
        won=row.won,
        why=row.reason,
        product=row.product_id,
        task=row.task_id,
        partner=row.partner_id,
        sop=row.sop_id,
        reviewer=row.reviewer_id,
        seen=row.inspection_id is not None,
    )
