"""What must always hold of judgement and what follows from it, asked of the whole database in sets."""

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from base.invariants import Ask, Finding, broken
from base.scope import Scope
from partners.models import PayLine
from qa.appeals import invariants as appealed
from qa.appeals.invariants import paid_beside
from qa.causes import invariants as caused
from qa.models import Defect, Draw, Inspection
from qa.reviewers import invariants as looked
from qa.sampling.models import Batch, BatchPiece
from qa.scoring import ACCEPT
from security.models import Membership
from stock.models import Order
from tasks.lifecycle import ACCEPTED, ENDED, INSPECTION
from tasks.models import Submission, Task


def findings(scope: Scope) -> tuple[Finding, ...]:
    """Every invariant of this room that does not hold; empty when all is well."""
    return broken(scope, "qa", ASKED)


def _tasks(scope: Scope) -> Select[int]:
    return select(Task.id).where(Task.shop_id == scope.shop_id).order_by(Task.id)


def _inspections(scope: Scope) -> Select[int]:
    return select(Inspection.id).where(Inspection.shop_id == scope.shop_id).order_by(Inspection.id)


def _kept_mistaken(scope: Scope) -> Select[int]:
    """An inspection names the hand whose work it is, and is flawed where it did not pass or found a thing."""
    another = exists().where(
        Submission.id == Inspection.submission_id, Submission.partner_id != Inspection.partner_id
    )
    found = exists().where(Defect.shop_id == scope.shop_id, Defect.inspection_id == Inspection.id)
    flawed = and_(Inspection.state == "judged", or_(Inspection.verdict != ACCEPT, found))
    return _inspections(scope).where(or_(another, flawed != Inspection.flawed_at.is_not(None)))


def _not_paid_as_claimed(scope: Scope) -> Select[int]:
    """Accepted work has its one pay line: to the hand that held it, at the price it was claimed at."""
    paid = exists().where(
        PayLine.task_id == Task.id,
        PayLine.shop_id == Task.shop_id,
        PayLine.partner_id == Task.holder_id,
        PayLine.kind == Task.kind,
        PayLine.won == Task.won,
    )
    return _tasks(scope).where(Task.state == ACCEPTED, ~paid)


def _paid_unaccepted(scope: Scope) -> Select[int]:
    """Nothing else is paid."""
    paid = exists().where(PayLine.task_id == Task.id)
    return _tasks(scope).where(Task.state != ACCEPTED, paid)


def _paid_for_nothing(scope: Scope) -> Select[int]:
    """Every pay line is for a task of this shop."""
    there = exists().where(Task.id == PayLine.task_id, Task.shop_id == PayLine.shop_id)
    return select(PayLine.id).where(PayLine.shop_id == scope.shop_id, ~there).order_by(PayLine.id)


def _waits_for_nobody(scope: Scope) -> Select[int]:
    """A task in inspection has exactly one inspection that waits, of the round it is in."""
    waiting = (
        select(func.count())
        .where(Inspection.task_id == Task.id, Inspection.state == "waiting", Inspection.round == Task.round)
        .correlate(Task)
        .scalar_subquery()
    )
    return _tasks(scope).where(Task.state == INSPECTION, waiting != 1)


def _waits_for_nothing(scope: Scope) -> Select[int]:
    """An inspection waits only while its task does."""
    there = exists().where(Task.id == Inspection.task_id, Task.state == INSPECTION)
    return _inspections(scope).where(Inspection.state == "waiting", ~there)


def _judged_by_nobody(scope: Scope) -> Select[int]:
    """What is judged has a verdict, a reviewer, a score and a time."""
    bare = or_(
        Inspection.verdict == "",
        Inspection.reviewer_id.is_(None),
        Inspection.score.is_(None),
        Inspection.judged_at.is_(None),
    )
    return _inspections(scope).where(Inspection.state == "judged", bare)


def _own_work_judged(scope: Scope) -> Select[int]:
    own = exists().where(
        Submission.id == Inspection.submission_id,
        Membership.id == Submission.partner_id,
        Membership.account_id == Inspection.reviewer_id,
    )
    return _inspections(scope).where(Inspection.state == "judged", own)


