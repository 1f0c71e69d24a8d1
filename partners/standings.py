"""The gate of standings: each first verdict counts once, every change of band is written with its cause."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, case, exists, select, update

from base.db import Big
from base.errors import NotFound
from base.once import once
from base.prepared import SHOP
from base.rows import changed, mine
from base.scope import Scope
from partners import standing
from partners.lifecycle import PILOT
from partners.models import Partner, Standing, StandingChange
from partners.news import StandingChanged
from partners.standing import GATES, NEW, TRUSTED, WATCHED, Results
from partners.training.models import Pilot
from security import audit
from security.shops import rules

JUDGED, TURNED = "judged", "turned"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer's first word about a piece of work was, and when."""

    partner_id: int
    kind: str
    task_id: int
    passed: bool
    at: datetime


Past = Callable[[], Sequence[Verdict]]


def count(scope: Scope, verdict: Verdict, *, past: Past) -> None:
    """Counts the first verdict about a piece of work; the caller sees to it that it comes once.

    Where nothing was counted yet, all of `past` is: every first verdict up to this one, the earliest first.
    """
    stands = _held(scope, verdict)
    every = [verdict] if stands.n else past()
    results = reduce(_added, every, _results(stands))
    _keep(scope, stands, results, cause=JUDGED, task_id=verdict.task_id)


def mend(scope: Scope, verdict: Verdict) -> None:
    """Puts right what was counted at `verdict.at` after that verdict was turned round to `verdict.passed`."""
    stands = _held(scope, verdict)
    results = standing.mend(_results(stands), passed=verdict.passed, at=verdict.at)
    _keep(scope, stands, results, cause=TURNED, task_id=verdict.task_id)


def band_of() -> ScalarSelect[str]:
    """Where the hand `hand` stands in the kind `kind_asked`: a column of another read, none where unknown."""
    return (
        select(Standing.band)
        .where(
            Standing.shop_id == SHOP,
            Standing.partner_id == bindparam("hand", type_=Big),
            Standing.kind == bindparam("kind_asked"),
        )
        .scalar_subquery()
    )


def trusted(scope: Scope, kind: str) -> list[int]:
    """The partners who are trusted in a kind."""
    here = (Standing.shop_id == scope.shop_id, Standing.kind == kind, Standing.band == TRUSTED)
    return list(scope.session.scalars(select(Standing.partner_id).where(*here).order_by(Standing.partner_id)))


def room(card: Any = Partner) -> ColumnElement[int]:
    """The most tasks the partner of a card (or of an alias's columns) may hold.

    As agreed, or by its gate, and in a pilot no more than it lets.
    """
    watched = exists().where(
        Standing.shop_id == card.shop_id, Standing.partner_id == card.id, Standing.band == WATCHED
    )
    most = GATES[WATCHED].most_held
    held = case((and_(card.capacity > most, watched), most), else_=card.capacity)
    in_pilot = select(Pilot.held).where(
        Pilot.shop_id == card.shop_id, Pilot.partner_id == card.id, Pilot.ended_at.is_(None)
    )
    pilots = in_pilot.scalar_subquery()
    capped = and_(card.state == PILOT, pilots < held)
    return case((capped, pilots), else_=held).label("capacity")


def most_held(scope: Scope, partner_id: int) -> int:
    """The most tasks a partner may hold at once."""
    asked = select(room()).where(Partner.shop_id == scope.shop_id, Partner.id == partner_id)
    return scope.session.scalars(asked).one()


def _held(scope: Scope, verdict: Verdict) -> Standing:
    """The row of this partner and kind, held until the end: two verdicts never count past each other."""
    fresh = {"n": 0, "weight": 0.0, "good": 0.0, "squares": 0.0, "counted_at": verdict.at, "since": scope.now}
    whose = {"shop_id": scope.shop_id, "partner_id": verdict.partner_id, "kind": verdict.kind}
    once(scope.session, Standing, whose | fresh | {"band": NEW})
    asked = mine(scope, Standing).where(
        Standing.partner_id == verdict.partner_id, Standing.kind == verdict.kind
    )
    row = scope.session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def _added(results: Results, verdict: Verdict) -> Results:
    return standing.add(results, passed=verdict.passed, at=verdict.at)


def _results(row: Standing) -> Results:
    at = row.counted_at if row.n else None
    return Results(row.n, row.weight, row.good, row.squares, at)


def _keep(scope: Scope, row: Standing, results: Results, *, cause: str, task_id: int) -> None:
    wanted = rules(scope).trust_percent
    band = standing.band(results, wanted=wanted / 100, before=row.band)
    kept = {
        "n": results.n,
        "weight": results.weight,
        "good": results.good,
        "squares": results.squares,
        "counted_at": results.at,
        "band": band,
        "since": row.since if band == row.band else scope.now,
    }
    before = row.band
    changed(
        scope, update(Standing).where(Standing.shop_id == scope.shop_id, Standing.id == row.id).values(kept)
    )
    if band != before:
        _change(scope, row, results, before=before, after=band, cause=cause, task_id=task_id)


def _change(
    scope: Scope, row: Standing, results: Results, *, before: str, after: str, cause: str, task_id: int
) -> None:
    low, high = results.interval
    change = StandingChange(
        shop_id=scope.shop_id,
        partner_id=row.partner_id,
        kind=row.kind,
        before=before,
        after=after,
        cause=cause,
        task_id=task_id,
        n=results.n,
        share=_per_mille(results.share),
        low=_per_mille(low),
        high=_per_mille(high),
        wanted=rules(scope).trust_percent,
        at=scope.now,
        state="told",
        question="",
        answer="",
    )
    scope.session.add(change)
    scope.session.flush()
    audit.note(
        scope,
        "standing.changed",
        subject="partner",
        subject_id=row.partner_id,
        change=change.id,
        before=before,
        after=after,
    )
    scope.tell(StandingChanged(change.id, row.partner_id, task_id))


def _per_mille(share: float) -> int:
    return round(share * 1000)
