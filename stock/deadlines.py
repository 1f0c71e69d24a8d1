"""The promise of an order: by when it ships, and whether it did, in business seconds."""

from dataclasses import dataclass
from datetime import datetime, time

from base import calendars
from base.scope import Scope
from base.workdays import Calendar, cut_off, elapsed
from security import shops
from stock.drafts import Draft

MET, BREACHED = "met", "breached"


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when an order ships, in how many business seconds from its placing, by which calendar."""

    ship_by: datetime
    promise_s: int
    calendar_version: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a shop's promises are made by: its calendar, its daily cut-off, its working days to ship."""

    calendar: Calendar
    cutoff: time
    ship_days: int


def minute(at: datetime) -> int:
    """The minute an instant lies in, counted from 1970: what promises are counted by."""
    return int(at.timestamp()) // 60


def terms(scope: Scope) -> Terms:
    """The terms in force now."""
    rules = shops.rules(scope)
    return Terms(calendars.current(scope), time.fromisoformat(rules.cutoff), rules.ship_days)


def deadline(by: Terms, draft: Draft) -> Deadline:
    """The channel's own deadline where the order names one, else the shop's cut-off rule."""
    ship_by = draft.ship_by or cut_off(by.calendar, draft.placed_at, by.cutoff, by.ship_days)
    return Deadline(ship_by, elapsed(by.calendar, draft.placed_at, ship_by), by.calendar.version)


def verdict(scope: Scope, *, ship_by: datetime, calendar_version: int) -> tuple[str, int]:
    """How the promise stands when it ships now, and by how many business seconds it was missed."""
    late_s = elapsed(calendars.edition(scope, calendar_version), ship_by, scope.now)
    return (BREACHED if late_s else MET), late_s
