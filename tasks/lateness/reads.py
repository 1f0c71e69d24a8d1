"""A partner's late work in a month, and what their agreement makes of it: a preview, no deduction."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from base.scope import Scope
from partners import queries
from partners.agreements import penalty, signing
from partners.agreements.penalty import NotAllowed, Preview
from partners.agreements.terms import Terms
from partners.models import Partner
from partners.pay.months import Month
from tasks.clocks import DO, MEND
from tasks.lateness.models import Waiver
from tasks.models import StageClock, Task


@dataclass(frozen=True, slots=True)
class Late:
    """A stage that ended late by the partner's own time: waits that others owed are not in it."""

    clock_id: int
    task_id: int
    kind: str
    due_at: datetime | None
    late_s: int
    waived: str  # why it does not count; empty where it does


@dataclass(frozen=True, slots=True)
class Lateness:
    """A month: what was late, and the arithmetic where a penalty is agreed and may be."""

    month: Month
    late: tuple[Late, ...]
    terms: Terms | None  # of what the partner last signed; none without a signature
    employee: bool
    preview: Preview | None


def of(scope: Scope, card: Partner, *, month: Month, zone: ZoneInfo) -> Lateness:
    """A partner's month; the edge has made sure that the reader may see it."""
    late, terms = (
        _late(scope, card.id, month, zone),
        signing.agreed(scope, card.id, before=month.next.begins(zone)),
    )
    counted = sum(penalty.counts("", waived=bool(one.waived)) for one in late)
    gross = queries.pay_of(scope, card.id, month=month, zone=zone).won if terms and terms.fines else 0
    view = _preview(terms, gross=gross, breaches=counted, worker=card.kind)
    return Lateness(month, late, terms, card.kind == penalty.EMPLOYEE, view)


def _preview(terms: Terms | None, *, gross: int, breaches: int, worker: str) -> Preview | None:
    """The arithmetic; none where no penalty is agreed, or none may be."""
    if terms is None or not terms.fines:
        return None
    asked = {"rate_pct": terms.rate_pct, "cap_pct": terms.cap_pct}
    try:
        return penalty.preview(gross, breaches, **asked, worker=worker)
    except NotAllowed:
        return None


def _late(scope: Scope, partner_id: int, month: Month, zone: ZoneInfo) -> tuple[Late, ...]:
    asked = (
        select(
            StageClock.id, StageClock.task_id, Task.kind, StageClock.due_at, StageClock.late_s, Waiver.reason
        )
        .join(Task, Task.id == StageClock.task_id)
        .outerjoin(Waiver, (Waiver.clock_id == StageClock.id) & (Waiver.shop_id == scope.shop_id))
        .where(
            StageClock.shop_id == scope.shop_id,
            StageClock.owed_by == partner_id,
            StageClock.stage.in_([DO, MEND]),
            StageClock.verdict == "breached",
            StageClock.ended_at >= month.begins(zone),
            StageClock.ended_at < month.next.begins(zone),
        )
        .order_by(StageClock.ended_at, StageClock.id)
    )
    return tuple(Late(*row[:5], waived=row[5] or "") for row in scope.session.execute(asked))
