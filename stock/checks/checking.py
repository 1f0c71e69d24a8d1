"""Weekly checks: begun with the figures frozen in, written, signed, and then unchanged."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import defer

from base import calendars
from base.errors import Invalid, Stale
from base.once import once
from base.personal import resident_number
from base.rows import Page, changed, mine, one, page
from base.scope import Scope
from security import audit
from stock.checks import figures
from stock.checks.models import StockCheck

DRAFT, SIGNED = "draft", "signed"
#: What is walked through, and so what is written down.
CHAPTERS = ("count", "gaps", "order", "clear", "next")
LONGEST = 2000
SHOWN = 30


class BadCheck(Invalid):
    """A note is too long or cannot be kept. Facts: field, why."""

    code = "weekly.bad_check"


def this_week(scope: Scope) -> date:
    """The Monday of the shop's own week."""
    today = calendars.today(scope)
    return today - timedelta(days=today.weekday())


def begin(scope: Scope) -> int:
    """Begins this week's check: the draft that is there, else a new edition with the figures of now."""
    first = this_week(scope)
    latest = _latest(scope, first)
    if latest is not None and latest.state == DRAFT:
        return latest.id
    edition = latest.edition + 1 if latest else 1
    values = {
        "first": first,
        "edition": edition,
        "figures": figures.of_now(scope) | {"promised": _promised(scope)},
        "notes": latest.notes if latest else {},
        "state": DRAFT,
        "version": 1,
    }
    made = once(scope.session, StockCheck, {"shop_id": scope.shop_id} | values | _by(scope, "made"))
    if made is None:  # another hand began it just now
        raise Stale
    audit.note(scope, "stock_check.begun", "stock_check", made, edition=edition)
    return made


def write(scope: Scope, check_id: int, notes: Mapping[str, str], *, version: int) -> None:
    """Keeps what was said, chapter by chapter. Raises NotFound, BadCheck, Stale once it is signed."""
    one(scope, StockCheck, check_id)
    kept = {chapter: notes.get(chapter, "").strip() for chapter in CHAPTERS}
    for chapter, text in kept.items():
        if len(text) > LONGEST:
            raise BadCheck(field=chapter, why="length")
        if resident_number(text):
            raise BadCheck(field=chapter, why="resident_number")
    _change(scope, check_id, version, {"notes": kept})
    audit.note(scope, "stock_check.written", "stock_check", check_id)


def sign(scope: Scope, check_id: int, *, version: int) -> None:
    """Signs the check; nothing of it changes afterwards. Raises NotFound, Stale."""
    one(scope, StockCheck, check_id)
    _change(scope, check_id, version, {"state": SIGNED} | _by(scope, "signed"))
    audit.note(scope, "stock_check.signed", "stock_check", check_id)


def listed(scope: Scope, *, after: str = "") -> Page[StockCheck]:
    """A page of checks without their figures, the latest week first. Raises BadCursor."""
    stmt = mine(scope, StockCheck).options(defer(StockCheck.figures), defer(StockCheck.notes))
    return page(scope, stmt, by=(StockCheck.first, StockCheck.edition), after=after, size=SHOWN)


def is_due(scope: Scope) -> bool:
    """Whether this week's check is not signed yet."""
    latest = _latest(scope, this_week(scope))
    return latest is None or latest.state != SIGNED


def _promised(scope: Scope) -> str:
    """What the last signed check said would be done until the next."""
    stmt = select(StockCheck.notes).where(StockCheck.shop_id == scope.shop_id, StockCheck.state == SIGNED)
    latest = stmt.order_by(StockCheck.first.desc(), StockCheck.edition.desc()).limit(1)
    notes = scope.session.scalar(latest)
    return str(notes.get("next", "")) if notes else ""


def _latest(scope: Scope, first: date) -> StockCheck | None:
    stmt = mine(scope, StockCheck).where(StockCheck.first == first)
    return scope.session.scalar(stmt.order_by(StockCheck.edition.desc()).limit(1))


def _by(scope: Scope, act: str) -> dict[str, Any]:
    return {f"{act}_by": scope.actor.id, f"{act}_at": scope.now}


def _change(scope: Scope, check_id: int, version: int, values: Mapping[str, Any]) -> None:
    here = (StockCheck.shop_id == scope.shop_id, StockCheck.id == check_id)
    still = (StockCheck.version == version, StockCheck.state == DRAFT)
    stmt = update(StockCheck).where(*here, *still).values(version=version + 1, **values)
    if changed(scope, stmt) != 1:
        raise Stale
