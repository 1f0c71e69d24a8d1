"""What is read of partners at a glance: a page of the table, all of it as a sheet, one partner's card."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from base import calendars
from base.errors import NotFound
from base.rows import Page, mine, one, page
from base.scope import Scope
from base.shares import Share
from partners import clearance, clearing
from partners.agreements import signing
from partners.agreements.signing import Signed
from partners.clearance import Piece
from partners.lifecycle import LEFT
from partners.models import Partner, Standing
from partners.pay import reads as pay
from partners.pay.months import Month
from partners.pay.reads import View
from qa.rituals import talks
from qa.rituals.models import PartnerTalk
from qa.vendors import weighing
from qa.vendors.models import VendorFigure
from qa.vendors.scorecard import CRITERIA, GONE, NAMES, UNKNOWN, Figures
from security import journal
from security.journal import Entry

SIZE, MOST, TOLD = 50, 10_000, 15
MISSING, ENDING = "missing", "ending"
SORTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "score": VendorFigure.score,
    "quality": VendorFigure.quality,
    "promises": VendorFigure.promises,
    "won": VendorFigure.won,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of the table and in which order: a band or all who are here, the least or the most first."""

    sort: str = "score"
    band: str = ""
    least_first: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A partner in the table."""

    row: VendorFigure
    name: str
    state: str
    papers: str  # of what is asked before work: missing, ending within a month, or nothing to say
    shares: Mapping[str, Share]

    @property
    def score(self) -> int | None:
        return None if self.row.score == UNKNOWN else self.row.score

    @property
    def gained(self) -> int | None:
        """Points gained on the four weeks before; none where either is not known."""
        if UNKNOWN in {self.row.score, self.row.score_before}:
            return None
        return self.row.score - self.row.score_before


@dataclass(frozen=True, slots=True)
class Card:
    """One partner at a glance."""

    line: Line
    weights: Mapping[str, int]
    minutes: int | None  # business minutes in hand for a task
    missing: tuple[Piece, ...]
    ending: tuple[Piece, ...]
    pay: View
    told: tuple[Entry, ...]
    talks: tuple[PartnerTalk, ...]
    signed: Signed | None
    hours: Mapping[str, int]  # business hours agreed for a task, by kind
    bands: tuple[tuple[str, str], ...]  # standing by kind


def table(scope: Scope, asked: Asked, *, after: str = "", size: int = SIZE) -> Page[Line]:
    """A page of the table. Raises NotFound for a sort or band that is none, BadCursor."""
    by = (SORTS[_known(asked).sort], VendorFigure.partner_id)
    found = page(
        scope, _rows(scope, asked), by=by, after=after, size=size, newest_first=not asked.least_first
    )
    return Page(_lines(scope, found.rows), found.next)


def _known(asked: Asked) -> Asked:
    if asked.sort not in SORTS or (asked.band and asked.band not in NAMES):
        raise NotFound
    return asked


def _rows(scope: Scope, asked: Asked) -> Select[VendorFigure]:
    band = VendorFigure.band == asked.band if asked.band else VendorFigure.band != GONE
    return mine(scope, VendorFigure).where(band)


def _lines(scope: Scope, rows: list[VendorFigure]) -> list[Line]:
    ids = [row.partner_id for row in rows]
    names = pay.names(scope, ids)
    cards = scope.session.scalars(mine(scope, Partner).where(Partner.id.in_(ids)))
    known = {card.id: (card.state, _papers(scope, card)) for card in cards}
    return [Line(row, names[row.partner_id], *known[row.partner_id], _shares(row)) for row in rows]


def _papers(scope: Scope, card: Partner) -> str:
    """Whether something is missing before work, or will be soon."""
    if card.state == LEFT or clearance.ready(card.cleared_until, at=scope.now + clearance.SOON):
        return ""
    return ENDING if clearance.ready(card.cleared_until, at=scope.now) else MISSING


def _shares(row: VendorFigure) -> Mapping[str, Share]:
    return Figures(**{one.name: getattr(row, one.name) for one in fields(Figures)}).shares()


def as_of(scope: Scope) -> datetime | None:
    """When the table was rolled up last."""
    row = scope.session.scalar(mine(scope, VendorFigure).limit(1))
    return row.as_of if row else None


def card(scope: Scope, partner_id: int) -> Card:
    """One partner at a glance. Raises NotFound."""
    held = one(scope, Partner, partner_id)
    row = scope.session.scalar(mine(scope, VendorFigure).where(VendorFigure.partner_id == held.id))
    if row is None:
        raise NotFound
    zone = calendars.current(scope).zone
    pieces = clearing.pieces_of(scope, held.id)
    return Card(
        line=_lines(scope, [row])[0],
        weights={name: weighing.weights(scope)[name] for name in CRITERIA},
        minutes=round(row.seconds / row.handed_in / 60) if row.handed_in else None,
        missing=clearance.missing(pieces, at=scope.now),
        ending=clearance.ending(pieces, at=scope.now),
        pay=pay.view(scope, held.id, month=Month.of(scope.now, zone), zone=zone),
        told=tuple(journal.lines(scope, subject="partner", subject_id=held.id, size=TOLD).rows),
        talks=talks.of_partner(scope, held.id),
        signed=signing.last_of(scope, held.id),
        hours={kind: round(s / 3600) for kind, s in sorted(((held.agreed or {}).get("do_s") or {}).items())},
        bands=_bands(scope, held.id),
    )


def _bands(scope: Scope, partner_id: int) -> tuple[tuple[str, str], ...]:
    """How far a partner's work is trusted, by kind."""
    here = (Standing.shop_id == scope.shop_id, Standing.partner_id == partner_id)
    rows = select(Standing.kind, Standing.band).where(*here).order_by(Standing.kind)
    return tuple((kind, band) for kind, band in scope.session.execute(rows))
