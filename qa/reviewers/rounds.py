"""Rounds: some past pieces that everybody judges blind in their own queue; then all marks side by side."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from base.errors import Invalid, NotFound, Refused, Stale
from base.personal import resident_number
from base.rows import changed, one
from base.scope import Scope
from qa.models import Inspection
from qa.news import RoundEnded
from qa.reviewers import planning, round_reads
from qa.reviewers.models import Calibration, Look, Remark
from qa.reviewers.planning import Meant
from qa.reviewers.rules import (
    DROPPED,
    JUDGED,
    LATEST_OF_ROUND,
    PLANNED,
    ROUND,
    WAITING,
)
from security import audit, people
from security.models import Membership
from security.policy import OWNER, REVIEWER
from tasks.models import Submission

FEWEST, MOST, WANTED = 2, 20, 10
SHOWN = 60
LONGEST_TITLE, LONGEST_REMARK = 60, 500


class BadRound(Invalid):
    """A round needs a name, some pieces, and two people who judge. Facts: field, why (a code)."""

    code = "reviewers.bad_round"


class RoundClosed(Refused):
    """The round has ended."""

    code = "reviewers.round_closed"


class RoundRuns(Refused):
    """What came of a round is written when it has ended."""

    code = "reviewers.round_runs"


class Concluded(Stale):
    """Somebody wrote what came of it first."""

    code = "reviewers.concluded"


class BadRemark(Invalid):
    """A remark holds what looks like a 주민등록번호, is empty or too long. Facts: field, most."""

    code = "reviewers.bad_remark"


def judges(scope: Scope) -> list[Membership]:
    """Everybody who may judge here, reviewers first, each person once."""
    found = [*people.members(scope, role=REVIEWER), *people.members(scope, role=OWNER)]
    return list({member.account_id: member for member in reversed(found)}.values())[::-1]


def open_round(scope: Scope, *, title: str, inspection_ids: Sequence[int]) -> Calibration:
    """Lets everybody judge these pieces again, blind, spread over a day. Raises NotFound, BadRound.

    Nobody gets what their own hands did.
    """
    ids, name = list(dict.fromkeys(inspection_ids)), " ".join(title.split())
    taking_part = judges(scope)
    if not name or len(name) > LONGEST_TITLE:
        raise BadRound(field="title", why="title")
    if not FEWEST <= len(ids) <= MOST:
        raise BadRound(field="pieces", why="pieces")
    if len(taking_part) < 2:
        raise BadRound(field="pieces", why="alone")
    made = Calibration(shop_id=scope.shop_id, title=name, made_by=scope.actor.id, made_at=scope.now)
    scope.session.add(made)
    scope.session.flush()
    for id_ in ids:
        _ask(scope, one(scope, Inspection, id_), made, taking_part)
    audit.note(scope, "round.opened", subject="round", subject_id=made.id, count=len(ids))
    return made


def _ask(scope: Scope, inspection: Inspection, made: Calibration, taking_part: Sequence[Membership]) -> None:
    if inspection.state != JUDGED:
        raise NotFound
    hand = one(scope, Submission, inspection.submission_id).partner_id
    did = one(scope, Membership, hand).account_id
    for member in taking_part:
        if member.account_id != did:
            meant = Meant(ROUND, for_id=member.account_id, calibration_id=made.id, latest_s=LATEST_OF_ROUND)
            seed = planning.seed_of(scope, inspection.id * 1000 + made.id)
            planning.plan(scope, inspection, meant, seed=seed)


def on_looked(scope: Scope, look: Look) -> None:
    """With the last verdict a round closes by itself."""
    if look.calibration_id is not None and not _left(scope, look.calibration_id):
        _close(scope.as_house(), one(scope, Calibration, look.calibration_id))


def close(scope: Scope, round_id: int) -> None:
    """Ends a round with what there is; what was not judged is asked of nobody any more.

    Raises NotFound, RoundClosed.
    """
    if not _close(scope, one(scope, Calibration, round_id)):
        raise RoundClosed


def _close(scope: Scope, found: Calibration) -> bool:
    this = (Calibration.shop_id == scope.shop_id, Calibration.id == found.id)
    closing = update(Calibration).where(*this, Calibration.closed_at.is_(None)).values(closed_at=scope.now)
    if changed(scope, closing.execution_options(synchronize_session="fetch")) != 1:
        return False
    of_it = (Look.shop_id == scope.shop_id, Look.calibration_id == found.id)
    undone = update(Look).where(*of_it, Look.state.in_([PLANNED, WAITING])).values(state=DROPPED)
    changed(scope, undone.execution_options(synchronize_session="fetch"))
    audit.note(scope, "round.closed", subject="round", subject_id=found.id)
    scope.tell(RoundEnded(found.id))
    return True


def _left(scope: Scope, round_id: int) -> int:
    of_it = (Look.shop_id == scope.shop_id, Look.calibration_id == round_id)
    left = select(func.count()).where(*of_it, Look.state.in_([PLANNED, WAITING]))
    return scope.session.scalar(left) or 0


def remark(scope: Scope, round_id: int, *, text: str) -> Remark:
    """Says something about a round that ended. Raises NotFound, BadRemark."""
    found, said = round_reads.readable(scope, round_id), _checked(text, "text")
    made = Remark(
        shop_id=scope.shop_id, calibration_id=found.id, author_id=scope.actor.id, text=said, at=scope.now
    )
    scope.session.add(made)
    audit.note(scope, "round.remarked", subject="round", subject_id=found.id)
    return made


def conclude(scope: Scope, round_id: int, *, text: str) -> None:
    """Writes what everybody does from now on, once. Raises NotFound, RoundRuns, BadRemark, Concluded."""
    found = one(scope, Calibration, round_id)
    if found.closed_at is None:
        raise RoundRuns
    this = (Calibration.shop_id == scope.shop_id, Calibration.id == found.id, Calibration.outcome.is_(None))
    said = {"outcome": _checked(text, "outcome"), "outcome_by": scope.actor.id, "outcome_at": scope.now}
    writing = update(Calibration).where(*this).values(**said)
    if changed(scope, writing.execution_options(synchronize_session="fetch")) != 1:
        raise Concluded
    audit.note(scope, "round.concluded", subject="round", subject_id=found.id)


def _checked(text: str, field: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST_REMARK or resident_number(said):
        raise BadRemark(field=field, most=LONGEST_REMARK)
    return said
