"""What is read about standings: how a partner stands in each kind, what changed it, and what was asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from base.rows import mine
from base.scope import Scope
from partners import queries, standing
from partners.models import Standing, StandingChange
from partners.standing import BANDS, NEW, Results
from security.shops import rules

MOST_CHANGES = 50
NEWS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Stand:
    """How a partner stands in a kind. The share and its interval in percent, none while too little is known;
    `to_go` is how many more pieces in a row must pass until trust, `missing` how many until anything is said.
    """

    partner_id: int
    kind: str
    band: str
    since: datetime
    n: int
    share: int | None
    low: int | None
    high: int | None
    to_go: int | None
    missing: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a standing that waits for the owner."""

    change: StandingChange
    name: str


def of_partner(scope: Scope, partner_id: int) -> list[Stand]:
    """How a partner stands, the kind with most inspected work first."""
    asked = mine(scope, Standing).where(Standing.partner_id == partner_id)
    wanted = rules(scope).trust_percent / 100
    rows = scope.session.scalars(asked.order_by(Standing.n.desc(), Standing.kind))
    return [_stand(row, wanted, scope.now) for row in rows]


def bands(scope: Scope) -> dict[int, list[tuple[str, str]]]:
    """The kinds in which each partner is known well enough, with the band: what needs a word first."""
    asked = select(Standing.partner_id, Standing.kind, Standing.band).where(
        Standing.shop_id == scope.shop_id, Standing.band != NEW
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for partner_id, kind, band in sorted(scope.session.execute(asked), key=lambda row: BANDS.index(row[2])):
        found.setdefault(partner_id, []).append((kind, band))
    return found


def changes(scope: Scope, partner_id: int) -> list[StandingChange]:
    """What changed a partner's standings, the latest first; the latest fifty."""
    asked = mine(scope, StandingChange).where(StandingChange.partner_id == partner_id)
    return list(scope.session.scalars(asked.order_by(StandingChange.id.desc()).limit(MOST_CHANGES)))


def fresh(scope: Scope) -> StandingChange | None:
    """The latest change of the actor's own standing, while it is news: within a week, or a fresh answer."""
    asked = mine(scope, StandingChange).where(StandingChange.partner_id == scope.actor.partner_id)
    change = scope.session.scalar(asked.order_by(StandingChange.id.desc()).limit(1))
    if change is None or max(change.at, change.answered_at or change.at) < scope.now - NEWS:
        return None
    return change


def questions(scope: Scope) -> list[Asked]:
    """Questions that wait for an answer, the oldest first."""
    asked = mine(scope, StandingChange).where(StandingChange.state == "asked").order_by(StandingChange.id)
    rows = list(scope.session.scalars(asked.limit(MOST_CHANGES)))
    names = queries.names(scope) if rows else {}
    return [Asked(row, names.get(row.partner_id, "")) for row in rows]


def _stand(row: Standing, wanted: float, now: datetime) -> Stand:
    results = Results(row.n, row.weight, row.good, row.squares, row.counted_at)
    known = not results.missing
    low, high = results.interval
    return Stand(
        row.partner_id,
        row.kind,
        row.band,
        row.since,
        row.n,
        share=_percent(results.share) if known else None,
        low=_percent(low) if known else None,
        high=_percent(high) if known else None,
        to_go=standing.to_go(results, wanted=wanted, at=now),
        missing=results.missing,
    )


def _percent(share: float) -> int:
    return round(100 * share)
