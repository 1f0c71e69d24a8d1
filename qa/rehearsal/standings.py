"""How a shop stands after a play, in numbers that do not depend on ids or keys."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from base.db import InShop
from base.scope import Scope
from partners.models import PayLine
from qa.appeals.models import Appeal
from qa.causes.models import Escape
from qa.models import Defect, Draw, Inspection
from qa.reviewers.models import Known, Look
from stock.claim_tables import Claim
from stock.models import Level, Order
from tasks.models import LateDraft, Photo, StageClock, Task


def standings(scope: Scope) -> dict[str, int]:
    """Rows by what they say, and sums."""
    found: dict[str, int] = {}
    for name, column in {
        "orders": Order.state,
        "promises": Order.verdict,
        "tasks": Task.state,
        "draws": Draw.reason,
        "inspections": Inspection.verdict,
        "defects": Defect.code,
        "clocks": StageClock.verdict,
        "looks": Look.state,
        "looked": Look.purpose,
        "known": Known.verdict,
        "appeals": Appeal.state,
        "claims": Claim.outcome,
        "escapes": Escape.tied,
    }.items():
        rows = scope.session.execute(_by(scope, column)).all()
        found |= {f"{name}.{value or 'open'}": count for value, count in rows}
    sums: dict[str, tuple[type[InShop], ColumnElement[int]]] = {
        "late_drafts": (LateDraft, func.count()),
        "photos": (Photo, func.count()),
        "pay_lines": (PayLine, func.count()),
        "paid_won": (PayLine, func.sum(PayLine.won)),
        "on_hand": (Level, func.sum(Level.on_hand)),
        "reserved": (Level, func.sum(Level.reserved)),
    }
    for name, (model, total) in sums.items():
        found[name] = int(scope.session.scalar(select(total).where(model.shop_id == scope.shop_id)) or 0)
    return found


def _by(scope: Scope, column: Any) -> Select[str, int]:
    model = column.class_
    return (
        select(column, func.count()).where(model.shop_id == scope.shop_id).group_by(column).order_by(column)
    )
