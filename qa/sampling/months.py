"""What a kind of work has shown in a month, hand by hand: what plans are compared on before one is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Integer, and_, cast, func, select

from base.scope import Scope
from base.shares import Share
from partners.queries import names
from qa.models import Draw, Inspection
from qa.sampling import profiles, recent
from qa.sampling.curves import SEES, Hand
from qa.sampling.plans import WHOLE_SHOP
from qa.scoring import ACCEPT
from tasks.models import Submission, Task

SPAN = timedelta(days=30)
MOST = 5000  # of the latest draws
PRIOR = 4  # pieces of the shop's own share that are added to a hand's, so that few say little


@dataclass(frozen=True, slots=True)
class Worked:
    """A partner's month: pieces handed in first, how many of them were inspected, and how many were wrong."""

    partner_id: int
    name: str
    pieces: int
    drawn: int
    judged: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Month:
    """Everybody's month; `known` says whether there is enough of it to reckon with."""

    worked: tuple[Worked, ...]

    @property
    def pieces(self) -> int:
        return sum(one.pieces for one in self.worked)

    @property
    def drawn(self) -> int:
        return sum(one.drawn for one in self.worked)

    @property
    def found(self) -> Share:
        """Of the inspected pieces those that were wrong; inspected ones are not a fair sample of all."""
        return Share(sum(one.wrong for one in self.worked), sum(one.judged for one in self.worked))

    @property
    def known(self) -> bool:
        return self.found.enough

    @property
    def hands(self) -> list[Hand]:
        """Each partner's part and the share of it that is wrong, as far as it is known; else hands as usual.

        What reviews see is taken to be SEES of what is there.
        """
        if not self.known:
            return [Hand(1, wrong) for wrong in profiles.written()]
        shop = self.found.value
        return [
            Hand(one.pieces, min(1.0, (one.wrong + PRIOR * shop) / (one.judged + PRIOR) / SEES))
            for one in self.worked
        ]

    @property
    def wrong(self) -> float:
        """The share of all work that is wrong, each hand by what it hands in."""
        hands = self.hands
        return sum(one.pieces * one.wrong for one in hands) / sum(one.pieces for one in hands)

    @property
    def level(self) -> float:
        """What reviews see of the hands on average, as sampling by standing has it."""
        if not self.known:
            return sum(one.wrong for one in self.hands) / len(self.hands) * SEES
        return recent.level((one.wrong, one.judged) for one in self.worked)


def month(scope: Scope, kind: str) -> Month:
    """The last thirty days of a kind; of every kind without one."""
    recent = (
        select(Draw.submission_id, Draw.drawn)
        .where(Draw.shop_id == scope.shop_id, Draw.at >= scope.now - SPAN)
        .order_by(Draw.id.desc())
        .limit(MOST)
        .subquery()
    )
    judged = and_(
        Inspection.shop_id == scope.shop_id,
        Inspection.submission_id == recent.c.submission_id,
        Inspection.state == "judged",
    )
    stmt = (
        select(
            Submission.partner_id,
            func.count(),
            func.sum(cast(recent.c.drawn, Integer)),
            func.count(Inspection.id),
            func.count(Inspection.id).filter(Inspection.verdict != ACCEPT),
        )
        .select_from(recent)
        .join(Submission, Submission.id == recent.c.submission_id)
        .join(Task, Task.id == Submission.task_id)
        .outerjoin(Inspection, judged)
        .where(Submission.shop_id == scope.shop_id, Submission.round == 1)
        .group_by(Submission.partner_id)
        .order_by(func.count().desc(), Submission.partner_id)
    )
    if kind != WHOLE_SHOP:
        stmt = stmt.where(Task.kind == kind)
    return Month(_told(scope.session.execute(stmt).all(), names(scope)))


def _told(rows: Sequence[Sequence[int]], known: Mapping[int, str]) -> tuple[Worked, ...]:
    return tuple(Worked(id_, known.get(id_, ""), *numbers) for id_, *numbers in rows)
