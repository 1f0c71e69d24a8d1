"""What answers come to, when another try may be made, and until when somebody is trained (pure)."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from partners.clearance import FOREVER
from partners.training.content import Question

Picked = Sequence[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Marked:
    """What a try came to: each question right or not."""

    right: tuple[bool, ...]
    passed: bool

    @property
    def hits(self) -> int:
        """How many were right."""
        return sum(self.right)


@dataclass(frozen=True, slots=True)
class Retake:
    """How many tries are left, and from when on the next may be made (none: at once, or never)."""

    left: int
    opens_at: datetime | None

    def may(self, at: datetime) -> bool:
        """Whether a try may be made at an instant."""
        return self.left > 0 and (self.opens_at is None or self.opens_at <= at)


@dataclass(frozen=True, slots=True)
class Demand:
    """That a module is asked from an instant on: its edition or a later one, passed after a certain try."""

    holds_from: datetime
    edition: int = 0
    after_id: int = 0


@dataclass(frozen=True, slots=True)
class Pass:
    """A try that was passed: of which edition, and until when it counts (none: always)."""

    id: int
    edition: int
    ends_at: datetime | None

    def meets(self, demand: Demand) -> bool:
        """Whether it is what a demand asks for."""
        return self.edition >= demand.edition and self.id > demand.after_id


def mark(questions: Sequence[Question], picked: Picked, *, pass_pct: int) -> Marked:
    """Marks a try: a question is right when exactly its right choices were picked; none asked is passed."""
    right = tuple(said == one.right for one, said in zip(questions, picked, strict=True))
    return Marked(right, 100 * sum(right) >= pass_pct * len(right))


def retake(missed: Sequence[datetime], *, wait_h: int, tries: int) -> Retake:
    """What is left after tries that were missed, the last of them last."""
    left = max(0, tries - len(missed))
    return Retake(left, missed[-1] + timedelta(hours=wait_h) if missed and left else None)


def ends_at(at: datetime, months: int, *, zone: ZoneInfo) -> datetime | None:
    """The same time of the same day so many months later (or of a shorter month's last); none for no end."""
    if not months:
        return None
    local = at.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(at.tzinfo)


def good_until(demands: Sequence[Demand], passes: Sequence[Pass]) -> datetime:
    """Until when somebody has what is asked; FOREVER where nothing ends it.

    Each demand allows work until it begins, and then for as long as what meets it counts; the least of them
    decides, so a new edition that asks again, or a lesson to be learned again, has its own day.
    """
    return min((_until(demand, passes) for demand in demands), default=FOREVER)


def _until(demand: Demand, passes: Sequence[Pass]) -> datetime:
    ends = (one.ends_at or FOREVER for one in passes if one.meets(demand))
    return max([demand.holds_from, *ends])


def wanted_by(demands: Sequence[Demand], passes: Sequence[Pass], *, at: datetime) -> datetime | None:
    """By when it is to be passed (again): what nothing meets at an instant; none where everything is met."""
    open_ = (
        _until(demand, passes)
        for demand in demands
        if not any(one.meets(demand) and (one.ends_at or FOREVER) > at for one in passes)
    )
    return min(open_, default=None)
