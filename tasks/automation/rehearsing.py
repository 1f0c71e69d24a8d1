"""A dry run: what an automation would have opened in the last thirty days, and what kept it back."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from base.scope import Scope
from security.models import AuditEntry
from stock.claim_tables import Claim
from stock.models import Order, Product
from tasks.automation import reads
from tasks.automation.clauses import Clause, Condition, failing
from tasks.lifecycle import ACCEPTED
from tasks.models import Task

WINDOW = timedelta(days=30)
MOST = 5000  # of what happened: a month of a busy shop, and a bound for the page
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What happened in the window, what of it met the conditions, and the work that would have been opened.

    Conditions are compared with what is known today. `passed` counts what each condition kept back.
    """

    happened: int
    met: int
    would_open: int
    by_day: tuple[tuple[date, int], ...]
    examples: tuple[str, ...]
    passed: tuple[tuple[Condition, int], ...]
    more: bool


def rehearse(scope: Scope, clause: Clause, zone: ZoneInfo) -> Rehearsal:
    """Plays the last thirty days; writes nothing."""
    happened = scope.session.execute(HAPPENED[clause.happening](scope).limit(MOST + 1)).all()
    told = reads.known(scope, clause.happening, sorted({row.id for row in happened}))
    days, kept, examples = Counter[date](), Counter[Condition](), dict[int, str]()
    for row in happened[:MOST]:
        about = told.get(row.id, {}) | {
            name: getattr(row, name) for name in ("kind", "target") if name in row._fields
        }
        lacks = failing(clause, about)
        if lacks is not None:
            kept[lacks] += 1
            continue
        days[row.at.astimezone(zone).date()] += 1
        examples.setdefault(row.id, str(about.get("title") or about.get("name") or about.get("number") or ""))
    met = sum(days.values())
    return Rehearsal(
        happened=min(len(happened), MOST),
        met=met,
        would_open=met * clause.work.slots,
        by_day=_every_day(scope.now, zone, days),
        examples=tuple(examples.values())[:SHOWN],
        passed=tuple(kept.most_common()),
        more=len(happened) > MOST,
    )


def _every_day(now: datetime, zone: ZoneInfo, days: Mapping[date, int]) -> tuple[tuple[date, int], ...]:
    today = now.astimezone(zone).date()
    return tuple(
        (today - timedelta(days=n), days.get(today - timedelta(days=n), 0)) for n in range(29, -1, -1)
    )


def _added(scope: Scope) -> Select[*tuple[Any, ...]]:
    here = (Product.shop_id == scope.shop_id, Product.made_at >= scope.now - WINDOW)
    return select(Product.id, Product.made_at.label("at")).where(*here).order_by(Product.id.desc())


def _changed(scope: Scope) -> Select[*tuple[Any, ...]]:
    here = (
        AuditEntry.shop_id == scope.shop_id,
        AuditEntry.subject == "product",
        AuditEntry.act == "product.changed",
    )
    told = select(AuditEntry.subject_id.label("id"), AuditEntry.at)
    return told.where(*here, AuditEntry.at >= scope.now - WINDOW).order_by(AuditEntry.seq.desc())


def _ready(scope: Scope) -> Select[*tuple[Any, ...]]:
    here = (
        Order.shop_id == scope.shop_id,
        Order.state.not_in(["short", "held"]),
        Order.placed_at >= scope.now - WINDOW,
    )
    return select(Order.id, Order.placed_at.label("at")).where(*here).order_by(Order.id.desc())


def _claimed(scope: Scope) -> Select[*tuple[Any, ...]]:
    here = (Claim.shop_id == scope.shop_id, Claim.made_at >= scope.now - WINDOW)
    return select(Claim.id, Claim.made_at.label("at")).where(*here).order_by(Claim.id.desc())


def _arrived(scope: Scope) -> Select[*tuple[Any, ...]]:
    here = (
        AuditEntry.shop_id == scope.shop_id,
        AuditEntry.subject == "return",
        AuditEntry.act == "return.arrive",
    )
    told = select(AuditEntry.subject_id.label("id"), AuditEntry.at)
    return told.where(*here, AuditEntry.at >= scope.now - WINDOW).order_by(AuditEntry.seq.desc())


def _accepted(scope: Scope) -> Select[*tuple[Any, ...]]:
    done = (Task.state == ACCEPTED, Task.product_id.is_not(None), Task.ended_at >= scope.now - WINDOW)
    told = select(Task.product_id.label("id"), Task.ended_at.label("at"), Task.kind, Task.target)
    return told.where(Task.shop_id == scope.shop_id, *done).order_by(Task.id.desc())


HAPPENED = {
    "product.added": _added,
    "product.changed": _changed,
    "order.ready": _ready,
    "claim.made": _claimed,
    "return.arrived": _arrived,
    "task.accepted": _accepted,
}
