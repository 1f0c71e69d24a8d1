"""Whether the monthly flow adds up to what lies on the shelves and what it is worth, in a few statements."""

from typing import Any

from sqlalchemy import func, select

from base.scope import Scope
from stock.flow.keeping import SUMS
from stock.flow.models import FlowMonth, FlowSum
from stock.flow.telling import SORTS
from stock.models import Level
from stock.value.models import Worth

PARTS = (*(f"{sort}_parts" for sort in SORTS), "revalued")


def differences(scope: Scope) -> list[str]:
    """Months, places and the whole that do not add up; only where every movement is told."""
    return [*_months(scope), *_places(scope), *_worth(scope)]


def _months(scope: Scope) -> list[str]:
    """The sum of a month at a place is that of its products."""
    told, true = _sums(scope, FlowSum), _sums(scope, FlowMonth)
    return [
        f"flow.{at[0]:%Y-%m}.{at[1]}"
        for at in sorted(told.keys() | true.keys())
        if told.get(at) != true.get(at)
    ]


def _sums(scope: Scope, model: Any) -> dict[tuple[Any, int], tuple[int, ...]]:
    sums = [func.sum(getattr(model, name)) for name in SUMS]
    stmt = select(model.month, model.location_id, *sums).where(model.shop_id == scope.shop_id)
    rows = scope.session.execute(stmt.group_by(model.month, model.location_id))
    return {(month, place): tuple(int(one) for one in told) for month, place, *told in rows}


def _places(scope: Scope) -> list[str]:
    """All that came to a place and went from it is what lies there."""
    net = func.sum(sum((getattr(FlowSum, sort) for sort in SORTS[1:]), getattr(FlowSum, SORTS[0])))
    told = select(FlowSum.location_id, net).where(FlowSum.shop_id == scope.shop_id)
    lies = select(Level.location_id, func.sum(Level.on_hand)).where(Level.shop_id == scope.shop_id)
    flows: dict[int, int] = dict(scope.session.execute(told.group_by(FlowSum.location_id)).all())
    levels: dict[int, int] = dict(scope.session.execute(lies.group_by(Level.location_id)).all())
    return [
        f"flow.place.{at}"
        for at in sorted(flows.keys() | levels.keys())
        if flows.get(at, 0) != levels.get(at, 0)
    ]


def _worth(scope: Scope) -> list[str]:
    """All that goods were worth as they came and went is what they are worth."""
    net = func.sum(sum((getattr(FlowSum, name) for name in PARTS[1:]), getattr(FlowSum, PARTS[0])))
    told = scope.session.scalar(select(net).where(FlowSum.shop_id == scope.shop_id))
    true = scope.session.scalar(select(func.sum(Worth.parts)).where(Worth.shop_id == scope.shop_id))
    return ["flow.worth"] if (told or 0) != (true or 0) else []