def _critical_accepted(scope: Scope) -> Select[int]:
    critical = exists().where(Defect.inspection_id == Inspection.id, Defect.severity == "critical")
    return _inspections(scope).where(Inspection.verdict == "accept", critical)


def _sent_back_for_nothing(scope: Scope) -> Select[int]:
    reasons = exists().where(Defect.inspection_id == Inspection.id)
    return _inspections(scope).where(Inspection.verdict == "send_back", ~reasons)


def _not_drawn(scope: Scope) -> Select[int]:
    """Every submission was drawn or passed over by a recorded roll, or waits in a batch; the drawn ones are
    inspected, and of those passed over only the rest of a batch that failed.
    """
    drawn = exists().where(Draw.submission_id == Submission.id, Draw.drawn.is_(True))
    passed = exists().where(Draw.submission_id == Submission.id, Draw.drawn.is_(False))
    inspected = exists().where(Inspection.submission_id == Submission.id)
    waits = exists().where(BatchPiece.submission_id == Submission.id, BatchPiece.batch_id == Batch.id)
    waiting, failed = waits.where(Batch.state == "open"), waits.where(Batch.state == "failed")
    right: ColumnElement[bool] = or_(
        and_(drawn, inspected),
        and_(passed, ~inspected),
        and_(waiting, ~inspected),
        and_(passed, inspected, failed),
    )
    stmt = select(Submission.id).where(Submission.shop_id == scope.shop_id, ~right)
    return stmt.order_by(Submission.id)


def _draw_mistaken(scope: Scope) -> Select[int]:
    """A roll below the percentage is drawn, another is not; batches pick in their own way."""
    below = Draw.roll < Draw.percent * 100
    wrong = or_(and_(Draw.drawn.is_(True), ~below), and_(Draw.drawn.is_(False), below))
    alone = (Draw.shop_id == scope.shop_id, Draw.batch_id.is_(None))
    return select(Draw.id).where(*alone, wrong).order_by(Draw.id)


def _of_its_order(task: type[Task]) -> tuple[ColumnElement[bool], ...]:
    """Through the index of tasks by order, which begins with the shop."""
    return task.shop_id == Order.shop_id, task.order_id == Order.id


def _shipped_unfinished(scope: Scope) -> Select[int]:
    """A shipped order has work that was accepted and none under way; its verdict is frozen."""
    live = exists().where(*_of_its_order(Task), Task.state.not_in(ENDED))
    done = exists().where(*_of_its_order(Task), Task.state == ACCEPTED)
    wrong = or_(live, ~done, Order.verdict == "")
    return (
        select(Order.id)
        .where(Order.shop_id == scope.shop_id, Order.state == "shipped", wrong)
        .order_by(Order.id)
    )


def _finished_unshipped(scope: Scope) -> Select[int]:
    """An order all of whose work was accepted has left."""
    other = aliased(Task)
    unfinished = exists().where(*_of_its_order(other), other.state.not_in(ENDED))
    done = exists().where(*_of_its_order(Task), Task.state == ACCEPTED, ~paid_beside())
    stmt = select(Order.id).where(Order.shop_id == scope.shop_id, Order.state == "ready", done, ~unfinished)
    return stmt.order_by(Order.id)


ASKED: dict[str, Ask] = (
    {
        "inspection_kept_mistaken": _kept_mistaken,
        "not_paid_as_claimed": _not_paid_as_claimed,
        "paid_unaccepted": _paid_unaccepted,
        "paid_for_nothing": _paid_for_nothing,
        "waits_for_nobody": _waits_for_nobody,
        "waits_for_nothing": _waits_for_nothing,
        "judged_by_nobody": _judged_by_nobody,
        "own_work_judged": _own_work_judged,
        "critical_accepted": _critical_accepted,
        "sent_back_for_nothing": _sent_back_for_nothing,
        "not_drawn": _not_drawn,
        "draw_mistaken": _draw_mistaken,
        "shipped_unfinished": _shipped_unfinished,
        "finished_unshipped": _finished_unshipped,
    }
    | appealed.ASKED
    | caused.ASKED
    | looked.ASKED
)
