"""The board by partner, procedure, product or day: sums of the tallies over a span, with the span before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from base import calendars
from base.scope import Scope
from base.shares import Share
from partners.queries import names
from qa.board import measures, promised
from qa.board.days import Days, last_days
from qa.models import Tally
from qa.tallies.rules import PACE, PARTNER, PAY, PROMISE, QUALITY, SKU, SOLD, SOP, day_of
from stock.batches import batches
from stock.models import Product
from tasks.models import Sop

WEEK, WINDOW = 7, 28
SPANS = (WEEK, WINDOW)
MOST = 500  # lines of a table
NOTHING = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Window:
    """Local days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Window":
        """As many days just before."""
        return Window(self.first - timedelta(self.days), self.first - timedelta(1))


@dataclass(frozen=True, slots=True)
class Line:
    """What a partner, a procedure or a product came to; seconds are business seconds in hand."""

    id: int
    name: str
    accepted: int
    won: int
    first_pass: Share
    before: Share
    in_time: Share
    seconds: int | None
    parcels: Share
    units: int

    @property
    def points(self) -> int | None:
        """Percentage points of first pass gained on the span before."""
        if not (self.first_pass.enough and self.before.enough):
            return None
        return round(100 * (self.first_pass.value - self.before.value))


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day of the shop: orders promised for it and those of them gone or late, kept; checks; pay."""

    day: date
    promised: int
    judged: int
    kept: int
    inspected: int
    passed: int
    accepted: int
    won: int


def window(scope: Scope, days: int = WINDOW) -> Window:
    """The last so many days."""
    of = last_days(scope.now, calendars.current(scope).zone, days).days
    return Window(of[0], of[-1])


def within(scope: Scope, column: Any, window: Window) -> tuple[ColumnElement[bool], ...]:
    """That an instant lies in these local days."""
    zone = calendars.current(scope).zone
    begin = datetime.combine(window.first, time(), tzinfo=zone).astimezone(UTC)
    end = datetime.combine(window.last + timedelta(1), time(), tzinfo=zone).astimezone(UTC)
    return column >= begin, column < end


def lines(scope: Scope, dim: str, asked: Window) -> list[Line]:
    """Everybody or everything that came to something in the window, who did most first."""
    now, before = _sums(scope, dim, asked), _sums(scope, dim, asked.before, QUALITY)
    ids = {id_ for _measure, id_ in now}
    known = _names(scope, dim, ids)
    found = [_line(id_, known.get(id_, ""), now, before) for id_ in ids]
    found.sort(key=lambda line: (-line.accepted, -line.parcels.n, line.name, line.id))
    return found[:MOST]


def days(scope: Scope, asked: Window) -> list[DayLine]:
    """Every day of the window, the latest first, back to the first on which anything was."""
    zone = calendars.current(scope).zone
    of = last_days(scope.now, zone, asked.days)
    kept = measures.sums(scope, of)
    late = _late(scope, of)
    found = [
        DayLine(
            day=day,
            promised=kept[PROMISE].n[at],
            judged=kept[PROMISE].amount[at] + late.get(day, 0),
            kept=kept[PROMISE].hits[at],
            inspected=kept[QUALITY].n[at],
            passed=kept[QUALITY].hits[at],
            accepted=kept[PAY].n[at],
            won=kept[PAY].amount[at],
        )
        for at, day in reversed(list(enumerate(of.days)))
    ]
    begun = [at for at, line in enumerate(found) if line.promised or line.inspected or line.accepted]
    return found[: max(begun, default=0) + 1]


def _late(scope: Scope, of: Days) -> Mapping[date, int]:
    zone, found = calendars.current(scope).zone, dict.fromkeys(of.days, 0)
    for due, n in promised.late_days(scope, promised.horizon(scope, of.end)).items():
        if (day := day_of(due, zone)) in found:
            found[day] += n
    return found


def _sums(scope: Scope, dim: str, asked: Window, *only: str) -> dict[tuple[str, int], tuple[int, int, int]]:
    """Sums by measure and id, added up by the database."""
    wanted = only or (PAY, QUALITY, PACE, SOLD)
    rows = scope.session.execute(
        select(Tally.measure, Tally.dim_id, func.sum(Tally.n), func.sum(Tally.hits), func.sum(Tally.amount))
        .where(Tally.shop_id == scope.shop_id, Tally.dim == dim, Tally.measure.in_(wanted))
        .where(Tally.day >= asked.first, Tally.day <= asked.last)
        .group_by(Tally.measure, Tally.dim_id)
    )
    return {(measure, id_): (int(n), int(hits), int(amount)) for measure, id_, n, hits, amount in rows}


def _line(
    id_: int,
    name: str,
    now: Mapping[tuple[str, int], tuple[int, int, int]],
    before: Mapping[tuple[str, int], tuple[int, int, int]],
) -> Line:
    accepted, _none, won = now.get((PAY, id_), NOTHING)
    seen, passed, _none = now.get((QUALITY, id_), NOTHING)
    seen_before, passed_before, _none = before.get((QUALITY, id_), NOTHING)
    done, met, seconds = now.get((PACE, id_), NOTHING)
    parcels, in_time, units = now.get((SOLD, id_), NOTHING)
    return Line(
        id=id_,
        name=name,
        accepted=accepted,
        won=won,
        first_pass=Share(passed, seen),
        before=Share(passed_before, seen_before),
        in_time=Share(met, done),
        seconds=round(seconds / done) if done else None,
        parcels=Share(in_time, parcels),
        units=units,
    )


def _names(scope: Scope, dim: str, ids: Iterable[int]) -> Mapping[int, str]:
    if dim == PARTNER:
        return names(scope)
    if dim == SOP:
        rows = scope.session.execute(select(Sop.id, Sop.title).where(Sop.shop_id == scope.shop_id))
        return {id_: title for id_, title in rows}  # noqa: C416 (rows are not pairs to the type checker)
    assert dim == SKU
    found: dict[int, str] = {}
    for some in batches(sorted(ids)):
        stmt = select(Product.id, Product.sku, Product.name).where(Product.shop_id == scope.shop_id)
        rows_ = scope.session.execute(stmt.where(Product.id.in_(some)))
        found |= {id_: f"{sku} {name}" for id_, sku, name in rows_}
    return found
