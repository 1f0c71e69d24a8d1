"""What must always hold of second looks, asked of the whole database in sets."""

from sqlalchemy import Select, String, and_, cast, exists, literal, or_, select

from base.invariants import Ask
from base.scope import Scope
from qa.models import Inspection
from qa.reviewers.models import Look, LookDraw
from qa.reviewers.rules import JUDGED
from security.models import AuditEntry, Membership
from tasks.models import Submission


def _looks(scope: Scope) -> Select[int]:
    return select(Look.id).where(Look.shop_id == scope.shop_id).order_by(Look.id)


def _own_work(scope: Scope) -> Select[int]:
    """Nobody looks a second time at what their own hands did."""
    did = exists().where(
        Submission.id == Look.submission_id,
        Membership.id == Submission.partner_id,
        or_(Membership.account_id == Look.reviewer_id, Membership.account_id == Look.for_id),
    )
    return _looks(scope).where(did)


def _same_eyes(scope: Scope) -> Select[int]:
    """A second look is another's than the first, whatever it was barred from when it was planned."""
    same = exists().where(Inspection.id == Look.first_id, Inspection.reviewer_id == Look.reviewer_id)
    return _looks(scope).where(Look.purpose.in_(["second", "gold"]), same)


def _numbered_twice(scope: Scope) -> Select[int]:
    """A number on a reviewer's desk names one thing."""
    return _looks(scope).where(exists().where(Inspection.id == Look.number))


def _draw_mistaken(scope: Scope) -> Select[int]:
    """A roll below the percentage is drawn and looked at, another is not."""
    below = LookDraw.roll < LookDraw.percent * 100
    planned = exists().where(Look.first_id == LookDraw.inspection_id, Look.purpose == "second")
    stmt = select(LookDraw.id).where(LookDraw.shop_id == scope.shop_id)
    return stmt.where(or_(LookDraw.drawn != below, LookDraw.drawn != planned)).order_by(LookDraw.id)


def _case_mistaken(scope: Scope) -> Select[int]:
    """A case waits for the owner where two saw otherwise and nothing is settled, and nowhere else."""
    otherwise = exists().where(Inspection.id == Look.first_id, Inspection.verdict != Look.verdict)
    waits = and_(Look.purpose == "second", Look.state == "judged", Look.settled == "", otherwise)
    return _looks(scope).where(waits != Look.case_at.is_not(None))


def _changed(scope: Scope) -> Select[int]:
    """A look is what the journal says was seen: by whom, with which score and verdict."""
    end = literal('%"score":').op("||")(cast(Look.score, String)).op("||")(',"verdict":"')
    said = exists().where(
        AuditEntry.shop_id == Look.shop_id,
        AuditEntry.subject == "look",
        AuditEntry.subject_id == Look.id,
        AuditEntry.act == "look.judged",
        AuditEntry.actor_id == Look.reviewer_id,
        AuditEntry.facts.like(end.op("||")(Look.verdict).op("||")('"}')),
    )
    return _looks(scope).where(Look.state == JUDGED, ~said)


ASKED: dict[str, Ask] = {
    "look_at_own_work": _own_work,
    "look_by_the_same": _same_eyes,
    "look_numbered_twice": _numbered_twice,
    "look_draw_mistaken": _draw_mistaken,
    "look_case_mistaken": _case_mistaken,
    "look_changed": _changed,
}
