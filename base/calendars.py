"""A shop's working calendar in its editions: the newest rules, older ones judged what is finished.

An edition keeps its holidays as dates, not as a rule, so that a newer almanac never rewrites an old verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, select

from base import prepared
from base.errors import Invalid, NotFound
from base.holidays_kr import corrected, public_holidays
from base.hours import WEEKDAYS, BadCalendar, Calendar
from base.models import CalendarVersion
from base.prepared import SHOP
from base.rows import mine
from base.scope import Scope, for_good, forget, remembered

V = TypeVar("V")
Week = Mapping[str, list[list[str]]]
YEARS_BACK, YEARS_AHEAD = 1, 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What an owner decides: the week's hours, the days that differ from the almanac, days with own hours."""

    hours: Week
    added: Mapping[date, str] = field(default_factory=dict)
    removed: Mapping[date, str] = field(default_factory=dict)
    shifts: Mapping[date, list[list[str]]] = field(default_factory=dict)
    almanac: bool = True
    tz: str = "Asia/Seoul"


OFFICE = Plan(hours={day: [["09:00", "18:00"]] for day in WEEKDAYS[:5]})


class UnusableCalendar(Invalid):
    """The hours or days do not make a calendar; `field` says where."""

    code = "base.unusable_calendar"


def current(scope: Scope) -> Calendar:
    """The newest edition. Raises NotFound when the shop has none yet."""
    return edition(scope, remembered(scope, NUMBER, lambda: _number(scope)))


def midnight(scope: Scope) -> datetime:
    """When the shop's day began, in UTC. Raises as `current`."""
    zone = current(scope).zone
    return datetime.combine(scope.now.astimezone(zone).date(), time(), tzinfo=zone).astimezone(UTC)


def today(scope: Scope) -> date:
    """The day it is in the shop's own zone."""
    return day_of(scope, scope.now)


def day_of(scope: Scope, at: datetime) -> date:
    """The day a moment belongs to in the shop's own zone."""
    return at.astimezone(current(scope).zone).date()


def edition(scope: Scope, version: int) -> Calendar:
    """One edition by its number. Raises NotFound."""
    return for_good(scope, ("calendar", version), lambda: _edition(scope, version))


def _edition(scope: Scope, version: int) -> Calendar:
    spec = prepared.run(scope, _SPEC, {"edition": version}).scalar()
    if spec is None:
        raise NotFound
    return Calendar.parse(spec["calendar"])


def _number(scope: Scope) -> int:
    """The number of the newest edition; 0, which is none, where there is no edition yet."""
    number: int = prepared.run(scope, NEWEST).scalar() or 0
    return number


_SPEC = select(CalendarVersion.spec).where(
    CalendarVersion.shop_id == SHOP, CalendarVersion.version == bindparam("edition")
)
NUMBER = "calendar"  # of the newest edition; who reads NEWEST beside something else recalls it
NEWEST = select(func.max(CalendarVersion.version)).where(CalendarVersion.shop_id == SHOP)


def plan(scope: Scope) -> Plan:
    """What the owner decided in the newest edition, for the form that changes it."""
    spec = _newest(scope).spec
    return Plan(
        hours=spec["calendar"]["hours"],
        added=_dates(spec["added"]),
        removed=_dates(spec["removed"]),
        shifts=_dates(spec["calendar"].get("shifts", {})),
        almanac=spec["almanac"],
        tz=spec["calendar"]["tz"],
    )


def save(scope: Scope, decided: Plan) -> Calendar:
    """Keeps a new edition, good for the next two years; earlier ones stay. Raises UnusableCalendar."""
    version = 1 + _number(scope)
    spec = _spec(decided, version, scope.now.year)
    calendar = Calendar.parse(spec["calendar"])
    row = CalendarVersion(version=version, spec=spec, made_by=scope.actor.id, made_at=scope.now)
    row.shop_id = scope.shop_id
    scope.session.add(row)
    scope.session.flush()
    forget(scope, NUMBER)
    return calendar


def holidays_of(scope: Scope) -> dict[date, str]:
    """The closed days of the newest edition with their names."""
    return _dates(_newest(scope).spec["calendar"]["holidays"])


def _newest(scope: Scope) -> CalendarVersion:
    row = scope.session.scalar(mine(scope, CalendarVersion).order_by(CalendarVersion.version.desc()).limit(1))
    if row is None:
        raise NotFound
    return row


def _spec(decided: Plan, version: int, year: int) -> dict[str, Any]:
    years = range(year - YEARS_BACK, year + YEARS_AHEAD + 1)
    try:
        closed = corrected(public_holidays(years) if decided.almanac else {}, decided.added, decided.removed)
        calendar = {
            "tz": decided.tz,
            "hours": dict(decided.hours),
            "holidays": _texts(closed),
            "shifts": _texts(decided.shifts),
            "version": version,
        }
        Calendar.parse(calendar)
    except BadCalendar as error:
        raise UnusableCalendar(field=error.field) from error
    except ValueError as error:
        raise UnusableCalendar(field="holidays") from error
    if not any(decided.hours.values()):
        raise UnusableCalendar(field="hours")
    return {
        "calendar": calendar,
        "almanac": decided.almanac,
        "added": _texts(decided.added),
        "removed": _texts(decided.removed),
    }


def _texts(days: Mapping[date, V]) -> dict[str, V]:
    return {day.isoformat(): told for day, told in days.items()}


def _dates(days: Mapping[str, V]) -> dict[date, V]:
    return {date.fromisoformat(day): told for day, told in days.items()}
