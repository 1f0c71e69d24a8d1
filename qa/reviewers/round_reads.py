"""What is read of rounds: past pieces to choose from, how far one is, and then all marks side by side."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from base.errors import NotFound
from base.rows import mine, one
from base.scope import Scope
from qa.agreement.sureness import Agreement, alpha
from qa.models import Inspection
from qa.reviewers import spread
from qa.reviewers.models import Calibration, Look, Remark
from qa.reviewers.pairs import codes_of, seen
from qa.reviewers.rules import JUDGED, TOO_OLD, Opinion, opinion
from qa.reviewers.spread import Spread
from qa.scoring import ACCEPT, VERDICTS
from security.policy import OWNER
from tasks.models import SopRevision, Task

SHOWN = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a round: how it was judged first, and by each who took part, with the points given."""

    first_id: int
    task_id: int
    title: str
    first: Opinion
    by: Mapping[int, Opinion]
    points: Mapping[int, int]
    first_points: int | None
    sop_id: int
    round: int

    @property
    def same(self) -> bool:
        """Whether everybody came to one verdict."""
        return len({said.verdict for said in self.by.values()}) <= 1

    @property
    def apart(self) -> int:
        """Points between whoever gave most and whoever gave least."""
        return max(self.points.values(), default=0) - min(self.points.values(), default=0)


@dataclass(frozen=True, slots=True)
class Told:
    """A round: how far it is, and, once it is closed, what everybody said and how far they agreed."""

    round: Calibration
    people: tuple[int, ...]
    judged: int
    wanted: int
    pieces: tuple[Piece, ...]
    agreement: Agreement | None
    criteria: tuple[Spread, ...]
    remarks: tuple[Remark, ...]

    @property
    def sops(self) -> tuple[int, ...]:
        """The procedures whose words may have to be clearer: those of pieces that were judged apart."""
        return tuple(dict.fromkeys(piece.sop_id for piece in self.pieces if not piece.same))


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


def mixed(scope: Scope, wanted: int) -> list[int]:
    """Pieces for a round that nobody picked: as many that passed as did not, where there are, by chance.

    Whoever opens a round judges in it as well, and so should not have read how each was judged.
    """
    found = [inspection for inspection, _task in candidates(scope)]
    passed = [one_.id for one_ in found if one_.verdict == ACCEPT]
    others = [one_.id for one_ in found if one_.verdict != ACCEPT]
    picks = secrets.SystemRandom()
    some = picks.sample(others, min(len(others), wanted // 2))
    return [*some, *picks.sample(passed, min(len(passed), wanted - len(some)))]


def every(scope: Scope) -> list[Calibration]:
    """The rounds the actor may read, the latest first: others than the owner those of theirs that ended."""
    stmt = mine(scope, Calibration).order_by(Calibration.id.desc()).limit(SHOWN)
    if scope.actor.role != OWNER:
        stmt = stmt.where(Calibration.closed_at.is_not(None), Calibration.id.in_(_taken_part(scope)))
    return list(scope.session.scalars(stmt))


def _taken_part(scope: Scope) -> Sequence[int]:
    mine_ = (Look.shop_id == scope.shop_id, Look.for_id == scope.actor.id, Look.calibration_id.is_not(None))
    return [id_ for id_ in scope.session.scalars(select(Look.calibration_id).where(*mine_).distinct()) if id_]


def asked(scope: Scope, round_id: int) -> tuple[int, ...]:
    """The accounts that were asked to judge in a round."""
    of_it = (Look.shop_id == scope.shop_id, Look.calibration_id == round_id, Look.for_id.is_not(None))
    return tuple(id_ for id_ in scope.session.scalars(select(Look.for_id).where(*of_it).distinct()) if id_)


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
        spread.of_criteria([{by: said.codes for by, said in piece.by.items()} for piece in pieces]),
        tuple(remarks),
    )


def _pieces(scope: Scope, looks: Sequence[Look]) -> tuple[Piece, ...]:
    ids = list(dict.fromkeys(look.first_id for look in looks))
    codes = codes_of(scope, ids)
    judged: dict[int, list[Look]] = {}
    for look in looks:
        if look.state == JUDGED:
            judged.setdefault(look.first_id, []).append(look)
    rows = scope.session.execute(
        select(Inspection, Task.title, SopRevision.sop_id)
        .join(Task, Task.id == Inspection.task_id)
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .where(Inspection.shop_id == scope.shop_id, Inspection.id.in_(ids))
        .order_by(Inspection.id)
    )
    return tuple(
        Piece(
            first_id=first.id,
            task_id=first.task_id,
            title=title,
            first=opinion(first.verdict, codes.get(first.id, ())),
            by={look.reviewer_id or 0: seen(look) for look in judged.get(first.id, ())},
            points={look.reviewer_id or 0: look.score or 0 for look in judged.get(first.id, ())},
            first_points=first.score,
            sop_id=sop_id,
            round=first.round,
        )
        for first, title, sop_id in rows
    )
