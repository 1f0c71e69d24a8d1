"""How long work was in hand, from the lines themselves: what overlaps counts once, in the database."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from base.scope import Scope
from partners.models import PayLine
from partners.pay.models import PayMonthLine


@dataclass(frozen=True, slots=True)
class Worked:
    """Seconds in hand, and what the tasks earned whose time is known, in won."""

    seconds: int = 0
    won: int = 0


def of_month(scope: Scope, month_id: int) -> Mapping[int, Worked]:
    """What each partner's lines of a closed month took; nothing for whoever had none."""
    return _counted(
        scope,
        PayLine.id == PayMonthLine.line_id,
        PayMonthLine.shop_id == scope.shop_id,
        PayMonthLine.month_id == month_id,
    )


def of_partner(scope: Scope, partner_id: int, *within: Any) -> Worked:
    """What some of a partner's lines took."""
    return _counted(scope, PayLine.partner_id == partner_id, *within)[partner_id]


def _counted(scope: Scope, *within: Any) -> Mapping[int, Worked]:
    """The union of the spans by partner (see partners.pay.wages.in_hand), and what was mended besides."""
    until_now = func.max(PayLine.until_s).over(
        partition_by=PayLine.partner_id, order_by=(PayLine.from_s, PayLine.id), rows=(None, -1)
    )
    spans = (
        select(
            PayLine.partner_id,
            PayLine.won,
            PayLine.from_s.label("begin"),
            PayLine.until_s.label("end"),
            PayLine.again_s.label("again"),
            func.coalesce(until_now, PayLine.from_s).label("known"),
        )
        .where(PayLine.shop_id == scope.shop_id, PayLine.from_s.is_not(None), *within)
        .subquery()
    )
    begin = case((spans.c.known > spans.c.begin, spans.c.known), else_=spans.c.begin)
    new = case((spans.c.end > begin, spans.c.end - begin), else_=0)
    sums = select(spans.c.partner_id, func.sum(new + spans.c.again), func.sum(spans.c.won))
    found: defaultdict[int, Worked] = defaultdict(Worked)
    for id_, seconds, won in scope.session.execute(sums.group_by(spans.c.partner_id)):
        found[id_] = Worked(int(seconds), int(won))
    return found
