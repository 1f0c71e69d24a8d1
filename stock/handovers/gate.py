"""The gate of hand-overs: moved by the table, and journalled. Sole writer of their state."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from base import prepared
from base.errors import NotFound, Refused
from base.rows import changed, one
from base.scope import Scope
from security import audit
from stock.handovers.life import SENT, UNDER_WAY, end, whole
from stock.handovers.models import Handover, HandoverLine


class LineOver(Refused):
    """What came of this line was said before, or it was called off. Facts: state."""

    code = "handovers.line_over"


def open_(scope: Scope, *, key: str, way: str, partner_id: int, goods: Mapping[int, int], alone: bool) -> int:
    """Writes a hand-over with its lines; its goods have moved in this transaction."""
    whole_ = {"key": key, "way": way, "partner_id": partner_id, "state": UNDER_WAY, "alone": alone}
    made = prepared.put_one(scope, Handover, whole_ | {"sent_by": scope.actor.id, "sent_at": scope.now})
    line = {"handover_id": made, "state": SENT, "version": 1, "outcome": ""}
    prepared.put(
        scope, HandoverLine, *(line | {"product_id": id_, "sent": n} for id_, n in sorted(goods.items()))
    )
    facts = {"partner_id": partner_id, "products": len(goods), "units": sum(goods.values()), "alone": alone}
    audit.note(scope, f"handover.sent_{way}", subject="handover", subject_id=made, **facts)
    return made


def known(scope: Scope, key: str) -> int:
    """The hand-over that an act wrote before."""
    here = select(Handover.id).where(Handover.shop_id == scope.shop_id, Handover.key == key)
    return scope.session.scalars(here).one()


def hold(scope: Scope, handover_id: int) -> Handover:
    """A hand-over, locked until the end: one hand at a time says what came of it. Raises NotFound."""
    here = (Handover.shop_id == scope.shop_id, Handover.id == handover_id)
    stmt = select(Handover).where(*here).with_for_update().execution_options(populate_existing=True)
    row = scope.session.scalar(stmt)
    if row is None:
        raise NotFound
    return row


def lines(scope: Scope, handover_id: int) -> list[HandoverLine]:
    """The lines of a hand-over as they are now, by product."""
    here = (HandoverLine.shop_id == scope.shop_id, HandoverLine.handover_id == handover_id)
    stmt = select(HandoverLine).where(*here).order_by(HandoverLine.product_id)
    return list(scope.session.scalars(stmt.execution_options(populate_existing=True)))


def fresh(scope: Scope, line_id: int) -> HandoverLine:
    """A line as it is now. Raises NotFound."""
    here = (HandoverLine.shop_id == scope.shop_id, HandoverLine.id == line_id)
    row = scope.session.scalar(select(HandoverLine).where(*here).execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def take(scope: Scope, line: HandoverLine, step: str, **changes: Any) -> None:
    """Moves a line one step, once for each version of it; its hand-over follows. Raises LineOver."""
    to = end(line.state, step)
    values: dict[str, Any] = {"state": to, "version": line.version + 1} | changes
    this = (HandoverLine.shop_id == scope.shop_id, HandoverLine.id == line.id)
    moving = update(HandoverLine).where(*this, HandoverLine.version == line.version).values(values)
    if to is None or changed(scope, moving.execution_options(synchronize_session=False)) != 1:
        raise LineOver(state=fresh(scope, line.id).state)
    for name, value in values.items():
        set_committed_value(line, name, value)
    facts: dict[str, Any] = {"product_id": line.product_id, "sent": line.sent}
    facts |= {name: values[name] for name in ("received", "outcome") if name in values}
    audit.note(scope, f"handover.{step}", subject="handover", subject_id=line.handover_id, **facts)
    _follow(scope, one(scope, Handover, line.handover_id))


def _follow(scope: Scope, handover: Handover) -> None:
    """A hand-over stands as its lines stand."""
    to = whole(line.state for line in lines(scope, handover.id))
    if to == handover.state:
        return
    values: dict[str, Any] = {"state": to}
    if handover.arrived_at is None:
        values["arrived_at"] = scope.now
    this = (Handover.shop_id == scope.shop_id, Handover.id == handover.id)
    changed(scope, update(Handover).where(*this).values(values))
