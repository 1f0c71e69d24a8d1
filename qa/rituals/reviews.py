"""Minutes of reviews: begun with the figures frozen in, written, signed, and then unchanged."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import defer

from base import calendars
from base.errors import Invalid, Stale
from base.personal import resident_number
from base.rows import Page, changed, mine, one, page
from base.scope import Scope
from qa.board.drill import Window
from qa.rituals import figures, spans
from qa.rituals.models import Minutes
from security import audit

DRAFT, SIGNED = "draft", "signed"
#: What is talked through, and so what is written down.
CHAPTERS = {
    spans.WEEK: ("targets", "causes", "decisions", "next"),
    spans.MONTH: ("targets", "causes", "decisions", "people", "next"),
}
LONGEST = 2000
SHOWN = 30


class BadReview(Invalid):
    """There is no such week or month to look back on, or a note cannot be kept. Facts: field, why."""

    code = "rituals.bad_review"


def begin(scope: Scope, kind: str, first: date) -> int:
    """Begins the minutes of a week or month that has ended: the draft that is there, else a new edition.

    A new edition of signed minutes has the figures of now and the notes of before. Raises BadReview.
    """
    span = spans.of(kind, first) if kind in spans.KINDS else None
    if span is None or span[1] >= calendars.today(scope):
        raise BadReview(field="first", why="span")
    latest = _latest(scope, kind, first)
    if latest is not None and latest.state == DRAFT:
        return latest.id
    row = Minutes(
        shop_id=scope.shop_id,
        kind=kind,
        first=span[0],
        last=span[1],
        edition=latest.edition + 1 if latest else 1,
        figures=figures.of_shop(scope, kind, Window(*span)),
        notes=latest.notes if latest else {},
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(row)
    scope.session.flush()
    audit.note(scope, "minutes.begun", "minutes", row.id, kind=kind, edition=row.edition)
    return row.id


def write(scope: Scope, minutes_id: int, notes: Mapping[str, str], *, version: int) -> None:
    """Keeps what was said, chapter by chapter. Raises NotFound, BadReview, Stale once it is signed."""
    row = one(scope, Minutes, minutes_id)
    kept = {chapter: notes.get(chapter, "").strip() for chapter in CHAPTERS[row.kind]}
    for chapter, text in kept.items():
        if len(text) > LONGEST:
            raise BadReview(field=chapter, why="length")
        if resident_number(text):
            raise BadReview(field=chapter, why="resident_number")
    _change(scope, row.id, version, {"notes": kept})
    audit.note(scope, "minutes.written", "minutes", row.id)


def sign(scope: Scope, minutes_id: int, *, version: int) -> None:
    """Signs the minutes; nothing of them changes afterwards. Raises NotFound, Stale."""
    one(scope, Minutes, minutes_id)
    signed = {"state": SIGNED, "signed_by": scope.actor.id, "signed_at": scope.now}
    _change(scope, minutes_id, version, signed)
    audit.note(scope, "minutes.signed", "minutes", minutes_id)


def listed(scope: Scope, *, after: str = "") -> Page[Minutes]:
    """A page of minutes without their figures, the latest week or month first. Raises BadCursor."""
    stmt = mine(scope, Minutes).options(defer(Minutes.figures), defer(Minutes.notes))
    return page(scope, stmt, by=(Minutes.first, Minutes.id), after=after, size=SHOWN)


def due(scope: Scope) -> list[tuple[str, date, date]]:
    """The week and the month that have ended and are not signed yet."""
    found = [(kind, *spans.last_ended(kind, calendars.today(scope))) for kind in spans.KINDS]
    return [(kind, first, last) for kind, first, last in found if not _signed(scope, kind, first)]


def _signed(scope: Scope, kind: str, first: date) -> bool:
    latest = _latest(scope, kind, first)
    return latest is not None and latest.state == SIGNED


def _latest(scope: Scope, kind: str, first: date) -> Minutes | None:
    newest = select(func.max(Minutes.edition)).where(
        Minutes.shop_id == scope.shop_id, Minutes.kind == kind, Minutes.first == first
    )
    here = (Minutes.kind == kind, Minutes.first == first, Minutes.edition == newest.scalar_subquery())
    return scope.session.scalar(mine(scope, Minutes).where(*here))


def _change(scope: Scope, minutes_id: int, version: int, values: Mapping[str, Any]) -> None:
    here = (Minutes.shop_id == scope.shop_id, Minutes.id == minutes_id)
    still = (Minutes.version == version, Minutes.state == DRAFT)
    stmt = update(Minutes).where(*here, *still).values(version=version + 1, **values)
    if changed(scope, stmt) != 1:
        raise Stale
