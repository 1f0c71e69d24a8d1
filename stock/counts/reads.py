"""Rounds as their pages show them: the list, one with its lines, and the blind sheet of whoever counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.orm import joinedload

from base import prepared
from base.prepared import SHOP
from base.rows import Page, mine, one, page
from base.scope import Scope
from stock import books, shelves
from stock.counts import life
from stock.counts.models import CountLine, CountRound
from stock.models import Product
from stock.shelves import Owed, Place


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a round is: lines to count, waiting for a second person, counted, of these differing."""

    left: int = 0
    waiting: int = 0
    counted: int = 0
    differed: int = 0
    dropped: int = 0

    @property
    def total(self) -> int:
        return self.left + self.waiting + self.counted


@dataclass(frozen=True, slots=True)
class Round:
    """A round with how far it is."""

    id: int
    day: date
    begun_by: int
    closed_at: datetime | None
    closed_by: int | None
    summary: str
    dear: int
    waiting: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the owner sees it; `said` are the entries, told only once nobody has to count it any more."""

    id: int
    product: Product
    place: Place
    grade: str
    why: str
    state: str
    said: tuple[int, ...]
    variance: int
    worth: int | None
    cause: str
    alone: bool
    who: tuple[int, ...]
    decided_by: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A line as whoever counts sees it: blind, with the mark at which the count begins."""

    id: int
    product: Product
    state: str
    tries: int
    version: int
    begun: int


def rounds(scope: Scope, *, after: str = "", size: int = 20) -> Page[Round]:
    """A page of rounds, the latest first. Raises BadCursor."""
    found = page(scope, mine(scope, CountRound), by=(CountRound.id,), after=after, size=size)
    tallies = _tallies(scope, [row.id for row in found.rows])
    return Page([_round(row, tallies) for row in found.rows], found.next)


def round_(scope: Scope, round_id: int) -> Round:
    """One round. Raises NotFound."""
    row = one(scope, CountRound, round_id)
    return _round(row, _tallies(scope, [row.id]))


def open_round(scope: Scope) -> Round | None:
    """The round that is under way, if one is."""
    row = scope.session.scalar(mine(scope, CountRound).where(CountRound.closed_at.is_(None)))
    return _round(row, _tallies(scope, [row.id])) if row else None


def lines(scope: Scope, round_id: int) -> tuple[Line, ...]:
    """The lines of a round: what waits for a decision first, then by place and SKU."""
    stmt = mine(scope, CountLine).where(CountLine.round_id == round_id).options(joinedload(CountLine.product))
    where = shelves.places(scope)
    found = [_line(row, where[row.location_id]) for row in scope.session.scalars(stmt)]
    rank = {life.WAITING: 0, life.AGAIN: 1, life.DUE: 1}
    return tuple(sorted(found, key=lambda one_: (rank.get(one_.state, 2), one_.place.name, one_.product.sku)))


def asked(scope: Scope, *, partner_id: int, place_id: int = 0) -> tuple[tuple[Place, tuple[Asked, ...]], ...]:
    """What a partner (0: the owner) is to count, place by place, by SKU; says nothing of the book."""
    stmt = (
        mine(scope, CountLine)
        .where(CountLine.partner_id == partner_id, CountLine.state.in_(life.OPEN))
        .options(joinedload(CountLine.product))
    )
    if place_id:
        stmt = stmt.where(CountLine.location_id == place_id)
    by_place: dict[int, list[CountLine]] = {}
    for row in scope.session.scalars(stmt):
        by_place.setdefault(row.location_id, []).append(row)
    where = shelves.places(scope)
    return tuple((place, _asked(scope, by_place[id_])) for id_, place in where.items() if id_ in by_place)


def one_asked(scope: Scope, line: CountLine) -> Asked:
    """A line that is asked for again, with the mark at which that count begins."""
    return _asked(scope, [line])[0]


