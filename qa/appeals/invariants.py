"""What must always hold of verdicts once given, and of the appeals that alone may let one fall."""

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, literal, or_, select

from base.invariants import Ask
from base.scope import Scope
from partners.models import PayLine
from qa.appeals.lifecycle import KEPT, KNOWN, OPENED, OVERTURNED, PAID, UPHELD
from qa.appeals.models import Appeal
from qa.models import Defect, Inspection
from security.models import AuditEntry, Membership
from tasks.lifecycle import ACCEPTED
from tasks.models import Task


def paid_beside() -> ColumnElement[bool]:
    """Accepted work that was paid while another's counts in its place."""
    return exists().where(Appeal.task_id == Task.id, Appeal.shop_id == Task.shop_id, Appeal.effect == PAID)


def _verdict_changed(scope: Scope) -> Select[int]:
    """A verdict is what the journal says was given: by whom, with which score and how many defects."""
    said = _line("inspection", Inspection.id, "inspection.judged")
    defects = (
        select(func.count())
        .where(Defect.inspection_id == Inspection.id, Defect.shop_id == Inspection.shop_id)
        .correlate(Inspection)
        .scalar_subquery()
    )
    end = _text('%"score":', Inspection.score, ',"verdict":"', Inspection.verdict, '"}')
    counted = _text('{"found":', defects, ",%")
    same = (
        AuditEntry.actor_id == Inspection.reviewer_id,
        AuditEntry.facts.like(end),
        or_(AuditEntry.facts.not_like('{"found":%'), AuditEntry.facts.like(counted)),
    )
    stmt = select(Inspection.id).where(
        Inspection.shop_id == scope.shop_id,
        Inspection.state == "judged",
        ~exists().where(*said, *same),
    )
    return stmt.order_by(Inspection.id)


def _verdict_unmade(scope: Scope) -> Select[int]:
    """What the journal says was judged is judged."""
    stands = exists().where(
        Inspection.id == AuditEntry.subject_id,
        Inspection.shop_id == AuditEntry.shop_id,
        Inspection.state == "judged",
    )
    stmt = select(AuditEntry.subject_id).where(
        AuditEntry.shop_id == scope.shop_id, AuditEntry.act == "inspection.judged", ~stands
    )
    return stmt.order_by(AuditEntry.subject_id)


def _appeal_changed(scope: Scope) -> Select[int]:
    """So is the end of an appeal."""
    said = _line("appeal", Appeal.id, literal("appeal.").op("||")(Appeal.state))
    judged = or_(Appeal.second_id.is_(None), AuditEntry.actor_id == Appeal.second_id)
    stmt = select(Appeal.id).where(
        Appeal.shop_id == scope.shop_id, Appeal.state != OPENED, ~exists().where(*said, judged)
    )
    return stmt.order_by(Appeal.id)


def _line(subject: str, id_: object, act: object) -> tuple[ColumnElement[bool], ...]:
    return (
        AuditEntry.shop_id == (Inspection.shop_id if subject == "inspection" else Appeal.shop_id),
        AuditEntry.subject == subject,
        AuditEntry.subject_id == id_,
        AuditEntry.act == act,
    )


def _text(*parts: object) -> ColumnElement[str]:
    told: ColumnElement[str] = literal("")
    for part in parts:
        piece = literal(part) if isinstance(part, str) else cast(part, String)
        told = told.op("||")(piece)
    return told


def _judged_by_first(scope: Scope) -> Select[int]:
    """Nobody judges about their own verdict, unless nobody else was there, nor about their own work."""
    hand = exists().where(Membership.id == Appeal.partner_id, Membership.account_id == Appeal.second_id)
    first = and_(Appeal.second_id == Appeal.against_id, Appeal.alone.is_(False))
    against = exists().where(
        Inspection.id == Appeal.inspection_id, Inspection.reviewer_id == Appeal.against_id
    )
    stmt = select(Appeal.id).where(Appeal.shop_id == scope.shop_id, or_(hand, first, ~against))
    return stmt.order_by(Appeal.id)


def _overturned_unpaid(scope: Scope) -> Select[int]:
    """Where a verdict fell the work is accepted and paid, unless the same answer was given anew."""
    paid = exists().where(PayLine.task_id == Appeal.task_id, PayLine.partner_id == Appeal.partner_id)
    accepted = exists().where(Task.id == Appeal.task_id, Task.state == ACCEPTED)
    stmt = select(Appeal.id).where(
        Appeal.shop_id == scope.shop_id,
        Appeal.state.in_(KEPT),
        Appeal.effect != KNOWN,
        or_(~paid, ~accepted),
    )
    return stmt.order_by(Appeal.id)


def _outcome_mistaken(scope: Scope) -> Select[int]:
    """What the second reviewer saw is what the appeal came to."""
    wrong = or_(
        and_(Appeal.state == OVERTURNED, Appeal.verdict != "accept"),
        and_(Appeal.state == UPHELD, Appeal.verdict.not_in(["send_back", "reject"])),
    )
    return select(Appeal.id).where(Appeal.shop_id == scope.shop_id, wrong).order_by(Appeal.id)


def _lapsed_unaccepted(scope: Scope) -> Select[int]:
    """What the clock let pass is accepted, and was judged by nobody."""
    accepted = exists().where(Task.id == Inspection.task_id, Task.state == ACCEPTED)
    wrong = or_(~accepted, Inspection.reviewer_id.is_not(None), Inspection.verdict != "")
    stmt = select(Inspection.id).where(
        Inspection.shop_id == scope.shop_id, Inspection.state == "lapsed", wrong
    )
    return stmt.order_by(Inspection.id)


ASKED: dict[str, Ask] = {
    "verdict_changed": _verdict_changed,
    "verdict_unmade": _verdict_unmade,
    "appeal_changed": _appeal_changed,
    "appeal_judged_by_first": _judged_by_first,
    "overturned_unpaid": _overturned_unpaid,
    "outcome_mistaken": _outcome_mistaken,
    "lapsed_unaccepted": _lapsed_unaccepted,
}
