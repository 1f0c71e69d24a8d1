"""The figures of a weekly check as plain values, to be frozen in it: read once, from what is rolled up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from base import calendars
from base.scope import Scope
from stock.buying import looking
from stock.buying import reads as buying
from stock.buying.lifecycle import LIVE
from stock.buying.models import Purchase
from stock.counts import gaps, rounds
from stock.counts import reads as counts
from stock.models import Product
from stock.value import reads as money
from stock.value.costing import said

TOP = 5
WEEK, MONTH = timedelta(days=7), timedelta(days=28)
Doc = dict[str, Any]


def of_now(scope: Scope) -> Doc:
    """What is to be counted, was off, is to be ordered and cleared, as of now."""
    chapters: dict[str, Callable[[Scope], Doc]] = {
        "count": _count,
        "gaps": _gaps,
        "order": _order,
        "clear": _clear,
    }
    return {name: read(scope) for name, read in chapters.items()}


def _count(scope: Scope) -> Doc:
    """The round under way, or how much is due for one."""
    under_way = counts.open_round(scope)
    if under_way:
        tally = under_way.tally
        return {"round": under_way.id, "left": tally.left, "waiting": tally.waiting, "total": tally.total}
    week = rounds.due(scope)
    return {"round": 0, "due": len(week.wanted), "later": week.waiting}


def _gaps(scope: Scope) -> Doc:
    week, month = (gaps.total(scope, scope.now - span) for span in (WEEK, MONTH))
    worst = gaps.by_product(scope, scope.now - WEEK)[:TOP]
    return {
        "counts": week.counts,
        "agreed": week.agreed,
        "missing": week.missing,
        "surplus": week.surplus,
        "share": list(week.share),
        "month": list(month.share),
        "rows": [_named(row) | {"missing": gap.missing, "surplus": gap.surplus} for row, gap in worst],
    }


def _order(scope: Scope) -> Doc:
    sums, found = looking.sums(scope), buying.proposals(scope).rows[:TOP]
    return {
        "proposed": sums.get("proposed", 0),
        "out": sums.get("out", 0),
        "missed": sums.get("missed", 0),
        "late": _late(scope),
        "rows": [
            _named(one.product) | {"units": one.look.propose, "lasts": one.look.lasts, "free": one.look.free}
            for one in found
        ],
    }


def _clear(scope: Scope) -> Doc:
    found, sums = money.ranked(scope, "over").rows[:TOP], looking.sums(scope)
    return {
        "asleep": said(sums.get("asleep", 0)),
        "over": said(sums.get("over", 0)),
        "rows": [
            _named(one.product)
            | {
                "units": one.look.over_units,
                "won": said(one.look.over_parts),
                "mark_down": one.look.mark_down,
                "price": int(one.product.price or 0),
            }
            for one in found
        ],
    }


def _late(scope: Scope) -> int:
    """Purchases that should have come."""
    late = (Purchase.state.in_(LIVE), Purchase.expected < calendars.today(scope))
    stmt = select(func.count()).where(Purchase.shop_id == scope.shop_id, *late)
    return scope.session.scalar(stmt) or 0


def _named(product: Product) -> Doc:
    option = f" · {product.option}" if product.option else ""
    return {"id": product.id, "sku": product.sku, "name": product.name + option}