def progress(scope: Scope, *, partner_id: int) -> tuple[int, int]:
    """How many lines of the open round a partner (0: the owner) has counted, of how many."""
    open_ = select(CountRound.id).where(CountRound.shop_id == scope.shop_id, CountRound.closed_at.is_(None))
    stmt = (
        select(CountLine.state, func.count())
        .where(CountLine.shop_id == scope.shop_id, CountLine.partner_id == partner_id)
        .where(CountLine.round_id.in_(open_))
        .group_by(CountLine.state)
    )
    found = dict(scope.session.execute(stmt).all())
    total = sum(found.values())
    return total - sum(found.get(state, 0) for state in life.OPEN), total


def asked_of(scope: Scope) -> int:
    """How many lines the actor, a partner, is asked to count."""
    row = prepared.run(scope, _ASKED_OF, {"partner": scope.actor.partner_id}).one()
    return int(row[0])


def hidden(scope: Scope) -> frozenset[int]:
    """The products the actor, a partner, counts blind: she is not told what the book expects."""
    mine_ = (CountLine.shop_id == scope.shop_id, CountLine.partner_id == scope.actor.partner_id)
    stmt = select(CountLine.product_id).where(*mine_, CountLine.state.in_(life.OPEN))
    return frozenset(scope.session.scalars(stmt))


def own_goods(scope: Scope) -> list[Owed]:
    """What lies at the actor's home, without the units of what she is asked to count."""
    blind = hidden(scope)
    goods = shelves.at_home(scope, scope.actor.partner_id or 0)
    return [replace(one_, units=None) if one_.product_id in blind else one_ for one_ in goods]


_ASKED_OF = select(func.count()).where(
    CountLine.shop_id == SHOP,
    CountLine.partner_id == bindparam("partner"),
    CountLine.state.in_([literal_column(f"'{state}'") for state in life.OPEN]),
)


def _tallies(scope: Scope, round_ids: Sequence[int]) -> Mapping[int, Tally]:
    differs = CountLine.variance != 0
    stmt = (
        select(CountLine.round_id, CountLine.state, differs, func.count())
        .where(CountLine.shop_id == scope.shop_id, CountLine.round_id.in_(round_ids))
        .group_by(CountLine.round_id, CountLine.state, differs)
    )
    found: dict[int, list[tuple[str, bool, int]]] = {}
    for round_id, state, wrong, n in scope.session.execute(stmt):
        found.setdefault(round_id, []).append((state, bool(wrong), n))
    return {round_id: _tally(rows) for round_id, rows in found.items()}


def _tally(rows: Iterable[tuple[str, bool, int]]) -> Tally:
    told = list(rows)

    def some(*states: str) -> int:
        return sum(n for state, _, n in told if state in states)

    differed = sum(n for state, wrong, n in told if state == life.COUNTED and wrong)
    return Tally(some(*life.OPEN), some(life.WAITING), some(life.COUNTED), differed, some(life.DROPPED))


def _round(row: CountRound, tallies: Mapping[int, Tally]) -> Round:
    return Round(
        id=row.id,
        day=row.day,
        begun_by=row.begun_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        summary=row.summary,
        dear=row.dear,
        waiting=row.waiting,
        tally=tallies.get(row.id, Tally()),
    )


def _line(row: CountLine, place: Place) -> Line:
    entries = row.said["said"]
    blind = row.state in life.OPEN
    return Line(
        id=row.id,
        product=row.product,
        place=place,
        grade=row.grade,
        why=row.why,
        state=row.state,
        said=() if blind else tuple(each["units"] for each in entries),
        variance=0 if blind else row.variance,
        worth=None if blind else worth(row.variance, row.product.price),
        cause=row.cause,
        alone=row.alone,
        who=tuple(dict.fromkeys(each["by"] for each in entries)),
        decided_by=row.decided_by,
    )


def worth(units: int, price: Decimal | None) -> int | None:
    """What so many units are worth in won at the selling price; None where none is known."""
    return None if price is None else int(units * price)


def _asked(scope: Scope, rows: Sequence[CountLine]) -> tuple[Asked, ...]:
    begun = books.marks(scope, rows[0].location_id, [row.product_id for row in rows])
    found = [
        Asked(
            id=row.id,
            product=row.product,
            state=row.state,
            tries=len(row.said["said"]),
            version=row.version,
            begun=begun.get(row.product_id, 0),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one_: one_.product.sku))
