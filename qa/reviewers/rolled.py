"""How reviewers judge, as the tallies keep it by weeks: nothing here grows with what was judged."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from base import calendars
from base.scope import Scope
from base.shares import Share
from qa.agreement.intervals import Stratum
from qa.models import Tally
from qa.sampling.draws import REASONS
from qa.scoring import VERDICTS
from qa.tallies import eyes
from qa.tallies.eyes import ALIKE, KNOWN, SETTLED, TWICE
from qa.tallies.rules import REVIEWER
from stock.batches import batches
from tasks.models import Sop

LOOKED_BACK = timedelta(days=180)  # in which things were judged twice, settled, known
BESIDE = timedelta(days=90)  # in which work alike was judged
NOTHING = Share(0, 0)

Said = tuple[str, str]  # by the one, by the other
Sums = tuple[int, int, int]  # n, hits, amount
PAIRS: Mapping[str, Said] = {eyes.pair(a, b): (a, b) for a in VERDICTS for b in VERDICTS}
BOTH: Mapping[str, Said] = {eyes.both(a, b): (a, b) for a in VERDICTS for b in VERDICTS if a <= b}


@dataclass(slots=True)
class Twice:
    """What one reviewer and others said of the same things: in all, and week by week."""

    said: dict[Said, int] = field(default_factory=dict)
    weeks: dict[date, dict[Said, int]] = field(default_factory=dict)

    def add(self, week: date, said: Said, n: int) -> None:
        """So many more in a week."""
        of_week = self.weeks.setdefault(week, {})
        of_week[said] = of_week.get(said, 0) + n
        self.said[said] = self.said.get(said, 0) + n

    def before(self, week: date) -> dict[Said, int]:
        """What was said in the weeks before one."""
        found: dict[Said, int] = {}
        for begin, of_week in self.weeks.items():
            for said, n in of_week.items() if begin < week else ():
                found[said] = found.get(said, 0) + n
        return found


def twice(scope: Scope, account_id: int | None = None) -> dict[int, Twice]:
    """What was judged twice in half a year, of every reviewer or of one."""
    found: dict[int, Twice] = {}
    for dim, id_, day, n, _hits in _rows(scope, TWICE, PAIRS, _week(scope, LOOKED_BACK), account_id):
        found.setdefault(id_, Twice()).add(day, PAIRS[dim], n)
    return found


def by_sop(scope: Scope) -> dict[int, dict[Said, int]]:
    """What was judged twice in half a year, by procedure."""
    found: dict[int, dict[Said, int]] = {}
    for dim, id_, _day, n, _hits in _rows(scope, TWICE, BOTH, _week(scope, LOOKED_BACK)):
        said = found.setdefault(id_, {})
        said[BOTH[dim]] = said.get(BOTH[dim], 0) + n
    return found


def settled(scope: Scope) -> dict[int, Share]:
    """Of the cases that the owner settled in half a year, how often each reviewer had said what is so."""
    return _shares(_rows(scope, SETTLED, [REVIEWER], _week(scope, LOOKED_BACK)))


def known(scope: Scope) -> dict[int, Share]:
    """How often each reviewer was right about pieces whose verdict is known."""
    return _shares(_rows(scope, KNOWN, [REVIEWER], _week(scope, LOOKED_BACK)))


def strata(scope: Scope) -> Mapping[int, list[Stratum]]:
    """Each reviewer beside the others in comparable work: one procedure, drawn for one reason."""
    sops = scope.session.scalars(select(Sop.id).where(Sop.shop_id == scope.shop_id))
    dims = [eyes.like(sop_id, reason) for sop_id in sops for reason in REASONS]
    alike: dict[str, dict[int, tuple[int, int]]] = {}
    for dim, reviewer_id, _day, n, hits in _rows(scope, ALIKE, dims, _week(scope, BESIDE)):
        before = alike.setdefault(dim, {}).get(reviewer_id, (0, 0))
        alike[dim][reviewer_id] = (before[0] + n, before[1] + hits)
    found: dict[int, list[Stratum]] = {}
    for reviewer_id, stratum in _beside(alike.values()):
        found.setdefault(reviewer_id, []).append(stratum)
    return found


def _beside(alike: Iterable[Mapping[int, tuple[int, int]]]) -> Iterator[tuple[int, Stratum]]:
    for by in alike:
        whole, passed = sum(n for n, _hits in by.values()), sum(hits for _n, hits in by.values())
        for reviewer_id, (n, hits) in by.items():
            yield reviewer_id, Stratum(hits, n, passed - hits, whole - n)


def _week(scope: Scope, back: timedelta) -> date:
    """The Monday of the week so long ago."""
    return eyes.monday(_day(scope, scope.now - back))


def this_week(scope: Scope) -> date:
    """This week's Monday."""
    return eyes.monday(_day(scope, scope.now))


def _day(scope: Scope, at: datetime) -> date:
    return at.astimezone(calendars.current(scope).zone).date()


Row = tuple[str, int, date, int, int]  # dimension, id, week, n, hits


def _rows(
    scope: Scope, measure: str, dims: Iterable[str], since: date, dim_id: int | None = None
) -> Iterator[Row]:
    """Asked for by name: so an index finds them, and each database orders texts in its own way."""
    here = (Tally.shop_id == scope.shop_id, Tally.measure == measure, Tally.day >= since)
    stmt = select(Tally.dim, Tally.dim_id, Tally.day, Tally.n, Tally.hits).where(*here)
    asked: Any = stmt if dim_id is None else stmt.where(Tally.dim_id == dim_id)
    for some in batches(sorted(dims)):
        yield from scope.session.execute(asked.where(Tally.dim.in_(some)))


def _shares(rows: Iterable[Row]) -> dict[int, Share]:
    found: dict[int, Share] = {}
    for _dim, id_, _day, n, hits in rows:
        before = found.get(id_, NOTHING)
        found[id_] = Share(before.hits + hits, before.n + n)
    return found


@dataclass(frozen=True, slots=True)
class Own:
    """A reviewer's own days: n, hits and amount by measure and day."""

    days: Mapping[tuple[str, date], Sums]

    def of(self, measure: str, day: date) -> Sums:
        """One measure on one day."""
        return self.days.get((measure, day), (0, 0, 0))

    def sums(self, measure: str) -> Sums:
        """One measure over all days."""
        of_it = [sums for (name, _day), sums in self.days.items() if name == measure]
        return sum(n for n, _, _ in of_it), sum(hits for _, hits, _ in of_it), sum(a for _, _, a in of_it)


def own(scope: Scope, first: date) -> Own:
    """The actor's own verdicts from a day on: a row a day and measure."""
    wanted = (eyes.VERDICT, eyes.REVIEW, eyes.LOOKED)
    rows = scope.session.execute(
        select(Tally.measure, Tally.day, Tally.n, Tally.hits, Tally.amount)
        .where(Tally.shop_id == scope.shop_id, Tally.dim == REVIEWER, Tally.dim_id == scope.actor.id)
        .where(Tally.measure.in_(wanted), Tally.day >= first)
    )
    return Own({(measure, day): (n, hits, amount) for measure, day, n, hits, amount in rows})
