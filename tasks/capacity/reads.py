"""Hours offered and hours needed, this week and the next: sums over the shop, in a few bounded statements."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from base import calendars
from base.scope import Scope
from partners.availability import reads as availability
from partners.lifecycle import WORKING
from partners.models import Partner, PayLine
from tasks.capacity import rule
from tasks.capacity.rule import Line, Need, Pace
from tasks.models import Task
from tasks.steps import IS_HELD, IS_OPEN

MEASURED = 400  # lines of pay, the latest: from them a task's time in hand is taken
MOST = 10_000  # tasks counted one by one, and no further


@dataclass(frozen=True, slots=True)
class Week:
    """What is offered in a week, what its work needs, and how the two stand."""

    offered_s: int
    need: Need
    code: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """The rest of this week and the next; how many partners have said hours, of how many at work."""

    this: Week
    next: Week
    paces: dict[str, Pace]
    said: int
    active: int
    late: int
    more: bool


def outlook(scope: Scope) -> Outlook:
    """How what is offered stands beside what is due."""
    ends = _monday(scope), _monday(scope) + timedelta(days=7)
    offered = availability.together(scope, ends[1])
    this, coming, late = _due(scope, ends)
    known = rule.paces(_measured(scope))
    first = offered.supply.until(ends[0])
    return Outlook(
        this=_week(first, this, known, offered.said),
        next=_week(offered.supply.until(ends[1]) - first, coming, known, offered.said),
        paces=known,
        said=offered.said,
        active=_active(scope),
        late=late,
        more=sum(this.values()) + sum(coming.values()) >= MOST,
    )


def _week(offered_s: int, tasks: Counter[str], known: dict[str, Pace], said: int) -> Week:
    needed = rule.need(tasks, known)
    return Week(offered_s, needed, rule.verdict(offered_s, needed, said=said))


def _monday(scope: Scope) -> datetime:
    """When the shop's next week begins."""
    zone, today = calendars.current(scope).zone, calendars.today(scope)
    first = today + timedelta(days=7 - today.weekday())
    return datetime.combine(first, time(), tzinfo=zone).astimezone(UTC)


def _due(scope: Scope, ends: tuple[datetime, datetime]) -> tuple[Counter[str], Counter[str], int]:
    """Tasks still to be done, by kind: due before the week's end, in the week after it, and late already."""
    this, coming, late = Counter[str](), Counter[str](), 0
    for which in (IS_OPEN, IS_HELD):
        for kind, soon, over, count in scope.session.execute(_counted(scope, which, ends)):
            (this if soon else coming)[kind] += count
            late += count if over else 0
    return this, coming, late


def _counted(scope: Scope, which: ColumnElement[bool], ends: tuple[datetime, datetime]) -> Select[Any]:
    due = (Task.shop_id == scope.shop_id, which, Task.due_at < ends[1])
    soon, over = Task.due_at < ends[0], Task.due_at < scope.now
    some = select(Task.kind, soon.label("soon"), over.label("over")).where(*due).limit(MOST).subquery()
    columns = (some.c.kind, some.c.soon, some.c.over)
    return select(*columns, func.count()).group_by(*columns)


def _measured(scope: Scope) -> list[Line]:
    """The latest work that passed and whose time is known."""
    columns = (PayLine.partner_id, PayLine.kind, PayLine.from_s, PayLine.until_s, PayLine.again_s)
    latest = (
        select(*columns)
        .where(PayLine.shop_id == scope.shop_id)
        .order_by(PayLine.at.desc(), PayLine.id.desc())
    )
    return [
        Line(partner_id, kind, from_s, until_s, again_s)
        for partner_id, kind, from_s, until_s, again_s in scope.session.execute(latest.limit(MEASURED))
        if from_s is not None and until_s is not None
    ]


def _active(scope: Scope) -> int:
    here = (Partner.shop_id == scope.shop_id, Partner.state.in_(WORKING))
    return scope.session.scalar(select(func.count()).select_from(Partner).where(*here)) or 0
