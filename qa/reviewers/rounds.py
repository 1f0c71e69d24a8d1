"""Rounds: some past pieces that everybody judges blind in their own queue; then all marks side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from base.errors import Invalid, NotFound, Refused
from base.personal import resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from qa.agreement.sureness import Agreement, alpha
from qa.models import Inspection
from qa.reviewers import planning
from qa.reviewers.models import Calibration, Look, Remark
from qa.reviewers.pairs import codes_of, seen
from qa.reviewers.planning import Meant
from qa.reviewers.rules import (
    DROPPED,
    JUDGED,
    LATEST_OF_ROUND,
    PLANNED,
    ROUND,
    TOO_OLD,
    WAITING,
    Opinion,
    opinion,
)
from qa.scoring import VERDICTS
from security import audit, people
from security.models import Membership
from security.policy import OWNER, REVIEWER
from tasks.models import Submission, Task

FEWEST, MOST, WANTED = 2, 20, 10
SHOWN = 60
LONGEST_TITLE, LONGEST_REMARK = 60, 500


class BadRound(Invalid):
    """A round needs a name, some pieces, and two people who judge. Facts: field, why (a code)."""

    code = "reviewers.bad_round"


class RoundClosed(Refused):
    """The round has ended."""

    code = "reviewers.round_closed"


class BadRemark(Invalid):
    """A remark holds what looks like a 주민등록번호, is empty or too long. Facts: field, most."""

    code = "reviewers.bad_remark"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a round: how it was judged first, and by each who took part."""

    first_id: int
    task_id: int
    title: str
    first: Opinion
    by: Mapping[int, Opinion]

    @property
    def same(self) -> bool:
        """Whether everybody came to one verdict."""
        return len({said.verdict for said in self.by.values()}) <= 1


@dataclass(frozen=True, slots=True)
class Told:
    """A round: how far it is, and, once it is closed, what everybody said and how far they agreed."""

    round: Calibration
    people: tuple[int, ...]
    judged: int
    wanted: int
    pieces: tuple[Piece, ...]
    agreement: Agreement | None
    remarks: tuple[Remark, ...]


def candidates(scope: Scope) -> list[tuple[Inspection, Task]]:
    """Past pieces to choose from, the latest; fresh enough that their numbers tell nothing."""
    since = scope.now - timedelta(days=TOO_OLD)
    stmt = (
        select(Inspection, Task)
        .join(Task, Task.id == Inspection.task_id)
        .where(Inspection.shop_id == scope.shop_id, Inspection.state == "judged")
        .where(Inspection.judged_at >= since)
        .order_by(Inspection.judged_at.desc(), Inspection.id.desc())
        .limit(SHOWN)
    )
    return [(inspection, task) for inspection, task in scope.session.execute(stmt)]


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
    return True


def _left(scope: Scope, round_id: int) -> int:
    of_it = (Look.shop_id == scope.shop_id, Look.calibration_id == round_id)
    left = select(func.count()).where(*of_it, Look.state.in_([PLANNED, WAITING]))
    return scope.session.scalar(left) or 0


def every(scope: Scope) -> list[Calibration]:
    """The rounds the actor may read, the latest first: others than the owner those of theirs that ended."""
    stmt = mine(scope, Calibration).order_by(Calibration.id.desc()).limit(SHOWN)
    if scope.actor.role != OWNER:
        stmt = stmt.where(Calibration.closed_at.is_not(None), Calibration.id.in_(_taken_part(scope)))
    return list(scope.session.scalars(stmt))


def _taken_part(scope: Scope) -> Sequence[int]:
    mine_ = (Look.shop_id == scope.shop_id, Look.for_id == scope.actor.id, Look.calibration_id.is_not(None))
    return [id_ for id_ in scope.session.scalars(select(Look.calibration_id).where(*mine_).distinct()) if id_]


def readable(scope: Scope, round_id: int) -> Calibration:
    """A round the actor may read. Raises NotFound: while it runs nobody but the owner knows of it."""
    found = one(scope, Calibration, round_id)
    ended = found.closed_at is not None and found.id in _taken_part(scope)
    if scope.actor.role != OWNER and not ended:
        raise NotFound
    return found


def told(scope: Scope, round_id: int) -> Told:
    """A round as the actor may read it. What was said is told to nobody before the end. Raises NotFound."""
    found = readable(scope, round_id)
    looks = list(
        scope.session.scalars(mine(scope, Look).where(Look.calibration_id == found.id).order_by(Look.id))
    )
    ended: datetime | None = found.closed_at
    pieces = _pieces(scope, looks) if ended else ()
    remarks = scope.session.scalars(
        mine(scope, Remark).where(Remark.calibration_id == found.id).order_by(Remark.id)
    )
    units = [[said.verdict for said in piece.by.values()] for piece in pieces]
    return Told(
        found,
        tuple(dict.fromkeys(look.for_id or 0 for look in looks)),
        sum(look.state == JUDGED for look in looks),
        len(looks),
        pieces,
        alpha(units, VERDICTS, seed=f"round-{found.id}") if ended else None,
        tuple(remarks),
    )


def _pieces(scope: Scope, looks: Sequence[Look]) -> tuple[Piece, ...]:
    ids = list(dict.fromkeys(look.first_id for look in looks))
    codes = codes_of(scope, ids)
    rows = (
        select(Inspection.id, Inspection.verdict, Task.id, Task.title)
        .join(Task, Task.id == Inspection.task_id)
        .where(Inspection.shop_id == scope.shop_id, Inspection.id.in_(ids))
        .order_by(Inspection.id)
    )
    return tuple(
        Piece(
            first_id,
            task_id,
            title,
            opinion(verdict, codes.get(first_id, ())),
            {
                look.reviewer_id or 0: seen(look)
                for look in looks
                if look.first_id == first_id and look.state == JUDGED
            },
        )
        for first_id, verdict, task_id, title in scope.session.execute(rows)
    )


def remark(scope: Scope, round_id: int, *, text: str) -> Remark:
    """Says something about a round that ended. Raises NotFound, BadRemark."""
    found, said = readable(scope, round_id), text.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST_REMARK or resident_number(said):
        raise BadRemark(field="text", most=LONGEST_REMARK)
    made = Remark(
        shop_id=scope.shop_id, calibration_id=found.id, author_id=scope.actor.id, text=said, at=scope.now
    )
    scope.session.add(made)
    audit.note(scope, "round.remarked", subject="round", subject_id=found.id)
    return made
