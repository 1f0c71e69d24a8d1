"""Rolling up: every partner's four weeks from the daily sums, in a few statements for the whole shop."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from base import calendars
from base.once import once
from base.scope import Scope
from partners.lifecycle import LEFT
from partners.models import Partner
from qa.models import Tally
from qa.tallies.rules import ESCAPED, OUT, PACE, PARTNER, PAY, QUALITY
from qa.vendors import scorecard, weighing
from qa.vendors.models import VendorFigure
from qa.vendors.scorecard import GONE, UNKNOWN, Figures
from security.news import MemberJoined
from stock.batches import batches
from stock.models import Count, Location

WINDOW = timedelta(days=28)
COUNTED = timedelta(days=91)  # goods at home are counted seldom
NOTHING = (0, 0, 0)


def on_joined(scope: Scope, news: MemberJoined) -> None:
    """A partner who joined stands in the table at once, with nothing to say yet."""
    if news.role == "partner":
        once(scope.session, VendorFigure, _blank(scope, news.membership_id))


def wanted(session: Session, shop_id: int) -> bool:
    """Whether there is anybody to say something about."""
    return session.scalar(select(Partner.id).where(Partner.shop_id == shop_id).limit(1)) is not None


def keep(scope: Scope) -> int:
    """Rolls up every partner's four weeks and the four before; periodic. Gives how many there are."""
    today = scope.now.astimezone(calendars.current(scope).zone).date()
    now, before = (_figures(scope, end) for end in (today, today - WINDOW))
    weights = weighing.weights(scope)
    cards = scope.session.execute(select(Partner.id, Partner.state).where(Partner.shop_id == scope.shop_id))
    rows = [
        _row(scope, id_, now.get(id_, Figures()), before.get(id_, Figures()), weights)
        | ({"band": GONE} if state == LEFT else {})
        for id_, state in cards
    ]
    for some in batches(rows, 500):
        _put(scope, some)
    return len(rows)


def _figures(scope: Scope, last: date) -> dict[int, Figures]:
    """What each partner came to in the four weeks that end on a day."""
    found: dict[int, dict[str, tuple[int, int, int]]] = {}
    for id_, measure, *sums in scope.session.execute(_sums(scope, last)):
        found.setdefault(id_, {})[measure] = (int(sums[0]), int(sums[1]), int(sums[2]))
    goods = dict(_gaps(scope, last))
    return {id_: _of(found.get(id_, {}), goods.get(id_, (0, 0))) for id_ in found.keys() | goods.keys()}


def _sums(scope: Scope, last: date) -> Any:
    here = (Tally.shop_id == scope.shop_id, Tally.dim == PARTNER)
    measures = Tally.measure.in_([PAY, QUALITY, PACE, OUT, ESCAPED])
    days = (Tally.day > last - WINDOW, Tally.day <= last)
    sums = (func.sum(Tally.n), func.sum(Tally.hits), func.sum(Tally.amount))
    return (
        select(Tally.dim_id, Tally.measure, *sums)
        .where(*here, measures, *days)
        .group_by(Tally.dim_id, Tally.measure)
    )


def _gaps(scope: Scope, last: date) -> Iterator[tuple[int, tuple[int, int]]]:
    """What counts of partners' homes found: units in the book, and units more or fewer."""
    until = scope.now - (scope.now.date() - last)
    rows = (
        select(Location.partner_id, func.sum(Count.book), func.sum(func.abs(Count.counted - Count.book)))
        .join(Location, Location.id == Count.location_id)
        .where(
            Count.shop_id == scope.shop_id,
            Location.shop_id == scope.shop_id,
            Location.kind == "home",
            Count.at > until - COUNTED,
            Count.at <= until,
        )
        .group_by(Location.partner_id)
    )
    for id_, booked, off in scope.session.execute(rows):
        yield id_, (int(booked), int(off))


def _of(sums: Mapping[str, tuple[int, int, int]], goods: tuple[int, int]) -> Figures:
    paid, seen, done = (sums.get(name, NOTHING) for name in (PAY, QUALITY, PACE))
    return Figures(
        accepted=paid[0],
        won=paid[2],
        inspected=seen[0],
        passed=seen[1],
        handed_in=done[0],
        in_time=done[1],
        seconds=done[2],
        lines=sums.get(OUT, NOTHING)[0],
        escapes=sums.get(ESCAPED, NOTHING)[0],
        booked=goods[0],
        off=goods[1],
    )


def _row(
    scope: Scope, partner_id: int, now: Figures, before: Figures, weights: Mapping[str, int]
) -> dict[str, Any]:
    shares = now.shares()
    points, points_before = (scorecard.score(one.shares(), weights) for one in (now, before))
    return _blank(scope, partner_id) | {
        "score": UNKNOWN if points is None else points,
        "score_before": UNKNOWN if points_before is None else points_before,
        "band": scorecard.band(points),
        "quality": scorecard.ppm(shares[scorecard.QUALITY]),
        "promises": scorecard.ppm(shares[scorecard.PROMISES]),
        **asdict(now),
    }


def _blank(scope: Scope, partner_id: int) -> dict[str, Any]:
    silent = {"score": UNKNOWN, "score_before": UNKNOWN, "band": scorecard.SILENT}
    none = {"quality": UNKNOWN, "promises": UNKNOWN, **asdict(Figures())}
    return {"shop_id": scope.shop_id, "partner_id": partner_id, "as_of": scope.now} | silent | none


def _put(scope: Scope, rows: Collection[Mapping[str, Any]]) -> None:
    dialect = postgresql if scope.world.engines.dialect == "postgresql" else sqlite
    stmt = dialect.insert(VendorFigure)
    columns = [name for name in next(iter(rows)) if name not in {"shop_id", "partner_id"}]
    new = {name: stmt.excluded[name] for name in columns}
    put = stmt.on_conflict_do_update(index_elements=["partner_id"], set_=new)
    scope.session.execute(put, list(rows))
