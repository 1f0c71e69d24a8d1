"""How people work: each partner's four weeks, and a reviewer's own; shares come with their intervals."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import select
from sqlalchemy.sql.elements import ColumnElement

from base import calendars
from base.scope import Scope
from base.shares import ENOUGH, Share
from qa.board import drill
from qa.board.days import last_days
from qa.board.drill import Line
from qa.board.measures import fortnight, since
from qa.models import Inspection
from qa.reviewers import own_looks, rolled
from qa.tallies.eyes import LOOKED, REVIEW, VERDICT
from qa.tallies.rules import PARTNER

WINDOW = 28  # days
LOOKS = 500  # the latest ones, for the median


@dataclass(frozen=True, slots=True)
class Record:
    """A reviewer's own four weeks, and how many were judged on each day of the last fortnight.

    `seconds` is from the draw to the verdict in business time, on average; `look_s` is the median from
    opening a submission to the verdict, none while there are too few to say it.
    """

    judged: int
    accepted: int
    sent_back: int
    rejected: int
    in_time: Share
    back: Share
    seconds: int | None
    look_s: int | None
    days: list[int]


def workers(scope: Scope) -> list[Line]:
    """Every partner who did something in the last four weeks, who did most first."""
    return drill.lines(scope, PARTNER, drill.window(scope))


def own(scope: Scope) -> Record:
    """The actor's own four weeks of reviewing, as far as they are counted."""
    days = fortnight(scope)
    first = last_days(scope.now, calendars.current(scope).zone, WINDOW + 1).days[0]
    kept = rolled.own(scope, first)
    judged, accepted, rejected = kept.sums(VERDICT)
    clocks, met, seconds = kept.sums(REVIEW)
    looks, looked, _none = kept.sums(LOOKED)
    sent_back = judged - accepted - rejected
    return Record(
        judged,
        accepted,
        sent_back,
        rejected,
        in_time=Share(met + looked, clocks + looks),
        back=Share(sent_back, judged),
        seconds=round(seconds / clocks) if clocks else None,
        look_s=_look(scope, since(scope, WINDOW)),
        days=[kept.of(VERDICT, day)[0] for day in days.days],
    )


def _look(scope: Scope, begin: datetime) -> int | None:
    """The median of the latest looks; few enough are read for a page to stay quick."""
    latest = (
        select(Inspection.look_s)
        .where(*_mine(scope), Inspection.judged_at >= begin, Inspection.look_s.is_not(None))
        .order_by(Inspection.judged_at.desc())
        .limit(LOOKS)
    )
    looks = [look for look in scope.session.scalars(latest) if look is not None]
    looks += own_looks.seconds(scope, begin)
    return round(median(looks)) if len(looks) >= ENOUGH else None


def _mine(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return Inspection.shop_id == scope.shop_id, Inspection.reviewer_id == scope.actor.id
