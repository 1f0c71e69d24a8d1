"""Rounds of counting: a week's lines are laid out by the plan, counted, and closed with a word about them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, update

from base import calendars
from base.errors import Invalid, Refused
from base.once import once
from base.personal import resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit
from stock import shelves
from stock.counts import gate, life
from stock.counts.models import CountLine, CountRound
from stock.counts.plan import MOST, MOST_AT_HOME, Shelved, Wanted, Week, plan
from stock.demand.classes import abc
from stock.levels import HOME, TRANSIT
from stock.models import Count, Level, Location, Product
from stock.shelves import Place

DEAR = 50_000  # won: unless the owner says otherwise, a second person looks at a difference worth this
LONGEST_SUMMARY = 1000
DEAREST = 100_000_000


class RoundOpen(Refused):
    """A round is open already."""

    code = "counts.round_open"


class NothingDue(Refused):
    """Everything that lies somewhere was counted lately."""

    code = "counts.nothing_due"


class BadRound(Invalid):
    """A round cannot be begun or closed as it was written. Facts: field, why (a code)."""

    code = "counts.bad_round"


class RoundClosed(Refused):
    """The round was closed before."""

    code = "counts.round_closed"


def begin(scope: Scope, *, dear: int = DEAR) -> int:
    """Lays out this week's lines: each for the partner at whose home the goods lie, else for the owner.

    Raises BadRound, NothingDue, RoundOpen.
    """
    if not 0 <= dear <= DEAREST:
        raise BadRound(field="dear", why="dear")
    week = due(scope)
    if not week.wanted:
        raise NothingDue
    row = {"day": calendars.today(scope), "dear": dear, "waiting": week.waiting, "summary": ""}
    who = {"shop_id": scope.shop_id, "begun_by": scope.actor.id, "begun_at": scope.now}
    made = once(scope.session, CountRound, row | who)
    if made is None:
        raise RoundOpen
    places = shelves.places(scope)
    lines = [_line(scope, made, wanted, places[wanted.place_id]) for wanted in week.wanted]
    scope.session.execute(insert(CountLine), lines)
    audit.note(scope, "count.begun", subject="count_round", subject_id=made, lines=len(lines))
    return made


def due(scope: Scope) -> Week:
    """What the plan asks to count now, of everything that lies anywhere."""
    lying = _lying(scope)
    worth: dict[int, float] = {}
    for one_ in lying:
        worth[one_.product_id] = worth.get(one_.product_id, 0.0) + one_.worth
    most = {place.id: _most(place) for place in shelves.places(scope).values()}
    return plan(lying, abc(worth), most, calendars.today(scope))


def close(scope: Scope, round_id: int, *, summary: str) -> None:
    """Ends a round; what was not counted falls due again. Raises BadRound, NotFound, RoundClosed."""
    row = one(scope, CountRound, round_id)
    told = summary.strip()
    if len(told) > LONGEST_SUMMARY:
        raise BadRound(field="summary", why="length")
    if resident_number(told):
        raise BadRound(field="summary", why="resident_number")
    this = (CountRound.shop_id == scope.shop_id, CountRound.id == row.id, CountRound.closed_at.is_(None))
    ended = {"closed_at": scope.now, "closed_by": scope.actor.id, "summary": told}
    if changed(scope, update(CountRound).where(*this).values(ended)) != 1:
        raise RoundClosed
    left = mine(scope, CountLine).where(CountLine.round_id == row.id, CountLine.state.in_(life.LIVE))
    for line in scope.session.scalars(left.order_by(CountLine.id)).all():
        gate.take(scope, line, life.DROP)
    audit.note(scope, "count.closed", subject="count_round", subject_id=row.id)


def differing(scope: Scope) -> tuple[int, datetime | None]:
    """How many lines wait for an owner's yes, and since when their round is under way."""
    here = select(func.count(), func.min(CountRound.begun_at)).select_from(CountLine)
    here = here.join(CountRound, CountRound.id == CountLine.round_id)
    waiting = (CountLine.shop_id == scope.shop_id, CountRound.closed_at.is_(None))
    n, since = scope.session.execute(here.where(*waiting, CountLine.state == life.WAITING)).one()
    return n, since


def _most(place: Place) -> int:
    return MOST_AT_HOME if place.kind == HOME else MOST


def _line(scope: Scope, round_id: int, wanted: Wanted, place: Place) -> Mapping[str, Any]:
    return {
        "shop_id": scope.shop_id,
        "round_id": round_id,
        "product_id": wanted.product_id,
        "location_id": wanted.place_id,
        "partner_id": place.partner_id if place.here else 0,
        "grade": wanted.grade,
        "why": wanted.why,
        "state": life.DUE,
        "version": 1,
        "said": {"said": []},
        "variance": 0,
        "cause": "",
        "alone": False,
    }


def _lying(scope: Scope) -> list[Shelved]:
    """Every product that lies at a place, with its last count there; on the way nobody can count."""
    newest = (
        select(func.max(Count.id).label("id"))
        .where(Count.shop_id == scope.shop_id)
        .group_by(Count.product_id, Count.location_id)
        .subquery()
    )
    last = (
        select(Count).join(newest, newest.c.id == Count.id).where(Count.shop_id == scope.shop_id).subquery()
    )
    here = (last.c.product_id == Level.product_id) & (last.c.location_id == Level.location_id)
    columns = (Level.product_id, Level.location_id, Level.on_hand, Product.price)
    stmt = (
        select(*columns, last.c.at, last.c.counted, last.c.book)
        .join(Product, Product.id == Level.product_id)
        .join(Location, Location.id == Level.location_id)
        .join(last, here, isouter=True)
        .where(Level.shop_id == scope.shop_id, Product.shop_id == scope.shop_id, Level.on_hand > 0)
        .where(Location.shop_id == scope.shop_id, Location.kind != TRANSIT)
    )
    zone = calendars.current(scope).zone
    return [
        Shelved(
            product_id=product,
            place_id=place,
            worth=int(units * (price or Decimal(0))),
            counted=at.astimezone(zone).date() if at else None,
            differed=at is not None and counted != book,
        )
        for product, place, units, price, at, counted, book in scope.session.execute(stmt)
    ]
